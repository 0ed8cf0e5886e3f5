"""Roster entries stand at the time at which they were written."""

from tansiq.picture.projection import Projection

PROJECTION = Projection("party")
