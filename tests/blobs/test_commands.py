"""Attachments from the command line, as an administrator types it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from blobs.attaching import contents
from blobs.pictures import DEVICE, POSITION, jpeg
from nodes import add_officer, enter, meet
from tansiq.cli.app import app
from tansiq.node.node import Node

MALFORMED, MISSING = 2, 3


def typed(node: Node, *words: object) -> Result:
    """One command of a node, with its answer as JSON."""
    before = ["--data", str(node.folder.path), "--json", "--lang", "en"]
    return CliRunner().invoke(app, [*before, *map(str, words)])


def said(result: Result) -> Any:
    """The answer of a command that went through."""
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_attach_preview_say_and_save(pair: tuple[Node, Node], tmp_path: Path) -> None:
    joc, mop = pair
    circle = enter(joc, mop)
    add_officer(joc)
    photograph, plan = tmp_path / "IMG_2231 source.JPG", tmp_path / "plan.pdf"
    photograph.write_bytes(jpeg())
    plan.write_bytes(b"%PDF-1.7 a plan")
    words = ["say", "log", "text=Smoke over the ridge", "lang=en", "--circle", circle.id]
    files = ["--attach", photograph, "--attach", plan]
    columns = said(typed(joc, *words, *files, "--preview"))
    assert {one["party"]: [file["media"] for file in one["attachments"]] for one in columns} == {
        "joc": ["image/jpeg", "application/pdf"],
        "mop": ["image/jpeg", "application/pdf"],
    }
    with joc.database.read() as connection:  # a preview leaves nothing behind
        assert connection.exec_driver_sql("SELECT count(*) FROM upload").scalar() == 0
    (ref,) = said(typed(joc, *words, *files))
    with joc.database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM upload").scalar() == 0
    meet(joc, mop)
    view = said(typed(mop, "show", ref["ref"], "--circle", circle.id, "--save", tmp_path / "saved"))
    saved = {path.suffix: path.read_bytes() for path in (tmp_path / "saved").iterdir()}
    assert {one["digest"][:12] for one in view["attachments"]} == {path.stem for path in (tmp_path / "saved").iterdir()}
    assert saved[".pdf"] == b"%PDF-1.7 a plan"
    assert DEVICE not in saved[".jpg"]
    assert POSITION not in saved[".jpg"]
    assert sorted(saved.values()) == sorted(content for _, content in contents(joc, circle, ref["ref"]))


def test_what_cannot_be_attached_is_refused_and_nothing_is_said(pair: tuple[Node, Node], tmp_path: Path) -> None:
    joc, mop = pair
    circle = enter(joc, mop)
    add_officer(joc)
    broken, empty, lines = tmp_path / "a.jpg", tmp_path / "b.txt", tmp_path / "lines.jsonl"
    broken.write_bytes(jpeg()[:300])
    empty.write_bytes(b"")
    lines.write_text('{"text": "one"}\n')
    words = ["say", "log", "text=Smoke", "--circle", circle.id]
    assert typed(joc, *words, "--attach", broken).exit_code == MALFORMED
    assert typed(joc, *words, "--attach", empty).exit_code == MALFORMED
    assert typed(joc, *words, "--attach", tmp_path / "none.txt").exit_code == MALFORMED
    assert typed(joc, "say", "log", "--file", lines, "--attach", lines, "--circle", circle.id).exit_code == MALFORMED
    assert said(typed(joc, "show", "--circle", circle.id, "--kind", "log")) == []
    with joc.database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM upload").scalar() == 0


def test_a_circle_of_the_command_line_may_leave_attachments_out(pair: tuple[Node, Node], tmp_path: Path) -> None:
    joc, mop = pair
    circle = enter(joc, mop)
    add_officer(joc)
    note = tmp_path / "note.txt"
    note.write_bytes(b"a note " * 2000)
    said(typed(joc, "say", "log", "text=Smoke", "--circle", circle.id, "--attach", note))
    sizes = {}
    for name, words in (("without", ("--without-blobs",)), ("with", ())):
        path = tmp_path / f"{name}.tqb"
        said(typed(joc, "bundle", "make", "--circle", circle.id, "--out", path, *words))
        (read,) = said(typed(mop, "bundle", "read", path))["bundles"]
        sizes[name] = read["attachments"]
        said(typed(joc, "export", "--archive", tmp_path / f"{name}.zip", "--circle", circle.id, *words))
    assert sizes == {"with": 1, "without": 0}
    assert (tmp_path / "with.zip").stat().st_size > (tmp_path / "without.zip").stat().st_size
