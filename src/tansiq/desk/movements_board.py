"""The boards of a node's circles: read out of the store once, then only what came since, with every question.

Everything that a board shows follows from the picture and the ledgers, so it is let go wherever less may count than
before: where the picture was folded anew, a ledger counts for less, or other parties take part.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import msgspec
from sqlalchemy import Connection

from tansiq.desk.office import Office, circle_named
from tansiq.desk.told import Mark, read_news
from tansiq.movements.engine import Engine
from tansiq.movements.kinds import KINDS
from tansiq.movements.states import Board
from tansiq.picture.told import Thing, Version

MOST_THINGS: Final = 100_000
"""Things on all boards together, some 9 KiB each; beyond that the board that was not asked for longest goes."""


class CircleBoard:
    """The board of one circle, and how far the circle has been read. `names` are those of things by reference."""

    def __init__(self, engine: Engine) -> None:
        self.names: dict[str, dict[str, str]] = {}
        self._engine = engine
        self._mark: Mark | None = None
        self._board: Board | None = None

    def __len__(self) -> int:
        """How many things are on it."""
        return 0 if self._board is None else len(self._board.told)

    def read(self, connection: Connection, circle_id: str) -> Board:
        """The board with everything that the store holds now."""
        news = read_news(connection, circle_id, KINDS, self._mark)
        if news.anew or self._board is None:
            self._board, self.names = Board(self._engine, news.mark.parties), {}
        self._mark = None  # should it break halfway, all is read again
        self._board.take(news.things, news.held, news.heard)
        for thing in news.things:
            self._name(thing)
        self._mark = news.mark
        return self._board

    def _name(self, thing: Thing) -> None:
        names = names_of(thing.now) if thing.kind in ("activity", "handover", "post") else {}
        if names:
            self.names[thing.ref] = names
        else:
            self.names.pop(thing.ref, None)


class Boards:
    """The boards of all circles of a node. One thread at a time looks."""

    def __init__(self) -> None:
        self.engine = Engine()
        self._alone = threading.Lock()
        self._boards: OrderedDict[str, CircleBoard] = OrderedDict()

    @contextmanager
    def alone(self) -> Iterator[Boards]:
        """Nobody else looks meanwhile."""
        with self._alone:
            yield self

    def held(self) -> list[str]:
        """The circles whose boards are held, the one that was not asked for longest first."""
        return list(self._boards)

    def read(self, connection: Connection, circle_id: str) -> tuple[Board, CircleBoard]:
        """The board of a circle as the store holds it; to be asked for and looked at within `alone`."""
        held = self._boards.pop(circle_id, None)
        if held is None:
            held = CircleBoard(self.engine)
        board = held.read(connection, circle_id)
        self._boards[circle_id] = held
        while len(self._boards) > 1 and sum(map(len, self._boards.values())) > MOST_THINGS:
            self._boards.popitem(last=False)
        return board, held


@contextmanager
def board_of(office: Office, circle_id: str) -> Iterator[tuple[Board, CircleBoard]]:
    """The board of a circle with everything that the store holds now; nobody else looks meanwhile."""
    with office.memory.of(Boards).alone() as boards:
        with office.database.read() as connection:
            found = boards.read(connection, circle_named(connection, circle_id).circle.id)
        yield found


def names_of(version: Version) -> dict[str, str]:
    """The names of a thing by language."""
    names = getattr(version.body, "names", None)
    return {} if names is None else {key: text for key, text in msgspec.to_builtins(names).items() if text}
