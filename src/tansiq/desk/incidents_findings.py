"""Findings as they are said, by whatever door (form, API, command line): what closing one takes, and whose act it is.

What counts is the finding as it would stand in a circle: what was told there before, and what is told now.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from tansiq.accord.terms import Act
from tansiq.desk.accord_board import Tables, table_of
from tansiq.desk.office import Office
from tansiq.picture.told import Thing, Told, body_of
from tansiq.records.kinds.finding import Finding

if TYPE_CHECKING:
    from tansiq.desk.saying import SayRequest


class FindingTables(Tables):
    """Findings and the words on them, without the reports: every word on anything asks whether it is on a finding."""

    def __init__(self) -> None:
        super().__init__(("finding", "consent"))


def check_closing(office: Office, request: SayRequest) -> None:
    """Refuse (`incidents.cannot_close`) a finding that would stand closed without the names it can be checked by."""
    if request.kind != "finding":
        return
    from tansiq.incidents.states import check_closed  # noqa: PLC0415 - the engine is loaded with the first finding

    for asked in request.releases:
        told = {name: value for name, value in request.fields.items() if name not in asked.withhold}
        check_closed({**_before(office, asked.circle, request), **told}, request.revises or "")


def act_of(office: Office, request: SayRequest, circle: str) -> Act | None:
    """What saying a finding, or a word on one, does by the terms of reference; None where it is neither."""
    if request.kind == "finding":
        step = {**_before(office, circle, request), **request.fields}.get("step")
    elif request.kind == "consent":
        with table_of(office, circle, FindingTables) as table:
            word = _thing(table.told, _own(office, request.revises))
            body = _body(_thing(table.told, request.about if word is None else word.about))
        if body is None:
            return None
        step = body.step
    else:
        return None
    return "investigate" if step == "investigated" else "verify"


def _before(office: Office, circle: str, request: SayRequest) -> dict[str, Any]:
    """What a finding that is revised told so far."""
    if request.revises is None:
        return {}
    with table_of(office, circle, FindingTables) as table:
        body = _body(_thing(table.told, _own(office, request.revises)))
    found: dict[str, Any] = {} if body is None else msgspec.to_builtins(body)
    return found


def _own(office: Office, ref: str | None) -> str | None:
    return ref if ref is None or "/" in ref else f"{office.party}/{ref}"


def _thing(told: Told, ref: str | None) -> Thing | None:
    return None if ref is None else told.get(ref) or told.thing_of(ref)


def _body(thing: Thing | None) -> Finding | None:
    return None if thing is None else body_of(thing.now, Finding)
