"""Opening a store and its transactions: one writer at a time, durable when it returns.

SQLite in WAL with `synchronous=FULL`: a commit that returned survives the loss of power. Writers take the write
lock at once (BEGIN IMMEDIATE), so a command line and a running node can share one store.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, RootTransaction, create_engine, event, inspect

from tansiq.errors import Unavailable
from tansiq.store.schema import metadata

REVISION: Final = "0004"
WRITE: Final = "tansiq_write"
BUSY_MS: Final = 30_000
COPY_PAGES: Final = 2048
"""Pages copied at a time (16 MiB): between two of these steps the node writes."""


class Database:
    """One store. `path` is the SQLite file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.engine = _open_engine(path)
        self._writer = threading.Lock()
        self._migrate()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent view; nothing it sees changes while it is open."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """The one writing transaction: durable when the block ends, without a trace when it raises."""
        with self._writer, self.engine.connect() as plain:
            connection = plain.execution_options(**{WRITE: True})
            try:
                with connection.begin():
                    yield connection
            finally:
                connection.execution_options(**{WRITE: False})

    @contextmanager
    def write_soon(self, patience_s: float) -> Iterator[Connection | None]:
        """The same where nobody else writes for that long; None where somebody does."""
        if not self._writer.acquire(timeout=patience_s):
            yield None
            return
        try:
            with self.engine.connect() as plain:
                driver = plain.connection.driver_connection
                assert driver is not None  # noqa: S101 - for the type checker: a connection that was opened is open
                driver.execute(f"PRAGMA busy_timeout={round(patience_s * 1000)}")
                connection = plain.execution_options(**{WRITE: True})
                try:
                    begun = _begun(connection)
                    yield connection if begun is not None else None
                    if begun is not None:
                        begun.commit()
                finally:
                    connection.rollback()
                    connection.execution_options(**{WRITE: False})
                    driver.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        finally:
            self._writer.release()

    def data_version(self, connection: Connection) -> int:
        """A number that changes when another connection has committed (`PRAGMA data_version`)."""
        return int(connection.exec_driver_sql("PRAGMA data_version").scalar_one())

    def checkpoint(self) -> None:
        """Bring every page of the write-ahead log home and empty it, as far as readers let it."""
        raw = self.engine.raw_connection()
        try:
            raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")  # outside of any transaction
        finally:
            raw.close()

    def copy_to(self, target: Path) -> None:
        """A consistent copy of the store in one file, while others read and write (SQLite's online backup)."""
        copy_store(self.path, target)

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()

    def _migrate(self) -> None:
        with self.engine.connect() as connection:
            tables = inspect(connection).get_table_names()
            if "alembic_version" in tables:
                held = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
                if held == REVISION:
                    return
        if tables and "alembic_version" not in tables:
            raise Unavailable("store.foreign", path=str(self.path))
        _upgrade(self.engine)


def copy_store(source: Path, target: Path) -> None:
    """A consistent copy of the store at `source`, whoever has it open."""
    live, copy = sqlite3.connect(f"file:{source}?mode=ro", uri=True), sqlite3.connect(target)
    try:
        live.backup(copy, pages=COPY_PAGES)
    finally:
        copy.close()
        live.close()


def _open_engine(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}", pool_size=8, max_overflow=24)

    @event.listens_for(engine, "connect")
    def _prepare(dbapi: Any, _record: Any) -> None:
        # None stops the driver from opening transactions by itself; the "begin" hook below does
        dbapi.isolation_level = None
        cursor = dbapi.cursor()
        for pragma in (
            "page_size=8192",
            "journal_mode=WAL",
            "synchronous=FULL",
            f"busy_timeout={BUSY_MS}",
            "foreign_keys=ON",
            "cache_size=-16000",
            "wal_autocheckpoint=8000",
            "secure_delete=ON",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get(WRITE)
        driver = connection.connection.driver_connection
        assert driver is not None  # noqa: S101 - for the type checker: a connection that begins is open
        driver.execute("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _begun(connection: Connection) -> RootTransaction | None:
    """A transaction; None where another process is writing."""
    try:
        return connection.begin()
    except sqlite3.OperationalError:  # raised by the hook below, so not in SQLAlchemy's clothes
        return None


def _upgrade(engine: Engine) -> None:
    # Alembic is half a second of imports that an up-to-date store never needs
    from alembic import command  # noqa: PLC0415 - see above
    from alembic.config import Config  # noqa: PLC0415 - see above

    with as_file(files("tansiq.store") / "migrations") as scripts, engine.connect() as connection:
        config = Config()
        config.set_main_option("script_location", str(scripts))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


__all__ = ["REVISION", "Database", "metadata"]
