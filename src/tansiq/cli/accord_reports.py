"""Reports on the command line: which are due and missing, and one as PDF or HTML."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
import typer

from tansiq.cli.fields import parse_time
from tansiq.cli.output import answer, local_time, refusals_in_words, settings
from tansiq.cli.set_up import open_node
from tansiq.cli.speak import CIRCLE_HELP, only_shared_circle, shared_circles
from tansiq.wording.pages import page_words

if TYPE_CHECKING:
    from tansiq.desk.accord_reports import ReportsView
    from tansiq.records.kinds.commitment import ReportName
    from tansiq.records.values import Language

GAP = 10
"""The exit code of `list` where a report is missing."""

NO_AGREEMENT = "none"

report = typer.Typer(name="report", help="Daily, weekly and compliance reports.", no_args_is_help=True)

Circle = Annotated[str, typer.Option(help=CIRCLE_HELP)]
Day = Annotated[
    str,
    typer.Option("--day", help="The day of the cut-off: 2021-05-06, now, -1d; left out: the latest that is over."),
]
Lang = Annotated[Literal["ar", "ckb", "en"], typer.Option(help="The language of the copy.")]
Out = Annotated[Path | None, typer.Option(help="The file to write.")]
As = Annotated[Literal["pdf", "html"] | None, typer.Option("--as", help="By the ending of the file if left out.")]
PartOption = Annotated[Literal["common", "reserved"], typer.Option(help="With this party's own part or without it.")]
Eastern = Annotated[bool, typer.Option("--eastern-digits", help="Digits as ٠١٢٣.")]


@report.command("list")
@refusals_in_words
def list_reports(
    circle: Circle = "",
    start: Annotated[str, typer.Option("--from", help="From this day on.")] = "",
    end: Annotated[str, typer.Option("--to", help="Up to this day.")] = "",
) -> None:
    """List what was due with what became of it. Ends with 10 where a report is missing."""
    from tansiq.desk import accord_reports  # noqa: PLC0415 - the engine is only loaded here

    node = open_node()
    now = node.office.clock()
    found = accord_reports.overview(
        node.office,
        circle or only_shared_circle(node),
        parse_time(start, now) if start else None,
        parse_time(end, now) if end else None,
    )
    answer(msgspec.to_builtins(found), *_lines(found))
    if any(one.standing in ("missing", "excused") for one in found.due):
        raise typer.Exit(GAP)


@report.command("situation")
@refusals_in_words
def make_situation(
    day: Day = "", lang: Lang = "ar", out: Out = None, form: As = None, part: PartOption = "common",
    eastern: Eastern = False, circle: Circle = "",
) -> None:  # fmt: skip
    """Make the daily situation report."""
    _make("situation", day, lang, out, form, part, circle, NO_AGREEMENT, eastern=eastern)


@report.command("weekly")
@refusals_in_words
def make_weekly(
    day: Day = "", lang: Lang = "ar", out: Out = None, form: As = None, part: PartOption = "common",
    eastern: Eastern = False, circle: Circle = "",
) -> None:  # fmt: skip
    """Make the weekly joint report."""
    _make("weekly", day, lang, out, form, part, circle, NO_AGREEMENT, eastern=eastern)


@report.command("compliance")
@refusals_in_words
def make_compliance(
    agreement: Annotated[
        str,
        typer.Option(
            help="The agreement: its path or party/id; the only one if left out; `none`: commitments that name none."
        ),
    ] = "",
    day: Day = "", lang: Lang = "ar", out: Out = None, form: As = None, part: PartOption = "common",
    eastern: Eastern = False, circle: Circle = "",
) -> None:  # fmt: skip
    """Make the compliance report of an agreement: of the circle in which it was told, where none is named."""
    _make("compliance", day, lang, out, form, part, circle, agreement, eastern=eastern)


def _make(
    kind: ReportName, day: str, lang: Language, out: Path | None, form: str | None,
    part: Literal["common", "reserved"], circle: str, agreement: str, *, eastern: bool,
) -> None:  # fmt: skip
    from tansiq.desk.accord_reports import Asked, agreement_named, latest, paper  # noqa: PLC0415 - the engine is only loaded here
    from tansiq.reports.paper_html import html  # noqa: PLC0415 - likewise
    from tansiq.reports.paper_pdf import pdf  # noqa: PLC0415 - likewise

    node = open_node()
    named = None
    if agreement == NO_AGREEMENT:
        circle = circle or only_shared_circle(node)
    else:
        circle, named = agreement_named(node.office, [circle] if circle else shared_circles(node), agreement)
    when = parse_time(day, node.office.clock()) if day else latest(node.office, circle, kind)
    asked = Asked(circle, kind, when, named)
    page, made = paper(node.office, asked, lang, part, "eastern" if eastern else "western")
    lines = [
        f"{page.title}  {page.label}",
        f"SHA-256 {made.digest}",
        f"{local_time(made.window.start)} – {local_time(made.window.end)}",
    ]
    if out is not None:
        wanted = form or ("html" if out.suffix.lower() in (".html", ".htm") else "pdf")
        desk = f"http://{node.config.desk}/"
        out.write_bytes(pdf(page) if wanted == "pdf" else html(page, desk).encode("utf-8"))
        lines.append(str(out))
    value = {
        "digest": made.digest,
        "final": made.final,
        "label": page.label,
        "facts": made.facts,
        "out": out and str(out),
    }
    answer(msgspec.to_builtins(value), *lines)


def _lines(found: ReportsView) -> list[str]:
    words = page_words(settings.language, "report")
    return [
        f"{local_time(one.cutoff)}  {words['title'][one.report]}  {one.party}  {words['standing'][one.standing]}"
        + (f"  {one.centre}" if one.centre else "")
        + (f"  {one.reason}" if one.reason else "")
        for one in found.due
    ]
