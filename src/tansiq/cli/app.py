"""The commands and the options before them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tansiq import __version__
from tansiq.cli import (
    accord_centres,
    accord_complaints,
    accord_promises,
    accord_reports,
    accord_saying,
    accord_signing,
    accord_talk,
    accord_terms,
    accord_texts,
    carry,
    demo,
    gaps,
    gaps_import,
    gaps_next,
    handover,
    incidents_charts,
    incidents_files,
    incidents_import,
    incidents_reading,
    incidents_requests,
    layers,
    movements,
    people,
    places,
    positions,
    search,
    set_up,
    speak,
    trust,
    verify_and_heal,
)
from tansiq.cli.output import default_language, settings
from tansiq.wording import LANGUAGES

app = typer.Typer(
    name="tansiq",
    help="Tansiq: a joint coordination centre for parties that do not share a commander.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(show: bool) -> None:
    if show:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def options(
    data: Annotated[Path, typer.Option("--data", envvar="TANSIQ_DATA", help="The node's folder.")] = Path(
        "tansiq-node"
    ),
    json: Annotated[bool, typer.Option("--json", help="Answer in JSON, for scripts.")] = False,
    lang: Annotated[str, typer.Option("--lang", help="Language of messages: ar, ckb, en.")] = "",
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True)] = False,
) -> None:
    """Options that stand before any command."""
    settings.data = data
    settings.json = json
    settings.language = lang or default_language()
    if settings.language not in LANGUAGES:
        raise typer.BadParameter("ar, ckb or en", param_hint="--lang")


app.command()(set_up.init)
app.command()(set_up.serve)
app.add_typer(set_up.peer)
app.add_typer(set_up.circle)
app.add_typer(people.user)
app.command()(speak.say)
app.command()(speak.tell)
app.command()(speak.show)
app.command()(search.search)
app.command()(places.place)
app.command()(verify_and_heal.prove)
app.command()(verify_and_heal.verify)
app.command()(verify_and_heal.rebuild)
app.command()(verify_and_heal.doctor)
app.command()(trust.backup)
app.command()(trust.restore)
app.command()(trust.recover)
app.command()(trust.erase)
app.add_typer(trust.key)
app.add_typer(trust.witness)
app.add_typer(trust.fork)
app.add_typer(carry.bundle)
app.add_typer(carry.archive)
app.add_typer(layers.layer)
app.command()(carry.export)
gaps.gaps.command("next")(gaps_next.find_next)
gaps.gaps.command("import")(gaps_import.take_in)
app.add_typer(gaps.gaps)
app.add_typer(gaps.coverage)
app.add_typer(movements.activity)
app.command()(movements.check)
app.command("movements")(movements.show)
app.command()(movements.hotline)
app.add_typer(accord_terms.terms)
app.add_typer(accord_complaints.complaint)
app.add_typer(handover.handover)
app.command()(handover.suspend)
app.command()(handover.resume)
app.add_typer(accord_texts.text)
app.command()(positions.position)
app.command()(positions.positions)
app.add_typer(accord_promises.promise)
app.command()(accord_promises.record)
app.add_typer(accord_centres.centre)
app.add_typer(accord_talk.file)
app.add_typer(accord_talk.meeting)
app.add_typer(accord_talk.understanding)
app.add_typer(accord_talk.body)
app.command()(accord_talk.chain)
app.command()(accord_saying.word)
app.add_typer(accord_signing.sign)
accord_texts.text.command("export")(accord_signing.export)
app.add_typer(accord_reports.report)
incidents_files.incident.command("import")(incidents_import.take_in)
incidents_files.incident.command("export")(incidents_import.give_out)
incidents_files.incident.command("read")(incidents_reading.read_report)
incidents_files.incident.command("charts")(incidents_charts.charts)
app.add_typer(incidents_files.incident)
app.add_typer(incidents_requests.request)
app.add_typer(incidents_requests.message)
app.add_typer(incidents_requests.watch)
app.command()(demo.demo)


def run() -> None:
    """Run the command line."""
    app()
