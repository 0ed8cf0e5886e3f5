"""Activity: a plan of one party that moves through ground and time, announced so that no other plan meets it unseen."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

from tansiq.records.kind import Body, Kind
from tansiq.records.values import Language, Latitude, Longitude, LongText, Millis, Names, Origin, Path, Ref, Ring

MAX_VOLUMES: Final = 16
MAX_TIMES: Final = 366
LONGEST_MS: Final = 366 * 86_400_000
"""A plan ends within a year of its beginning: longer notices are how such lists die."""

ActivityType = Literal["patrol", "convoy", "exercise", "engineering", "relief", "drone", "joint", "other"]
AskLevel = Literal["inform", "acknowledge", "no_objection", "joint"]
"""What the author wants: to have told, a receipt, an answer that nothing stands against it, or a plan of several."""

PartyName = Annotated[str, Meta(min_length=1, max_length=64)]
AnyRef = Annotated[Ref, Meta(max_length=128)]
Fix = tuple[Longitude, Latitude, Millis]
Route = Annotated[list[Fix], Meta(min_length=2, max_length=1000)]
Width = Annotated[int, Meta(ge=1, le=50_000)]


class Window(Struct, frozen=True, forbid_unknown_fields=True):
    """From and to (ms), both known: a plan without an end cannot be looked at beside others."""

    from_: Millis = msgspec.field(name="from")
    to: Millis


class Band(Struct, frozen=True, forbid_unknown_fields=True):
    """Heights in metres above mean sea level, lowest and highest."""

    low_m: Annotated[int, Meta(ge=-500, le=30_000)]
    high_m: Annotated[int, Meta(ge=-500, le=30_000)]


class Repeat(Struct, frozen=True, forbid_unknown_fields=True):
    """The same again every so many minutes, `times` times in all."""

    every_minutes: Annotated[int, Meta(ge=15, le=366 * 1440)]
    times: Annotated[int, Meta(ge=2, le=MAX_TIMES)]


class Volume(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Ground and time: one of a polygon, a corridor (`path`) or a timed route; no height band means every height.

    `width_m` is the whole width of a corridor or route. A timed route has its window in its own times. Whether outline
    and times can be what they say is for `tansiq.movements.volumes`: a record that somebody wrote is read, if it can
    be compared or not.
    """

    ring: Ring | None = None
    path: Path | None = None
    route: Route | None = None
    width_m: Width | None = None
    window: Window | None = None
    band: Band | None = None
    repeat: Repeat | None = None

    def __post_init__(self) -> None:
        """What is not exactly one shape with its width and its window is refused."""
        shapes = [shape for shape in (self.ring, self.path, self.route) if shape is not None]
        if len(shapes) != 1:
            raise ValueError("a volume is one polygon, one corridor or one timed route")
        if (self.ring is None) != (self.width_m is not None):
            raise ValueError("a corridor or route has a width, a polygon none")
        if (self.route is None) != (self.window is not None):
            raise ValueError("a polygon or corridor has a window, a timed route its own times")

    @property
    def first(self) -> tuple[int, int]:
        """From and to (ms) of the first time that it takes place."""
        if self.route is not None:
            return self.route[0][2], self.route[-1][2]
        return (self.window.from_, self.window.to) if self.window else (0, 0)

    @property
    def start(self) -> int:
        """When it begins for the first time (ms)."""
        return self.first[0]

    @property
    def end(self) -> int:
        """When it ends for the last time (ms)."""
        again = 0 if self.repeat is None else (self.repeat.times - 1) * self.repeat.every_minutes * 60_000
        return self.first[1] + again


class Activity(Body, frozen=True):
    """A later record of the same activity is a change of plan, its end or its cancelling.

    `ask` is what the author wants of others; `asks` are parties that are asked whether or not the plan touches what is
    theirs; `together` those who take part. `knows` are the records (`party/id` of the very revision) of other
    activities near it that its author's node held: proof of having looked. Who goes, with what and how many, is not a
    field.
    """

    names: Names | None = None
    activity: ActivityType | None = None
    ask: AskLevel | None = None
    status: Literal["announced", "active", "ended", "cancelled"] | None = None
    volumes: Annotated[list[Volume], Meta(min_length=1, max_length=MAX_VOLUMES)] | None = None
    asks: Annotated[list[PartyName], Meta(max_length=16)] | None = None
    together: Annotated[list[PartyName], Meta(max_length=16)] | None = None
    knows: Annotated[list[AnyRef], Meta(max_length=256)] | None = None
    reason: LongText | None = None
    note: LongText | None = None
    lang: Language | None = None
    origin: Origin | None = None


KIND = Kind("activity", Activity, {}, {})
