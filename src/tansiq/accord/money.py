"""Money that is owed in tranches: what is due, paid as the payer says, received as the payee says, and in dispute."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from msgspec import Struct

from tansiq.accord.latest import order
from tansiq.picture.told import Told, body_of
from tansiq.records.kinds.commitment import Money
from tansiq.records.kinds.payment import Payment

TrancheState = Literal["not_yet_due", "due", "paid", "partly", "received", "disputed"]


class Word(Struct, frozen=True):
    """What a party said of a tranche last: the very record, when (ms)."""

    party: str
    state: str
    amount: int
    at: int
    ref: str


class TrancheView(Struct, frozen=True):
    """One tranche (whole units): `paid` as those who pay say, `received` as those who are paid say.

    `paid`: said to be paid and not yet said to be received; `due`: its day is over and nobody said that it was paid.
    """

    number: int
    amount: int
    due: int | None
    paid: int
    received: int
    state: TrancheState
    words: tuple[Word, ...]


class MoneyView(Struct, frozen=True):
    """All tranches, and their sums: `due` by now, `paid`, `received`, `disputed` (whole units of `currency`)."""

    currency: str
    amount: int
    due: int
    paid: int
    received: int
    disputed: int
    tranches: tuple[TrancheView, ...]


def money(
    told: Told, ref: str, promised: Money, owed_by: Collection[str], owed_to: Collection[str], at: int
) -> MoneyView:
    """How the money of a commitment stands at a time (ms); a tranche without a day is due when it is promised."""
    words = _words(told, ref)
    tranches = tuple(
        _tranche(number, one.amount, one.due, words.get(number, ()), owed_by, owed_to, at)
        for number, one in enumerate(promised.tranches, start=1)
    )
    return MoneyView(
        promised.currency,
        promised.amount,
        sum(one.amount for one in tranches if one.due is None or one.due <= at),
        sum(one.paid for one in tranches),
        sum(one.received for one in tranches),
        sum(one.amount for one in tranches if one.state == "disputed"),
        tranches,
    )


def _tranche(
    number: int,
    amount: int,
    due: int | None,
    words: tuple[Word, ...],
    owed_by: Collection[str],
    owed_to: Collection[str],
    at: int,
) -> TrancheView:
    # who pays and is paid at once (a joint promise) is heard on both sides
    paid = max((one.amount for one in words if one.party in owed_by and one.state == "paid"), default=0)
    received = max((one.amount for one in words if one.party in owed_to and one.state == "received"), default=0)
    state: TrancheState
    if any(one.state == "disputed" for one in words):
        state = "disputed"
    elif received >= amount:
        state = "received"
    elif received:
        state = "partly"
    elif paid:
        state = "paid"
    else:
        state = "not_yet_due" if due is not None and due > at else "due"
    return TrancheView(number, amount, due, paid, received, state, words)


def _words(told: Told, ref: str) -> dict[int, tuple[Word, ...]]:
    """The latest word of every party on every tranche."""
    latest: dict[tuple[int, str], tuple[tuple[int, int], Word]] = {}
    for thing in told.about("payment", ref):
        version = thing.now
        body = body_of(version, Payment)
        if body is None or body.tranche is None or body.state is None:
            continue
        word = Word(thing.party, body.state, body.amount or 0, body.at or version.said.at, version.ref)
        key = body.tranche, thing.party
        if key not in latest or order(version) > latest[key][0]:
            latest[key] = order(version), word
    found: dict[int, tuple[Word, ...]] = {}
    for (number, _), (_, word) in sorted(latest.items()):
        found[number] = (*found.get(number, ()), word)
    return found
