"""What a circle was told of its accord, read out of the store once, then only what came since, with every question.

It is read anew wherever less may count than before: where the picture was folded anew, a ledger counts for less, or
other parties take part.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeVar, cast

from msgspec import Struct
from sqlalchemy import Connection

from tansiq.accord.days import DAY_MS
from tansiq.accord.kinds import KINDS
from tansiq.accord.seats import Seats
from tansiq.desk.office import Office, circle_named, exercise_clock, parties
from tansiq.desk.told import Mark, read_news
from tansiq.picture.told import Told

MOST_CIRCLES: Final = 8
MOST_KEPT: Final = 32
Found = TypeVar("Found")


class Table(Struct, frozen=True):
    """What was told, and who sits at the table: `members` of the circle with the role of each."""

    told: Told
    members: dict[str, str]
    turn: int
    """Grows with everything that comes: what was worked out for the same turn still holds."""

    @property
    def sides(self) -> tuple[str, ...]:
        """Those that owe and are owed; never a facilitator or an observer where sides are there."""
        return self.told.parties

    def seats(self, circle: str) -> Seats:
        """Who sits here, in the circle of this id."""
        return Seats(self.sides, self.facilitators, circle)

    @property
    def facilitators(self) -> tuple[str, ...]:
        """Those whose role is to verify."""
        return tuple(sorted(party for party, role in self.members.items() if role == "facilitator"))


def exercise_end(office: Office, circle_id: str, newest: int) -> int | None:
    """When an exercise ended (ms) that is over, or the `newest` of what was said in it (ms) if that is later.

    None for what is no exercise, or not over, or where somebody said anything since.
    """
    with office.database.read() as connection:
        exercise = circle_named(connection, circle_id).circle.exercise
        clock = exercise_clock(connection)
    if not exercise or clock is None or clock[1] >= office.clock() - DAY_MS or newest > clock[1] + DAY_MS:
        return None
    return max(clock[1], newest)


class _Held:
    """What is held of one circle."""

    def __init__(self) -> None:
        self.told = Told()
        self.mark: Mark | None = None
        self.turn = 0


class Tables:
    """The tables of a node's circles, of all kinds of the accord or of some. One thread at a time reads on."""

    def __init__(self, kinds: Collection[str] = KINDS) -> None:
        self._kinds = kinds
        self._alone = threading.Lock()
        self._held: OrderedDict[str, _Held] = OrderedDict()

    @contextmanager
    def alone(self) -> Iterator[Tables]:
        """Nobody else reads on meanwhile, or looks."""
        with self._alone:
            yield self

    def read(self, connection: Connection, circle_id: str) -> Table:
        """The table of a circle as the store holds it; to be asked for and looked at within `alone`."""
        circle = circle_named(connection, circle_id).circle
        held = self._held.pop(circle.id, None) or _Held()
        news = read_news(connection, circle.id, self._kinds, held.mark)
        if news.anew:
            held.told, held.turn = Told(parties=news.mark.parties), held.turn + 1
        held.mark = None  # should it break halfway, all is read again
        for thing in news.things:
            held.told.put(thing)
        held.told.held.update(news.held)
        for party, sizes in news.heard.items():
            held.told.heard.setdefault(party, {}).update(sizes)
        held.turn += bool(news.things)
        held.mark = news.mark
        self._held[circle.id] = held
        while len(self._held) > MOST_CIRCLES:
            self._held.popitem(last=False)
        roles = {str(known.card.party): known.card.role for known in parties(connection)}
        return Table(held.told, {str(one): roles.get(str(one), "party") for one in circle.parties}, held.turn)


@contextmanager
def table_of(office: Office, circle_id: str, kept: type[Tables] = Tables) -> Iterator[Table]:
    """The table of a circle with everything that the store holds now; nobody else looks meanwhile."""
    with office.memory.of(kept).alone() as tables:
        with office.database.read() as connection:
            found = tables.read(connection, circle_id)
        yield found


class WorkedOut:
    """What was worked out of tables, each for the very turn that it was worked out for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: OrderedDict[str, tuple[Told, int, Any]] = OrderedDict()

    def of(self, key: str, table: Table, make: Callable[[Told], Found]) -> Found:
        """What `make` makes of a table, kept until the table turns; to be asked within the table's own lock."""
        with self._lock:
            told, turn, found = self._held.pop(key, (None, 0, None))
            if told is not table.told or turn != table.turn:
                found = make(table.told)
            self._held[key] = (table.told, table.turn, found)
            while len(self._held) > MOST_KEPT:
                self._held.popitem(last=False)
            return cast("Found", found)
