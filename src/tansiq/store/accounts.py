"""Rows of accounts and their sessions."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from tansiq.store import schema


@dataclass(frozen=True)
class AccountRow:
    """An account of this node: argon2id hash, desk and roles."""

    name: str
    password: str
    desk: str
    roles: tuple[str, ...]
    created: int
    disabled: bool


def put_account(connection: Connection, account: AccountRow) -> None:
    """Write an account, in place of one of the same name."""
    connection.execute(schema.account.delete().where(schema.account.c.name == account.name))
    connection.execute(
        schema.account.insert().values(
            name=account.name,
            password=account.password,
            desk=account.desk,
            roles=",".join(account.roles),
            created=account.created,
            disabled=int(account.disabled),
        )
    )


def accounts(connection: Connection) -> list[AccountRow]:
    """Every account by name."""
    query = select(schema.account).order_by(schema.account.c.name)
    return [
        AccountRow(
            row.name,
            row.password,
            row.desk,
            tuple(filter(None, row.roles.split(","))),
            row.created,
            bool(row.disabled),
        )
        for row in connection.execute(query)
    ]


def account(connection: Connection, name: str) -> AccountRow | None:
    """The account `name`."""
    return next((found for found in accounts(connection) if found.name == name), None)


def add_session(connection: Connection, token_digest: str, name: str, expires: int, now: int) -> None:
    """Open a session by the digest of its token; those that have run out go."""
    connection.execute(schema.session.delete().where(schema.session.c.expires < now))
    connection.execute(schema.session.insert().values(token=token_digest, account=name, expires=expires))


def session_account(connection: Connection, token_digest: str, now: int) -> str | None:
    """The account of a session that is still open."""
    query = select(schema.session.c.account).where(
        schema.session.c.token == token_digest, schema.session.c.expires >= now
    )
    return connection.execute(query).scalar()


def end_session(connection: Connection, token_digest: str) -> None:
    """Close a session."""
    connection.execute(schema.session.delete().where(schema.session.c.token == token_digest))


def end_sessions_of(connection: Connection, name: str) -> None:
    """Close every session of an account."""
    connection.execute(schema.session.delete().where(schema.session.c.account == name))


def set_disabled(connection: Connection, name: str, disabled: bool) -> None:
    """Shut an account, or open it again."""
    connection.execute(update(schema.account).where(schema.account.c.name == name).values(disabled=int(disabled)))
