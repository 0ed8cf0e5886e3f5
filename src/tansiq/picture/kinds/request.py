"""Requests stand when they were put."""

from tansiq.picture.projection import Projection

PROJECTION = Projection("request")
