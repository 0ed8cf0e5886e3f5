"""What the stand-alone verifier is: one file that needs nothing of ours."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

from .both import MALFORMED, TOOL
from .conftest import Court


def test_it_is_one_file_that_imports_nothing_but_the_standard_library_and_perhaps_ed25519() -> None:
    tree = ast.parse(TOOL.read_text(encoding="utf-8"))
    named = {one.names[0].name for one in ast.walk(tree) if isinstance(one, ast.Import)}
    named |= {str(one.module) for one in ast.walk(tree) if isinstance(one, ast.ImportFrom)}
    roots = {name.split(".")[0] for name in named}
    assert roots - {"cryptography"} <= sys.stdlib_module_names


def test_it_can_be_read_in_an_hour() -> None:
    """At most 350 lines of code, without blank lines and the sentences that say what they do."""
    text = TOOL.read_text(encoding="utf-8")
    said: set[int] = set()
    for one in ast.walk(ast.parse(text)):
        if isinstance(one, ast.Module | ast.FunctionDef | ast.ClassDef) and ast.get_docstring(one):
            said |= set(range(one.body[0].lineno, (one.body[0].end_lineno or 0) + 1))
    code = [line for number, line in enumerate(text.split("\n"), 1) if line.strip() and number not in said]
    assert len(code) <= 350


def test_every_function_of_a_format_cites_its_specification() -> None:
    cited = ("RFC", "signed-note", "tlog-", "formats.md", "ed25519-verifier.md", "auditors.md")
    plain = {"demand", "text", "many", "spelt", "shown", "utc", "verdict", "main", "read_json"}
    for one in ast.parse(TOOL.read_text(encoding="utf-8")).body:
        if isinstance(one, ast.FunctionDef) and one.name not in plain:
            assert any(word in (ast.get_docstring(one) or "") for word in cited), one.name


def test_it_runs_from_anywhere_by_any_python_of_this_age(court: Court, tmp_path: Path) -> None:
    copy = tmp_path / "check.py"
    shutil.copyfile(TOOL, copy)
    (tmp_path / "file").write_bytes(court.good["full"])
    command = [sys.executable, "-I", "-S", str(copy), str(tmp_path / "file")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", env={})
    assert done.returncode == 0
    assert "compare that key" in done.stdout
    missing = subprocess.run([*command[:-1], str(tmp_path / "none")], capture_output=True, text=True, check=False)
    assert missing.returncode == MALFORMED
    assert "Traceback" not in missing.stderr


def test_a_card_that_is_not_signed_by_its_own_key_is_refused(court: Court, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(court.good["full"])
    for number, card in enumerate((court.cards["joc"].replace(b"JOC", b"JOK"), b"", b"x\n\n\xe2\x80\x94 a QUJDREVG\n")):
        (tmp_path / f"{number}.txt").write_bytes(card)
        command = [sys.executable, "-I", str(TOOL), str(tmp_path / "file"), "--card", str(tmp_path / f"{number}.txt")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode in {2, 4}
        assert "Traceback" not in done.stderr
