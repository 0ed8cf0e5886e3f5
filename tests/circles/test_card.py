"""A party card that a node could not work with is refused when it is handed over, not when the node next starts."""

from __future__ import annotations

import base64
from collections.abc import Mapping

import msgspec
import pytest

from circles.table import Table
from nodes import refused
from tansiq.circles.card import PartyCard, read_card, write_card
from tansiq.circles.circle import read_circle, write_circle
from tansiq.records.values import PartyId


@pytest.mark.parametrize(
    "change",
    [
        {"tls": "no base64"},
        {"tls": ""},
        {"tls": base64.b64encode(b"no certificate").decode()},
        {"peer": "https://[::1"},
        {"peer": "https://node.example:port"},
        {"peer": "https://node.example:99999"},
        {"peer": "https://:8610"},
        {"peer": "https://node.example\n"},
    ],
)
def test_a_card_with_which_no_node_can_be_reached_is_refused(table: Table, change: Mapping[str, str]) -> None:
    card = msgspec.structs.replace(table.mop.own_card(), **change)
    with refused("card.malformed"):
        read_card(write_card(card, table.mop.keys.log[0]))


def test_certificates_come_in_one_spelling(table: Table) -> None:
    card: PartyCard = table.mop.own_card()
    longer = base64.b64encode(card.tls_der + b"\0").decode()
    for text in (longer, card.tls + "\n", card.tls.rstrip("=") + "===="):
        with refused("card.malformed"):
            read_card(write_card(msgspec.structs.replace(card, tls=text), table.mop.keys.log[0]))


def test_a_certificate_of_a_version_that_does_not_exist_is_refused(table: Table) -> None:
    card = table.mop.own_card()
    other = card.tls_der.replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x0a", 1)
    assert other != card.tls_der
    with refused("card.malformed"):
        read_card(
            write_card(msgspec.structs.replace(card, tls=base64.b64encode(other).decode()), table.mop.keys.log[0])
        )


def test_no_name_ends_in_a_line_break(table: Table) -> None:
    circle = table.circle
    members = [msgspec.structs.replace(one, party=PartyId(one.party + "\n")) for one in circle.members]
    for changed in (
        msgspec.structs.replace(circle, members=members),
        msgspec.structs.replace(circle, id=circle.id + "\n"),
        msgspec.structs.replace(circle, previous="0" * 64 + "\n"),
    ):
        with refused("circle.malformed"):
            read_circle(write_circle(changed))
