"""Two nodes set up by hand, by nothing but the command line."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from nodes import Served, environment, free_port, python, until
from tansiq.cli.app import app
from tansiq.errors import Refused
from tansiq.node.server import listen

PASSWORD = "a long enough word"
OK, REFUSED, MALFORMED, MISSING, UNPROVEN, AWAY = 0, 1, 2, 3, 4, 5


@dataclass(frozen=True)
class Answer:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def value(self) -> Any:
        """The JSON that `--json` asked for."""
        return json.loads(self.out)


def tansiq(*words: object, data: Path | None = None, json_: bool = False, lang: str = "en", text: str = "") -> Answer:
    """One command, as typed."""
    before = [*(["--data", str(data)] if data else []), *(["--json"] if json_ else []), "--lang", lang]
    result = CliRunner().invoke(app, [*before, *map(str, words)], input=text)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return Answer(result.exit_code, result.stdout, result.stderr)


@dataclass(frozen=True)
class Pair:
    """The folders of two nodes, their circle, and a report that one told the other."""

    joc: Path
    mop: Path
    circle: str
    ref: str


def _set_up(home: Path) -> tuple[Path, Path, str]:
    """Step by step as docs/administrators say: init, user, cards, fingerprints, circle."""
    folders = []
    for party in ("joc", "mop"):
        folder = home / party
        peer = free_port()
        made = tansiq(
            "init",
            party,
            "--name-en",
            f"Command {party}",
            "--name-ar",
            "قيادة",
            "--desk",
            f"127.0.0.1:{free_port()}",
            "--peer",
            f"127.0.0.1:{peer}",
            data=folder,
            json_=True,
        )
        assert made.code == OK, made.err
        added = tansiq("user", "add", "duty", "--role", "duty_officer", "--password", "-", data=folder, text=PASSWORD)
        assert added.code == OK, added.err
        folders.append(folder)
    joc, mop = folders
    for mine, theirs in ((joc, mop), (mop, joc)):
        card = theirs / "for-the-other.txt"
        print_ = tansiq("peer", "card", card, data=theirs, json_=True).value["fingerprint"]
        assert tansiq("peer", "add", card, "--fingerprint", print_, data=mine).code == OK
    file = home / "circle.json"
    made = tansiq("circle", "make", "mop", "--name-en", "The two", "--out", file, data=joc, json_=True)
    assert made.code == OK, made.err
    assert tansiq("circle", "join", file, data=mop).code == OK
    return joc, mop, str(made.value["id"])


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Both nodes serve, and one has said something that the other holds."""
    joc, mop, circle = _set_up(tmp_path_factory.mktemp("cli"))
    served = [Served(joc), Served(mop)]
    try:
        for one in served:
            one.wait()
        words = ["incident", "category=shooting", "place=Makhmour", "when=-15m", "killed=0-2", "title.en=Shots"]
        how = ["--circle", circle[:8], "--withhold", "place", "--grid", "10000"]
        said = tansiq("say", *words, *how, data=joc, json_=True)
        assert said.code == OK, said.err
        ref = str(said.value[0]["ref"])
        until(lambda: tansiq("show", ref, data=mop).code == OK, 0.2)
        yield Pair(joc, mop, circle, ref)
    finally:
        for one in served:
            one.stop()


def test_setting_up_by_hand_gives_two_nodes_that_know_each_other(pair: Pair) -> None:
    rows = tansiq("peer", "list", data=pair.joc, json_=True).value
    assert {(row["party"], row["self"]) for row in rows} == {("joc", True), ("mop", False)}
    circles = {row["id"]: row for row in tansiq("circle", "list", data=pair.mop, json_=True).value}
    assert circles[pair.circle]["members"] == ["joc", "mop"]
    shown = [
        tansiq("circle", "show", pair.circle[:6], data=folder, json_=True).value for folder in (pair.joc, pair.mop)
    ]
    assert shown[0] == shown[1]
    assert "Command mop" in tansiq("peer", "list", data=pair.joc, json_=True).out
    assert tansiq("user", "list", data=pair.joc).out.startswith("duty")


def test_a_preview_shows_what_each_party_would_see_and_says_nothing(pair: Pair) -> None:
    before = tansiq("show", data=pair.joc, json_=True).value
    words = ["log", "text=a word", "lang=en", "--circle", pair.circle, "--withhold", "lang", "--preview"]
    columns = {one["party"]: one for one in tansiq("say", *words, data=pair.joc, json_=True).value}
    assert columns["mop"]["fields"] == {"text": "a word"}
    assert columns["joc"]["withheld"] == ["lang"]
    plain = tansiq("say", *words, data=pair.joc).out
    assert "mop:" in plain
    assert "withheld from all others: lang" in plain
    assert tansiq("show", data=pair.joc, json_=True).value == before


