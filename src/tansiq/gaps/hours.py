"""The hours of the week: timetables of 168 hours, and which hours are alike so that they are worked out once.

Hour 0 begins on Monday at midnight in the area's zone; the last one, 167, on Sunday at 23:00. A schedule is bool[168].
"""

from __future__ import annotations

from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tansiq.errors import MalformedInput

DAY: Final = 24
WEEK: Final = 168
BAGHDAD_S: Final = 3 * 3600
"""The zone of Asia/Baghdad: three hours ahead of UTC, the whole year since 2008."""

HOUR_MS: Final = 3_600_000
MONDAY: Final = 3 * DAY
"""The hour of the week at which Unix time began, on a Thursday."""

Week = NDArray[np.bool_]
Weeks = NDArray[np.bool_]


class Classes(Struct, frozen=True):
    """`of` uint8[168] is the class of every hour, numbered as they first come; `on` bool[schedules, classes]."""

    of: NDArray[np.uint8]
    on: NDArray[np.bool_]


class Groups(Struct, frozen=True):
    """`of` int64[n] is the group of each row, `first` int64[groups] the first row of each."""

    of: NDArray[np.int64]
    first: NDArray[np.int64]


def hour_of(millis: int, ahead_s: int = BAGHDAD_S) -> int:
    """The hour of the week of a time (ms since 1970, UTC) in a zone `ahead_s` seconds ahead of UTC."""
    return ((millis + ahead_s * 1000) // HOUR_MS + MONDAY) % WEEK


def always() -> Week:
    """Every hour of the week."""
    return np.ones(WEEK, bool)


def daily(first: int, last: int) -> Week:
    """Every day from hour `first` up to hour `last` (0 to 24), over midnight where `last` is not after `first`."""
    of_day = np.arange(WEEK) % DAY
    if first < last:
        return (of_day >= first) & (of_day < last)
    return (of_day >= first) | (of_day < last)


def parted(schedule: Week, dark: Week) -> tuple[Week, Week]:
    """The hours of a schedule by day and those by night, `dark` being the hours of night."""
    return schedule & ~dark, schedule & dark


def to_text(schedule: Week) -> str:
    """168 characters of 0 and 1."""
    return "".join("1" if on else "0" for on in schedule)


def from_text(text: str) -> Week:
    """A schedule of 168 characters of 0 and 1; anything else is refused (`hours.schedule`)."""
    if len(text) != WEEK or set(text) - {"0", "1"}:
        raise MalformedInput("hours.schedule", length=len(text))
    return np.array([letter == "1" for letter in text])


def pack(schedules: Weeks) -> NDArray[np.uint8]:
    """Schedules bool[n, 168] as uint8[n, 21], hour 8 k + j in bit j of byte k."""
    return np.packbits(schedules, axis=-1, bitorder="little")


def unpack(packed: NDArray[np.uint8]) -> Weeks:
    """Schedules of their bytes."""
    return np.unpackbits(packed, axis=-1, count=WEEK, bitorder="little").astype(bool)


def classes(schedules: Weeks) -> Classes:
    """The hours at which the same schedules are on, taken together. No schedule at all is one class."""
    found = groups(schedules.T if len(schedules) else np.zeros((WEEK, 1), bool))
    return Classes(found.of.astype(np.uint8), np.ascontiguousarray(schedules[:, found.first]))


def groups(rows: NDArray[np.bool_]) -> Groups:
    """Equal rows of bool[n, k], numbered as they first come."""
    if not len(rows):
        return Groups(np.zeros(0, np.int64), np.zeros(0, np.int64))
    packed = np.ascontiguousarray(np.packbits(rows, axis=1))
    _, first, of = np.unique(packed.view(f"V{packed.shape[1]}").ravel(), return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return Groups(rank[of], first[order])
