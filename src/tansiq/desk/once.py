"""Said once, however often it is asked for.

A line that breaks between a request and its answer leaves who asked not knowing whether it was said. Where the request
carries a key, its record id follows from key, account, circle and content, so the ledger itself remembers what was
said: also after a restored backup whose own ledger came back from the others.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import Connection

from tansiq.circles.gate import Author
from tansiq.desk.office import Office, epochs_of
from tansiq.errors import MalformedInput
from tansiq.exchange.outbox import Said
from tansiq.records.entry import new_record_id, record_key
from tansiq.store import ledgers

if TYPE_CHECKING:
    from tansiq.desk.saying import ReleaseRequest, SayRequest


def record_id_for(request: SayRequest, asked: ReleaseRequest, author: Author) -> str | None:
    """The id under which a request is said to one circle; None where it carries no key.

    The first 48 bits are those of the key, the time at which it was made; the rest is no longer the caller's choice.
    Other content under the same key is another statement: nothing is swallowed. Refuses a key that is no UUIDv7
    (`request.bad_once`).
    """
    if request.once is None:
        return None
    try:
        key = record_key(request.once)
    except MalformedInput:
        raise MalformedInput("request.bad_once", once=request.once) from None
    content = [request.kind, request.fields, request.revises, request.about, request.attachments, asked]
    written = msgspec.json.encode([author.user, request.once, content], order="deterministic")
    return new_record_id(int.from_bytes(key[:6], "big"), hashlib.sha256(written).digest()[:10])


def said_before(connection: Connection, office: Office, request: SayRequest, author: Author) -> Mapping[str, Said]:
    """Where this very request was said already, by circle, in whichever epoch; empty where it carries no key."""
    found: dict[str, Said] = {}
    for asked in request.releases:
        record = record_id_for(request, asked, author)
        if record is None:
            continue
        for epoch in epochs_of(connection, asked.circle):
            ledger = ledgers.ledger_of(connection, epoch.num, office.party)
            index = ledgers.index_of(connection, ledger.num, record_key(record))
            if index is not None:
                found[asked.circle] = Said(f"{office.party}/{record}", index, ledger.size)
                break
    return found
