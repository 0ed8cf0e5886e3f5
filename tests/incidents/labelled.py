"""The labelled reports and how a reading is measured against them."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tansiq.geo.coordinates import read_coordinates
from tansiq.incidents.reading.finds import ActorRead, CountRead, DayRead, Find, KindRead, PlaceRead, TimeRead
from tansiq.incidents.reading.reader import read_text

FOLDER: Final = Path(__file__).parent / "data" / "reading"
_LABEL: Final = re.compile(r"\[(?P<place>[^\[\]|]+)\|(?P<id>[^\]]+)\]|\{(?P<time>[^{}|]+)\|(?P<value>[^}]+)\}")
HELD_OUT: Final = 3
"""Every third report is never tuned on."""


@dataclass(frozen=True)
class Label:
    """A place or a time that stands at [start, end)."""

    start: int
    end: int
    value: str


@dataclass(frozen=True)
class Report:
    """A report, the day on which it is read, and what a person found in it."""

    name: str
    day: dt.date
    text: str
    places: tuple[Label, ...]
    times: tuple[Label, ...]
    kinds: frozenset[str] | None = None
    actors: frozenset[str] | None = None
    counts: frozenset[tuple[str, int]] | None = None

    @property
    def held_out(self) -> bool:
        """Whether no rule was made because of it."""
        return int(self.name.split("-")[1]) % HELD_OUT == 0


@dataclass
class Score:
    """True, false and missed finds."""

    right: int = 0
    wrong: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """The share of what was found that is right."""
        return self.right / max(1, self.right + len(self.wrong))

    @property
    def recall(self) -> float:
        """The share of what is there that was found."""
        return self.right / max(1, self.right + len(self.missed))


def reports(languages: Sequence[str] = ("ar", "ckb", "en")) -> list[Report]:
    """All seventy; of `later` the sixteen that were written once the reader was done."""
    found: list[Report] = []
    for language in languages:
        for block in (FOLDER / f"{language}.txt").read_text(encoding="utf-8").split("# ")[1:]:
            head, about, body = block.strip().split("\n", 2)
            name, day = head.split()
            found.append(_report(name, dt.date.fromisoformat(day), about, body))
    return found


def _report(name: str, day: dt.date, about: str, body: str) -> Report:
    text, last = "", 0
    places: list[Label] = []
    times: list[Label] = []
    for label in _LABEL.finditer(body):
        text += body[last : label.start()]
        words = label["place"] or label["time"]
        one = Label(len(text), len(text) + len(words), label["id"] or label["value"])
        (places if label["place"] else times).append(one)
        text += words
        last = label.end()
    text += body[last:]
    said = {part.split()[0]: part.split()[1:] for part in about.split(";")}
    return Report(
        name,
        day,
        text,
        tuple(places),
        tuple(times),
        frozenset(said["kinds"]) - {"-"},
        frozenset(said.get("actors", [])),
        frozenset((of, int(said[of][0])) for of in ("killed", "wounded") if of in said),
    )


def place_value(find: Find) -> str | None:
    """What a find says of a place, as labels say it; an ambiguous one says nothing."""
    if find.certainty == "unlisted":
        return "?"
    if find.certainty == "ambiguous" or not find.meanings or not isinstance(find.meanings[0], PlaceRead):
        return None
    read = find.meanings[0]
    return read.id or f"{read.lat},{read.lon}"


def time_value(find: Find) -> str | None:
    """What a find says of a time, as labels say it; of several meanings the first, which the form is filled with."""
    if not find.meanings:
        return None
    read = find.meanings[0]
    if isinstance(read, TimeRead):
        return f"T{read.minute // 60:02}:{read.minute % 60:02}"
    if not isinstance(read, DayRead):
        return None
    if read.precision == "month":
        return read.first[:7]
    if read.minute is not None:
        return f"{read.first}T{read.minute // 60:02}:{read.minute % 60:02}"
    return read.first if read.first == read.last else f"{read.first}/{read.last}"


def _meant(label: str) -> str:
    """A position of a label as a reading says it."""
    if re.match(r"[0-9]", label) and not re.match(r"20\d\d-", label):
        position = read_coordinates(label)
        return f"{position.lat},{position.lon}"
    return label


def _same(found: str, label: str) -> bool:
    if found == label:
        return True
    if "," in found and "," in label:
        pairs = zip(found.split(","), label.split(","), strict=True)
        return all(abs(int(one) - int(other)) <= 500 for one, other in pairs)  # five metres: labels have four digits
    return False


def measure(what: str, report: Report, score: Score) -> None:
    """Count what was found of `places`, `times`, `kinds`, `actors` or `counts`."""
    finds = read_text(report.text, report.day).finds
    if what in {"places", "times"}:
        _spans(what, report, finds, score)
        return
    have: frozenset[object]
    if what == "kinds":
        have = frozenset(
            one.category for find in finds for one in find.meanings if isinstance(one, KindRead) and not one.denied
        )
    elif what == "actors":
        have = frozenset(one.id for find in finds for one in find.meanings if isinstance(one, ActorRead))
    else:
        have = frozenset((one.of, one.least) for find in finds for one in find.meanings if isinstance(one, CountRead))
    want: frozenset[object] = frozenset(getattr(report, what))
    score.right += len(have & want)
    score.wrong += [f"{report.name}: {one}" for one in have - want]
    score.missed += [f"{report.name}: {one}" for one in want - have]


def _spans(what: str, report: Report, finds: list[Find], score: Score) -> None:
    value = place_value if what == "places" else time_value
    kinds = (PlaceRead,) if what == "places" else (DayRead, TimeRead)
    open_ = list(report.places if what == "places" else report.times)
    for find in finds:
        if not (find.certainty == "unlisted" and what == "places") and not (
            find.meanings and isinstance(find.meanings[0], kinds)
        ):
            continue
        said = value(find)
        match = next(
            (
                one
                for one in open_
                if one.start < find.end and find.start < one.end and said and _same(said, _meant(one.value))
            ),
            None,
        )
        if match is None:
            score.wrong.append(f"{report.name}: {find.words} = {said}")
        else:
            score.right += 1
            open_.remove(match)
    score.missed += [f"{report.name}: {report.text[one.start : one.end]} = {one.value}" for one in open_]


def founding_report() -> str | None:
    """The report that the project starts from, where it is at hand; it is not ours to ship."""
    beside = Path(__file__).resolve().parents[2].parent / "shared"
    path = Path(os.environ.get("TANSIQ_SHARED", beside)) / "data" / "founding_report_ar.txt"
    return path.read_text(encoding="utf-8") if path.exists() else None
