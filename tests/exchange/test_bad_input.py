"""Whatever a peer offers that is not right is refused with one clear message, and nothing that is held changes."""

from __future__ import annotations

import base64
import dataclasses
import itertools
import threading
import time
from collections.abc import Callable, Sequence
from ssl import SSLSocket

import msgspec
import pytest

from exchange.forged import answer, client, craft, field, port, raw_field, request, respelled
from nodes import (
    Raw,
    Twisted,
    add_officer,
    assert_in_words,
    assert_rebuilds,
    enter,
    forge,
    head_of,
    ledger_of,
    make_node,
    meet,
    picture_digests,
    refused,
    refused_unchanged,
    say,
    serving,
    shown,
    signed_in,
    snapshot,
    take,
    tell,
    until,
)
from tansiq.circles.circle import Circle
from tansiq.circles.gate import told_digest
from tansiq.desk import evidence, viewing
from tansiq.errors import Refused
from tansiq.exchange import outbox, shelf
from tansiq.exchange.intake import take_receipt
from tansiq.exchange.local import LocalSource
from tansiq.exchange.origin import origin_hash
from tansiq.exchange.puller import Puller, wall_clock
from tansiq.ledger import disclosure
from tansiq.ledger.checkpoint import Checkpoint, sign_checkpoint
from tansiq.ledger.cosignature import cosign, with_cosignatures
from tansiq.ledger.keys import SigningKey, generate_seed
from tansiq.ledger.merkle import EMPTY_ROOT
from tansiq.node.node import Node
from tansiq.records.entry import Head, new_record_id
from tansiq.records.values import Names, PartyId
from tansiq.store import ledgers, roster
from tansiq.store.roster import RefusalRow
from tansiq.store.schema import entry_key

Pair = tuple[Node, Node]
Forgery = Callable[[Circle], Sequence[Raw]]

FUTURE_MS = 600_000
"""Ten minutes: how far a claimed time may lie ahead of the reader's clock."""

TEXT = {"text": "shots heard near the water tower", "lang": "en"}
LONG_TEXT = {"text": "x" * 8000, "lang": "en"}


def _note(text: str = "seen") -> list[str]:
    return [field("text", text)]


def _without_one(circle: Circle) -> Raw:
    """Two fields committed to, one delivered."""
    raw = craft(circle, [field("text", "a"), field("lang", "en")])
    return Raw(raw.body, raw.told.split(b"~")[0])


def _not_in_entry(circle: Circle) -> Raw:
    """Delivered as committed, but `_sd` does not know the field."""
    extra = field("text", "slipped in")
    return Raw(craft(circle, told=told_digest(extra)).body, extra.encode())


def _twice(circle: Circle) -> Raw:
    """The same field in two versions."""
    return craft(circle, [field("text", "one"), field("text", "two")])


def _deep(levels: int) -> str:
    return raw_field(b'["' + b"A" * 22 + b'","text",' + b"[" * levels + b"]" * levels + b"]")


def _same_id(circle: Circle) -> Sequence[Raw]:
    one = new_record_id()
    return [craft(circle, _note(), id=one), craft(circle, _note(), id=one)]


def _told_of(circle: Circle, changed: str) -> Sequence[Raw]:
    """A record and a tell that points elsewhere."""
    kept = field("place", {"lat": 1, "lon": 2, "accuracy": 3})
    record = new_record_id()
    text = field("text", "a")
    first = craft(circle, [text], id=record, sd=sorted(map(disclosure.digest, (text, kept))))
    subject = {"itself": 1, "later": 9, "other": -1, "right": 0}[changed]
    return [first, craft(circle, [kept], subject, type="tell", revises=record)]


