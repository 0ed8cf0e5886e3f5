"""Areas stand from the time at which they were written down."""

from tansiq.picture.projection import Projection

PROJECTION = Projection("area")
