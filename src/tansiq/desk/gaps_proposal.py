"""Further posts and patrols as the fields of a proposal, which its party previews and releases like any record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from tansiq.gaps import timetable
from tansiq.gaps.sites import Kind, Round, Site

E7 = 10_000_000


def fields_of(
    area: str, digest: str, posts: Sequence[Site] = (), kind: Kind | None = None, patrols: Sequence[Round] = ()
) -> dict[str, Any]:
    """What would be added to an area whose answer has this digest; `kind` says how the posts would see."""
    fields: dict[str, Any] = {"area": area, "status": "put", "answer_before": digest}
    if posts and kind is not None:
        sees = {"height_m": kind.height_m, "range_day_m": kind.day_m, "range_night_m": kind.night_m}
        fields["added"] = [
            {"party": one.party, "lat": round(one.lat * E7), "lon": round(one.lon * E7), **sees, **_hours(one.hours)}
            for one in posts
        ]
    if patrols:
        fields["patrols"] = [
            {
                "party": one.party,
                "path": [[round(lon * E7), round(lat * E7)] for lon, lat in one.path],
                "width_m": one.width_m,
                "hours": _schedule(one.hours),
            }
            for one in patrols
        ]
    return fields


def _hours(week: str) -> dict[str, Any]:
    return {} if week == timetable.ALWAYS else {"hours": _schedule(week)}


def _schedule(week: str) -> Any:
    return msgspec.to_builtins(timetable.schedule_of(week))