FORGED: dict[str, tuple[str, Forgery]] = {
    "not JSON": ("entry.malformed", lambda _: [Raw(b"no JSON at all")]),
    "JSON that is not UTF-8": ("entry.malformed", lambda _: [Raw(b'{"v":1,"type":"\xff"}')]),
    "JSON of another shape": ("entry.malformed", lambda _: [Raw(b'{"v":1}')]),
    "a JSON depth bomb": ("entry.malformed", lambda _: [Raw(b'{"v":' + b"[" * 60_000)]),
    "a depth bomb behind a known name": ("entry.malformed", lambda _: [Raw(b'{"v":1,"seen":' + b"[" * 60_000)]),
    "a later version of the format": ("entry.malformed", lambda c: [respelled(craft(c), b'"v":1', b'"v":2')]),
    "an unknown key": ("entry.malformed", lambda c: [respelled(craft(c), b'{"v":1', b'{"x":1,"v":1')]),
    "a fraction": ("entry.malformed", lambda c: [respelled(craft(c), b'"seen":[]', b'"seen":[["mop",0.5,""]]')]),
    "fields in another order": (
        "entry.not_canonical",
        lambda c: [respelled(craft(c), b'{"v":1,"type":"log",', b'{"type":"log","v":1,')],
    ),
    "a key that comes twice": (
        "entry.not_canonical",
        lambda c: [respelled(craft(c), b'{"v":1,', b'{"v":1,"v":1,')],
    ),
    "a blank between": ("entry.not_canonical", lambda c: [respelled(craft(c), b'{"v":1', b'{"v": 1')]),
    "an escape for a plain letter": (
        "entry.not_canonical",
        lambda c: [respelled(craft(c), b'"type":"log"', b'"type":"\\u006cog"')],
    ),
    "padding that says something": ("entry.not_canonical", lambda c: [respelled(craft(c), b'....."}', b'hello"}')]),
    "capitals in the id": (
        "entry.bad_id",
        lambda c: [craft(c, id="0189ABCD-0000-7000-8000-000000000000")],
    ),
    "an id of another kind": ("entry.bad_id", lambda c: [craft(c, id="0189abcd-0000-4000-8000-000000000000")]),
    "dashes elsewhere in the id": (
        "entry.bad_id",
        lambda c: [craft(c, id="0189abcd0-000-7000-8000-000000000000")],
    ),
    "a revised id that is none": ("entry.bad_id", lambda c: [craft(c, revises="x" * 36)]),
    "a repeated record id": ("entry.repeated_id", _same_id),
    "a head of absurd size seen": (
        "entry.malformed",
        lambda c: [craft(c, seen=[Head("mop", 1 << 70, base64.b64encode(bytes(32)).decode())])],
    ),
    "a future claimed time": (
        "entry.future",
        lambda c: [craft(c, at=wall_clock() + FUTURE_MS + 60_000)],
    ),
    "an exercise record in a live circle": (
        "entry.exercise_in_live",
        lambda c: [craft(c, label=msgspec.structs.replace(outbox.program_label(c), exercise=True))],
    ),
    "a second opening": ("ledger.other_circle", lambda c: [craft(c, _note(), type="circle")]),
    "a disclosure that is not in the entry": ("disclosure.not_in_entry", lambda c: [_not_in_entry(c)]),
    "disclosures that were not committed to": (
        "disclosure.not_as_committed",
        lambda c: [Raw(craft(c).body, _note()[0].encode())],
    ),
    "other disclosures than committed to": (
        "disclosure.not_as_committed",
        lambda c: [Raw(craft(c, _note("a")).body, _note("b")[0].encode())],
    ),
    "a part of the disclosures": ("disclosure.not_as_committed", lambda c: [_without_one(c)]),
    "missing disclosures": ("disclosure.not_delivered", lambda c: [Raw(craft(c, _note()).body)]),
    "a field in two versions": ("disclosure.repeated", lambda c: [_twice(c)]),
    "a disclosure that is not base64url": (
        "disclosure.base64",
        lambda c: [craft(c, ["!" * 40])],
    ),
    "a disclosure that is not JSON": ("disclosure.json", lambda c: [craft(c, [raw_field(b"[1,2")])]),
    "a disclosure of two fields at once": (
        "disclosure.json",
        lambda c: [craft(c, [raw_field(b'["' + b"A" * 22 + b'","text","a","b"]')])],
    ),
    "a fraction in a disclosure": (
        "disclosure.number",
        lambda c: [craft(c, [raw_field(b'["' + b"A" * 22 + b'","text",0.5]')])],
    ),
    "a key twice in a disclosure": (
        "disclosure.repeated_key",
        lambda c: [craft(c, [raw_field(b'["' + b"A" * 22 + b'","place",{"lat":1,"lat":2}]')])],
    ),
    "a disclosure a little too deep": ("disclosure.too_deep", lambda c: [craft(c, [_deep(17)])]),
    "a depth bomb in a disclosure": ("disclosure.too_deep", lambda c: [craft(c, [_deep(20_000)])]),
    "a weak salt": ("disclosure.salt", lambda c: [craft(c, [raw_field(b'["short","text","a"]')])]),
    "disclosures for another record": (
        "disclosure.wrong_subject",
        lambda c: [craft(c, _note(), -1)],
    ),
    "a tell of a record that comes later": ("disclosure.wrong_subject", lambda c: _told_of(c, "later")),
    "a tell of itself": ("disclosure.wrong_subject", lambda c: _told_of(c, "itself")),
    "a tell that names another record": ("disclosure.wrong_subject", lambda c: _told_of(c, "other")),
}


@pytest.mark.parametrize(("code", "forgery"), FORGED.values(), ids=FORGED)
def test_a_forged_record_is_refused_and_nothing_held_changes(pair: Pair, code: str, forgery: Forgery) -> None:
    hostile, honest = pair
    circle = enter(hostile, honest)
    ref = say(hostile, circle, "log", TEXT)
    meet(hostile, honest)
    say(hostile, circle, "log", TEXT)  # a good record before the bad one in the same pull is not taken either
    forge(hostile, circle, *forgery(circle))
    with refused_unchanged(code, honest):
        take(honest, hostile, circle)
    assert list(shown(honest, circle)) == [ref]
    assert_rebuilds(honest)


def test_a_tell_that_is_right_is_taken_so_that_the_wrong_ones_are_refused_for_their_wrongness(pair: Pair) -> None:
    hostile, honest = pair
    circle = enter(hostile, honest)
    forge(hostile, circle, *_told_of(circle, "right"))
    take(honest, hostile, circle)
    fields = [one.fields for one in shown(honest, circle).values()]
    assert fields == [{"text": "a", "place": {"lat": 1, "lon": 2, "accuracy": 3}}]


def test_a_claimed_time_within_the_drift_of_a_clock_is_taken_and_one_beyond_is_not(pair: Pair) -> None:
    hostile, honest = pair
    circle = enter(hostile, honest)
    meet(hostile, honest)
    at = wall_clock() + 3_600_000
    forge(hostile, circle, craft(circle, _note(), at=at))
    with refused_unchanged("entry.future", honest):
        take(honest, hostile, circle, now_ms=at - FUTURE_MS - 1)
    assert take(honest, hostile, circle, now_ms=at - FUTURE_MS).entries == 1


def test_a_live_record_in_an_exercise_is_refused(pair: Pair) -> None:
    hostile, honest = pair
    circle = enter(hostile, honest, exercise=True)
    meet(hostile, honest)
    forge(hostile, circle, craft(circle, label=msgspec.structs.replace(outbox.program_label(circle), exercise=False)))
    with refused_unchanged("entry.live_in_exercise", honest):
        take(honest, hostile, circle)


