"""The opening entry of each ledger."""

from tansiq.picture.projection import Projection

PROJECTION = Projection("circle")
