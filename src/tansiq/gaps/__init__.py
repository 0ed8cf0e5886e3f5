"""The ground that nobody covers: sight, reach and timetable together, hour by hour of the week.

Engines take arrays and return arrays: no store, no network, no clock, no files. Lengths are metres in a projected
frame (`tansiq.geo.grid.Grid`), heights metres, times seconds, hours of the week 0 to 167 from Monday midnight in the
area's zone. Unknown is kept apart from covered and from open everywhere.
"""

from typing import Final

ENGINE: Final = "tansiq-gaps/3"
"""Named in the digest of every answer; it changes when the same inputs may give another answer."""
