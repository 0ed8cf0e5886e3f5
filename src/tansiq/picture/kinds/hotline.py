"""Words about a collision stand when they were written."""

from tansiq.picture.projection import Projection

PROJECTION = Projection("hotline")
