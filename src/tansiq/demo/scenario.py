"""Turns the scenario's data into records, each signed and said by the party that would have said it.

Every line becomes one release (or one tell) on its party's own node; after each week the nodes pull from each other
through the same intake that a network would use, and before a party speaks of a record that has not reached it, it
pulls that as well. Claimed times are those of the exercise clock.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from tansiq.circles.gate import Author, Redaction, Statement
from tansiq.demo import signing
from tansiq.demo.nodes import USER, scenario_file
from tansiq.desk.office import circles, set_exercise_clock
from tansiq.errors import MalformedInput, NotFound
from tansiq.exchange import outbox
from tansiq.exchange.local import pull_all
from tansiq.exchange.outbox import Saying
from tansiq.node.node import Node
from tansiq.records.values import Label
from tansiq.store import roster

LOADED: Final = "demo.loaded_through"
WEEK_MS: Final = 7 * 86_400_000
FILES: Final = ("events.jsonl", "invented.jsonl", "accord.jsonl")
ACTS: Final = ("qarachogh-without", "qarachogh-with")
"""The last act, played instead of what was: a file each, after which the press events of that day are told."""

ACT_SEQ: Final = 39
AUTHOR: Final = Author(USER, "watch", ("duty_officer",))
LINKS: Final = ("about", "revises", "tell", "of", "area")
"""Keys of a line that name another line's record; in `fields`, `@key` and `@key#` do."""


def load_act(nodes: Mapping[str, Node], scenario: Path, name: str, until: int | None = None) -> int:
    """Play one act up to `until` (ms), with everybody hearing everybody after each line; answers how many records.

    Without the protocol the day ends as it did: the two sides' reports of the shooting follow. With it they do not.
    """
    if name not in ACTS:
        raise NotFound("activities.no_act", name=name[:40], acts=", ".join(ACTS))
    numbers = _circle_numbers(nodes, scenario)
    known, done = _known_refs(nodes), _loaded(nodes)
    said = 0
    for step in _act(scenario, name):
        mark = f"{name}/{step.order}"
        if mark in done or (until is not None and step.at > until):
            continue
        _say(nodes, numbers, known, [(step, mark)])
        _meet(nodes)
        said += 1
    return said


def _act(scenario: Path, name: str) -> list[Step]:
    lines = [json.loads(text) for text in (scenario / f"{name}.jsonl").read_text(encoding="utf-8").splitlines() if text]
    if name == "qarachogh-without":
        told = [json.loads(text) for text in (scenario / FILES[0]).read_text(encoding="utf-8").splitlines() if text]
        lines += [{**line, "at": lines[-1]["at"] + 1} for line in told if line.get("seq") == ACT_SEQ]
    return [Step(clock_time(line, name), order, line) for order, line in enumerate(lines)]


@dataclass(frozen=True)
class Step:
    """One line of the scenario at its time on the exercise clock (ms)."""

    at: int
    order: int
    line: Mapping[str, Any]


Batch = Sequence[tuple[Step, str]]
"""Lines that one party says at once, each with the mark that it was said."""


def steps(scenario: Path) -> list[Step]:
    """Every line that is loaded by default, in the order of the exercise clock."""
    found: list[Step] = []
    for name in FILES:
        for number, text in enumerate((scenario / name).read_text(encoding="utf-8").splitlines(), start=1):
            if not text.strip():
                continue
            line = json.loads(text)
            if line.get("window", True):
                found.append(Step(clock_time(line, f"{name}:{number}"), len(found), line))
    return sorted(found, key=lambda step: (step.at, step.order))


def clock_time(line: Mapping[str, Any], where: str) -> int:
    """The line's time in milliseconds: `at` if given, else noon UTC of `date` (its first day where only a month)."""
    if "at" in line:
        return int(line["at"])
    parts = [int(part) for part in str(line["date"]).split("-")]
    try:
        day = datetime.datetime(
            parts[0],
            parts[1] if len(parts) > 1 else 1,
            parts[2] if len(parts) > 2 else 1,
            12,
            tzinfo=datetime.UTC,
        )
    except (ValueError, IndexError) as error:
        raise MalformedInput("record.bad_time", text=f"{where} {line['date']}") from error
    return int(day.timestamp() * 1000)


