"""Engines of SQLAlchemy that are used again: in one are the statements that it compiled, a tenth of the cost of a life.

A store that is closed lets go of every connection to its file; only the engine around them goes on to the next store.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, event

from tansiq.store import database

_plain: Final = database._open_engine


def _nobody_looks(_statement: str) -> None:
    """Between two stores."""


@dataclass
class Place:
    """Where an engine finds its store now, and who is told of every statement right before it."""

    path: Path
    before: Callable[[str], None] = _nobody_looks


@dataclass
class Engines:
    """The engines of one process."""

    _free: list[Engine] = field(default_factory=list)
    _places: dict[Engine, Place] = field(default_factory=dict)

    def open(self, path: Path) -> Engine:
        """An engine for the store at `path`: one whose store was closed, or a new one."""
        if self._free:
            engine = self._free.pop()
            self._places[engine] = Place(path)
            return engine
        engine = _plain(path)
        self._places[engine] = Place(path)
        event.listen(engine, "do_connect", lambda _dialect, _record, words, _named: self._connect(engine, words))
        event.listen(
            engine, "before_cursor_execute", lambda _one, _cursor, said, *_rest: self._places[engine].before(said)
        )
        return engine

    def _connect(self, engine: Engine, words: list[Any]) -> None:
        words[0] = str(self._places[engine].path)

    def watch(self, engine: Engine, before: Callable[[str], None]) -> None:
        """Call `before` with every statement of this store."""
        self._places[engine].before = before

    def put_back(self, engine: Engine) -> None:
        """Its store is closed."""
        engine.dispose()
        self._places[engine].before = _nobody_looks
        self._free.append(engine)


ENGINES: Final = Engines()

__all__ = ["ENGINES", "Engines"]
