"""Log entries stand at the time of the event that they note."""

from tansiq.picture.projection import Projection

PROJECTION = Projection("log", ("when", "when_coarse"))
