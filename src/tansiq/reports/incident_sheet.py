"""The sheet of an event to print: what both sides state, what is in dispute, what one side only says, what was found.

It holds what the file of the event holds (`tansiq.incidents.file`) and nothing that a side kept back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from tansiq.geo.mgrs import to_mgrs
from tansiq.incidents.file import AccountView, FieldRow, Grade, IncidentFile
from tansiq.incidents.states import FindingView
from tansiq.reports.copy import cell, heading
from tansiq.reports.paper import Block, Box, Cell, Items, Line, Paper, Paragraph, Span, Table, Tone, isolated, line
from tansiq.reports.voice import Voice
from tansiq.wording.pages import page_words

PAGE: Final = "incident"
TONES: Final[Mapping[str, Tone]] = {"agreed": "good", "disputed": "bad", "one_side": "watch", "unknown": "quiet"}
SIGN_HERE: Final = "\u00a0\n\u00a0"
"""Two lines high."""
FIGURES: Final = ((100_000, 0), (10_000, 1), (1000, 2), (100, 3), (10, 4))
"""Up to which accuracy (metres) a reference of so many digits is given: no finer than what is known."""


class Stand(Struct, frozen=True):
    """Whose sheet it is: circle, exercise, label in words, and as of when (ms)."""

    circle: Mapping[str, str]
    exercise: bool
    label: str
    at: int


def sheet(file: IncidentFile, voice: Voice, stand: Stand) -> Paper:
    """The whole page in the language of `voice`."""
    say = _Say(voice)
    confirmed = say("say", "confirmed", parties=voice.listed(file.confirmed_by)) if file.confirmed_by else ""
    stale = say("say", "changed_since", parties=voice.listed(file.changed_since)) if file.changed_since else ""
    head = [Paragraph(line(Span(words, tone=tone))) for words, tone in _notes(file, say, confirmed, stale)]
    subtitle = "\n".join(
        (
            say("say", "circle", name=voice.name(stand.circle)),
            say("say", "as_of", at=voice.time(stand.at)),
            f"{say('say', 'state')}: {say('state', file.state)}",
        )
    )
    return Paper(
        say("title", "sheet"),
        voice.lang,
        (
            *head,
            *_rows(file, say),
            *_accounts(file, say),
            *_findings(file, say),
            *_sources(file, say),
            *_signatures(file, say),
        ),
        subtitle,
        stand.label,
        voice.say("say", "exercise") if stand.exercise else None,
        page_words=voice.say("say", "page"),
        digits=voice.ten,
        written_at=stand.at,
    )


class _Say:
    """The words of this page."""

    def __init__(self, voice: Voice) -> None:
        self.voice = voice

    def __call__(self, section: str, key: str, **given: str | int) -> str:
        words = page_words(self.voice.lang, PAGE)[section].get(key, key)
        parts = {name: self.voice.number(one) if isinstance(one, int) else isolated(one) for name, one in given.items()}
        return self.voice.in_digits(words.format(**parts))


def _notes(file: IncidentFile, say: _Say, confirmed: str, stale: str) -> list[tuple[str, Tone]]:
    found: list[tuple[str, Tone]] = []
    if len(file.refs) == 1:
        found.append((say("say", "alone"), "quiet"))
    if confirmed:
        found.append((confirmed, "good"))
    if stale:
        found.append((stale, "watch"))
    if file.circular:
        found.append((say("say", "circular"), "bad"))
    return found


def _rows(file: IncidentFile, say: _Say) -> list[Block]:
    """Field by field: how it stands, what each side says, what both state."""
    voice = say.voice
    rows = []
    for row in file.rows:
        says = {one.party: one for one in row.says}
        cells = [cell(_value(row, says[party].value, say)) for party in file.sides]
        common = _value(row, row.common, say) if row.standing == "agreed" else "–"
        stands = Cell(line(Span(say("standing", row.standing), tone=TONES[row.standing], strong=True)))
        rows.append((cell(say("field", row.field)), stands, *cells, cell(common)))
    head = (
        cell(say("col", "field")),
        cell(say("col", "standing")),
        *(cell(voice.party(one)) for one in file.sides),
        cell(say("col", "common")),
    )
    widths = (2, 2, *(4 for _ in file.sides), 4)
    return [heading(say("head", "fields")), Table(widths, head, tuple(rows))]


def _value(row: FieldRow, value: Any, say: _Say) -> str:
    if value is None:
        return say("standing", "unknown")
    if row.field == "category":
        return say.voice.value("incident", value)
    if row.field == "over":
        return say("say", "yes" if value else "no")
    if row.field == "when":
        return _span(value["from"], value["to"], say)
    if row.field == "place":
        return _place(value, say)
    least, most = value["min"], value["max"]
    return say.voice.number(most) if least == most else say.voice.say("say", "range", least=least, most=most)


def _span(start: int, end: int | None, say: _Say) -> str:
    if end is None or end == start:
        return say.voice.time(start)
    return say("say", "span", start=say.voice.time(start), end=say.voice.time(end))


def _place(value: Mapping[str, int], say: _Say) -> str:
    digits = next((figures for least, figures in FIGURES if value["accuracy"] >= least), 5)
    reference = to_mgrs(value["lat"], value["lon"], digits)
    return say("say", "place", mgrs=reference, metres=value["accuracy"])


def _accounts(file: IncidentFile, say: _Say) -> list[Block]:
    """Each report whole, with its versions and how it is graded on both sides."""
    voice = say.voice
    blocks: list[Block] = [heading(say("head", "accounts"))]
    for one in file.accounts:
        inner: list[Block] = [Paragraph(_said(one, say), "quiet")]
        text = one.fields.get("text")
        if text:
            lang = one.fields.get("lang")
            inner.append(Paragraph(line(Span(text)), lang=lang if lang in ("ar", "ckb", "en") else None))
        inner.append(Items(tuple(line(_grade(grade, say)) for grade in one.grades)))
        if len(one.editions) > 1:
            editions = [voice.time(edition.at) for edition in one.editions]
            inner.append(Paragraph(line(say("say", "versions", count=len(editions), last=editions[-1])), "quiet"))
        blocks.append(Box(line(say("say", "account_of", party=voice.party(one.party))), tuple(inner)))
    return blocks


def _said(one: AccountView, say: _Say) -> Line:
    voice = say.voice
    words = [say("say", "said", at=voice.time(one.said))]
    known = one.fields.get("how_known")
    if known:
        words.append(say("known", known))
    if one.entered_by != one.party:
        words.append(say("say", "telephone", party=voice.party(one.entered_by)))
    return line(
        *(Span(word if at == 0 else f" · {word}") for at, word in enumerate(words)), Span(" · "), Span(one.ref, "en")
    )


def _grade(one: Grade, say: _Say) -> str:
    source, info = one.source or "–", "–" if one.info is None else say.voice.number(one.info)
    return say("say", "grade", party=say.voice.party(one.party), source=source, info=info)


def _findings(file: IncidentFile, say: _Say) -> list[Block]:
    blocks: list[Block] = [heading(say("head", "findings"))]
    if not file.findings:
        return [*blocks, Paragraph(line(say("say", "no_finding")), "quiet")]
    return [*blocks, *(_finding(one, say) for one in file.findings)]


def _finding(one: FindingView, say: _Say) -> Box:
    voice, body = say.voice, one.body
    inner: list[Block] = []
    rows: Sequence[tuple[str, str]] = (
        ("action", "" if body.action is None else voice.named(_named(body.action)).text),
        (
            "place",
            ""
            if body.place is None
            else _place({"lat": body.place.lat, "lon": body.place.lon, "accuracy": body.place.accuracy}, say),
        ),
        ("number", body.number or ""),
        ("date", "" if body.date is None else voice.time(body.date)),
        ("went", voice.listed(body.went) if body.went else ""),
    )
    named = [(cell(say("named", name)), cell(value or say("say", "not_named"))) for name, value in rows]
    inner.append(Table((2, 7), (), tuple(named)))
    if body.text is not None:
        inner.append(Paragraph((voice.named(_named(body.text)),)))
    words = say("say", "counts") if one.counted is not None else say("why", one.why or "waits_for_others")
    if one.waits_for and one.why == "waits_for_others":
        words = f"{words}: {voice.listed(one.waits_for)}"
    inner.append(Paragraph(line(Span(words, tone="good" if one.counted is not None else "watch"))))
    if one.closed_unnamed:
        inner.append(Paragraph(line(Span(say("say", "closed_unnamed"), tone="bad"))))
    stands = say("finding", one.status)
    return Box(line(f"{say('state', one.step)} · {voice.party(one.party)} · {stands}"), tuple(inner))


def _named(names: Any) -> dict[str, str]:
    return {one: text for one in ("en", "ar", "ckb") if (text := getattr(names, one))}


def _signatures(file: IncidentFile, say: _Say) -> list[Block]:
    """Room for each side to sign on paper what this sheet states; nothing of it is kept here."""
    if len(file.refs) == 1:
        return []
    names = ("side", "office", "signature", "date")
    rows = tuple((cell(say.voice.party(one)), *(cell(SIGN_HERE) for _ in names[1:])) for one in file.sides)
    table = Table((3, 4, 4, 3), tuple(cell(say("sign", one)) for one in names), rows)
    return [heading(say("head", "signatures")), table]


def _sources(file: IncidentFile, say: _Say) -> list[Block]:
    if not file.sources.links:
        return []
    items = tuple(
        line(
            Span(link.ref, "en"),
            Span(" ← "),
            Span(link.of, "en"),
            Span(": " + ", ".join(say("origin", reason.name) for reason in link.reasons)),
        )
        for link in file.sources.links
    )
    return [heading(say("head", "sources")), Items(items)]
