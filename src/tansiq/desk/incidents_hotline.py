"""The hotline at a desk: messages with who has received, read and answered them, what rings, reading and answering."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Final

from msgspec import Meta, Struct
from sqlalchemy import Connection

from tansiq.accord.days import DAY_MS
from tansiq.circles.gate import Author
from tansiq.desk import saying
from tansiq.desk.accord_board import Table, Tables, exercise_end, table_of
from tansiq.desk.office import Office, circles, epochs_of
from tansiq.desk.request import learn
from tansiq.desk.saying import Column, Reference, ReleaseRequest, SayRequest
from tansiq.errors import Conflict, MalformedInput, NotAllowed, NotFound
from tansiq.incidents.hotline import Receipts, Word, words
from tansiq.picture.told import Ledger, Thing
from tansiq.records.kinds.activity import PartyName
from tansiq.records.values import Language, LongText
from tansiq.store import ledgers

KINDS: Final = ("message", "read_mark")
MOST_LISTED: Final = 300
MOST_RINGING: Final = 50


class HotlineTables(Tables):
    """What the hotline follows from."""

    def __init__(self) -> None:
        super().__init__(KINDS)


class Hotline(Struct, frozen=True):
    """The messages of a circle, the newest first; `unread` are those that this party has not read, `over` says that the
    exercise they are of has ended, so that nothing rings; what was said up to `quiet` (ms) rings no longer.
    """

    circle: str
    at: int
    words: list[Word]
    left_out: int
    unread: list[str]
    ringing: list[str]
    over: bool
    quiet: int


class Ring(Struct, frozen=True):
    """An urgent message that was not read here yet, in whichever circle it came."""

    circle: str
    word: Word


class Ringing(Struct, frozen=True):
    """What rings at this desk now, the newest first."""

    at: int
    rings: list[Ring]


class MessageRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A word to the parties in `to`, all others if none is named; to whoever sent it where it `answers` a message."""

    circle: Annotated[str, Meta(min_length=6, max_length=32)]
    text: Annotated[LongText, Meta(min_length=1)]
    to: Annotated[list[PartyName], Meta(max_length=16)] = []
    urgent: bool = False
    answers: Annotated[str, Meta(max_length=128)] | None = None
    lang: Language | None = None
    once: Annotated[str, Meta(max_length=36)] | None = None


def hotline(office: Office, circle: str) -> Hotline:
    """Every message of a circle with how far it has come."""
    with table_of(office, circle, HotlineTables) as table:
        found = _words(office, circle, table)
    quiet = _quiet_until(office, circle)
    unread = [one.ref for one in found if one.unread_by(office.party)]
    ringing = [one.ref for one in found if one.said > quiet and one.rings(office.party)]
    left_out = max(0, len(found) - MOST_LISTED)
    over = quiet > 0 and all(one.said <= quiet for one in found)
    return Hotline(circle, office.clock(), found[:MOST_LISTED], left_out, unread, ringing, over, quiet)


def ringing(office: Office) -> Ringing:
    """What rings here, of all circles with others: an officer looks at one of them and must hear of every one."""
    with office.database.read() as connection:
        shared = sorted({held.circle.id for held in circles(connection) if len(held.circle.parties) > 1})
    found = []
    for circle in shared:
        with table_of(office, circle, HotlineTables) as table:
            urgent = _words(office, circle, table, urgent_only=True)
        quiet = _quiet_until(office, circle) if urgent else 0
        found += [Ring(circle, one) for one in urgent if one.said > quiet and one.rings(office.party)]
    found.sort(key=lambda one: (-one.word.said, one.word.ref))
    return Ringing(office.clock(), found[:MOST_RINGING])


