"""`tansiq demo`: three nodes with the 2020 scenario on this machine."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from tansiq.cli.fields import parse_time
from tansiq.cli.output import answer, complain, refusals_in_words
from tansiq.demo import nodes
from tansiq.demo import scenario as story
from tansiq.exchange.puller import wall_clock
from tansiq.node.folder import Folder
from tansiq.node.node import Node

DEFAULT_HOME = Path(".demo")
END_OF_DAY_MS = 86_399_999


@refusals_in_words
def demo(
    home: Annotated[Path, typer.Option(help="Where the three nodes live.")] = DEFAULT_HOME,
    scenario: Annotated[Path, typer.Option(help="The scenario's folder.")] = Path("scenario"),
    until: Annotated[str, typer.Option(help="Load the year only up to this date (YYYY-MM-DD).")] = "",
    act: Annotated[
        str, typer.Option(help="Play the last act as well: qarachogh-without or qarachogh-with (the protocol).")
    ] = "",
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin again: what was said in the demo is deleted.")] = False,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the addresses to this file.")] = None,
) -> None:
    """Start three nodes with the 2020 scenario and print their addresses; Ctrl-C ends them."""
    from tansiq.demo import run  # noqa: PLC0415 - loads the server, which no other command needs

    if json_file is not None:
        json_file.unlink(missing_ok=True)
    limit = parse_time(until, 0) + END_OF_DAY_MS if until else None
    if fresh:
        _begin_again(home)
    ready = home / "sign-in.json"
    if not ready.exists():
        _begin_again(home)
        home.mkdir(parents=True, exist_ok=True)
        (home / "unfinished").touch()
        opened = nodes.make_nodes(home, scenario)
        for node in opened.values():
            node.close()
        (home / "unfinished").unlink()
    _load(home, scenario, limit, act)
    found = nodes.sign_ins(home)
    _lay_ground(found)
    processes = run.start(found)
    try:
        run.wait_until_all_answer(found, processes)
    except BaseException:
        run.stop(processes)
        raise
    if json_file is not None:
        run.write_addresses(json_file, found)
    answer(
        {"nodes": [{"name": n.name, "url": n.url, "user": n.user, "password": n.password} for n in found]},
        "EXERCISE: the scenario of 2020 to 2021 on three nodes of this machine",
        *(f"  {node.url}   {node.name:<34} user {node.user}   password {node.password}" for node in found),
        "Ctrl-C ends it; what was said is kept. --fresh begins again.",
    )
    run.wait_and_stop(found, processes, complain)


def _begin_again(home: Path) -> None:
    """Delete an earlier demo, and only that: a folder without its mark is left alone."""
    if not home.exists():
        return
    if not ((home / "sign-in.json").exists() or (home / "unfinished").exists() or not any(home.iterdir())):
        complain(f"{home} is not a demo folder")
        raise typer.Exit(2)
    shutil.rmtree(home)


def _lay_ground(found: list[nodes.DemoNode]) -> None:
    from tansiq.demo import ground  # noqa: PLC0415 - loads GDAL, which no other command needs

    ground.lay([one.folder for one in found], wall_clock())


def _load(home: Path, scenario: Path, limit: int | None, act: str) -> None:
    opened = {node.party: Node(Folder(node.folder)) for node in nodes.sign_ins(home)}
    story.load(opened, scenario, limit)
    if act:
        story.load_act(opened, scenario, act)
    for node in opened.values():
        node.close()