def test_what_was_withheld_is_not_shown_to_the_other_until_it_is_told(pair: Pair) -> None:
    said = tansiq(
        "say",
        "log",
        "text=open",
        "said_by=desk 7",
        "--circle",
        pair.circle,
        "--withhold",
        "said_by",
        data=pair.joc,
        json_=True,
    )
    ref = said.value[0]["ref"]
    until(lambda: tansiq("show", ref, data=pair.mop).code == OK, 0.2)
    assert "desk 7" not in tansiq("show", ref, data=pair.mop).out
    assert "desk 7" in tansiq("show", ref, data=pair.joc).out
    assert "(withheld)" in tansiq("show", ref, data=pair.joc).out
    preview = tansiq("tell", ref, "said_by", "--circle", pair.circle, "--preview", data=pair.joc, json_=True).value
    assert next(one for one in preview if one["party"] == "mop")["fields"] == {"said_by": "desk 7"}
    assert tansiq("tell", ref, "said_by", "--circle", pair.circle, data=pair.joc).code == OK
    until(lambda: "desk 7" in tansiq("show", ref, data=pair.mop).out, 0.2)
    again = tansiq("tell", ref, "said_by", "--circle", pair.circle, data=pair.joc)
    assert again.code == MISSING
    until(lambda: "held by mop: 2" in tansiq("show", ref, data=pair.joc).out, 0.2)


def test_the_picture_is_shown_as_lines_as_json_and_as_a_table(pair: Pair) -> None:
    assert pair.ref in tansiq("show", data=pair.mop).out
    objects = tansiq("show", "--kind", "incident", data=pair.mop, json_=True).value
    assert [one["ref"] for one in objects] == [pair.ref]
    assert set(objects[0]["fields"]) == {"category", "title", "when", "killed", "place_coarse"}
    rows = list(csv.reader(io.StringIO(tansiq("show", "--csv", "--kind", "incident", data=pair.mop).out)))
    assert len(rows) == 2
    assert len(rows[0]) == len(rows[1])
    assert "Shots" in rows[1]
    assert tansiq("show", "--until", "2020-01-01", "--kind", "incident", data=pair.mop, json_=True).value == []


def test_an_exercise_is_marked_in_every_line_and_every_export(pair: Pair, tmp_path: Path) -> None:
    joc, _, _ = _set_up(tmp_path)
    made = tansiq("circle", "make", "mop", "--exercise", "--out", tmp_path / "x.json", data=joc, json_=True).value
    assert made["exercise"] is True
    assert "EXERCISE" in tansiq("circle", "list", data=joc).out
    ref = tansiq("say", "log", "text=practice", "--circle", made["id"], data=joc, json_=True).value[0]["ref"]
    assert "EXERCISE" in tansiq("show", ref, "--circle", made["id"], data=joc).out
    for how in ((), ("--csv",)):
        said = [
            line
            for line in tansiq("show", *how, "--circle", made["id"], data=joc).out.splitlines()
            if ref.split("/")[1] in line
        ]
        assert said
        assert all("EXERCISE" in line for line in said)
    proof = tansiq("prove", ref, "--circle", made["id"], data=joc).out
    assert "\nexercise yes\n" in proof


def test_many_records_are_said_from_a_file(pair: Pair, tmp_path: Path) -> None:
    file = tmp_path / "many.jsonl"
    file.write_text("".join(json.dumps({"text": f"line {step} ئێوارە"}) + "\n" for step in range(5)), encoding="utf-8")
    said = tansiq("say", "log", "--file", file, "--circle", pair.circle, data=pair.joc, json_=True)
    assert len(said.value) == 5
    file.write_bytes(b'{"text": "\xff"}\n')
    assert tansiq("say", "log", "--file", file, "--circle", pair.circle, data=pair.joc).code == MALFORMED


