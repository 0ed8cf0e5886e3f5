"""Read marks stand when they were set."""

from tansiq.picture.projection import Projection

PROJECTION = Projection("read_mark")
