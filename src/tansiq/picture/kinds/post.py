"""Posts stand from the day since when they are in their state."""

from tansiq.picture.projection import Projection

PROJECTION = Projection("post", ("since",))
