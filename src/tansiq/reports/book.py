"""The numbers behind figures: which records each rests on, what those are called, where the desk opens them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tansiq.accord.kinds import KINDS as ACCORD
from tansiq.movements.kinds import KINDS as MOVEMENTS
from tansiq.picture.told import Told
from tansiq.reports.gathered import names_in
from tansiq.reports.kinds import GROUND
from tansiq.reports.paper import Line, Note, Source, Span
from tansiq.reports.voice import Voice

AT_CENTRES: Final = frozenset({"centre", "readiness", "roster", "watch_handover"})
AT_WATCH: Final = frozenset({"log", "incident", "message", "area", "post", *GROUND, "arrangement"})
MOST_SOURCES: Final = 60
"""Records listed behind one figure; how many more there are is said."""


class Book:
    """Numbers figures as they are written, the same records under the same number."""

    def __init__(self, told: Told, voice: Voice) -> None:
        self._told = told
        self._voice = voice
        self._numbers: dict[tuple[str, ...], int] = {}

    def figure(self, text: str, refs: Sequence[str], *, strong: bool = False) -> Span:
        """A figure with the records behind it; one that rests on none stands by itself."""
        behind = tuple(dict.fromkeys(refs))
        if not behind:
            return Span(text, strong=strong)
        number = self._numbers.setdefault(behind, len(self._numbers) + 1)
        return Span(text, strong=strong, note=number)

    def count(self, refs: Sequence[str], count: int | None = None) -> Span:
        """How many, with the records."""
        return self.figure(self._voice.number(len(set(refs)) if count is None else count), refs)

    def link(self, text: Span, ref: str) -> Span:
        """A name that leads to its record."""
        return Span(text.text, text.lang, text.strong, text.tone, link=link_to(self._told, ref))

    @property
    def notes(self) -> tuple[Note, ...]:
        """The list of all records, by number."""
        return tuple(
            Note(number, tuple(self._sources(refs)))
            for refs, number in sorted(self._numbers.items(), key=lambda one: one[1])
        )

    def _sources(self, refs: Sequence[str]) -> list[Source]:
        found = [Source(ref, self._line(ref), link_to(self._told, ref)) for ref in refs[:MOST_SOURCES]]
        if len(refs) > MOST_SOURCES:
            words = self._voice.say("say", "truncated", count=len(refs) - MOST_SOURCES)
            found.append(Source("", (Span(words),)))
        return found

    def _line(self, ref: str) -> Line:
        thing = self._told.thing_of(ref) or self._told.get(ref)
        voice = self._voice
        if thing is None:
            return (Span(voice.value("record", "other")),)
        kind = voice.value("record", thing.kind)
        said = f"{kind}، " if voice.mirrored else f"{kind}, "
        dot = " · "
        return (
            Span(said),
            voice.named(names_in(thing)),
            Span(f"{dot}{voice.party(thing.party)}{dot}{voice.time(thing.versions[0].said.at)}", tone="quiet"),
        )


def link_to(told: Told, ref: str) -> str | None:
    """Where the desk opens a record; None where it is not in the circle."""
    thing = told.thing_of(ref) or told.get(ref)
    if thing is None:
        return None
    if thing.kind in AT_CENTRES:
        home = "centres"
    elif thing.kind in AT_WATCH:
        home = "watch"
    elif thing.kind in MOVEMENTS and thing.kind not in ("consent", "terms"):
        home = "movements"
    else:
        home = "accord" if thing.kind in ACCORD else "watch"
    return f"#/{home}/{thing.ref}"
