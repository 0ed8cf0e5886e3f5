"""The tables: parts and offsets, and the way from an older store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tansiq.store import blobs
from tansiq.store.blobs import BlobState
from tansiq.store.database import REVISION, Database


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A store that every example leaves as it found it."""
    found = Database(tmp_path_factory.mktemp("store") / "store.sqlite")
    yield found
    found.close()


def test_a_store_of_an_older_program_gets_the_tables(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    Database(path).close()
    older = Database(path)
    with older.write() as connection:
        for table in ("blob", "blob_part", "upload"):
            connection.exec_driver_sql(f"DROP TABLE {table}")
        connection.exec_driver_sql("CREATE TABLE blob (digest VARCHAR PRIMARY KEY, size INTEGER, data BLOB)")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0002'")
    older.close()
    newer = Database(path)
    with newer.write() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == REVISION
        blobs.put(connection, 1, 5, "0" * 64, b"held")
        assert blobs.counts(connection) == [0, 1, 0]
    newer.close()


@given(st.lists(st.binary(min_size=1, max_size=30), min_size=1, max_size=8), st.data())
def test_any_range_reads_what_the_parts_say(store: Database, parts: list[bytes], data: st.DataObject) -> None:
    whole = b"".join(parts)
    with store.write() as connection:
        for digest in ("a", "b"):  # a neighbour must not show
            blobs.name(connection, 1, 0, [digest], BlobState.WANTED)
            for part in parts:
                blob = blobs.find(connection, 1, digest)
                assert blob is not None
                blobs.add_part(connection, blob, part, "joc")
        blob = blobs.find(connection, 1, "a")
        assert blob is not None
        start = data.draw(st.integers(0, len(whole)))
        end = data.draw(st.integers(start, len(whole)))
        assert blobs.read(connection, blob, start, end) == whole[start:end]
        assert b"".join(blobs.pieces(connection, blob)) == whole
        assert blobs.stored(connection, 1) == 2 * len(whole)
        blobs.cut(connection, 1, 0)
        assert connection.exec_driver_sql("SELECT count(*) FROM blob_part").scalar() == 0
