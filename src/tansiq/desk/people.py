"""Accounts of one node: passwords (argon2id), roles, sessions. No outside service is asked.

A session is a random token of which only the SHA-256 is kept.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from msgspec import Struct

from tansiq.circles.gate import Author
from tansiq.desk.office import Office
from tansiq.errors import Conflict, MalformedInput, NotAllowed, NotFound
from tansiq.store import accounts
from tansiq.store.accounts import AccountRow

ROLES: Final = (
    "duty_officer",
    "liaison",
    "planner",
    "negotiator",
    "signatory",
    "release_officer",
    "administrator",
    "reader",
)
SESSION_MS: Final = 12 * 3_600_000
"""A watch: who comes on duty signs in."""

NAME: Final = re.compile(r"[a-z][a-z0-9._-]{0,31}")
SHORTEST_PASSWORD: Final = 10

_hasher: Final = PasswordHasher()


class Person(Struct, frozen=True):
    """Who is signed in."""

    user: str
    desk: str
    roles: list[str]

    def author(self) -> Author:
        """The same as an author of records."""
        return Author(self.user, self.desk, tuple(self.roles))


def add(office: Office, name: str, password: str, desk: str, roles: list[str]) -> None:
    """A new account. Names are lower-case accounts of the node, not names of persons."""
    if not NAME.fullmatch(name):
        raise MalformedInput("account.bad_name", name=name[:40])
    if unknown := [role for role in roles if role not in ROLES]:
        raise MalformedInput("account.bad_role", role=unknown[0][:40])
    if not re.fullmatch(r"[a-z][a-z0-9_-]{0,31}", desk):
        raise MalformedInput("account.bad_desk", desk=desk[:40])
    with office.database.write() as connection:
        if accounts.account(connection, name) is not None:
            raise Conflict("account.exists", name=name)
        row = AccountRow(name, _hash(password), desk, tuple(roles), office.clock(), False)
        accounts.put_account(connection, row)


def set_password(office: Office, name: str, password: str) -> None:
    """A new password; every open session of the account ends."""
    hashed = _hash(password)
    with office.database.write() as connection:
        row = _existing(accounts.account(connection, name), name)
        accounts.put_account(connection, AccountRow(row.name, hashed, row.desk, row.roles, row.created, row.disabled))
        accounts.end_sessions_of(connection, name)


def set_disabled(office: Office, name: str, disabled: bool) -> None:
    """Shut an account, ending its sessions, or open it again. An account is never deleted: records name it."""
    with office.database.write() as connection:
        _existing(accounts.account(connection, name), name)
        accounts.set_disabled(connection, name, disabled)
        accounts.end_sessions_of(connection, name)


def every(office: Office) -> list[AccountRow]:
    """Every account of the node."""
    with office.database.read() as connection:
        return accounts.accounts(connection)


def _existing(row: AccountRow | None, name: str) -> AccountRow:
    if row is None:
        raise NotFound("account.not_here", name=name[:40])
    return row


def _hash(password: str) -> str:
    if len(password) < SHORTEST_PASSWORD:
        raise MalformedInput("account.short_password", limit=SHORTEST_PASSWORD)
    return _hasher.hash(password)


@cache
def _nobody() -> str:
    return _hasher.hash(secrets.token_hex(16))


def sign_in(office: Office, name: str, password: str) -> tuple[Person, str]:
    """Open a session; answers who it is and the token. A wrong name takes as long as a wrong password."""
    with office.database.read() as connection:
        row = accounts.account(connection, name)
    try:
        _hasher.verify(row.password if row else _nobody(), password)
    except (VerificationError, InvalidHashError):
        raise NotAllowed("account.wrong") from None
    if row is None or row.disabled:
        raise NotAllowed("account.wrong")
    token = secrets.token_urlsafe(32)
    now = office.clock()
    with office.database.write() as connection:
        accounts.add_session(connection, _digest(token), name, now + SESSION_MS, now)
    return Person(row.name, row.desk, list(row.roles)), token


def who(office: Office, token: str) -> Person | None:
    """Who this token belongs to, if its session is open."""
    with office.database.read() as connection:
        name = accounts.session_account(connection, _digest(token), office.clock())
        row = accounts.account(connection, name) if name else None
    return None if row is None or row.disabled else Person(row.name, row.desk, list(row.roles))


def sign_out(office: Office, token: str) -> None:
    """End a session."""
    with office.database.write() as connection:
        accounts.end_session(connection, _digest(token))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
