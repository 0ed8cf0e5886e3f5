"""What counts of a request and of its steps: what each lacks, and what a desk refuses before it is said."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Literal

from msgspec import Struct

from tansiq.errors import MalformedInput
from tansiq.incidents.persons import words_on_a_person
from tansiq.picture.told import Thing, body_of
from tansiq.records.kinds.request_step import RequestStep
from tansiq.records.kinds.terms import Level

Why = Literal["not_asked", "no_text", "no_reason", "no_level", "erased"]
"""Why a step does not count."""


class StepView(Struct, frozen=True):
    """A step as its party says it now; `said` (ms) is since when it is what it is. `why` it does not count."""

    ref: str
    party: str
    step: str | None
    said: int
    owner: str | None
    text: str | None
    reason: str | None
    level: Level | None
    records: tuple[str, ...]
    lang: str | None
    why: Why | None


def read_request(fields: Mapping[str, Any], party: str, *, corrects: bool) -> None:
    """Refuse a request of oneself (`requests.of_itself`), a new date for one that was put (`requests.clock_runs`): no
    edit moves a clock, and one about a person (`requests.of_a_person`).
    """
    if party in (fields.get("to") or ()):
        raise MalformedInput("requests.of_itself")
    if corrects and fields.get("due") is not None:
        raise MalformedInput("requests.clock_runs")
    person = words_on_a_person(str(fields.get("text") or ""))
    if person is not None:
        raise MalformedInput("requests.of_a_person", words=person[:80])


def read_asked(fields: Mapping[str, Any], at: int) -> None:
    """Refuse what nobody can answer: of nobody (`requests.of_nobody`), of no type (`requests.no_type`), without words
    (`requests.no_text`), due before it is put (`requests.due_before`).
    """
    if not fields.get("to"):
        raise MalformedInput("requests.of_nobody")
    if not fields.get("request_type"):
        raise MalformedInput("requests.no_type")
    if not str(fields.get("text") or "").strip():
        raise MalformedInput("requests.no_text")
    due = fields.get("due")
    if isinstance(due, int) and due <= at:
        raise MalformedInput("requests.due_before")


def read_step(fields: Mapping[str, Any]) -> None:
    """Refuse a step that would not count: `requests.no_answer`, `requests.no_reason`, `requests.no_level`."""
    why = _missing(
        str(fields.get("step")), fields.get("text"), fields.get("records"), fields.get("reason"), fields.get("level")
    )
    if why == "no_text":
        raise MalformedInput("requests.no_answer")
    if why == "no_reason":
        raise MalformedInput("requests.no_reason")
    if why == "no_level":
        raise MalformedInput("requests.no_level")


def step_view(thing: Thing, asker: str, asked: Collection[str]) -> StepView:
    """A step of a request that `asker` put to those `asked`."""
    body = body_of(thing.now, RequestStep)
    if body is None:
        said = thing.versions[0].said.at
        return StepView(thing.ref, thing.party, None, said, None, None, None, None, (), None, "erased")
    entitled = thing.party in asked or (body.step == "escalated" and thing.party == asker)
    return StepView(
        thing.ref,
        thing.party,
        body.step,
        _since(thing, body),
        body.owner,
        body.text,
        body.reason,
        body.level,
        tuple(body.records or ()),
        body.lang,
        _short_of(body) if entitled else "not_asked",
    )


def is_last_word(thing: Thing) -> bool:
    """Whether it answers or refuses, complete: who was asked waits for nothing more to say."""
    body = body_of(thing.now, RequestStep)
    return body is not None and body.step in ("answered", "refused") and _short_of(body) is None


def _since(thing: Thing, now: RequestStep) -> int:
    """When it was first said as the step that it is, complete (ms): correcting its words does not make it later."""
    for version in thing.versions:
        body = body_of(version, RequestStep)
        if body is not None and body.step == now.step and _short_of(body) is None:
            return version.said.at
    return thing.now.said.at


def _short_of(body: RequestStep) -> Why | None:
    return _missing(body.step, body.text, body.records, body.reason, body.level)


def _missing(step: str | None, text: Any, records: Any, reason: Any, level: Any) -> Why | None:
    """What a step lacks to count."""
    if step == "answered" and not (text or records):
        return "no_text"
    if step in ("refused", "escalated") and not reason:
        return "no_reason"
    if step == "escalated" and level is None:
        return "no_level"
    return None