@pytest.mark.parametrize("exercise", [True, False])
def test_the_gate_lets_no_record_cross_between_exercise_and_live(pair: Pair, exercise: bool) -> None:
    node, _ = pair
    circle = enter(*pair, exercise=exercise)
    code = "gate.live_into_exercise" if exercise else "gate.exercise_into_live"
    with refused_unchanged(code, node):
        say(node, circle, "log", TEXT, exercise=not exercise)


def test_a_record_over_64_kib_is_refused_at_the_gate(pair: Pair) -> None:
    node, _ = pair
    circle = enter(*pair)
    path = [[1_000_000_000 + step, 300_000_000 + step] for step in range(1800)]
    with refused_unchanged("gate.record_too_large", node):
        say(node, circle, "line", {"path": path, "note": "x" * 8000, "names": {"en": "n" * 200}})
    with refused_unchanged("disclosure.too_large", node):
        say(node, circle, "line", {"path": [[-1_000_000_000 - step, -300_000_000 - step] for step in range(2000)]})


def test_what_is_withheld_counts_towards_the_size_of_a_record_because_it_may_be_told_later(pair: Pair) -> None:
    node, _ = pair
    circle = enter(*pair)
    path = [[1_000_000_000 + step, 300_000_000 + step] for step in range(1800)]
    with refused_unchanged("gate.record_too_large", node):
        say(node, circle, "line", {"path": path, "note": "x" * 8000}, withhold=["note"])


def test_a_record_over_64_kib_is_refused_at_intake(pair: Pair) -> None:
    hostile, honest = pair
    circle = enter(hostile, honest)
    meet(hostile, honest)
    say(hostile, circle, "log", TEXT)
    huge = b"A" * 65_536

    def longer(_path: str, data: bytes) -> bytes:
        entries = data[8 : 8 + int.from_bytes(data[:4], "big")]
        told = (1).to_bytes(4, "big") + len(huge).to_bytes(4, "big") + huge
        return len(entries).to_bytes(4, "big") + len(told).to_bytes(4, "big") + entries + told

    with refused_unchanged("frames.malformed", honest):
        take(honest, hostile, circle, source=_twisted(hostile, honest, longer))


def _twisted(sender: Node, reader: Node, twist: Callable[[str, bytes], bytes]) -> Twisted:
    return Twisted(LocalSource(sender.database, reader.config.party), twist)


def _in_bundle(data: bytes, *, entries: Callable[[bytes], bytes], told: Callable[[bytes], bytes]) -> bytes:
    """The first pair of a span with its two bundles changed."""
    first, second = int.from_bytes(data[:4], "big"), int.from_bytes(data[4:8], "big")
    bundle, frames = entries(data[8 : 8 + first]), told(data[8 + first : 8 + first + second])
    rest = data[8 + first + second :]
    return len(bundle).to_bytes(4, "big") + len(frames).to_bytes(4, "big") + bundle + frames + rest


def _same(data: bytes) -> bytes:
    return data


def _flip_late(data: bytes) -> bytes:
    """One bit of the padding of the last entry."""
    return data[:-6] + bytes([data[-6] ^ 1]) + data[-5:]


TWISTS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "a span cut short": ("frames.malformed", lambda data: data[:-1]),
    "an empty span": ("frames.malformed", lambda _: b""),
    "a span with a rest": ("frames.malformed", lambda data: data + b"\0"),
    "a span of absurd length": ("frames.malformed", lambda data: b"\xff" * 8 + data[8:]),
    "a tampered entry": ("ledger.wrong_tree", lambda data: _in_bundle(data, entries=_flip_late, told=_same)),
    "an entry bundle cut short": (
        "tile.cut_short",
        lambda data: _in_bundle(data, entries=lambda bundle: bundle[:-1], told=_same),
    ),
    "an entry bundle with one entry less": (
        "tile.count",
        lambda data: _in_bundle(data, entries=lambda b: b[: 2 + int.from_bytes(b[:2], "big")], told=_same),
    ),
    "an entry bundle with one entry more": (
        "tile.trailing_bytes",
        lambda data: _in_bundle(data, entries=lambda bundle: bundle + b"\0\1x", told=_same),
    ),
    "an empty entry": (
        "tile.entry_empty",
        lambda data: _in_bundle(data, entries=lambda bundle: b"\0\0" + bundle, told=_same),
    ),
    "disclosures cut short": (
        "frames.malformed",
        lambda data: _in_bundle(data, entries=_same, told=lambda frames: frames[:-1]),
    ),
    "a disclosure frame too many": (
        "frames.malformed",
        lambda data: _in_bundle(data, entries=_same, told=lambda frames: frames + bytes(8)),
    ),
    "a tampered disclosure": (
        "disclosure.not_as_committed",
        lambda data: _in_bundle(data, entries=_same, told=lambda frames: frames[:-1] + b"!"),
    ),
}


@pytest.mark.parametrize(("code", "twist"), TWISTS.values(), ids=TWISTS)
def test_bytes_changed_on_the_way_are_refused_and_the_true_ones_are_taken_afterwards(
    pair: Pair, code: str, twist: Callable[[bytes], bytes]
) -> None:
    sender, reader = pair
    circle = enter(sender, reader)
    refs = [say(sender, circle, "log", TEXT) for _ in range(2)]
    with refused_unchanged(code, reader):
        take(reader, sender, circle, source=_twisted(sender, reader, lambda _path, data: twist(data)))
    take(reader, sender, circle)
    assert set(refs) == set(shown(reader, circle))


def _many(node: Node, circle: Circle, count: int) -> None:
    """A long ledger, quickly."""
    forge(node, circle, *(craft(circle, _note(str(step))) for step in range(count)))


