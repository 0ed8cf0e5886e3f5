"""Incidents stand at the time at which they happened."""

from tansiq.picture.projection import Projection

PROJECTION = Projection("incident", ("when", "when_coarse"))
