"""Trust on the command line, between two nodes that see only sticks: epochs, leaving, restoring, erasing."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tansiq.cli.app import app

OK, REFUSED, AWAY = 0, 1, 5


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


@dataclass(frozen=True)
class Hand:
    """An administrator at one node."""

    data: Path

    def __call__(self, *words: object, json_: bool = False, lang: str = "en", text: str = "") -> Answer:
        """One command, as typed."""
        before = ["--data", str(self.data), *(["--json"] if json_ else []), "--lang", lang]
        result = CliRunner().invoke(app, [*before, *map(str, words)], input=text)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return Answer(result.exit_code, result.stdout, result.stderr)

    def done(self, *words: object) -> Any:
        """The JSON answer of a command that must go through."""
        answer = self(*words, json_=True)
        assert answer.code == OK, answer
        return answer.value

    def say(self, circle: str, text: str) -> str:
        """Say a log entry; answers its reference."""
        return str(self.done("say", "log", f"text={text}", "--circle", circle)[0]["ref"])


@dataclass(frozen=True)
class Sticks:
    """Two nodes that never see a network, and their circle."""

    home: Path
    hill: Hand
    vale: Hand
    circle: str

    def carry(self, giver: Hand, taker: Hand) -> None:
        """A bundle from one to the other."""
        stick = self.home / "stick.tqb"
        assert giver("bundle", "make", "--circle", self.circle, "--out", stick).code == OK
        taker("bundle", "read", stick)

    def there_and_back(self) -> None:
        """A stick each way, and the receipts back."""
        for giver, taker in ((self.hill, self.vale), (self.vale, self.hill), (self.hill, self.vale)):
            self.carry(giver, taker)


@pytest.fixture
def sticks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sticks:
    """Cards and the circle's file went over on a stick."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    hill, vale = (Hand(tmp_path / party) for party in ("hill", "vale"))
    for party, node in (("hill", hill), ("vale", vale)):
        node.done("init", party)
        node.done("user", "add", "duty", "--password", "a long enough word")
    hill.done("peer", "add", vale.data / "own-card.txt", "--yes")
    vale.done("peer", "add", hill.data / "own-card.txt", "--yes")
    made = hill.done("circle", "make", "vale", "--out", tmp_path / "c.json")
    vale.done("circle", "join", tmp_path / "c.json")
    return Sticks(tmp_path, hill, vale, made["id"])


def test_a_next_epoch_is_agreed_on_and_entered_over_sticks_alone(sticks: Sticks) -> None:
    hill, vale = sticks.hill, sticks.vale
    proposed = hill.done("circle", "next", "--circle", sticks.circle)
    sticks.carry(hill, vale)
    assert "waits for this party's signature" in vale("doctor").err
    vale.done("circle", "sign", proposed["id"][:12])
    ref = vale.say(sticks.circle, "in the second epoch")
    sticks.carry(vale, hill)  # brings the signature and the ledger that stands on it
    assert [row["epoch"] for row in hill.done("circle", "list") if row["id"] == sticks.circle] == [1, 2]
    assert "epoch 2" in hill("circle", "list").out
    assert hill("show", ref).code == OK  # without naming the circle: the record is in one only
    assert hill.done("show", "--kind", "log")[0]["ref"] == ref  # its epochs are one circle


def test_who_leaves_seals_its_ledger_and_the_others_are_told_what_to_do(sticks: Sticks) -> None:
    hill, vale = sticks.hill, sticks.vale
    before = vale.say(sticks.circle, "before")
    assert vale("circle", "leave", sticks.circle, text="n\n").code == REFUSED
    vale.done("circle", "leave", sticks.circle, "--yes")
    for lang in ("ar", "ckb", "en"):
        assert vale("say", "log", "text=after", "--circle", sticks.circle, lang=lang).code == REFUSED
    assert vale("circle", "leave", sticks.circle, "--yes").code == REFUSED
    sticks.there_and_back()
    assert hill("show", before).code == OK
    left = f"tansiq circle next --circle {sticks.circle[:8]} --remove vale"
    for lang in ("ar", "ckb", "en"):
        assert left in hill("doctor", lang=lang).err
    hill.done(*left.split()[1:])
    assert left not in hill("doctor").err
    own = next(row["id"] for row in vale.done("circle", "list") if row["members"] == ["vale"])
    assert vale("circle", "leave", own, "--yes").code == REFUSED


