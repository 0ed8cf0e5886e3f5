"""Steps of a request stand when they were said."""

from tansiq.picture.projection import Projection

PROJECTION = Projection("request_step")