def test_evidence_is_proven_and_verified_offline_and_fails_with_4_when_tampered_with(
    pair: Pair, tmp_path: Path
) -> None:
    file = tmp_path / "report.tansiq"
    assert tansiq("prove", pair.ref, "--circle", pair.circle, "--out", file, data=pair.mop).code == OK
    good = tansiq("verify", file, data=pair.mop, json_=True)
    assert (good.code, good.value["ok"], good.value["trusted"]) == (OK, True, True)
    assert f"joc said incident {pair.ref.split('/')[1]}" in good.value["lines"]
    card = pair.joc / "own-card.txt"
    elsewhere = tansiq("verify", file, "--card", card, data=tmp_path / "nowhere", json_=True)
    assert elsewhere.value["trusted"] is True
    alone = tansiq("verify", file, data=tmp_path / "nowhere", json_=True)
    assert (alone.code, alone.value["trusted"]) == (OK, False)
    assert (
        tansiq("verify", file, "--card", pair.mop / "own-card.txt", data=tmp_path, json_=True).value["trusted"] is False
    )

    true = file.read_bytes()
    line = next(line for line in true.split(b"\n") if line.startswith(b"disclosure "))
    for changed in (true.replace(line, line[:-4] + b"AAAA"), true.replace(b"\nindex ", b"\nindex 9")):
        file.write_bytes(changed)
        assert tansiq("verify", file, data=pair.mop).code == UNPROVEN
    file.write_bytes(b"nothing")
    assert tansiq("verify", file, data=pair.mop).code == MALFORMED
    assert tansiq("verify", tmp_path / "missing", data=pair.mop).code == MALFORMED
    # the same as a process of its own, as a court would run it
    file.write_bytes(true.replace(line, line[:-4] + b"AAAA"))
    command = [*python(), "-m", "tansiq.cli", "--data", str(tmp_path / "nowhere"), "verify", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment(), check=False)
    assert done.returncode == UNPROVEN
    assert "Traceback" not in done.stderr


def test_only_the_named_fields_are_proven(pair: Pair, tmp_path: Path) -> None:
    file = tmp_path / "part.tansiq"
    how = ["--circle", pair.circle, "--out", file, "--field", "category"]
    assert tansiq("prove", pair.ref, *how, data=pair.joc).code == OK
    lines = tansiq("verify", file, data=pair.joc, json_=True).value["lines"]
    assert "category: shooting" in lines
    assert not any(line.startswith("killed") for line in lines)
    assert tansiq("prove", pair.ref, "--circle", pair.circle, "--field", "place", data=pair.joc).code == MISSING


def test_rebuild_check_finds_the_picture_equal_on_both_nodes(pair: Pair) -> None:
    answers = [tansiq("rebuild", "--check", data=folder, json_=True) for folder in (pair.joc, pair.mop)]
    assert [answer.code for answer in answers] == [OK, OK]
    assert all(answer.value["same"] for answer in answers)
    mine, theirs = (
        {row["origin"]: (row["size"], row["digest"]) for row in answer.value["ledgers"] if pair.circle in row["origin"]}
        for answer in answers
    )
    assert set(mine) == set(theirs)
    for origin in mine:
        assert mine[origin][0] != theirs[origin][0] or mine[origin] == theirs[origin]


def test_a_picture_that_was_tampered_with_is_found_and_healed(tmp_path: Path) -> None:
    joc, _, circle = _set_up(tmp_path)
    ref = tansiq("say", "log", "text=true", "--circle", circle, data=joc, json_=True).value[0]["ref"]
    good = tansiq("show", ref, data=joc, json_=True).value["object"]["fields"]
    from tansiq.node.folder import Folder  # noqa: PLC0415 - only this test reaches into a store
    from tansiq.store.database import Database  # noqa: PLC0415 - what the test is about

    database = Database(Folder(joc).store)
    with database.write() as connection:
        changed = "UPDATE picture SET data = CAST(replace(CAST(data AS TEXT), '\"true\"', '\"false\"') AS BLOB)"
        connection.exec_driver_sql(changed)
    database.close()
    assert tansiq("rebuild", "--check", data=joc).code == REFUSED
    assert tansiq("rebuild", "--check", data=joc).code == REFUSED  # a check changes nothing
    assert tansiq("rebuild", data=joc).code == OK
    assert tansiq("rebuild", "--check", data=joc).code == OK
    assert tansiq("show", ref, data=joc, json_=True).value["object"]["fields"] == good


def test_the_doctor_says_what_is_in_use(pair: Pair) -> None:
    answer = tansiq("doctor", data=pair.joc, json_=True)
    assert answer.code == OK
    assert answer.value["integrity"] == "ok"
    assert answer.value["store"] == "SQLite, WAL, synchronous=FULL"
    assert answer.value["accounts"] == 1
    assert "integrity: ok" in tansiq("doctor", data=pair.joc).out


