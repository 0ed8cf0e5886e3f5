"""PostgreSQL clusters of a measurement's own, in a temporary folder, on loopback, with default durability.

And one table that logical replication carries from one of them to the other.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from tools.go import apt

from bench._flow import body
from bench._processes import answering, running, until

ACCOUNT: Final = "postgres"
PATIENCE_S: Final = 60.0
RUN_S: Final = 120.0
BATCH: Final = 1_000
SETTINGS: Final = {
    "listen_addresses": "127.0.0.1",
    "wal_level": "logical",
    # larger than the defaults, so that no checkpoint falls into a run and the tables stay in memory
    "max_wal_size": "4GB",
    "shared_buffers": "512MB",
    # a subscriber that comes back asks at once, not after five seconds
    "wal_retrieve_retry_interval": "100ms",
}


def programs() -> Path:
    """The folder of the server's programs; installed from Debian where missing (root). Raises `tools.go.Stop`."""
    if not _versions():
        apt("postgresql")
    return _versions()[-1]


def _versions() -> list[Path]:
    places = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return [place.parent for place in sorted(places, key=lambda one: int(one.parts[-3]))]


class Cluster:
    """One server with its own data. `address` is what a client needs besides the password."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port
        self.password = secrets.token_hex(16)

    def psql(self, database: str = ACCOUNT) -> tuple[list[str], dict[str, str]]:
        """The command and environment of a client that stops at the first error."""
        command = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", database]
        place = {"PGHOST": "127.0.0.1", "PGPORT": str(self.port), "PGUSER": ACCOUNT, "PGPASSWORD": self.password}
        return command, {**os.environ, **place, "PGCLIENTENCODING": "UTF8"}

    def ask(self, statement: str, database: str = ACCOUNT, limit_s: float = PATIENCE_S) -> str:
        """What a statement answers: columns parted by |, rows by newlines. Raises `RuntimeError`."""
        command, env = self.psql(database)
        done = subprocess.run(
            command, input=statement, env=env, capture_output=True, text=True, timeout=limit_s, check=False
        )
        if done.returncode:
            raise RuntimeError(f"psql: {done.stderr.strip()[-500:]}")
        return done.stdout.strip()

    def conninfo(self, database: str) -> str:
        """The connection string for the other server."""
        return f"host=127.0.0.1 port={self.port} dbname={database} user={ACCOUNT} password={self.password}"


@contextlib.contextmanager
def cluster(folder: Path, port: int, tuned: Mapping[str, str] | None = None) -> Iterator[Cluster]:
    """Make a cluster (UTF-8, C locale, passwords) and serve it until the block ends; `tuned` settings come on top."""
    bin_folder = programs()
    made = Cluster(folder, port)
    folder.mkdir()
    account = ACCOUNT if os.geteuid() == 0 else None
    secret = folder / "password"
    secret.write_text(made.password, encoding="ascii")
    secret.chmod(0o600)
    log = folder.with_suffix(".log")
    log.touch()
    ids = pwd.getpwnam(ACCOUNT) if account else None
    if ids:
        for path in (folder, secret):
            shutil.chown(path, ids.pw_uid, ids.pw_gid)
    data = folder / "data"
    login = ["-U", ACCOUNT, "-A", "scram-sha-256", "--pwfile", str(secret), "--encoding", "UTF8", "--locale", "C"]
    subprocess.run(
        [str(bin_folder / "initdb"), "-D", str(data), *login, "--no-instructions"],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        timeout=PATIENCE_S,
        check=True,
        user=account,
        group=ids.pw_gid if ids else None,
        extra_groups=[] if ids else None,
    )
    settings = {**SETTINGS, **(tuned or {}), "port": str(port), "unix_socket_directories": str(folder)}
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    command: list[str | Path] = [bin_folder / "postgres", "-D", data, *options]
    # SIGINT is its fast shutdown: it does not wait for clients to leave
    with running(command, folder, log, account=account, stop=signal.SIGINT) as process:
        answering(process, log, lambda: _answers(made), PATIENCE_S)
        yield made


def _answers(one: Cluster) -> bool:
    with contextlib.suppress(RuntimeError):
        return one.ask("SELECT 1") == "1"
    return False


class Replication:
    """One table at A, replicated to B. No signatures, no proof, no picture, no encryption of the line."""

    def __init__(self, home: Path, source: Cluster, target: Cluster) -> None:
        self.source, self.target = source, target
        self._file = home / "rows.sql"
        self._first = 0
        for one in (source, target):
            one.ask("CREATE DATABASE bench")
            one.ask("CREATE TABLE record (id bigint PRIMARY KEY, body text NOT NULL)", "bench")
        source.ask("CREATE PUBLICATION bench FOR TABLE record", "bench")
        target.ask(f"CREATE SUBSCRIPTION bench CONNECTION '{source.conninfo('bench')}' PUBLICATION bench", "bench")
        ready = "SELECT bool_and(srsubstate = 'r') FROM pg_subscription_rel"
        if not until(lambda: target.ask(ready, "bench") == "t", PATIENCE_S):
            raise RuntimeError("the subscription did not start")

    def insert_and_replicate(self, count: int) -> float:
        """Rows a second from the first insert at A until the last row is at B."""
        self._write(count)
        with self._waiting(count) as waiter:
            began = time.perf_counter()
            self._insert()
            self._wait(waiter)
            took = time.perf_counter() - began
        self._check(count)
        return count / took

    def catch_up(self, count: int) -> float:
        """Rows a second of a B that was away while they were inserted."""
        self.target.ask("ALTER SUBSCRIPTION bench DISABLE", "bench")
        self._write(count)
        self._insert()
        with self._waiting(count) as waiter:
            began = time.perf_counter()
            self.target.ask("ALTER SUBSCRIPTION bench ENABLE", "bench")
            self._wait(waiter)
            took = time.perf_counter() - began
        self._check(count)
        return count / took

    def _write(self, count: int) -> None:
        with self._file.open("w", encoding="utf-8") as out:
            for start in range(self._first, self._first + count, BATCH):
                out.write("COPY record FROM STDIN;\n")
                out.writelines(f"{number}\t{body(number)}\n" for number in range(start, start + BATCH))
                out.write("\\.\n")

    def _insert(self) -> None:
        command, env = self.source.psql("bench")
        subprocess.run([*command, "-f", str(self._file)], env=env, check=True, timeout=RUN_S)

    @contextlib.contextmanager
    def _waiting(self, count: int) -> Iterator[subprocess.Popen[bytes]]:
        """A client at B that ends as soon as the last row is there."""
        command, env = self.target.psql("bench")
        last = f"SELECT FROM record WHERE id = {self._first + count - 1}"
        wait = f"DO $$ BEGIN WHILE NOT EXISTS ({last}) LOOP PERFORM pg_sleep(0.002); END LOOP; END $$"
        waiter = subprocess.Popen([*command, "-c", wait], env=env)
        try:
            # until it waits, its own start would be part of what is measured
            asks = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'DO $$ BEGIN WHILE%'"
            until(lambda: self.target.ask(asks, "bench") != "0", PATIENCE_S, 0.02)
            yield waiter
        finally:
            if waiter.poll() is None:
                waiter.kill()
                waiter.wait()

    def _wait(self, waiter: subprocess.Popen[bytes]) -> None:
        if waiter.wait(RUN_S):
            raise RuntimeError("waiting for the last row failed")

    def _check(self, count: int) -> None:
        where = f"id >= {self._first} AND id < {self._first + count}"
        ask = f"SELECT count(*), md5(string_agg(body, '' ORDER BY id)) FROM record WHERE {where}"  # noqa: S608 - numbers
        digest = hashlib.md5(usedforsecurity=False)
        for number in range(self._first, self._first + count):
            digest.update(body(number).encode())
        if self.target.ask(ask, "bench") != f"{count}|{digest.hexdigest()}":
            raise RuntimeError("B's table does not hold what was inserted at A")
        self._first += count
