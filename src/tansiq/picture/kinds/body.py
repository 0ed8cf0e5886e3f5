"""Body: stands by the time that it names."""

from tansiq.picture.projection import Projection

PROJECTION = Projection("body", ("since",))
