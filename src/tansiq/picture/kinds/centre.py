"""Centres stand at the day of the state that a side states."""

from tansiq.picture.projection import Projection

PROJECTION = Projection("centre", ("since",))