TILE_TWISTS: dict[str, tuple[str, str, Callable[[bytes], bytes]]] = {
    "a tile cut short": ("tile/1/", "tile.hash_size", lambda data: data[:-1]),
    "a tile with one hash less": ("tile/1/", "tile.hash_size", lambda data: data[:-32]),
    "a tile with another hash": ("tile/1/", "ledger.wrong_tree", lambda data: bytes(32) + data[32:]),
    "a last bundle cut short": ("tile/entries/", "tile.cut_short", lambda data: data[:-1]),
    "a last bundle tampered with": ("tile/entries/", "ledger.wrong_tree", _flip_late),
    "a first span tampered with": (
        "span/0/",
        "ledger.wrong_tree",
        lambda data: _in_bundle(data, entries=_flip_late, told=_same),
    ),
}


def test_a_long_catch_up_is_proven_against_the_signed_root_before_anything_is_stored(pair: Pair) -> None:
    sender, reader = pair
    circle = enter(sender, reader)
    _many(sender, circle, 2100)
    for name, (where, code, twist) in TILE_TWISTS.items():

        def change(path: str, data: bytes, where: str = where, twist: Callable[[bytes], bytes] = twist) -> bytes:
            return twist(data) if path.startswith(where) else data

        source = _twisted(sender, reader, change)
        with refused_unchanged(code, reader):
            take(reader, sender, circle, source=source)
        assert any(path.startswith(where) for path in source.asked), name
    take(reader, sender, circle)
    assert len(shown(reader, circle)) == 2100


def test_a_bad_record_late_in_a_long_catch_up_leaves_only_whole_verified_steps(pair: Pair) -> None:
    sender, reader = pair
    circle = enter(sender, reader)
    _many(sender, circle, 3000)
    forge(sender, circle, Raw(b"no JSON at all"))
    with refused("entry.malformed"):
        take(reader, sender, circle)
    held = ledger_of(reader, circle, "joc")
    assert (held.size, held.head_size, held.head_note) == (2048, 0, None)
    with refused_unchanged("entry.malformed", reader):
        take(reader, sender, circle)


def test_an_endless_answer_is_refused_by_its_size(pair: Pair) -> None:
    sender, reader = pair
    circle = enter(sender, reader)
    limits: list[int] = []

    class Endless:
        def item(self, _origin_hash: str, _path: str, limit: int) -> bytes:
            limits.append(limit)
            return b"\0" * min(limit, 1 << 20)

    with refused_unchanged("frames.malformed", reader):
        take(reader, sender, circle, source=Endless())
    assert limits == [8 + 256 * (2 + 65_535) + 256 * (8 + 65_535)]  # one bundle at its largest, and no more


# Heads


def _signed(node: Node, circle: Circle, size: int, root: bytes, key: SigningKey | None = None) -> bytes:
    origin = circle.origin(node.config.party)
    return sign_checkpoint(Checkpoint(origin, size, root), key or node.keys.log[0])


def test_a_head_over_a_wrong_root_is_refused(pair: Pair) -> None:
    hostile, honest = pair
    circle = enter(hostile, honest)
    say(hostile, circle, "log", TEXT)
    with refused_unchanged("ledger.wrong_tree", honest):
        take(honest, hostile, circle, note=_signed(hostile, circle, 2, bytes(32)))


def test_a_head_by_an_unknown_signer_is_refused(pair: Pair) -> None:
    hostile, honest = pair
    circle = enter(hostile, honest)
    root = ledger_of(hostile, circle, "joc").head_root
    for key in (SigningKey(generate_seed()), hostile.keys.mirror[0], honest.keys.log[0]):
        with refused_unchanged("note.nobody_known", honest):
            take(honest, hostile, circle, note=_signed(hostile, circle, 1, root, key))


def test_a_head_whose_signature_does_not_hold_is_refused(pair: Pair) -> None:
    hostile, honest = pair
    circle = enter(hostile, honest)
    say(hostile, circle, "log", TEXT)
    with refused_unchanged("note.bad_signature", honest):
        take(honest, hostile, circle, note=_smaller(head_of(hostile, circle)))


def _smaller(note: bytes) -> bytes:
    lines = note.split(b"\n")
    return b"\n".join([lines[0], str(int(lines[1]) - 1).encode(), *lines[2:]])


def test_a_head_for_another_ledger_is_refused(pair: Pair) -> None:
    hostile, honest = pair
    circle, other = enter(hostile, honest), enter(hostile, honest)
    with refused_unchanged("checkpoint.other_origin", honest):
        take(honest, hostile, circle, note=head_of(hostile, other))
    with refused_unchanged("checkpoint.other_origin", honest):
        take(honest, hostile, circle, note=head_of(honest, circle))


def test_a_head_of_absurd_size_is_refused_before_anything_is_asked_for(pair: Pair) -> None:
    hostile, honest = pair
    circle = enter(hostile, honest)
    source = _twisted(hostile, honest, lambda _path, data: data)
    with refused_unchanged("ledger.too_large", honest):
        take(honest, hostile, circle, note=_signed(hostile, circle, 1 << 60, bytes(32)), source=source)
    assert source.asked == []


def test_an_empty_head_is_nothing_new(pair: Pair) -> None:
    hostile, honest = pair
    circle = enter(hostile, honest)
    meet(hostile, honest)
    held = ledger_of(honest, circle, "joc")
    assert take(honest, hostile, circle, note=_signed(hostile, circle, 0, EMPTY_ROOT)).entries == 0
    assert ledger_of(honest, circle, "joc") == held


