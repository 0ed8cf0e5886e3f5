"""Words on whether two reports are of one event stand when they were written."""

from tansiq.picture.projection import Projection

PROJECTION = Projection("same_event")
