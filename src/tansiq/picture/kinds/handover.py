"""Hand-overs stand when the position is left."""

from tansiq.picture.projection import Projection

PROJECTION = Projection("handover", ("leaves_at",))