def test_an_older_head_changes_nothing(pair: Pair) -> None:
    hostile, honest = pair
    circle = enter(hostile, honest)
    older = head_of(hostile, circle)
    say(hostile, circle, "log", TEXT)
    meet(hostile, honest)
    before = snapshot(honest, without={"receipt"})
    assert take(honest, hostile, circle, note=older).entries == 0
    assert snapshot(honest, without={"receipt"}) == before


@pytest.mark.parametrize("root", [bytes(32), b"\xff" * 32])
def test_two_heads_of_one_size_are_a_fork_that_is_kept_as_evidence_and_changes_nothing_else(
    pair: Pair, root: bytes
) -> None:
    hostile, honest = pair
    circle = enter(hostile, honest)
    ref = say(hostile, circle, "log", TEXT)
    meet(hostile, honest)
    held = ledger_of(honest, circle, "joc")
    noted = {"checkpoint", "refusal", "notice", "ledger"}
    before = snapshot(honest, without=noted)
    fork = _signed(hostile, circle, held.size, root)
    with refused("ledger.fork"):
        take(honest, hostile, circle, note=fork)
    assert snapshot(honest, without=noted) == before
    assert ledger_of(honest, circle, "joc") == dataclasses.replace(held, frozen=True)
    with honest.database.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT note FROM checkpoint WHERE ledger = ? AND size = ?", (held.num, held.size)
        ).scalars()
        assert set(rows) == {held.head_note, fork}
    with refused_unchanged("ledger.fork", honest):  # once more adds nothing
        take(honest, hostile, circle, note=fork)
    # the other branch must not slip into what this node proves
    found = evidence.verify(evidence.prove(honest.office, circle.id, "joc", ref.split("/")[1]))
    assert found.fields == TEXT


def test_an_older_head_with_another_root_is_a_fork_too(pair: Pair) -> None:
    hostile, honest = pair
    circle = enter(hostile, honest)
    say(hostile, circle, "log", TEXT)
    meet(hostile, honest)
    with refused("ledger.fork"):
        take(honest, hostile, circle, note=_signed(hostile, circle, 1, bytes(32)))


def test_a_ledger_that_goes_on_from_another_history_is_refused(pair: Pair) -> None:
    hostile, honest = pair
    circle = enter(hostile, honest)
    forge(hostile, circle, craft(circle, _note("told to mop")))
    take(honest, hostile, circle)
    with hostile.database.write() as connection:
        own = ledgers.ledger_by(connection, origin=circle.origin(PartyId("joc")))
        for table in ("entry", "told"):
            connection.exec_driver_sql(f"DELETE FROM {table} WHERE id = ?", (entry_key(own.num, own.size - 1),))  # noqa: S608 - the table is named by this test
        ledgers.set_progress(connection, own.num, own.size - 1)
    forge(hostile, circle, craft(circle, _note("told to others")), craft(circle, _note("and more")))
    with refused("ledger.fork"):
        take(honest, hostile, circle)
    assert ledger_of(honest, circle, "joc").frozen


def test_a_first_entry_that_names_another_descriptor_is_refused(pair: Pair) -> None:
    hostile, honest = pair
    to_mop = hostile.make_circle(Names(en="Friends"), ["mop"], exercise=False)
    honest.open_circle(msgspec.structs.replace(to_mop, names=Names(en="Others")))
    with refused_unchanged("ledger.other_circle", honest):
        take(honest, hostile, to_mop)


@pytest.mark.parametrize("kind", ["log", "circle"])
def test_a_ledger_without_an_opening_is_refused(pair: Pair, kind: str) -> None:
    hostile, honest = pair
    circle = enter(hostile, honest)
    with hostile.database.write() as connection:
        num = ledgers.ledger_by(connection, origin=circle.origin(PartyId("joc"))).num
        connection.exec_driver_sql("DELETE FROM entry WHERE ledger = ?", (num,))
        connection.exec_driver_sql("DELETE FROM told WHERE id >> 40 = ?", (num,))
        ledgers.set_progress(connection, num, 0)
    forge(hostile, circle, craft(circle, _note(), type=kind))
    with refused_unchanged("ledger.other_circle", honest):
        take(honest, hostile, circle)


# Records that are odd but harm nobody


def test_a_tell_of_an_entry_that_is_no_version_of_the_thing_leaves_the_picture_whole(pair: Pair) -> None:
    """A log entry that claims to revise an incident is no version of it, and neither are the fields it tells."""
    hostile, honest = pair
    circle = enter(hostile, honest)
    incident, log = new_record_id(), new_record_id()
    text, late = field("text", "an incident"), field("text", "of the log entry")
    forge(
        hostile,
        circle,
        craft(circle, [text], type="incident", id=incident),
        craft(circle, [], id=log, revises=incident, sd=[disclosure.digest(late)]),
        craft(circle, [late], 1, type="tell", revises=log),
    )
    take(honest, hostile, circle)
    assert shown(honest, circle)[f"joc/{incident}"].fields == {"text": "an incident"}
    assert_rebuilds(honest)


def test_a_tell_of_a_tell_leaves_the_picture_whole(pair: Pair) -> None:
    hostile, honest = pair
    circle = enter(hostile, honest)
    record, first = new_record_id(), new_record_id()
    text, late = field("text", "a"), field("lang", "en")
    place = field("category", "entry")
    forge(
        hostile,
        circle,
        craft(circle, [text], id=record, sd=sorted(map(disclosure.digest, (text, place)))),
        craft(circle, [place], 0, type="tell", id=first, revises=record, sd=[disclosure.digest(late)]),
        craft(circle, [late], 1, type="tell", revises=first),
    )
    take(honest, hostile, circle)
    assert shown(honest, circle)[f"joc/{record}"].fields == {"text": "a", "category": "entry"}
    assert_rebuilds(honest)


