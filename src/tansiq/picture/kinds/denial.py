"""Denials stand when somebody was not let through."""

from tansiq.picture.projection import Projection

PROJECTION = Projection("denial", ("when", "when_coarse"))
