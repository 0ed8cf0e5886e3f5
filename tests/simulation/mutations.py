"""Deliberate breaks of the program. The simulation is worth something only if it finds each of them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from simulation import world
from tansiq.circles import gate
from tansiq.errors import NotFound, Refused
from tansiq.exchange import (
    bundle,
    erasure,
    intake,
    notices,
    outbox,
    shelf,
    standing,
    verify,
    witness,
)
from tansiq.exchange import marks as marks_module
from tansiq.exchange import publish as publish_module
from tansiq.ledger import disclosure, fork
from tansiq.ledger import policy as policies
from tansiq.ledger.checkpoint import Checkpoint, open_checkpoint
from tansiq.ledger.cosignature import cosign
from tansiq.ledger.merkle import EMPTY_ROOT
from tansiq.records.entry import record_key
from tansiq.store import erasures, ledgers, roster


@contextlib.contextmanager
def _shows_without_a_mark() -> Iterator[None]:
    with patch.object(marks_module.Marks, "raise_to", lambda self, origin, note: None):
        yield


@contextlib.contextmanager
def _mark_is_in_the_backup() -> Iterator[None]:
    """As if no mark were ever compared."""
    with (
        patch.object(standing, "standing_of", lambda connection, ledger, marks: None),
        patch.object(publish_module, "standing_of", lambda connection, ledger, marks: None),
    ):
        yield


def _fork_goes_unseen() -> AbstractContextManager[Any]:
    return patch.object(notices, "keep_fork", lambda *_: False)


def _believes_any_accusation() -> AbstractContextManager[Any]:
    return patch.object(fork, "_checked", lambda proof: proof)


@contextlib.contextmanager
def _receipt_before_the_entries() -> Iterator[None]:
    """The mirror signs for a head as soon as it hears of it."""
    plain = intake.take_head

    def hasty(
        database: Any, circle: Any, ledger: Any, note: Any, source: Any, keyring: Any, now: Any, **how: Any
    ) -> Any:
        if ledger.own:
            return plain(database, circle, ledger, note, source, keyring, now, **how)
        signed = open_checkpoint(note, ledger.origin, intake.log_verifier(circle, ledger).public)
        line = cosign(signed.checkpoint.body(), f"{keyring.party}/mirror", keyring.mirror_of(circle), now // 1000)
        with contextlib.suppress(Exception):
            plain(database, circle, ledger, note, source, keyring, now, **how)
        return intake.Taken(own_receipt=line)

    with patch.object(world, "take_head", hasty):
        yield


def _relay_asks_nobodys_circle() -> AbstractContextManager[Any]:
    def open_to_all(connection: Any, party: str) -> list[bytes]:
        return [shelf.head(connection, row) for row in ledgers.ledgers(connection) if row.out_note is not None]

    return patch.object(shelf, "heads_for", open_to_all)


def _tree_is_not_checked() -> AbstractContextManager[Any]:
    return patch.object(verify, "_check_tree", lambda course, growth, nodes: None)


def _disclosures_are_not_checked() -> AbstractContextManager[Any]:
    def careless(course: Any, index: int, entry: Any, owner: Any, text: bytes) -> Any:
        try:
            return disclosure.values(text.decode("ascii", "replace")) if text else {}
        except (Refused, ValueError):
            return {}

    return patch.object(verify, "_told_fields", careless)


@contextlib.contextmanager
def _both(*parts: AbstractContextManager[Any]) -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        for part in parts:
            stack.enter_context(part)
        yield


def _leaves_unmarked() -> AbstractContextManager[Any]:
    return _both(
        patch.object(ledgers.LedgerRow, "out_size", property(lambda self: self.head_size)),
        patch.object(ledgers.LedgerRow, "out_note", property(lambda self: self.head_note)),
    )


def _erased_values_stay() -> AbstractContextManager[Any]:
    return _both(
        patch.object(intake, "forget", lambda *_: None),
        patch.object(outbox, "forget", lambda *_: None),
        patch.object(erasure, "forget", lambda *_: None),
    )


def _withheld_values_are_told() -> AbstractContextManager[Any]:
    def all_of_it(kind: Any, fields: Any, redaction: Any) -> Any:
        told, kept = plain(kind, fields, redaction)
        return {**told, **kept}, {}

    plain = gate.split_fields
    return patch.object(gate, "split_fields", all_of_it)


def _says_more_after_the_seal() -> AbstractContextManager[Any]:
    def lax(self: standing.Signer, connection: Any, ledger: Any) -> None:
        plain(self, connection, replace(ledger, sealed=None))

    plain = standing.Signer.check
    return _both(patch.object(standing.Signer, "check", lax), patch.object(standing, "over", lambda *_: False))


def _takes_more_after_the_seal() -> AbstractContextManager[Any]:
    def lax(database: Any, ledger: Any, signed: Any, now: Any) -> None:
        plain(database, replace(ledger, sealed=None), signed, now)

    plain = intake._check_open
    return patch.object(intake, "_check_open", lax)


def _bound_is_ignored() -> AbstractContextManager[Any]:
    def lax(database: Any, ledger: Any, signed: Any, now: Any) -> None:
        plain(database, replace(ledger, bound=None), signed, now)

    plain = intake._check_open
    return patch.object(intake, "_check_open", lax)


def _leaver_is_still_served() -> AbstractContextManager[Any]:
    """As if being in any epoch of a circle were enough."""

    def once_in(connection: Any, origin_hash: str, party: str) -> Any:
        ledger = ledgers.ledger_by(connection, hash=origin_hash)
        wanted = notices.circle_of(connection, ledger).id
        if not any(one.id == wanted and party in bundle.parties_of(one) for one in roster.circles(connection)):
            raise NotFound("ledger.not_here", which=origin_hash)
        return ledger

    return patch.object(shelf, "visible_ledger", once_in)


def _witness_knows_of_every_circle() -> AbstractContextManager[Any]:
    return patch.object(witness, "_may_see", lambda *_: True)


def _erasure_is_answered_only() -> AbstractContextManager[Any]:
    """The row that asks for the answer is written, and the values stay."""

    def noted(connection: Any, ledger: Any, record_id: str, cause: int, now: int) -> None:
        erasures.add(connection, ledger.num, record_key(record_id), cause, now)

    return _both(
        patch.object(intake, "forget", noted),
        patch.object(outbox, "forget", noted),
        patch.object(erasure, "forget", noted),
    )


def _acknowledged_without_receipts() -> AbstractContextManager[Any]:
    return patch.object(policies, "satisfied", lambda *_: True)


def _epoch_is_entered_anew() -> AbstractContextManager[Any]:
    """A node whose disk is older than the epoch opens its ledger there a second time."""

    def blind(self: marks_module.Marks, origin: str) -> Any:
        found = plain(self, origin)
        return found if found is None or origin.endswith("/1") else Checkpoint(origin, 0, EMPTY_ROOT)

    plain = marks_module.Marks.read
    return patch.object(marks_module.Marks, "read", blind)


MUTATIONS: dict[str, Callable[[], AbstractContextManager[Any]]] = {
    "shows a head without a mark": _shows_without_a_mark,
    "compares no mark": _mark_is_in_the_backup,
    "sees no fork": _fork_goes_unseen,
    "believes any accusation": _believes_any_accusation,
    "gives a receipt before it holds the entries": _receipt_before_the_entries,
    "shows a ledger to parties outside of its circle": _relay_asks_nobodys_circle,
    "checks no tree": _tree_is_not_checked,
    "checks no disclosure": _disclosures_are_not_checked,
    "lets heads leave that no mark covers": _leaves_unmarked,
    "keeps erased values": _erased_values_stay,
    "tells what is withheld": _withheld_values_are_told,
    "says more in a sealed ledger": _says_more_after_the_seal,
    "takes more of a sealed ledger": _takes_more_after_the_seal,
    "ignores what a lost key may say": _bound_is_ignored,
    "still serves a party that left": _leaver_is_still_served,
    "witnesses for parties outside of the circle": _witness_knows_of_every_circle,
    "answers an erasure and does not erase": _erasure_is_answered_only,
    "counts as acknowledged what nobody has": _acknowledged_without_receipts,
    "enters an epoch a second time": _epoch_is_entered_anew,
}