def test_a_revision_of_nothing_or_of_itself_stays_out_of_the_picture(pair: Pair) -> None:
    hostile, honest = pair
    circle = enter(hostile, honest)
    own = new_record_id()
    forge(
        hostile,
        circle,
        craft(circle, _note(), revises=new_record_id()),
        craft(circle, _note(), id=own, revises=own),
    )
    take(honest, hostile, circle)
    assert shown(honest, circle) == {}
    assert_rebuilds(honest)


def test_a_kind_that_this_version_does_not_know_is_held_and_not_shown(pair: Pair) -> None:
    hostile, honest = pair
    circle = enter(hostile, honest)
    forge(hostile, circle, craft(circle, [field("thing", {"x": 1})], type="kind_of_tomorrow"))
    take(honest, hostile, circle)
    assert ledger_of(honest, circle, "joc").size == ledger_of(hostile, circle, "joc").size
    assert shown(honest, circle) == {}
    assert_rebuilds(honest)


def test_a_field_that_this_version_does_not_know_is_held_and_its_record_shown_as_unreadable(pair: Pair) -> None:
    hostile, honest = pair
    circle = enter(hostile, honest)
    forge(hostile, circle, craft(circle, [field("text", "a"), field("of_tomorrow", 1)]))
    take(honest, hostile, circle)
    (one,) = shown(honest, circle).values()
    assert (one.fields, one.unreadable) == ({}, "record.bad_fields")
    assert_rebuilds(honest)


def test_a_record_that_saw_a_head_which_nobody_holds_can_still_be_looked_at(pair: Pair) -> None:
    hostile, honest = pair
    circle = enter(hostile, honest)
    root = base64.b64encode(bytes(32)).decode()
    seen = [Head("mop", 1 << 39, root), Head("nobody", 7, root)]
    forge(hostile, circle, craft(circle, _note(), seen=seen))
    take(honest, hostile, circle)
    (one,) = shown(honest, circle).values()
    view = viewing.record_view(honest.office, circle.id, "joc", one.id)
    assert view.times.not_before is None


# Receipts


