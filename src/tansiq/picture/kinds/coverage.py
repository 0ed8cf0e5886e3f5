"""Released coverage stands from the day since when it is said to hold."""

from tansiq.picture.projection import Projection

PROJECTION = Projection("coverage", ("since",))