def load(nodes: Mapping[str, Node], scenario: Path, until: int | None = None) -> int:
    """Say everything up to `until` (ms) that has not been said yet; answers how many records."""
    numbers = _circle_numbers(nodes, scenario)
    done = _loaded(nodes)
    story = steps(scenario)
    _set_clock(nodes, story, until)
    known = _known_refs(nodes)
    hearing = Hearing(nodes)
    open_steps = [(step, mark) for step in story if (mark := f"{step.at}/{step.order}") not in done]
    due = [one for one in open_steps if until is None or one[0].at <= until]
    for _, week in groupby(due, key=lambda one: one[0].at // WEEK_MS):
        for batch in _batches(list(week)):
            hearing.catch_up(batch)
            _say(nodes, numbers, known, batch)
            hearing.spoken(batch)
        hearing.meet()
    if due:
        _meet(nodes)
    return len(due)


@dataclass
class Hearing:
    """Who has said what since the others last pulled from it: nobody speaks of what has not reached it."""

    nodes: Mapping[str, Node]
    _unheard: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    """Keys said by the first party that the second has not pulled."""

    def spoken(self, batch: Batch) -> None:
        """Note what a party said."""
        by = batch[0][0].line["by"]
        keys = {step.line["key"] for step, _ in batch if "key" in step.line}
        for other in self.nodes:
            if other != by:
                self._unheard.setdefault((by, other), set()).update(keys)

    def catch_up(self, batch: Batch) -> None:
        """Let the party of a batch pull from those of whose records it is about to speak."""
        by = batch[0][0].line["by"]
        named = {key for step, _ in batch for key in keys_named(step.line)}
        for (source, target), keys in list(self._unheard.items()):
            if target == by and keys & named:
                self._pull(source, target)

    def meet(self) -> None:
        """Everybody pulls from everybody who said something."""
        for source, target in list(self._unheard):
            self._pull(source, target)

    def _pull(self, source: str, target: str) -> None:
        self.nodes[source].publish()
        office = self.nodes[target].office
        pull_all(self.nodes[source].database, self.nodes[target].database, office.keyring, office.clock())
        del self._unheard[source, target]


def _batches(due: Sequence[tuple[Step, str]]) -> Iterator[Batch]:
    """Lines in order, those together that one party says to one circle without naming one another."""
    batch: list[tuple[Step, str]] = []
    for one in due:
        line = one[0].line
        if batch:
            last = batch[-1][0].line
            own = {step.line["key"] for step, _ in batch if "key" in step.line}
            alone = any("tell" in each or each["kind"] in ("signatory", "signature") for each in (line, last))
            elsewhere = (line["by"], line.get("circle", "all")) != (last["by"], last.get("circle", "all"))
            if alone or elsewhere or own & keys_named(line):
                yield batch
                batch = []
        batch.append(one)
    if batch:
        yield batch


def keys_named(line: Mapping[str, Any]) -> set[str]:
    """The keys of the records that a line speaks of."""
    return {line[name] for name in LINKS if name in line} | {text.removesuffix("#") for text in _marked(line["fields"])}


def _marked(value: Any) -> Iterator[str]:
    """The strings `@key` in a value, without the sign."""
    if isinstance(value, str):
        if value.startswith("@"):
            yield value[1:]
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _marked(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _marked(inner)


def resolved(value: Any, known: Mapping[str, str]) -> Any:
    """A value with every `@key` replaced by that record's `party/id` and every `@key#` by its id alone."""
    if isinstance(value, str) and value.startswith("@"):
        ref = known[value[1:].removesuffix("#")]
        return ref.split("/")[1] if value.endswith("#") else ref
    if isinstance(value, Mapping):
        return {name: resolved(inner, known) for name, inner in value.items()}
    if isinstance(value, list):
        return [resolved(inner, known) for inner in value]
    return value


def _set_clock(nodes: Mapping[str, Node], story: Sequence[Step], until: int | None) -> None:
    """Let the desks' slider run over the part of the year that is loaded."""
    shown = [step.at for step in story if until is None or step.at <= until]
    for node in nodes.values():
        with node.database.write() as connection:
            if shown:
                set_exercise_clock(connection, shown[0], shown[-1])


def _meet(nodes: Mapping[str, Node]) -> None:
    """Every node pulls from every other, as a quiet network would have it in the end."""
    for node in nodes.values():
        node.publish()
    for target in nodes.values():
        for source in nodes.values():
            if source is not target:
                pull_all(source.database, target.database, target.office.keyring, target.office.clock())


def _circle_numbers(nodes: Mapping[str, Node], scenario: Path) -> dict[tuple[str, str], int]:
    """The store's number of each circle of the scenario on each node, by party and the scenario's key."""
    wanted = {frozenset(entry["members"]): entry["id"] for entry in scenario_file(scenario, "circles.json")}
    numbers = {}
    for party, node in nodes.items():
        with node.database.read() as connection:
            for held in circles(connection):
                key = wanted.get(frozenset(map(str, held.circle.parties)))
                if key is not None:
                    numbers[party, key] = held.num
    return numbers


def _loaded(nodes: Mapping[str, Node]) -> set[str]:
    found: set[str] = set()
    for node in nodes.values():
        with node.database.read() as connection:
            found.update((roster.setting(connection, LOADED) or "").split())
    return found


def _known_refs(nodes: Mapping[str, Node]) -> dict[str, str]:
    """Refs of the scenario's keys said in an earlier run."""
    refs: dict[str, str] = {}
    for node in nodes.values():
        with node.database.read() as connection:
            refs.update(json.loads(roster.setting(connection, "demo.refs") or "{}"))
    return refs


def _say(
    nodes: Mapping[str, Node], numbers: Mapping[tuple[str, str], int], known: dict[str, str], batch: Batch
) -> None:
    """Say the lines of one batch on their party's node; the marks that they were said are in the same transaction."""
    first = batch[0][0]
    node = nodes[first.line["by"]]
    office = node.office
    num = numbers[first.line["by"], first.line.get("circle", "all")]
    extra = _signed(node, num, first, known)
    with office.database.write() as connection:
        circle = next(held.circle for held in circles(connection) if held.num == num)
        if "tell" in first.line:
            record = known[first.line["tell"]].split("/")[1]
            fields = first.line["fields"]
            now = office.clock()
            outbox.tell(connection, num, circle, office.party, record, fields, AUTHOR, office.signer, now, first.at)
        else:
            sayings = [_saying(step, known, list(circle.parties), extra) for step, _ in batch]
            said = outbox.say(connection, num, circle, office.party, sayings, AUTHOR, office.signer, office.clock())
            named = {
                step.line["key"]: one.ref for (step, _), one in zip(batch, said, strict=True) if "key" in step.line
            }
            if named:
                known.update(named)
                roster.set_setting(connection, "demo.refs", json.dumps(known))
        marks = " ".join([roster.setting(connection, LOADED) or "", *(mark for _, mark in batch)])
        roster.set_setting(connection, LOADED, marks)


def _signed(node: Node, num: int, step: Step, known: Mapping[str, str]) -> dict[str, Any]:
    """What a party's key adds to the line that names its office, or signs."""
    kind = step.line.get("kind")
    if kind == "signatory":
        return {"key": signing.office_key(node)}
    if kind != "signature":
        return {}
    with node.database.read() as connection:
        circle = next(held.circle for held in circles(connection) if held.num == num)
    fields = resolved(step.line["fields"], known)
    return signing.signature(node, circle.id, known[step.line["about"]], fields, step.at)


def _saying(step: Step, known: Mapping[str, str], parties: list[str], extra: Mapping[str, Any]) -> Saying:
    """One line as its party releases it."""
    line = step.line
    revises = known[line["revises"]].split("/")[1] if "revises" in line else None
    about = known[line["about"]] if "about" in line else None
    label = Label("JOINT", line.get("classification", "RESTRICTED"), line.get("tlp", "AMBER"), parties, True)
    redaction = Redaction(frozenset(line.get("withhold", ())), line.get("grid", 0), line.get("hour", 0))
    # what is said of an area points to it by the scenario's own name of the area
    of_area = {"area": known[line["area"]]} if "area" in line else {}
    # an answer or a consent names the very record that it is given to
    of_record = {"revision": known[line["of"]].split("/")[1]} if "of" in line else {}
    fields = {**resolved(line["fields"], known), **of_area, **of_record, **extra}
    return Saying(Statement(line["kind"], fields, revises, about), label, redaction, step.at)
