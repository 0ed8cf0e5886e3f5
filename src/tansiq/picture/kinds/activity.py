"""Activities stand where their latest record was written: their own times are in their volumes."""

from tansiq.picture.projection import Projection

PROJECTION = Projection("activity")
