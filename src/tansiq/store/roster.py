"""Rows of parties, circles, settings and refusals."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from tansiq.store import schema

REFUSALS_KEPT = 10_000

_SETTING = "SELECT value FROM setting WHERE name = ?"
_CIRCLES = "SELECT num, id, epoch, descriptor FROM circle ORDER BY num"


@dataclass(frozen=True)
class PartyRow:
    """A pinned party card as it came, when it was pinned and when its node last answered (ms)."""

    id: str
    card: bytes
    added: int
    heard: int | None


@dataclass(frozen=True)
class CircleRow:
    """A circle's descriptor and its number in this store."""

    num: int
    id: str
    epoch: int
    descriptor: bytes


@dataclass(frozen=True)
class RefusalRow:
    """Something of a peer's that was refused."""

    at: int
    peer: str
    origin: str | None
    code: str
    params: dict[str, str | int]


def setting(connection: Connection, name: str) -> str | None:
    """A setting of this node."""
    return connection.exec_driver_sql(_SETTING, (name,)).scalar()


def set_setting(connection: Connection, name: str, value: str) -> None:
    """Set a setting of this node."""
    connection.execute(schema.setting.delete().where(schema.setting.c.name == name))
    connection.execute(schema.setting.insert().values(name=name, value=value))


def drop_setting(connection: Connection, name: str) -> None:
    """Forget a setting of this node."""
    connection.execute(schema.setting.delete().where(schema.setting.c.name == name))


def put_party(connection: Connection, party: str, card: bytes, now: int) -> None:
    """Pin a party's card, in place of an older one."""
    known = update(schema.party).where(schema.party.c.id == party).values(card=card)
    if connection.execute(known).rowcount == 0:
        connection.execute(schema.party.insert().values(id=party, card=card, added=now))


def parties(connection: Connection) -> list[PartyRow]:
    """Every pinned party."""
    query = select(schema.party).order_by(schema.party.c.added, schema.party.c.id)
    return [PartyRow(row.id, row.card, row.added, row.heard) for row in connection.execute(query)]


def heard(connection: Connection, party: str, now: int) -> None:
    """The party's node answered just now."""
    connection.execute(update(schema.party).where(schema.party.c.id == party).values(heard=now))


def add_circle(connection: Connection, circle: str, epoch: int, descriptor: bytes) -> int:
    """A circle that this node is in; answers its number."""
    result = connection.execute(schema.circle.insert().values(id=circle, epoch=epoch, descriptor=descriptor))
    key = result.inserted_primary_key
    assert key is not None  # noqa: S101 - a single-row insert always has one
    return int(key[0])


def circles(connection: Connection) -> list[CircleRow]:
    """Every circle that this node is in, oldest first."""
    return [CircleRow(row.num, row.id, row.epoch, row.descriptor) for row in connection.exec_driver_sql(_CIRCLES)]


def add_refusal(connection: Connection, refusal: RefusalRow) -> None:
    """Note a refusal. The same one again only moves its time; at most 10 000 are kept."""
    table = schema.refusal
    params = json.dumps(refusal.params, ensure_ascii=False, sort_keys=True)
    same = connection.execute(
        select(table.c.id).where(
            table.c.peer == refusal.peer,
            table.c.origin == refusal.origin,
            table.c.code == refusal.code,
            table.c.params == params,
        )
    ).scalar()
    if same is not None:
        connection.execute(update(table).where(table.c.id == same).values(at=refusal.at))
        return
    connection.execute(
        table.insert().values(at=refusal.at, peer=refusal.peer, origin=refusal.origin, code=refusal.code, params=params)
    )
    newest = select(table.c.id).order_by(table.c.id.desc()).offset(REFUSALS_KEPT).limit(1)
    oldest = connection.execute(newest).scalar()
    if oldest is not None:
        connection.execute(table.delete().where(table.c.id <= oldest))


def refusals(connection: Connection, limit: int = 100) -> list[RefusalRow]:
    """The newest refusals, newest first."""
    query = select(schema.refusal).order_by(schema.refusal.c.at.desc()).limit(limit)
    return [
        RefusalRow(row.at, row.peer, row.origin, row.code, json.loads(row.params)) for row in connection.execute(query)
    ]
