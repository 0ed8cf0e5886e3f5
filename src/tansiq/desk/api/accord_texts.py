"""Texts of agreements: the list, one with its brackets, one clause with its history; wordings, positions, comments."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Response, get, post
from msgspec import Meta, Struct

from tansiq.desk import accord_texts as texts
from tansiq.desk import accord_texts_door as door
from tansiq.desk.api.access import releaser
from tansiq.desk.office import Office
from tansiq.desk.people import Person
from tansiq.desk.request import read_request
from tansiq.records.values import Language

LongWords = dict[Language, Annotated[str, Meta(max_length=8000)]]


class CompareRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """What is being written, and what it is written from, by language."""

    circle: Annotated[str, Meta(min_length=6, max_length=32)]
    before: LongWords = {}
    after: LongWords = {}


@get("/accord/texts", sync_to_thread=True)
def listing(office: Office, person: Person, circle: str) -> Response[bytes]:
    """The texts of a circle, with how many of their clauses are agreed and open."""
    return _json(texts.listing(office, circle))


@get("/accord/texts/{party:str}/{agreement:str}", sync_to_thread=True)
def text(office: Office, person: Person, party: str, agreement: str, circle: str) -> Response[bytes]:
    """A text with all its clauses, brackets, positions and open points."""
    return Response(texts.text_view(office, circle, f"{party}/{agreement}"), media_type="application/json")


@get("/accord/texts/{party:str}/{agreement:str}/clauses/{key:str}", sync_to_thread=True)
def clause(office: Office, person: Person, party: str, agreement: str, key: str, circle: str) -> Response[bytes]:
    """A clause with all its versions, their differences, positions and comments."""
    return _json(texts.clause_view(office, circle, f"{party}/{agreement}", key))


@get("/accord/texts/{party:str}/{agreement:str}/clauses/{key:str}/difference", sync_to_thread=True)
def difference(
    office: Office, person: Person, party: str, agreement: str, key: str, circle: str, one: str, other: str
) -> Response[bytes]:
    """How one version of a clause became another, word by word."""
    return _json(texts.between(office, circle, f"{party}/{agreement}", key, one, other))


@post("/accord/texts/{party:str}/{agreement:str}/compare", status_code=200, sync_to_thread=True)
def compare(office: Office, person: Person, party: str, agreement: str, data: CompareRequest) -> Response[bytes]:
    """What is being written, word by word against what it is written from; nothing is kept and nothing leaves."""
    return _json(texts.compared(office, data.circle, f"{party}/{agreement}", data.before, data.after))


@post("/accord/texts/{party:str}/{agreement:str}/preview", status_code=200, sync_to_thread=True)
def preview(office: Office, person: Person, party: str, agreement: str, data: dict[str, Any]) -> dict[str, Any]:
    """What each party would see of a wording."""
    releaser(person)
    asked = read_request(door.OfferRequest, data)
    return {"columns": msgspec.to_builtins(door.preview(office, f"{party}/{agreement}", asked, person.author()))}


@post("/accord/texts/{party:str}/{agreement:str}/clauses", sync_to_thread=True)
def offer(office: Office, person: Person, party: str, agreement: str, data: dict[str, Any]) -> dict[str, Any]:
    """Offer a wording, strike a clause, or withdraw an own wording."""
    releaser(person)
    said, key = door.offer(office, f"{party}/{agreement}", read_request(door.OfferRequest, data), person.author())
    return {"ref": said.ref, "circle": said.circle, "index": said.index, "key": key}


@post("/accord/texts/{party:str}/{agreement:str}/take-over", sync_to_thread=True)
def take_over(office: Office, person: Person, party: str, agreement: str, data: dict[str, Any]) -> dict[str, Any]:
    """Offer, in an amendment, the clauses of the text that it amends."""
    releaser(person)
    asked = read_request(door.TakeOverRequest, data)
    return {"refs": [_ref(one) for one in door.take_over(office, f"{party}/{agreement}", asked, person.author())]}


@post("/accord/positions", sync_to_thread=True)
def take_position(office: Office, person: Person, data: dict[str, Any]) -> dict[str, Any]:
    """A position on a wording, or a mark that its languages say the same."""
    releaser(person)
    return _ref(door.take_position(office, read_request(door.PositionRequest, data), person.author()))


@post("/accord/comments", sync_to_thread=True)
def comment(office: Office, person: Person, data: dict[str, Any]) -> dict[str, Any]:
    """A comment on a clause."""
    releaser(person)
    return _ref(door.comment(office, read_request(door.CommentRequest, data), person.author()))


def _ref(said: Any) -> dict[str, Any]:
    return {"ref": said.ref, "circle": said.circle, "index": said.index}


def _json(found: Any) -> Response[bytes]:
    return Response(msgspec.json.encode(found), media_type="application/json")
