"""Complaint step: stands by the time of writing."""

from tansiq.picture.projection import Projection

PROJECTION = Projection("complaint_step")
