"""The same 1 kB reports from one party's server to another's: Tansiq, matrix-synapse, PostgreSQL logical replication.

All on loopback of one machine, in one run, in turns: while one pair of servers is measured the others idle. What counts
is what the receiving server has durably stored: entries under a head that B has checked, rows in the receiving
homeserver's database, rows in the receiving table. Contents are compared with what was sent before a time is printed.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import SubprocessError
from typing import Final, TypeVar

from tools.go import Stop

from bench import _synapse, exchange
from bench._flow import SENDERS, Flow, Healed
from bench._harness import Row, figure, interleave, median, spread
from bench._pair import Pair
from bench._postgresql import Cluster, Replication, cluster, programs
from bench._processes import free_ports, within
from bench._rooms import Patience, Rooms
from bench._synapse import homeservers
from tansiq.exchange.tuning import tune

One = TypeVar("One")
WARM_UP: Final = 10
CAVEATS: Final = (
    "one machine: both servers of a pair and the load share its cores; no network lies between them",
    "matrix-synapse: one process a server, PostgreSQL with the C locale as its manual asks, rate limits lifted",
    "matrix-synapse fetches gaps when a client scrolls back: a complete copy at every server is not what it aims at",
    "matrix-synapse: TLS proves the receiver only; the sender signs its requests. Between our nodes TLS proves both",
    "postgresql: no signature, no proof, no picture, no encryption; it trusts its peer in everything: the upper bound",
)


@dataclass(frozen=True)
class Sizes:
    """How much of everything."""

    repetitions: int
    rows: int
    """Of a batch, and of a flow said in batches."""

    ours_paced: int
    ours_burst: int
    paced: int
    burst: int
    outage: int
    patience: Patience
    limit_s: float


FULL: Final = Sizes(3, 50_000, 1000, 2000, 200, 500, 500, Patience(30.0, 75.0, 15.0), 1500.0)
QUICK: Final = Sizes(1, 5_000, 100, 200, 30, 60, 60, Patience(5.0, 25.0, 5.0), 240.0)


@dataclass
class Flows:
    """Records in batches or one by one, one sender or eight, and after an outage, between one pair of servers."""

    batches: list[Flow] = field(default_factory=list)
    paced: list[Flow] = field(default_factory=list)
    burst: list[Flow] = field(default_factory=list)
    outage: list[Healed] = field(default_factory=list)


@dataclass
class Batches:
    """Rates of catching up and, with PostgreSQL, of inserting and replicating at once."""

    ours: list[float]
    inserted: list[float]
    caught_up: list[float]


def in_batches(pair: Pair, replication: Replication | None, sizes: Sizes) -> Batches:
    """B holds nothing and catches up; in turns with PostgreSQL."""
    measures: list[Callable[[], float]] = [pair.catch_up]
    if replication is not None:
        measures += [
            lambda: replication.insert_and_replicate(sizes.rows),
            lambda: replication.catch_up(sizes.rows),
        ]
    return Batches(*[*interleave(sizes.repetitions, *measures), [], []][:3])


def in_turns(pair: Pair, rooms: Rooms | None, sizes: Sizes) -> tuple[Flows, Flows]:
    """Flows and outages, ours and the homeservers' in turns; the other pair idles meanwhile."""
    ours, theirs = Flows(), Flows()
    healing: list[Callable[[], float]] = [
        lambda: kept(ours.outage, pair.outage(sizes.outage, sizes.patience.patience_s)).share
    ]
    flowing: list[Callable[[], float]] = [
        lambda: kept(ours.batches, pair.flow_of_batches(sizes.rows)).rate,
        lambda: kept(ours.paced, pair.flow(sizes.ours_paced, 1)).rate,
        lambda: kept(ours.burst, pair.flow(sizes.ours_burst, SENDERS)).rate,
    ]
    if rooms is not None:
        rooms.flow(WARM_UP, 1)
        flowing += [
            lambda: kept(theirs.paced, rooms.flow(sizes.paced, 1)).rate,
            lambda: kept(theirs.burst, rooms.flow(sizes.burst, SENDERS)).rate,
        ]
        healing.append(lambda: kept(theirs.outage, rooms.outage(sizes.outage)).share)
    pair.sign_in()
    with pair.serving("b"):
        pair.all_held()
        interleave(sizes.repetitions, *flowing)
    interleave(sizes.repetitions, *healing)
    return ours, theirs


def kept(places: list[One], one: One) -> One:
    """Put it down and hand it on."""
    places.append(one)
    return one


