"""Movements as lines of text: plans, collisions, positions, and what a draft meets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tansiq.cli.output import local_time, settings, standing

if TYPE_CHECKING:
    from tansiq.desk.movements import Checked, CollisionView, Hit, Overview
    from tansiq.movements.collisions import Collision
    from tansiq.movements.positions import Position
    from tansiq.movements.standing import Party, Plan


def overview_lines(found: Overview) -> list[str]:
    """Everything in a circle."""
    mark = "EXERCISE " if found.exercise else ""
    lines = [line for one in found.plans for line in _plan_lines(one, mark, found.names.get(one.ref, {}))]
    lines += [_collision_line(one, mark) for one in found.collisions]
    lines += [line for one in found.positions for line in _position_lines(one, mark)]
    lines += [
        f"{mark}{one.party}: {one.fields.get('status')} {one.fields.get('scope', '')} {one.fields.get('reason', '')}"
        for one in found.suspensions
    ]
    lines += [f"{mark}denied by {one.fields.get('by', '?')} ({one.ref})" for one in found.denials]
    return lines


def _plan_lines(one: Plan, mark: str, names: dict[str, str]) -> list[str]:
    name = names.get(settings.language) or next(iter(names.values()), "")
    lines = [
        f"{mark}{one.ref}  {one.activity or '?'}  {local_time(one.from_)} – {local_time(one.to)}  {one.ask or '?'}: "
        f"{standing(one.state)}  {name}".rstrip()
    ]
    if one.late_minutes:
        lines.append(
            f"  late by {one.late_minutes} minutes{', after it had begun' if one.after_start else ''}"
            + "".join(f" ({rule.name} {rule.number} of {rule.terms}, version {rule.version})" for rule in one.rules)
        )
    lines += [f"  {_party_line(party)}" for party in one.parties]
    lines += [f"  not listed: {ref}" for ref in one.unlisted]
    lines += [f"  crossed on the way: {ref}" for ref in one.crossed]
    if one.not_heard:
        lines.append(f"  not heard of since: {', '.join(one.not_heard)}")
    if one.missing:
        lines.append("  not all is here that its author had seen")
    return lines


def _party_line(one: Party) -> str:
    words = [f"{one.party}: {standing('word_' + one.given.word)}"]
    words += [f"“{condition}”" for condition in one.given.conditions]
    if one.given.reason:
        words.append(f"“{one.given.reason}”")
    if one.given.word == "silent":
        words.append(f"asked {local_time(one.asked_at)}" + (f", due {local_time(one.due)}" if one.due else ""))
    if one.late_minutes:
        words.append(f"late by {one.late_minutes} minutes")
    if one.rung:
        words.append(f"rung {one.rung}: {one.level}")
    if one.suspended:
        words.append("suspended")
    words += [f"({rule.name} {rule.number} of {rule.terms}, version {rule.version})" for rule in one.rules]
    return ", ".join(words)


def _collision_line(one: Collision, mark: str) -> str:
    waits = ", ".join(f"{wait.party} on {wait.about}" for wait in one.waits_for)
    return (
        f"{mark}collision {one.id}  {one.plans[0]} and {one.plans[1]}  {local_time(one.from_)} – {local_time(one.to)}  "
        f"{one.closest.distance_m} m apart at {local_time(one.closest.at)}, {one.closest.lat / 1e7:.5f} "
        f"{one.closest.lon / 1e7:.5f}  " + ("settled" if one.settled else f"waits for {waits or '-'}")
    )


def _position_lines(one: Position, mark: str) -> list[str]:
    follows = one.successor or "?"
    return [
        f"{mark}position {one.ref}  {one.leaves or '?'} leaves {local_time(one.leaves_at)}, {follows} follows: "
        f"{standing('position_' + one.state)}",
        *(f"  {party.party}: {party.verdict or '-'}" for party in one.consents),
        *(f"  ALARM {standing('alarm_' + alarm)}" for alarm in one.alarms),
    ]


def collision_page(one: CollisionView) -> list[str]:
    """A collision with both plans and all that was said."""
    lines = ["they meet no more"] if one.collision is None else [_collision_line(one.collision, "")]
    lines += [line for plan in one.plans for line in _plan_lines(plan, "", {})]
    lines += [
        f"{local_time(line.said)}  {line.party} {line.kind} {line.ref}  "
        + str(line.fields.get("text") or line.fields.get("verdict") or line.fields.get("status") or "")
        for line in one.said
    ]
    return lines


def checked_lines(found: Checked) -> list[str]:
    """What a draft meets."""
    lines = [hit_line(hit) for hit in found.hits]
    lines += [f"overlaps own {hit.ref}  {local_time(hit.meeting.at)}" for hit in found.own if hit.meeting is not None]
    lines += [f"{minutes} minutes late in {circle[:8]}" for circle, minutes in found.late.items() if minutes]
    return lines or ["meets nothing that others have released"]


def hit_line(hit: Hit) -> str:
    """One thing that volumes meet."""
    name = hit.names.get(settings.language) or next(iter(hit.names.values()), "")
    how = "its place is not told" if hit.withheld else ""
    if hit.meeting is not None:
        how = f"{hit.meeting.distance_m} m apart at {local_time(hit.meeting.at)}"
    return f"{hit.kind} {hit.ref}  {name}  {how}".rstrip()
