"""Files, meetings, understandings and the chain in lines for people, in the chosen language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tansiq.accord.bodies import BodyView, Quorum
from tansiq.accord.calendar import name_in
from tansiq.accord.chain import Chain
from tansiq.accord.confirmations import Word
from tansiq.accord.files import FileView, Wait
from tansiq.accord.meetings import MeetingView, MinutesView
from tansiq.accord.understandings import Confirmed, UnderstandingView
from tansiq.cli.output import local_time, settings
from tansiq.desk.accord_calendar import Offered
from tansiq.desk.accord_talk import MeetingsView
from tansiq.records.values import Names, Texts
from tansiq.wording import wording


def word(key: str) -> str:
    """A word of the talk in the chosen language."""
    return wording(f"talk.{key}", {}, settings.language).refused


def named(names: Names | None, ref: str) -> str:
    """A name in the chosen language, else the reference."""
    return name_in(names, settings.language) or ref


def file_line(one: FileView) -> str:
    """A file on one line."""
    if one.state is None:
        state = word("differ") if any(side.state for side in one.sides) else word("unstated")
    else:
        state = word("waiting_file" if one.state == "waiting" else one.state)
    marks = [word("free")] if one.free else []
    marks += [word("ring")] if any(wait.ring for wait in one.waits_for) else []
    marks += [f"{word('holds_up')} {one.holds_up}"] if one.holds_up else []
    return f"{one.step}  {one.ref}  {named(one.names, one.ref)}: {'; '.join([state, *marks])}"


def file_lines(one: FileView) -> Iterator[str]:
    """A file with each side's word and what it waits for."""
    yield file_line(one)
    for side in one.sides:
        state = word("unstated" if side.state is None else "waiting_file" if side.state == "waiting" else side.state)
        yield f"  {side.party}: {state}" + (f" ({side.owner})" if side.owner else "")
    for party in one.silent:
        yield f"  {party}: {word('silent')}"
    for wait in one.waits_for:
        marks = [_wait_state(wait)] + ([word("ring")] if wait.ring else [])
        said = ", ".join(wait.said_by)
        yield f"  {word('waits_for')} {named(wait.names, wait.ref)} ({said}): {'; '.join(marks)}"


def _wait_state(wait: Wait) -> str:
    state = word("not_known" if wait.settled is None else "settled" if wait.settled else "not_settled")
    return f"{state} ({word(f'promise_{wait.promised}')})" if wait.promised else state


def meeting_line(one: MeetingView) -> str:
    """A meeting on one line."""
    when = local_time(one.when.from_ if one.when else None)
    number = "" if one.number is None else f"{one.number}. "
    marks = [word(one.state)]
    marks += [word("differ")] if one.differ else []
    marks += [word("clash")] if one.clash else []
    return f"{when}  {one.ref}  {number}{named(one.names, one.venue or '')}: {'; '.join(marks)}"


def meeting_lines(one: MeetingView, view: MeetingsView) -> Iterator[str]:
    """A meeting with its agenda, its quorum, its minutes and its understandings."""
    yield meeting_line(one)
    for number, item in enumerate(one.agenda, 1):
        yield f"  {word('agenda')} {number}: {named(item.names, item.file or '')}"
    yield f"  {quorum_line(one.quorum)}"
    for minutes in one.minutes:
        yield from _minutes_lines(minutes)
    for understood in view.board.understandings:
        if understood.ref in one.understandings:
            yield from (f"  {line}" for line in understanding_lines(understood))


def quorum_line(found: Quorum | None) -> str:
    """Whether there was a quorum, and who is missing by how many."""
    if found is None:
        return f"{word('quorum')}: {word('no_quorum')}"
    if found.reached:
        return f"{word('quorum')}: {word('reached')}"
    short = ", ".join(f"{one.party} {one.missing} ({one.there}/{one.needed})" for one in found.parties if one.missing)
    return f"{word('quorum')}: {word('missing')} {short}"


def _minutes_lines(one: MinutesView) -> Iterator[str]:
    yield f"  {word('minutes')} {one.ref} ({one.party}): {_state(one.state, one.waits_for)}"
    for number, item in enumerate(one.items, 1):
        mark = f" [{word('decision')}]" if item.decision else ""
        yield f"    {number}. {_text(item.text)}{mark}"
    yield from (f"    {line}" for line in _words(one.words))


def understanding_lines(one: UnderstandingView) -> Iterator[str]:
    """An understanding with every party's word."""
    number = "?" if one.number is None else str(one.number)
    clash = f"; {word('clash')}" if one.clash else ""
    state = _state(one.state, one.waits_for)
    yield f"{word('understanding')} {number}  {one.ref}  {named(one.names, '')}: {state}{clash}"
    if one.text:
        yield f"  {_text(one.text)}"
    yield from (f"  {line}" for line in _words(one.words))


def body_line(one: BodyView) -> str:
    """A body and who sits in it."""
    held = one.in_force
    seats = ", ".join(f"{seat.party} {seat.seats}/{seat.quorum}" for seat in held.components) if held else "-"
    waits = "; ".join(f"{word('waiting')} {', '.join(change.waits_for)}" for change in one.proposed)
    return f"{one.ref}  {named(one.names, one.ref)}: {seats}" + (f"; {waits}" if waits else "")


def chain_lines(found: Chain) -> Iterator[str]:
    """A chain, one step a line, by its stages."""
    for step in found.steps:
        number = f" {step.number}" if step.number else ""
        yield f"{word(step.way):<8} {step.kind}{number}  {step.ref}  {named(step.names, '')}"
    for one in found.broken:
        yield f"{one.ref} ({one.by}): {one.missing} {word('broken')}"
    if found.cut:
        yield word("cut")


def offered_lines(one: Offered, *, described: bool) -> Iterator[str]:
    """What a row of a calendar would say, and what was left out of it."""
    if one.older:
        what = word("older")
    elif not one.changes:
        what = word("unchanged")
    elif one.meeting is None:
        what = word("new")
    else:
        what = f"{word('changes')} {one.meeting}: {', '.join(one.changes)}"
    when = one.fields.get("when") or {}
    names = one.fields.get("names") or {}
    at = f"{local_time(when['from'])}  " if when else ""
    yield f"{at}{next(iter(names.values()), one.uid)}: {what}"
    yield from (f"  {word('cut_text' if said == 'cut' else said)}" for said in one.said)
    if one.people:
        yield f"  {word('people')}: {one.people}"
    if one.description is not None:
        yield f"  {word('described' if described else 'not_described')}: {one.description.note}"
    if one.dropped:
        yield f"  {word('left_out')}: {', '.join(f'{name} {count}' for name, count in sorted(one.dropped.items()))}"


def _state(state: Confirmed, waits_for: Sequence[str]) -> str:
    return f"{word(state)} {', '.join(waits_for)}" if state == "waiting" else word(state)


def _words(words: Sequence[Word]) -> Iterator[str]:
    for one in words:
        said = word("author") if one.author else word(one.verdict or "silent")
        more = f"; {word('reservation')}: {one.reservation}" if one.reservation else ""
        yield f"{one.party}: {said}{more}" + (f"; {one.reason}" if one.reason else "")


def _text(text: Texts) -> str:
    order = (settings.language, "ar", "ckb", "en")
    return next((said for one in order if (said := getattr(text, one, None))), "")
