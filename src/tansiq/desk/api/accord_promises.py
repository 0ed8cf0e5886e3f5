"""Commitments: how they stand, one with its days and causes, evaluation on demand, the kept-promise record."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Response, get, post
from litestar.params import Parameter
from msgspec import Meta, Struct

from tansiq.desk.office import Office
from tansiq.desk.people import Person

At = Annotated[int | None, Parameter(ge=0, le=253_402_300_799_999)]
Days = Annotated[int, Parameter(ge=1, le=120)]
RecordDays = Annotated[int, Parameter(ge=1, le=366)]


class EvaluateRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Which circle, as of when (ms); now if left out."""

    circle: Annotated[str, Meta(min_length=6, max_length=32)]
    at: Annotated[int, Meta(ge=0, le=253_402_300_799_999)] | None = None


@get("/accord/promises", sync_to_thread=True)
def overview(office: Office, person: Person, circle: str, at: At = None) -> Response[bytes]:
    """Every commitment of a circle as it stands, now or at a time, its triggers, and what turned at full hours."""
    from tansiq.desk import accord_promises as promises  # noqa: PLC0415 - the engines are loaded with the first question

    return _json(promises.overview(office, circle, at))


@get("/accord/promises/{party:str}/{id:str}", sync_to_thread=True)
def one(
    office: Office, person: Person, party: str, id: str, circle: str, at: At = None, days: Days = 30
) -> Response[bytes]:
    """One commitment with its days, causes, trigger and the records behind it."""
    from tansiq.desk import accord_promises as promises  # noqa: PLC0415 - as above

    return _json(promises.one_promise(office, circle, f"{party}/{id}", at, days))


@post("/accord/promises/evaluate", status_code=200, sync_to_thread=True)
def evaluate(office: Office, person: Person, data: EvaluateRequest) -> Response[bytes]:
    """Evaluate every commitment: the instant, the digest that two nodes compare, and how many stand how."""
    from tansiq.desk import accord_promises as promises  # noqa: PLC0415 - as above

    found = promises.evaluation(office, data.circle, data.at)
    states: dict[str, int] = {}
    for promise in found.promises:
        name = promise.state or promise.standing.name
        states[name] = states.get(name, 0) + 1
    body: dict[str, Any] = {
        "at": found.at,
        "digest": found.digest,
        "count": len(found.promises),
        "states": states,
        "promises": {promise.ref: promise.digest for promise in found.promises},
    }
    return _json(body)


@get("/accord/record", sync_to_thread=True)
def kept(office: Office, person: Person, circle: str, at: At = None, days: RecordDays = 366) -> Response[bytes]:
    """The kept-promise record: the same figures for every side, each with its records."""
    from tansiq.desk import accord_promises as promises  # noqa: PLC0415 - as above

    record, cited = promises.kept(office, circle, at, days)
    return _json({**msgspec.to_builtins(record), "cited": msgspec.to_builtins(cited)})


def _json(found: Any) -> Response[bytes]:
    return Response(msgspec.json.encode(found), media_type="application/json")