REFUSALS: dict[str, tuple[int, list[str]]] = {
    "a node that is not there": (AWAY, ["show"]),
    "a card that is none": (MALFORMED, ["peer", "add", __file__, "--yes"]),
}
WITH_NODE: dict[str, tuple[int, list[str]]] = {
    "a circle that one is not in": (MISSING, ["say", "log", "text=a", "--circle", "0" * 32]),
    "a file that is not there": (MALFORMED, ["circle", "join", "/no/such/file"]),
    "no circle named": (MALFORMED, ["say", "log", "text=a"]),
    "a kind that is none": (MALFORMED, ["say", "rumour", "text=a", "--circle", "CIRCLE"]),
    "what only the program says": (REFUSED, ["say", "circle", "epoch=1", "--circle", "CIRCLE"]),
    "a field that is none": (MALFORMED, ["say", "log", "rumour=a", "--circle", "CIRCLE"]),
    "a word without a value": (MALFORMED, ["say", "log", "text", "--circle", "CIRCLE"]),
    "a time that is none": (MALFORMED, ["say", "log", "when=soon", "--circle", "CIRCLE"]),
    "a place that nobody knows": (MISSING, ["say", "log", "place=qqqqqqzzzzzz", "--circle", "CIRCLE"]),
    "a count that is none": (MALFORMED, ["say", "incident", "killed=some", "--circle", "CIRCLE"]),
    "broken JSON": (MALFORMED, ["say", "log", "title={", "--circle", "CIRCLE"]),
    "a grid that is none": (MALFORMED, ["say", "log", "text=a", "--circle", "CIRCLE", "--grid", "7"]),
    "an account that is none": (REFUSED, ["say", "log", "text=a", "--circle", "CIRCLE", "--as", "nobody"]),
    "a record that is none": (MISSING, ["show", "joc/0189abcd-0000-7000-8000-000000000000"]),
    "an id that is none": (MALFORMED, ["show", "joc/nonsense"]),
    "a second node in one folder": (REFUSED, ["init", "joc"]),
    "a short password": (MALFORMED, ["user", "add", "second", "--password", "short"]),
    "an account that is there": (REFUSED, ["user", "add", "duty", "--password", PASSWORD]),
    "an account that is not there": (MISSING, ["user", "disable", "nobody"]),
    "a role that is none": (MALFORMED, ["user", "add", "second", "--role", "king", "--password", PASSWORD]),
    "a member that is not pinned": (MISSING, ["circle", "make", "stranger"]),
}


@pytest.mark.parametrize(("code", "words"), REFUSALS.values(), ids=REFUSALS)
def test_what_cannot_be_done_without_a_node_is_said_in_three_languages(
    tmp_path: Path, code: int, words: list[str]
) -> None:
    _assert_said_in_all_languages(code, words, tmp_path / "nothing")


@pytest.mark.parametrize(("code", "words"), WITH_NODE.values(), ids=WITH_NODE)
def test_what_cannot_be_done_is_said_in_three_languages_with_its_exit_code(
    pair: Pair, code: int, words: list[str]
) -> None:
    _assert_said_in_all_languages(code, [pair.circle if word == "CIRCLE" else word for word in words], pair.joc)


def _assert_said_in_all_languages(code: int, words: list[str], data: Path) -> None:
    said = {}
    for language in ("ar", "ckb", "en"):
        answer = tansiq(*words, data=data, lang=language)
        assert answer.code == code, answer.err
        assert answer.out == ""
        assert len(answer.err.strip().splitlines()) == 1
        said[language] = answer.err
    assert len(set(said.values())) == len(said)
    for language in ("ar", "ckb"):
        assert any("\u0600" <= letter <= "\u06ff" for letter in said[language])
    as_json = tansiq(*words, data=data, json_=True)
    assert as_json.code == code
    assert set(as_json.value) == {"code", "refused", "kept", "next"}


def test_a_language_that_is_not_spoken_is_refused() -> None:
    assert tansiq("show", lang="fr").code == MALFORMED


def test_another_fingerprint_than_was_read_out_is_refused_and_nothing_is_pinned(pair: Pair, tmp_path: Path) -> None:
    card = tmp_path / "card.txt"
    assert tansiq("init", "third", "--desk", "127.0.0.1:1", data=tmp_path / "third").code == OK
    assert tansiq("peer", "card", card, data=tmp_path / "third").code == OK
    wrong = " ".join(["0000"] * 8)
    assert tansiq("peer", "add", card, "--fingerprint", wrong, data=pair.joc).code == MALFORMED
    assert tansiq("peer", "add", card, data=pair.joc, text="n\n").code == REFUSED
    assert {row["party"] for row in tansiq("peer", "list", data=pair.joc, json_=True).value} == {"joc", "mop"}


