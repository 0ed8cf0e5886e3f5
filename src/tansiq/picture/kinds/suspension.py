"""Suspensions stand from when they hold."""

from tansiq.picture.projection import Projection

PROJECTION = Projection("suspension", ("since",))
