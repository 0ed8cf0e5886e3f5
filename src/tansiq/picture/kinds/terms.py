"""Terms stand from the day since when they are to hold."""

from tansiq.picture.projection import Projection

PROJECTION = Projection("terms", ("since",))
