"""The model holds what it has to hold, and steps.py says the same as steps.pml."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from tools import check_model

from model import steps
from model.steps import Author, History, Ledger, Member

WALKS: Final = 40
MODEL: Final = Path(__file__).resolve().parents[2] / "docs" / "model"

pytestmark = pytest.mark.skipif(
    bool(check_model.missing()), reason=f"without {' and '.join(check_model.missing())} (./go model installs them)"
)

GUARDS: Final[tuple[Callable[[Author, Member, History], bool], ...]] = (
    lambda author, _, h: steps.can_append(author, h),
    lambda author, _, h: steps.can_mark(author, h),
    lambda author, _, h: steps.can_show(author, h),
    lambda author, _, h: steps.can_pull(author, h),
    lambda author, _, h: steps.must_stop(author, h),
    lambda _, member, h: steps.takes(member, h),
    lambda _, member, h: steps.clashes(member, h),
    lambda _, member, h: steps.can_receipt(member, h),
)
"""In the order in which walk.pml prints them."""


@pytest.mark.parametrize("check", [one for one in check_model.CHECKS if one.quick], ids=lambda one: one.name)
def test_quick_checks_of_the_model_come_out_as_demanded(check: check_model.Check) -> None:
    result = check_model.search(check)
    assert check_model.as_demanded(check, result), result.words


def test_the_transcription_walks_as_the_model_does(tmp_path: Path) -> None:
    for source in MODEL.glob("*.pml"):
        shutil.copy(source, tmp_path)  # spin leaves files where it runs
    taken: set[str] = set()
    for seed in range(1, WALKS + 1):
        command = ["spin", "-T", f"-n{seed}", "walk.pml"]
        done = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True, timeout=60)
        taken |= Walk().follow(done.stdout.splitlines())
    assert taken == {*steps.AUTHORS, *steps.MEMBERS, *steps.ALONE, "tell", "tell_author", *Walk.BY_THE_WORLD}


def test_a_transcription_that_forgets_a_rule_is_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "recovering", lambda author: True)
    with pytest.raises(AssertionError, match="guards"):
        test_the_transcription_walks_as_the_model_does(tmp_path)


class Walk:
    """Two instances of an author and two members, taken through the steps that walk.pml printed."""

    BY_THE_WORLD: Final = ("keep", "restore", "clone", "lose_mark")

    def __init__(self) -> None:
        self.ledger = Ledger([Author(), Author()], [Member(), Member()])
        self.kept = Author()

    def follow(self, lines: list[str]) -> set[str]:
        """Compare every line; answers which steps there were."""
        taken = set()
        for line in lines:
            name, *rest = line.split()
            if name == "step":
                taken.add(rest[0])
                self._step(rest[0], int(rest[1]), history(int(rest[2])))
            elif name in {"author", "member", "alone", "guards"}:
                numbers = [int(one) for one in rest]
                assert getattr(self, f"_{name}")(*numbers[: 2 if name == "guards" else 1]) == numbers, line
        return taken

    def _step(self, name: str, who: int, h: History) -> None:
        author = self.ledger.authors[who]
        if name == "keep":
            self.kept = Author(author.store, author.shown, None, author.halted)
        elif name == "restore":
            steps.restore(author, self.kept)
        elif name == "clone":
            self.ledger.authors[1] = steps.clone(author)
        elif name == "lose_mark":
            steps.lose_mark(author)
        else:
            steps.step(self.ledger, name, who, h)

    def _author(self, who: int) -> list[int]:
        one = self.ledger.authors[who]
        mark = 0 if one.mark is None else number(one.mark)
        return [who, number(one.store), number(one.shown), mark, int(one.halted), int(one.fresh)]

    def _member(self, who: int) -> list[int]:
        one = self.ledger.members[who]
        return [who, number(one.held), number(one.receipt), int(one.proof)]

    def _alone(self, who: int) -> list[int]:
        author, member = self.ledger.authors[who], self.ledger.members[who]
        told = steps.can_tell(self.ledger, member), steps.can_tell_author(self.ledger, author)
        return [who, *map(int, (steps.can_follow(author), steps.can_ask(author), *told))]

    def _guards(self, who: int, h: int) -> list[int]:
        author, member = self.ledger.authors[who], self.ledger.members[who]
        return [who, h, *(int(guard(author, member, history(h))) for guard in GUARDS)]


def history(of: int) -> History:
    """The history of a number in histories.pml: a leading bit, then a bit an entry."""
    return tuple(bin(of)[3:])


def number(of: History) -> int:
    """The number of a history."""
    return int("1" + "".join(str(bit) for bit in of), 2)
