"""Lines stand from the day since when they are said to run so."""

from tansiq.picture.projection import Projection

PROJECTION = Projection("line", ("since",))