def test_another_card_of_a_pinned_party_is_refused(pair: Pair, tmp_path: Path) -> None:
    assert tansiq("init", "mop", data=tmp_path / "false").code == OK
    answer = tansiq("peer", "add", tmp_path / "false" / "own-card.txt", "--yes", data=pair.joc)
    assert answer.code == REFUSED
    own = tansiq("peer", "add", pair.joc / "own-card.txt", "--yes", data=pair.joc)
    assert own.code == REFUSED


def test_a_circle_file_with_other_keys_or_another_spelling_is_refused(tmp_path: Path) -> None:
    joc, mop, _ = _set_up(tmp_path)
    file = tmp_path / "second.json"
    made = tansiq("circle", "make", "mop", "--out", file, data=joc, json_=True).value
    text = file.read_text(encoding="utf-8")
    for changed, code in (
        (text.replace('{"v":1', '{"v": 1'), MALFORMED),
        (text.replace('"exercise":false', '"exercise":0'), MALFORMED),
        (text.replace(json.loads(text)["members"][0]["log"], json.loads(text)["members"][0]["log"][::-1]), None),
        (text.replace('"mop"', '"mob"'), MISSING),
    ):
        assert changed != text
        file.write_text(changed, encoding="utf-8")
        answer = tansiq("circle", "join", file, data=mop)
        assert answer.code == code if code is not None else answer.code in (MALFORMED, UNPROVEN)
    assert made["id"] not in tansiq("circle", "list", data=mop).out
    file.write_text(text, encoding="utf-8")
    assert tansiq("circle", "join", file, data=mop).code == OK
    assert tansiq("circle", "join", file, data=mop).code == REFUSED


def test_a_shut_account_says_nothing(tmp_path: Path) -> None:
    joc, _, circle = _set_up(tmp_path)
    assert tansiq("user", "disable", "duty", data=joc).code == OK
    assert tansiq("say", "log", "text=a", "--circle", circle, data=joc).code == REFUSED
    assert tansiq("user", "disable", "duty", "--undo", data=joc).code == OK
    assert tansiq("say", "log", "text=a", "--circle", circle, data=joc).code == OK
    passwd = tansiq("user", "passwd", "duty", "--password", "-", data=joc, text="another long word\n")
    assert passwd.code == OK


def test_a_reader_cannot_speak_from_the_command_line_either(tmp_path: Path) -> None:
    joc, _, circle = _set_up(tmp_path)
    assert tansiq("user", "add", "onlooker", "--role", "reader", "--password", PASSWORD, data=joc).code == OK
    assert tansiq("say", "log", "text=a", "--circle", circle, "--as", "onlooker", data=joc).code == REFUSED
    assert tansiq("say", "log", "text=a", "--circle", circle, data=joc).code == OK  # only one may: it is meant


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    joc, _, circle = _set_up(tmp_path)
    key = joc / "keys" / "log.seed"
    key.chmod(0o644)
    assert tansiq("say", "log", "text=a", "--circle", circle, data=joc).code == AWAY
    key.chmod(0o600)
    assert tansiq("say", "log", "text=a", "--circle", circle, data=joc).code == OK


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"party = 1\n",
        b"not toml",
        b'party = "\xff"\n',
        b"party = " + b"[" * 100_000,
        b"cadence = " + b"9" * 5000,
        b'party = "joc"\nrole = "party"\ncadence = nan\n[names]\n',
    ],
)
def test_a_broken_configuration_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    joc, _, _ = _set_up(tmp_path)
    (joc / "node.toml").write_bytes(content)
    answer = tansiq("circle", "list", data=joc)
    assert answer.code == MALFORMED
    assert "node.toml" in answer.err


@pytest.mark.parametrize(
    "address", ["a..b:8600", f"{'a' * 64}.example:8600", "127.0.0.1:port", "127.0.0.1:65536", ":1"]
)
def test_an_address_that_cannot_be_one_is_refused(address: str) -> None:
    with pytest.raises(Refused):
        listen(address)


def test_a_port_that_is_taken_is_said(pair: Pair) -> None:
    command = [*python(), "-m", "tansiq.cli", "--data", str(pair.joc), "serve"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment(), check=False, timeout=60)
    assert done.returncode == AWAY
    assert "Traceback" not in done.stderr