def measure(*, quick: bool) -> list[Row]:
    """The rows of this bench. Raises `bench._processes.OutOfTimeError`."""
    tune()
    sizes = QUICK if quick else FULL
    # before the clock starts: an installation takes as long as the network does
    has_databases = has_postgresql()
    version = has_synapse() if has_databases else ""
    with (
        within(sizes.limit_s),
        tempfile.TemporaryDirectory(prefix="tansiq-bench-") as name,
        contextlib.ExitStack() as stack,
    ):
        home = Path(name)
        # the servers of another account need to reach their folders in it; each of these is its owner's alone
        home.chmod(0o711)
        databases = clusters(home, stack) if has_databases else None
        pair = stack.enter_context(contextlib.closing(Pair(home, free_ports(4))))
        for number in range(sizes.rows // exchange.BATCH):
            pair.say_batch(number)
        stack.enter_context(pair.serving("a"))
        with pair.serving("b"):
            # A shows its head once it has asked B how far its own ledger reaches, or has waited long enough for B
            pair.all_held()
        batches = in_batches(pair, Replication(home, *databases) if databases else None, sizes)
        rooms = started(home, databases, sizes, stack) if databases and version else None
        ours, theirs = in_turns(pair, rooms, sizes)
        entry, told = pair.check(pair.node_b)
    print(f"  a record of ours is {entry} B of entry and {told} B of disclosures for a text of 1024 B")
    print("".join(f"  {line}\n" for line in [*words(ours), *CAVEATS]), end="")
    return [*against_matrix(ours, theirs, f"matrix-synapse {version}"), *against_postgresql(ours, batches)]


def started(home: Path, databases: tuple[Cluster, Cluster], sizes: Sizes, stack: contextlib.ExitStack) -> Rooms | None:
    """Two homeservers at work; says so where they do not start."""
    try:
        one, other = stack.enter_context(homeservers(home, databases, free_ports(4)))
    except RuntimeError as error:
        print(f"  matrix-synapse does not start here: no row against it ({error})", flush=True)
        return None
    return Rooms(one, other, sizes.patience)


def has_postgresql() -> bool:
    """Whether PostgreSQL is here or could be installed; says so where not."""
    try:
        programs()
    except (Stop, SystemExit) as error:
        print(f"  PostgreSQL cannot be installed here: no row against it, nor against matrix-synapse on it ({error})")
        return False
    return True


def has_synapse() -> str:
    """The version of matrix-synapse that is here or could be installed; says so where none."""
    try:
        return _synapse.install()
    except (RuntimeError, OSError, SubprocessError) as error:
        print(f"  matrix-synapse cannot be installed here: no row against it ({error})", flush=True)
        return ""


def clusters(home: Path, stack: contextlib.ExitStack) -> tuple[Cluster, Cluster]:
    """Two PostgreSQL clusters at work."""
    one, other = (
        stack.enter_context(cluster(home / f"pg-{side}", port)) for side, port in zip("ab", free_ports(2), strict=True)
    )
    return one, other


def words(ours: Flows) -> list[str]:
    """Our flows, for a person."""
    named = (("batches", ours.batches), ("1 sender", ours.paced), ("8 senders", ours.burst))
    rates = {label: [one.rate for one in flows] for label, flows in named}
    away = median([one.seconds for one in ours.outage])
    return [
        *(f"tansiq, {label}: {figure(median(rate))} records/s ({spread(rate)})" for label, rate in rates.items()),
        f"tansiq, receiver away: share {median([one.share for one in ours.outage]):g} {figure(away)} s after its start",
    ]


def against_matrix(ours: Flows, theirs: Flows, name: str) -> list[Row]:
    """The rows against matrix-synapse."""
    if not theirs.paced:
        return []
    ways = {"1 sender": theirs.paced, "8 senders": theirs.burst}
    best, way = max((median([one.rate for one in flows]), way) for way, flows in ways.items())
    batches = median([one.rate for one in ours.batches])
    rows = [
        Row(
            "sustained vs matrix-synapse",
            "records/s",
            batches,
            best,
            name,
            batches / best,
            f"ours in batches of {exchange.BATCH}, {spread([one.rate for one in ours.batches])}; its {way}",
        )
    ]
    for label, mine, flows in (("1 sender", ours.paced, theirs.paced), ("8 senders", ours.burst, theirs.burst)):
        rate, peer = median([one.rate for one in mine]), median([one.rate for one in flows])
        arrived = median([one.held / one.goal for one in flows])
        note = (
            f"ours {spread([one.rate for one in mine])}; its {spread([one.rate for one in flows])}, {arrived:.0%} held"
        )
        rows.append(Row(f"one record a request, {label}", "records/s", rate, peer, name, rate / peer, note))
    share, peer_share = (median([one.share for one in healed]) for healed in (ours.outage, theirs.outage))
    least = 1 / theirs.outage[0].goal
    scrolled = median([one.scrolled for one in theirs.outage])
    waited = median([one.seconds for one in theirs.outage])
    note = (
        f"its {spread([one.share for one in theirs.outage])}, after {waited:.0f} s; {scrolled:.2g} once scrolled back"
    )
    rows.append(Row("complete after outage", "share", share, peer_share, name, share / max(peer_share, least), note))
    return rows


def against_postgresql(ours: Flows, batches: Batches) -> list[Row]:
    """The rows against logical replication."""
    if not batches.inserted:
        return []
    name = "postgresql 15 logical replication"
    catch_up, inserted, caught_up = (median(one) for one in (batches.ours, batches.inserted, batches.caught_up))
    both = median([one.rate for one in ours.batches])
    mine = spread(batches.ours)
    written = f"ours {spread([one.rate for one in ours.batches])}"
    return [
        Row(
            "batch vs postgresql logical replication",
            "rows/s",
            catch_up,
            inserted,
            name,
            catch_up / inserted,
            f"ours catching up, {mine}; its insert and replicate, {spread(batches.inserted)}",
        ),
        Row(
            "catching up", "rows/s", catch_up, caught_up, name, catch_up / caught_up, f"its {spread(batches.caught_up)}"
        ),
        Row("written and replicated at once", "rows/s", both, inserted, name, both / inserted, written),
    ]
