"""The one engine of a node with what it remembers, loaded with the first question, one question at a time."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from tansiq.desk.movements_request import CheckRequest
from tansiq.desk.office import Office

if TYPE_CHECKING:
    from tansiq.desk.movements import CheckView, CollisionView, MovementsView
    from tansiq.movements.engine import Engine


class Looking:
    """Answers what `desk.movements` answers; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._engine: Engine | None = None

    def view(self, office: Office, circle: str, at: int | None = None) -> MovementsView:
        """How everything stands, now or at a given time (ms)."""
        from tansiq.desk import movements  # noqa: PLC0415 - the engine is loaded with the first question

        with self._lock:
            return movements.view(office, self._look(), circle, at)

    def one_collision(self, office: Office, circle: str, collision: str, at: int | None = None) -> CollisionView:
        """A collision with its story."""
        from tansiq.desk import movements  # noqa: PLC0415 - as above

        with self._lock:
            return movements.one_collision(office, self._look(), circle, collision, at)

    def check(self, office: Office, asked: CheckRequest) -> CheckView:
        """What announcing a plan now would come to."""
        from tansiq.desk import movements  # noqa: PLC0415 - as above

        with self._lock:
            return movements.check(office, self._look(), asked)

    def _look(self) -> Engine:
        from tansiq.movements.engine import Engine  # noqa: PLC0415 - as above

        self._engine = self._engine or Engine()
        return self._engine