def mark_read(office: Office, circle: str, ref: str, author: Author, revision: str | None = None) -> Reference:
    """Say that a message was read here; said once, however often it is asked for.

    Refused: what is not here (`hotline.not_here`), what is not for this party (`hotline.not_for_us`), a message that
    was corrected since it was shown (`hotline.changed`).
    """
    with table_of(office, circle, HotlineTables) as table:
        thing = _named(table, ref)
        word = _word_of(office, circle, table, thing)
    if revision is not None and revision != word.revision:
        raise Conflict("hotline.changed", ref=thing.ref[:80])
    mine = next((one for one in word.receivers if one.party == office.party), None)
    if mine is None:
        raise NotAllowed("hotline.not_for_us", ref=thing.ref[:80])
    if mine.mark is not None:
        mark = table.told.thing_of(mine.mark)
        if mark is not None:
            return Reference(circle, mark.ref, mark.now.said.index)
    mark_it = SayRequest("read_mark", {"revision": word.revision}, [ReleaseRequest(circle)], about=thing.ref)
    return saying.release(office, mark_it, author)[0]


def send(office: Office, asked: MessageRequest, author: Author) -> Reference:
    """Send a message, or answer one; refused where the answered one is not here (`hotline.not_here`), where it is empty
    (`hotline.empty`), to whom is not in the circle (`hotline.no_member`) or to oneself alone (`hotline.to_itself`).
    """
    return saying.release(office, _message(office, asked), author)[0]


def preview(office: Office, asked: MessageRequest, author: Author) -> list[Column]:
    """What each party will see of a message: every member reads it, whomever it is for. Refused as `send` would."""
    return saying.preview(office, _message(office, asked), author)


def _message(office: Office, asked: MessageRequest) -> SayRequest:
    if not asked.text.strip():
        raise MalformedInput("hotline.empty")
    to: list[str] = list(dict.fromkeys(asked.to))
    fields: dict[str, Any] = {"text": asked.text}
    with table_of(office, asked.circle, HotlineTables) as table:
        others = [one for one in to if one not in table.members]
        answered = None if asked.answers is None else _named(table, asked.answers)
    if others:
        raise MalformedInput("hotline.no_member", party=others[0])
    if answered is not None:
        fields["answers"] = answered.ref
        to = to or [answered.party]
    to = [one for one in to if one != office.party]
    if (asked.to or asked.answers is not None) and not to:
        raise MalformedInput("hotline.to_itself")
    for name, value in (("to", to), ("urgent", asked.urgent), ("lang", asked.lang)):
        if value:
            fields[name] = value
    return SayRequest("message", fields, [ReleaseRequest(asked.circle)], once=asked.once)


def _named(table: Table, ref: str) -> Thing:
    thing = table.told.get(ref) or table.told.thing_of(ref)
    if thing is None or thing.kind != "message":
        raise NotFound("hotline.not_here", ref=ref[:80])
    return thing


def _word_of(office: Office, circle: str, table: Table, thing: Thing) -> Word:
    found = next((one for one in _words(office, circle, table) if one.ref == thing.ref), None)
    if found is None:  # it was erased
        raise NotFound("hotline.not_here", ref=thing.ref[:80])
    return found


def _words(office: Office, circle: str, table: Table, *, urgent_only: bool = False) -> list[Word]:
    with office.database.read() as connection:
        receipts = _receipts(connection, circle)
    return words(table.told, sorted(table.members), receipts, office.party, urgent_only=urgent_only)


def _receipts(connection: Connection, circle: str) -> Receipts:
    found: dict[Ledger, dict[str, int]] = {}
    for held in epochs_of(connection, _full(connection, circle)):
        for row in ledgers.ledgers(connection, held.num):
            sizes = {party: receipt.size for party, receipt in ledgers.latest_receipts(connection, row.num).items()}
            found[Ledger(row.party, held.circle.epoch)] = sizes
    return found


def _full(connection: Connection, circle: str) -> str:
    ids: Sequence[str] = [held.circle.id for held in circles(connection) if held.circle.id.startswith(circle)]
    return ids[0] if ids else circle


def _quiet_until(office: Office, circle: str) -> int:
    """Messages up to this time (ms) ring no longer: those of an exercise that is over."""
    end = exercise_end(office, circle, 0)
    return 0 if end is None else end + DAY_MS


learn(MessageRequest)
