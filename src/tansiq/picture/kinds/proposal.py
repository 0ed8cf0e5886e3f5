"""Proposals stand from the day since when they are said to hold."""

from tansiq.picture.projection import Projection

PROJECTION = Projection("proposal", ("since",))