def _receipt(giver: Node, owner: Node, circle: Circle, note: bytes, key: SigningKey | None = None) -> bytes:
    body = note.split(b"\n\n")[0].decode() + "\n"
    line = cosign(body, f"{giver.config.party}/mirror", key or giver.keys.mirror[0], wall_clock() // 1000)
    return with_cosignatures(note, [line])


def _hand(owner: Node, circle: Circle, note: bytes) -> int:
    return take_receipt(owner.database, circle, ledger_of(owner, circle, owner.config.party), note)


def test_a_receipt_for_a_head_that_was_never_signed_is_refused(pair: Pair) -> None:
    owner, giver = pair
    circle = enter(owner, giver)
    stolen = _signed(owner, circle, 1, bytes(32))  # by the right key, over what this node never said
    with refused_unchanged("ledger.unknown_head", owner):
        _hand(owner, circle, _receipt(giver, owner, circle, stolen))
    later = _signed(owner, circle, 2, bytes(32))
    with refused_unchanged("ledger.unknown_head", owner):
        _hand(owner, circle, _receipt(giver, owner, circle, later))


def test_a_receipt_over_a_head_signed_by_nobody_known_is_refused(pair: Pair) -> None:
    owner, giver = pair
    circle = enter(owner, giver)
    root = ledger_of(owner, circle, "joc").head_root
    foreign = _signed(owner, circle, 1, root, SigningKey(generate_seed()))
    with refused_unchanged("note.nobody_known", owner):
        _hand(owner, circle, _receipt(giver, owner, circle, foreign))


def test_a_receipt_by_an_unknown_key_counts_for_nothing(pair: Pair) -> None:
    owner, giver = pair
    circle = enter(owner, giver)
    before = snapshot(owner)
    note = head_of(owner, circle)
    for key in (SigningKey(generate_seed()), giver.keys.witness[0], giver.keys.log[0]):
        assert _hand(owner, circle, _receipt(giver, owner, circle, note, key)) == 0
    assert snapshot(owner) == before
    assert _hand(owner, circle, _receipt(giver, owner, circle, note)) == 1
    assert _hand(owner, circle, _receipt(giver, owner, circle, note)) == 0


def _broken_receipt(giver: Node, owner: Node, circle: Circle) -> bytes:
    """A line under the giver's own name and key whose signature is over another head."""
    note = head_of(owner, circle)
    other = _signed(owner, circle, 7, bytes(32))
    body = other.split(b"\n\n")[0].decode() + "\n"
    line = cosign(body, f"{giver.config.party}/mirror", giver.keys.mirror[0], wall_clock() // 1000)
    return with_cosignatures(note, [line])


def test_a_receipt_that_does_not_hold_is_refused(pair: Pair) -> None:
    owner, giver = pair
    circle = enter(owner, giver)
    with refused_unchanged("note.bad_signature", owner):
        _hand(owner, circle, _broken_receipt(giver, owner, circle))


def test_a_head_with_a_receipt_that_does_not_hold_is_refused_before_anything_is_taken(pair: Pair) -> None:
    hostile, honest = pair
    circle = enter(hostile, honest)
    say(hostile, circle, "log", TEXT)
    with refused_unchanged("note.bad_signature", honest):
        take(honest, hostile, circle, note=_broken_receipt(honest, hostile, circle))


# The wire


def test_what_a_circle_one_is_not_in_holds_is_not_found(three: tuple[Node, Node, Node]) -> None:
    joc, mop, coalition = three
    circle = enter(joc, coalition)
    hashed = origin_hash(circle.origin(PartyId("joc")))
    with joc.database.read() as connection:
        assert shelf.heads_for(connection, "mop") == []
        for which in (hashed, origin_hash("joc/nowhere/1"), "x"):
            with refused("ledger.not_here"):
                shelf.visible_ledger(connection, which, "mop")
    for node in three:
        node.close()
    with serving(joc.folder.path):
        for path in ("checkpoint", "tile/entries/000.p/1", "disclosures/000.p/1", "tile/0/000.p/1", "span/0/1"):
            for which in (hashed, origin_hash("joc/nowhere/1")):
                outsider, member = client(mop, joc.config.peer_url, joc), client(coalition, joc.config.peer_url, joc)
                with refused("peer.not_found"):
                    outsider.item(which, path, 1 << 20)
                if which == hashed:
                    assert member.item(which, path, 1 << 20)
        assert client(mop, joc.config.peer_url, joc).heads("", 0)[1].heads == []
        with refused("peer.not_found"):
            outsider.hand_receipt(hashed, head_of(joc, circle))


def test_a_very_long_catch_up_over_the_wire_is_checked_as_a_short_one_is(pair: Pair) -> None:
    """So long that a node may check it in a process of its own: the outcome and the refusal must be the same."""
    sender, reader = pair
    circle, bad = enter(sender, reader), enter(sender, reader)
    for one in (circle, bad):
        _many(sender, one, 9000)
    good = head_of(sender, bad)
    code, forgery = FORGED["missing disclosures"]
    forge(sender, bad, *forgery(bad))
    sender.close()
    with serving(sender.folder.path):
        source = client(reader, sender.config.peer_url, sender)
        take(reader, sender, circle, source=source)
        with refused(code):
            take(reader, sender, bad, source=source)
        held = ledger_of(reader, bad, "joc")
        assert (held.size % 2048, held.head_note) == (0, None)
        take(reader, sender, bad, note=good, source=source)  # the head before the forgery is as good as ever
    for one in (circle, bad):
        assert len(shown(reader, one)) == 9000
    mine = picture_digests(reader)[circle.origin(PartyId("joc"))]
    assert mine[0] == ledger_of(sender, circle, "joc").size
    assert_rebuilds(reader)


def test_a_node_that_is_not_in_the_roster_is_not_let_in(pair: Pair) -> None:
    joc, _ = pair
    enter(*pair)
    joc.close()
    stranger = make_node(joc.folder.path.parent, "stranger")
    with serving(joc.folder.path), refused("peer.unreachable"):
        client(stranger, joc.config.peer_url, joc).heads("", 0)


def test_a_port_that_shows_another_certificate_is_not_read(pair: Pair) -> None:
    joc, mop = pair
    stranger = make_node(joc.folder.path.parent, "stranger")
    with port(stranger, mop, lambda connection: None) as url, refused("peer.unreachable"):
        client(mop, url, joc).heads("", 0)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Timeouts of a person who has no time."""
    monkeypatch.setattr("tansiq.exchange.peer_client.CONNECT_S", 0.5)
    monkeypatch.setattr("tansiq.exchange.peer_client.READ_S", 0.5)
    monkeypatch.setattr("tansiq.exchange.peer_client.ANSWER_S", 0.5)


def _silence(connection: SSLSocket) -> None:
    while request(connection):
        pass


def _drip(connection: SSLSocket) -> None:
    request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    while True:
        connection.sendall(b"x")
        time.sleep(0.05)


def _flood(connection: SSLSocket) -> None:
    request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        connection.sendall(b"10000\r\n" + b"x" * 65_536 + b"\r\n")


def _babble(connection: SSLSocket) -> None:
    request(connection)
    connection.sendall(b"\x16\x03\x01 this is not HTTP\r\n\r\n")


def _half(connection: SSLSocket) -> None:
    request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
    connection.close()


def _answering(body: bytes) -> Callable[[SSLSocket], None]:
    def talk(connection: SSLSocket) -> None:
        while request(connection):
            connection.sendall(answer(body, "ETag: x"))

    return talk


TALKS: dict[str, tuple[str, Callable[[SSLSocket], None]]] = {
    "a peer that hangs": ("peer.hangs", _silence),
    "a peer that answers drop by drop": ("peer.hangs", _drip),
    "an endless answer": ("peer.too_large", _flood),
    "an answer that is not HTTP": ("peer.unreachable", _babble),
    "an answer cut off in the middle": ("peer.unreachable", _half),
    "heads that are not JSON": ("peer.bad_answer", _answering(b"\xff{")),
    "heads of another shape": ("peer.bad_answer", _answering(b'{"heads":[1]}')),
    "heads that are a depth bomb": ("peer.bad_answer", _answering(b"[" * 900_000)),
    "heads that are not UTF-8": ("peer.bad_answer", _answering(b'["\xa4"]')),
    "heads with half a character": ("peer.bad_answer", _answering(b'["\\ud800"]')),
}


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(("code", "talk"), TALKS.values(), ids=TALKS)
def test_a_peer_that_answers_badly_is_refused_in_bounded_time_and_size(
    pair: Pair, code: str, talk: Callable[[SSLSocket], None]
) -> None:
    hostile, honest = pair
    with port(hostile, honest, talk) as url, refused_unchanged(code, honest):
        client(honest, url, hostile).heads("", 0)


@pytest.mark.usefixtures("impatient")
def test_a_peer_that_accepts_and_never_greets_is_given_up(pair: Pair) -> None:
    hostile, honest = pair
    with port(hostile, honest, _silence, handshake=False) as url, refused_unchanged("peer.hangs", honest):
        client(honest, url, hostile).heads("", 0)


def _refusals(node: Node) -> list[RefusalRow]:
    with node.database.read() as connection:
        return roster.refusals(connection)


def _pulling(honest: Node, url: str, hostile: Node) -> Puller:
    puller = Puller(
        honest.database,
        client(honest, url, hostile),
        hostile.config.party,
        honest.office.signer,
        honest.changes,
        honest.office.clock,
    )
    puller.start()
    return puller


@pytest.mark.usefixtures("impatient")
def test_a_peer_that_begins_to_hang_is_noted_and_shown_as_unreachable(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tansiq.exchange.puller.WAIT_S", 0.2)
    monkeypatch.setattr("tansiq.exchange.puller.FIRST_PAUSE_S", 0.1)
    hostile, honest = pair
    before = snapshot(honest)
    answered = itertools.count()

    def talk(connection: SSLSocket) -> None:
        while request(connection):
            if next(answered) == 0:
                connection.sendall(answer(b'{"heads":[],"notices":[]}', "ETag: first"))

    with port(hostile, honest, talk) as url:
        puller = _pulling(honest, url, hostile)
        until(lambda: bool(_refusals(honest)))
        puller.stop()
        puller.join(10)
    row = _refusals(honest)[0]
    assert (row.peer, row.origin, row.code) == ("joc", None, "peer.hangs")
    assert_in_words(Refused(row.code, **row.params))
    assert not puller.reachable
    assert snapshot(honest) == before


def test_a_refused_ledger_does_not_hold_up_the_others_of_the_same_peer(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A circle that one member has not entered yet is refused as unknown again and again: all else goes on at once."""
    hostile, honest = pair
    good, bad = enter(hostile, honest), enter(hostile, honest)
    forge(hostile, bad, Raw(b"no JSON at all"))
    hostile.make_circle(Names(en="Not entered by the other"), ["mop"], exercise=False)
    monkeypatch.setattr("tansiq.exchange.puller.FIRST_PAUSE_S", 3600.0)
    monkeypatch.setattr("tansiq.exchange.puller.LONGEST_PAUSE_S", 3600.0)
    with serving(hostile.folder.path):
        puller = _pulling(honest, hostile.config.peer_url, hostile)
        until(lambda: len(_refusals(honest)) == 2)
        refs = [say(hostile, good, "log", TEXT)]
        until(lambda: set(refs) == set(shown(honest, good)))
        refs.append(say(hostile, good, "log", TEXT))
        until(lambda: set(refs) == set(shown(honest, good)))
        puller.stop()
    assert {row.code for row in _refusals(honest)} == {"entry.malformed", "ledger.not_here"}


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("tag", ["a\x01b", "x" * 60_000, "#?&known=", "\xff\xfe", '"quoted"'])
def test_no_tag_of_a_peer_can_end_the_thread_that_follows_it(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, tag: str
) -> None:
    monkeypatch.setattr("tansiq.exchange.puller.FIRST_PAUSE_S", 0.1)
    hostile, honest = pair
    failures: list[object] = []
    monkeypatch.setattr(threading, "excepthook", failures.append)
    asked = []

    def talk(connection: SSLSocket) -> None:
        while path := request(connection):
            asked.append(path)
            connection.sendall(answer(b"[]", f"ETag: {tag}"))
            time.sleep(0.05)

    with port(hostile, honest, talk) as url:
        puller = _pulling(honest, url, hostile)
        until(lambda: len(asked) > 2 or not puller.is_alive())
        alive = puller.is_alive()
        puller.stop()
        puller.join(10)
    assert alive
    assert failures == []


def test_refusals_of_a_served_node_stand_in_its_roster_and_on_its_desk(pair: Pair) -> None:
    """Hostile and honest run as they would; each circle holds another forgery, and one is sound."""
    hostile, honest = pair
    wanted = {}
    for name in ("a future claimed time", "an exercise record in a live circle", "missing disclosures", "not JSON"):
        code, forgery = FORGED[name]
        circle = enter(hostile, honest)
        forge(hostile, circle, *forgery(circle))
        wanted[circle.origin(PartyId("joc"))] = code
    sound = enter(hostile, honest)
    ref = say(hostile, sound, "log", TEXT)
    add_officer(honest)
    digests = picture_digests(honest)
    with serving(hostile.folder.path, honest.folder.path) as (_, served):
        until(lambda: {row.origin: row.code for row in _refusals(honest)} == wanted)
        until(lambda: ref in shown(honest, sound))
        for language in ("ar", "ckb", "en"):
            with signed_in(served.url, language=language) as desk:
                rows = desk.get("/ledgers", params={"lang": language}).json()["refusals"]
            assert {row["origin"]: row["code"] for row in rows} == wanted
            for row in rows:
                assert row["peer"] == "joc"
                refusal = next(one for one in _refusals(honest) if one.origin == row["origin"])
                assert_in_words(Refused(refusal.code, **refusal.params))
                assert row["message"]
    after = picture_digests(honest)
    for origin, one in digests.items():
        assert after[origin] == one or f"/{sound.id}/" in origin


def test_telling_what_was_told_or_never_said_is_refused(pair: Pair) -> None:
    node, _ = pair
    circle = enter(*pair)
    ref = say(node, circle, "log", TEXT, withhold=["lang"])
    tell(node, circle, ref, "lang")
    for name in ("lang", "place", "no such field", "author"):
        with refused_unchanged("record.nothing_withheld", node):
            tell(node, circle, ref, name)
    with refused_unchanged("entry.bad_id", node):
        tell(node, circle, "joc/nonsense", "text")
    with refused_unchanged("record.not_here", node):
        tell(node, circle, f"joc/{new_record_id()}", "text")
