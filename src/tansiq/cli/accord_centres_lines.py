"""Centres as lines of text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tansiq.cli.output import local_time, settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tansiq.accord.centres import Centre, Stand
    from tansiq.accord.roster import SideRoster
    from tansiq.desk.accord_centres import CentresView, CentreView

_MINUTE_MS = 60_000


def list_lines(found: CentresView) -> list[str]:
    """Every centre with both sides' states, and what waits."""
    lines = []
    for row in found.centres:
        lines.append(f"{row.centre.ref}  {_name(row.centre.names)}  {_together(row.centre)}")
        lines += [f"  {_stand_line(one)}" for one in row.centre.stands]
        if row.points:
            lines.append(
                "  readiness: signed off" if row.signed_off else f"  readiness: {row.open_points} of {row.points} open"
            )
        lines += [f"  short of the agreed minimum today: {party}" for party in row.short]
        lines += [f"  hand-overs waiting: {row.waiting}"] if row.waiting else []
    return lines


def centre_lines(found: CentreView) -> list[str]:
    """One centre."""
    centre = found.centre
    lines = [f"{centre.ref}  {_name(centre.names)}  {_together(centre)}"]
    lines += [f"  {_stand_line(one)}" for one in centre.stands]
    lines += [
        f"  {dates.state}: "
        + ", ".join(f"{one.party} {_date(one.since, one.precision)}" for one in dates.given)
        + ("  the dates differ" if dates.differ else "")
        for dates in centre.dates
    ]
    for row in found.readiness.rows:
        words = ", ".join(f"{one.party} {one.state or '-'}" for one in row.words)
        lines.append(f"  [{'x' if row.done else ' '}] {_name(row.names) or row.key}: {words}{' late' * row.late}")
    for one in found.handovers:
        waits = f", waits for {', '.join(one.waits_for)} since {one.waited_ms // _MINUTE_MS} min"
        lines.append(
            f"  hand-over {one.ref}  put {local_time(one.put)}: {one.standing}{waits if one.waits_for else ''}, "
            f"{len(one.open)} open"
        )
    return lines


def roster_lines(found: CentreView) -> list[str]:
    """Strength by day and where it falls short."""
    return [line for side in found.rosters for line in _roster_lines(side)]


def log_lines(found: CentreView) -> list[str]:
    """The twin log by rows."""
    lines = {one.ref: one for one in found.log.lines}
    shown = []
    for row in found.log.rows:
        for ref in row.refs:
            one = lines[ref]
            text = (one.text or _name(one.title)).split("\n")[0][:100]
            shown.append(f"{local_time(one.from_)}  {row.state:9}  {one.party}  {one.category or ''}  {text}  ({ref})")
    for pair in found.log.candidates:
        why = [f"{pair.minutes} min apart"] + ["same category"] * pair.same_category
        why += [", ".join(pair.words)] * bool(pair.words)
        shown.append(f"may be the same: {pair.one} and {pair.other} ({'; '.join(why)})")
    return shown


def _roster_lines(side: SideRoster) -> list[str]:
    agreed = "no minimum agreed" if side.required is None else f"agreed minimum {side.required.strength}"
    lines = [f"{side.party}: {agreed}"]
    for day in side.days:
        least = "no roster" if day.counted is None else f"{day.counted} {day.least} to {day.most}"
        lines.append(f"  {local_time(day.start)[:10]}  {least}{'  SHORT' * day.short}")
    return lines + [
        f"  short {local_time(one.from_)} – {local_time(one.to)}: {one.strength} of {one.required}"
        for one in side.shortfalls
    ]


def _stand_line(one: Stand) -> str:
    if one.state is None:
        return f"{one.party}: has said nothing"
    date = "" if one.since is None else f" since {_date(one.since, one.precision)}"
    return f"{one.party}: {one.state}{date}"


def _together(centre: Centre) -> str:
    if centre.at_work:
        words = "at work, both sides say so"
    elif centre.silent:
        words = f"not said by {', '.join(centre.silent)}"
    else:
        words = centre.state or "the sides differ"
    return words + (f" (differ: {', '.join(centre.differ)})" if centre.differ else "")


def _date(at: int, precision: str | None) -> str:
    return local_time(at)[: 7 if precision == "month" else 10]


def _name(names: Mapping[str, str]) -> str:
    return names.get(settings.language) or next(iter(names.values()), "")
