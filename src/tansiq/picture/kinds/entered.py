"""Entering stands when it happened."""

from tansiq.picture.projection import Projection

PROJECTION = Projection("entered", ("at",))
