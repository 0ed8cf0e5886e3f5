"""Findings stand when they were written."""

from tansiq.picture.projection import Projection

PROJECTION = Projection("finding")
