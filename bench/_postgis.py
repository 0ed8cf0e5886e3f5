"""PostGIS as the peer of movements: GiST over (geometry, tstzrange), checks and insertions inside the server.

A loop in PL/pgSQL takes one query after the other from a table, as a transaction of its own: no client, no network, no
parsing and no commit of single rows are in its time. Settings follow the server's manual for data that fits memory;
rows lie in the order of the ground, and the table is analysed.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from tools.go import apt

from bench._plans import projected
from bench._postgresql import Cluster, programs
from tansiq.movements.pieces import Flat

PATIENCE_S: Final = 500.0
SETTINGS: Final = {
    "shared_buffers": "1GB",
    "effective_cache_size": "4GB",
    "maintenance_work_mem": "1GB",
    "work_mem": "64MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "autovacuum": "off",
    "max_parallel_workers_per_gather": "0",
    "checkpoint_timeout": "1h",
    "max_wal_size": "16GB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "synchronous_commit": "off",
}
ROWS: Final = 20_000
NEIGHBOURS: Final = 100_000
"""Degrees (E7) of the squares in whose order rows are laid down: some 10 km."""

CHECK: Final = """
DO $$
DECLARE
    q RECORD; met bigint[]; begun timestamptz;
BEGIN
    FOR q IN SELECT * FROM query WHERE number >= {first} AND number < {last} ORDER BY number LOOP
        begun := clock_timestamp();
        SELECT array_agg(a.id) INTO met FROM activity a
            WHERE a.owner <> 2 AND a.during && tstzrange(lower(q.during) - interval '{seconds} seconds',
                                                          upper(q.during) + interval '{seconds} seconds')
            AND ST_DWithin(a.place, q.place, {metres});
        INSERT INTO activity VALUES (q.number + 100000000, 2, q.place, q.during);
        INSERT INTO answer VALUES (q.number, met, extract(epoch FROM clock_timestamp() - begun) * 1000000);
    END LOOP;
END $$;
"""


def install() -> None:
    """PostGIS for the server that is here. Raises `tools.go.Stop`."""
    version = programs().parts[-2]
    if not Path(f"/usr/share/postgresql/{version}/extension/postgis.control").exists():
        apt(f"postgresql-{version}-postgis-3")


class Table:
    """One table of plans in a database of its own, and the queries to come."""

    def __init__(self, server: Cluster, name: str, held: Flat, asked: Flat) -> None:
        self._server, self._name = server, name
        server.ask(f"CREATE DATABASE {name}")
        self._ask("CREATE EXTENSION postgis")
        columns = "owner int, place geometry(Polygon, 32638), during tstzrange"
        self._ask(f"CREATE TABLE activity (id bigint, {columns})")
        self._ask(f"CREATE TABLE query (number bigint PRIMARY KEY, {columns})")
        self._ask("CREATE UNLOGGED TABLE answer (number bigint, met bigint[], us float8)")
        # as CLUSTER would leave them, and without its second index: neighbours on the ground, then in time
        places = held.points[:: len(held.points) // len(held.kinds)] // NEIGHBOURS
        self._copy("activity", held, 1, np.lexsort((held.windows[:, 0], places[:, 1], places[:, 0])))
        self._copy("query", asked, 2, np.arange(len(asked.kinds)))
        self._ask("CREATE INDEX activity_where ON activity USING gist (place, during)")
        self._ask("VACUUM ANALYZE activity")
        self._ask("VACUUM ANALYZE query")

    def check_and_insert(self, first: int, last: int, metres: int, seconds: int) -> NDArray[np.float64]:
        """Microseconds of each of the queries from `first` up to `last`."""
        self._ask(CHECK.format(first=first, last=last, metres=metres, seconds=seconds))
        where = f"number >= {first} AND number < {last}"
        return np.array(self._ask(f"SELECT us FROM answer WHERE {where} ORDER BY number").split(), float)  # noqa: S608 - numbers

    def answers(self) -> set[tuple[int, int]]:
        """Every pair of query and activity that was met."""
        lines = self._ask("SELECT number, unnest(met) FROM answer").split()
        pairs = (line.split("|") for line in lines)
        return {(int(number), int(met)) for number, met in pairs}

    def _ask(self, statement: str) -> str:
        return self._server.ask(statement, self._name, PATIENCE_S)

    def _copy(self, table: str, flat: Flat, owner: int, order: NDArray[np.int64]) -> None:
        command, env = self._server.psql(self._name)
        with subprocess.Popen(
            [*command, "-c", f"COPY {table} FROM STDIN"], env=env, stdin=subprocess.PIPE, text=True
        ) as client:
            assert client.stdin is not None  # noqa: S101 - for the type checker
            shapes = shapely.to_wkb(shapely.set_srid(projected(flat), 32638), hex=True, include_srid=True)
            begins, ends = (_moments(flat.windows[:, side]) for side in (0, 1))
            for first in range(0, len(shapes), ROWS):
                some = order[first : first + ROWS]
                rows = zip(some.tolist(), *(column[some].tolist() for column in (shapes, begins, ends)), strict=True)
                client.stdin.write(
                    "".join(
                        f"{number}\t{owner}\t{shape}\t[{begin}+00,{end}+00)\n" for number, shape, begin, end in rows
                    )
                )
        if client.returncode:
            raise RuntimeError(f"COPY {table} failed")


def _moments(times: NDArray[np.int64]) -> NDArray[Any]:
    return np.datetime_as_string(times.astype("datetime64[ms]"))
