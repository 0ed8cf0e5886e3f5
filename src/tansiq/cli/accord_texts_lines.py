"""Texts as lines for people: the list, the text with its brackets, a clause's history, differences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tansiq.accord.bracketed import Field
from tansiq.accord.clauses import LANGUAGES
from tansiq.accord.compare import Piece
from tansiq.cli.output import settings
from tansiq.desk.accord_texts import ClauseRow, ClauseView, OfferView, Run, TextLine, TextView, WordingView
from tansiq.records.values import Language, Names


def name_of(names: Names | None, otherwise: str) -> str:
    """A name in the language of the command line, else in one that there is."""
    order = sorted(LANGUAGES, key=lambda one: one != settings.language)
    return next((words for one in order if names and (words := getattr(names, one))), otherwise)


def list_line(one: TextLine) -> str:
    """A text with how much of it is agreed."""
    done = one.counts.get("agreed", 0) + one.counts.get("left_out", 0)
    total = sum(one.counts.values())
    stands = "signed by all" if one.signed_at else one.status
    return f"{one.ref}  {name_of(one.names, one.path or '-')}  {done}/{total} agreed, {stands}"


def text_lines(view: TextView, languages: Sequence[Language], open_only: bool) -> Iterable[str]:
    """The text clause by clause, what is not agreed in brackets."""
    yield f"{name_of(view.names, view.path or '-')}  ({', '.join(view.sides)}; {', '.join(view.authentic)})"
    for row in view.clauses:
        if open_only and row.state != "open" and not any(one.clause == row.key for one in view.points):
            continue
        yield from clause_lines(row, languages)
    for point in view.points:
        beside = " ".join(filter(None, (", ".join(point.parties), point.language)))
        yield f"open: {point.clause or '-'} {point.why} {beside}".rstrip()
    if view.digest:
        yield f"{'signed by all' if view.signed_at else 'agreed'}: sha256 {view.digest}"


def clause_lines(row: ClauseRow, languages: Sequence[Language]) -> Iterable[str]:
    """A clause as it stands."""
    number = ".".join(map(str, row.order))
    yield f"{number}  {row.key}  {row.state}"
    for language in languages:
        for field, words in (("heading", row.heading), ("term", row.term), ("text", row.text)):
            if language in words:
                mark = "" if field == "text" else f"{field}: "
                yield f"  {language}: {mark}{bracketed(words[language], row.wordings)}"
    for wording in row.wordings:
        said = [f"{one.party} {one.verdict}" for one in wording.positions if one.verdict]
        said += [f"{one.language} {one.kind}" for one in wording.discords]
        said += [f"{one.missing_in}: expected {' / '.join(one.expected[:2])}" for one in wording.warnings]
        struck = "strike " if wording.struck else ""
        yield f"  {struck}{wording.ref} by {', '.join(wording.parties)}" + (f": {'; '.join(said)}" if said else "")
    for clash in row.clashes:
        yield f"  {clash.kind}: {', '.join(clash.refs)}"


def bracketed(runs: Sequence[Run], wordings: Sequence[WordingView]) -> str:
    """Words with brackets: `[joc: 1 July] [mop: 15 July]`."""
    return "".join(
        run if isinstance(run, str) else " ".join(f"[{_who(of, wordings)}: {text.strip()}]" for of, text in run) + " "
        for run in runs
    )


def _who(numbers: Sequence[int], wordings: Sequence[WordingView]) -> str:
    return ", ".join(sorted({party for one in numbers for party in (*wordings[one].parties, *wordings[one].stands)}))


def history_lines(view: ClauseView) -> Iterable[str]:
    """Every version, with how it differs from what it was written against."""
    for one in view.history:
        yield offer_line(one)
        yield from difference_lines(one.differs)
        for position in one.positions:
            yield f"    {position.party}: {position.verdict or '-'} {' / '.join(position.condition.values())}".rstrip()
    if view.before == "new":
        yield "not in the text that it amends"
    for ref, differs in view.against.items():
        yield f"{ref} {'changes' if differs else 'is word for word as in'} the text that it amends"
        yield from difference_lines(differs)
    for comment in view.comments:
        yield f"  # {comment.party}: {comment.text}"


def offer_line(one: OfferView) -> str:
    """One version."""
    against = f" against {one.base}" if one.base else ""
    unseen = f" (without having seen {', '.join(one.unseen)})" if one.unseen else ""
    return f"{one.ref}  {one.status}{against}{unseen}"


def difference_lines(found: Mapping[Field, Mapping[Language, Sequence[Piece]]]) -> Iterable[str]:
    """Word by word: {-gone-} and {+new+}."""
    for field, by_language in found.items():
        for language, pieces in by_language.items():
            yield f"  {language} {field}: {''.join(_piece(one) for one in pieces)}"


def _piece(one: Piece) -> str:
    if one.op == "gone":
        return f"{{-{one.before}-}}"
    return f"{{+{one.after}+}}" if one.op == "new" else one.after
