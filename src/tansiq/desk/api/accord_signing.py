"""Signing: how an agreement stands with its signatures, what is signed, taking signatures, offices, and exports."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal

from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.params import Parameter

from tansiq.desk import accord_export, accord_signatories, accord_signing
from tansiq.desk.accord_board import table_of
from tansiq.desk.accord_signatories import NameRequest, PasskeyRequest, RevokeRequest
from tansiq.desk.accord_signing import OfficeView, Prepared, SignatureRequest, SigningView, StatementRequest
from tansiq.desk.api.access import language_of
from tansiq.desk.office import Office
from tansiq.desk.people import Person
from tansiq.desk.request import read_request
from tansiq.desk.saying import Reference


def _said(said: Reference) -> dict[str, Any]:
    return {"ref": said.ref, "circle": said.circle, "index": said.index}


@get("/accord/signing", sync_to_thread=True)
def signing(
    request: Request[Any, Any, State], office: Office, person: Person, circle: str, agreement: str
) -> SigningView:
    """How an agreement stands with its signatures."""
    return accord_signing.view(office, circle, agreement, language_of(request))


@post("/accord/statements", status_code=200, sync_to_thread=True)
def statement(office: Office, person: Person, data: dict[str, Any]) -> Prepared:
    """What a signatory's key is to sign now."""
    return accord_signing.prepare(office, read_request(StatementRequest, data), person.author())


@post("/accord/signatures", sync_to_thread=True)
def sign(office: Office, person: Person, data: dict[str, Any]) -> dict[str, Any]:
    """Say a signature."""
    return _said(accord_signing.sign(office, read_request(SignatureRequest, data), person.author()))


@post("/accord/signatures/file")
async def take(request: Request[Any, Any, State], office: Office, person: Person) -> dict[str, Any]:
    """Take a signature file that was made away from the node."""
    data = await request.body()
    return _said(await asyncio.to_thread(accord_signing.take, office, data, person.author()))


@get("/accord/signatories", sync_to_thread=True)
def signatories(office: Office, person: Person, circle: str) -> list[OfficeView]:
    """Every office that was named in a circle."""
    with table_of(office, circle) as table:
        return accord_signing.offices(table)


@post("/accord/signatories", sync_to_thread=True)
def name_signatory(office: Office, person: Person, data: dict[str, Any]) -> dict[str, Any]:
    """Name an office that signs with a key file."""
    return _said(accord_signatories.name_with_file(office, read_request(NameRequest, data), person.author()))


@post("/accord/passkeys", status_code=200, sync_to_thread=True)
def begin_passkey(office: Office, person: Person) -> dict[str, Any]:
    """What a browser needs to make a passkey."""
    return accord_signatories.begin(office, person.author())


@post("/accord/signatories/passkey", sync_to_thread=True)
def name_passkey(office: Office, person: Person, data: dict[str, Any]) -> dict[str, Any]:
    """Name an office that signs with a passkey."""
    return _said(accord_signatories.name_with_passkey(office, read_request(PasskeyRequest, data), person.author()))


@post("/accord/signatories/revoke", sync_to_thread=True)
def revoke(office: Office, person: Person, data: dict[str, Any]) -> dict[str, Any]:
    """Take an own office's key back."""
    return _said(accord_signatories.revoke(office, read_request(RevokeRequest, data), person.author()))


@get("/accord/export", sync_to_thread=True)
def export(
    office: Office,
    person: Person,
    circle: str,
    agreement: str,
    form: Literal["pdf", "docx", "akn", "bundle", "text"],
    reader: Annotated[str | None, Parameter(query="for")] = None,
) -> Response[bytes]:
    """An agreement as a file; `text` is what a signatory takes along; a bundle `for` a named reader by its labels."""
    if form == "text":
        data = accord_signing.text_file(office, circle, agreement)
        return _file("text-to-sign.json", "application/json", data)
    found = accord_export.export(office, circle, agreement, form, reader)
    return _file(found.name, found.media, found.data)


def _file(name: str, media: str, data: bytes) -> Response[bytes]:
    return Response(data, media_type=media, headers={"Content-Disposition": f'attachment; filename="{name}"'})
