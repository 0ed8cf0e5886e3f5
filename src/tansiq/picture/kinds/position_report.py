"""Position reports stand when the fix was taken."""

from tansiq.picture.projection import Projection

PROJECTION = Projection("position_report", ("at",))
