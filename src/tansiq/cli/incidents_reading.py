"""A report in words on the command line: what it says, and the drafts that an officer would confirm."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from tansiq.cli.output import answer, refusals_in_words, settings
from tansiq.cli.set_up import read_file
from tansiq.errors import MalformedInput
from tansiq.wording import wording

if TYPE_CHECKING:
    from tansiq.incidents.reading.drafts import Draft
    from tansiq.incidents.reading.finds import Find

MOST_BYTES = 1 << 18


@refusals_in_words
def read_report(
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="A text in UTF-8; - reads standard input.")],
    day: Annotated[str, typer.Option("--day", help="The day from which yesterday counts, 2020-09-16.")] = "",
) -> None:
    """Read a report in Arabic, Sorani or English into drafts. Nothing is said, and no node is needed."""
    from tansiq.desk.incidents_reading import day_from  # noqa: PLC0415 - only this command loads the word lists
    from tansiq.incidents.reading.drafts import drafts_of  # noqa: PLC0415 - as above
    from tansiq.incidents.reading.reader import read_text  # noqa: PLC0415 - as above

    data = sys.stdin.buffer.read(MOST_BYTES + 1) if file == "-" else read_file(Path(file), MOST_BYTES)
    try:
        text = data[:MOST_BYTES].decode("utf-8-sig")
    except UnicodeDecodeError:
        raise MalformedInput("reading.not_text") from None
    reading = read_text(text, day_from(day) if day else None)
    drafts = drafts_of(text, reading)
    answer(
        {
            "language": reading.language,
            "reference": reading.reference,
            "finds": msgspec.to_builtins(reading.finds),
            "drafts": msgspec.to_builtins(drafts),
        },
        *(_find_line(one) for one in reading.finds),
        *(line for one in drafts for line in _draft_lines(one, text)),
    )


def _word(key: str) -> str:
    return wording(f"reading.{key}", {}, settings.language).refused


def _find_line(find: Find) -> str:
    meant = " / ".join(_meant(msgspec.to_builtins(one)) for one in find.meanings)
    return f"{find.start}-{find.end}  {find.words}  {meant}  ({_word(find.certainty)})"


def _meant(read: dict[str, object]) -> str:
    what = str(read.pop("what"))
    if what == "place":
        return f"place {read['id'] or read['lat']}"
    return " ".join([what, *(f"{value}" for name, value in read.items() if value is not None and name != "names")])


def _draft_lines(draft: Draft, text: str) -> list[str]:
    words = " … ".join(" ".join(text[one.start : one.end].split()) for one in draft.spans)
    named = (f"{one.field}={text[one.start : one.end]}" for one in draft.sources)
    return [
        f"{draft.kind}: {words}",
        f"  {'; '.join(named)}",
        *(f"  ? {_word(one)}" for one in draft.questions),
    ]