def test_a_node_that_sees_only_sticks_comes_back_from_an_old_backup(sticks: Sticks) -> None:
    hill, vale = sticks.hill, sticks.vale
    saved = sticks.home / "hill.backup"
    hill.done("backup", saved)
    after = hill.say(sticks.circle, "after the backup")
    sticks.there_and_back()
    shutil.rmtree(hill.data)
    restored = hill.done("restore", saved)
    assert [row["state"] for row in restored["ledgers"]] == ["behind"]
    for lang in ("ar", "ckb", "en"):
        assert hill("say", "log", "text=early", "--circle", sticks.circle, lang=lang).code == AWAY
        assert "tansiq circle next" in hill("recover", lang=lang).out
    sticks.carry(vale, hill)
    assert hill.done("recover") == []
    assert hill("recover").out == "Every own ledger may go on.\n"
    assert hill("show", after).code == OK
    assert sticks.hill.say(sticks.circle, "and on")


def test_an_erased_record_is_shown_as_erased_on_every_node(sticks: Sticks) -> None:
    hill, vale = sticks.hill, sticks.vale
    ref = hill.say(sticks.circle, "the name that must go")
    sticks.there_and_back()
    hill.done("erase", ref, "--circle", sticks.circle, "--reason", "personal")
    sticks.there_and_back()
    for node in (hill, vale):
        shown = node("show", ref)
        assert shown.code == OK, shown.err
        assert "the name that must go" not in shown.out
        assert node.done("show", ref)["object"]["erased"] is True


def test_the_doctor_says_where_marks_and_backups_are_and_what_was_forgotten(sticks: Sticks) -> None:
    hill = sticks.hill
    before = hill.done("doctor")
    assert before["backup_at"] is None
    assert {one["code"] for one in before["warnings"]} == {"recovery_key", "no_backup"}
    assert Path(before["marks"]).is_dir()
    assert not Path(before["marks"]).is_relative_to(hill.data)
    assert any(line.endswith("epoch 1: hill, vale") for line in before["circles"])
    (hill.data / "keys" / "recovery.seed").rename(sticks.home / "recovery.seed")
    hill.done("backup", sticks.home / "hill.backup")
    after = hill.done("doctor")
    assert after["backup_at"] is not None
    assert after["warnings"] == []
    assert "backup_at: never" not in hill("doctor").out


def test_a_lost_log_key_is_replaced_with_the_recovery_key_alone(sticks: Sticks) -> None:
    hill, vale = sticks.hill, sticks.vale
    away = sticks.home / "recovery.seed"
    (hill.data / "keys" / "recovery.seed").rename(away)
    hill.say(sticks.circle, "by hill")
    sticks.there_and_back()
    (hill.data / "keys" / "log.seed").unlink()
    lost = hill("show")
    assert (lost.code, "key" in lost.err) == (AWAY, True)
    hill.done("key", "renew", "--recovery", away)
    vale.done("peer", "add", hill.data / "own-card.txt", "--yes")
    hill.done("key", "compromise", "--circle", sticks.circle, "--valid-to", "3", "--recovery", away)
    proposed = hill.done("circle", "next", "--circle", sticks.circle, "--recovery", away)
    sticks.carry(hill, vale)
    vale.done("circle", "sign", proposed["id"][:12])
    sticks.carry(vale, hill)
    ref = hill.say(sticks.circle, "under the new key")
    sticks.carry(hill, vale)
    assert vale("show", ref).code == OK
