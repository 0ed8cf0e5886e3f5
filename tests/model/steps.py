"""The steps of docs/model/steps.pml once more in Python, name by name, with histories of any length.

`CAN_APPEND` there is `can_append` here, `append` is `append`. test_model.py walks both at random and compares every
guard and every state; judge.py asks these guards whether a recorded run is a run of the model. What has left is kept
here as ledger.pml keeps it: by `reveal`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from typing import Final

History = tuple[Hashable, ...]
"""What one signed head covers, entry by entry: size and root in one."""

EMPTY: Final[History] = ()


@dataclass
class Author:
    """An instance of the author: its store, what it shows, the mark beside it (None: lost), what it knows."""

    store: History = EMPTY
    shown: History = EMPTY
    mark: History | None = EMPTY
    halted: bool = False
    fresh: bool = False


@dataclass
class Member:
    """What another party holds of the ledger: accepted, fetched and not yet durable, receipted, proven."""

    held: History = EMPTY
    buf: History = EMPTY
    receipt: History = EMPTY
    proof: bool = False


@dataclass
class Ledger:
    """One ledger everywhere: its author's instances, its members, every head that ever left."""

    authors: list[Author] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)
    left: set[History] = field(default_factory=set)
    liar: bool = False
    """The author may have signed anything: `FAULTY_AUTHOR`."""

    def forked(self) -> bool:
        """Two heads that contradict each other have left."""
        return self.liar or any(not agree(one, other) for one in self.left for other in self.left)

    def has_left(self, h: History) -> bool:
        """`LEFT`; the empty head says nothing, and so nobody has to have sent it."""
        return self.liar or h == EMPTY or h in self.left


def pre(a: History | None, b: History) -> bool:
    """`PRE`: what a consistency proof shows. A lost mark is the beginning of nothing."""
    return a is not None and b[: len(a)] == a


def agree(a: History, b: History) -> bool:
    """`AGREE`."""
    return pre(a, b) or pre(b, a)


# The author


def may_sign(a: Author) -> bool:
    """Marked, caught up with the mark, not stopped."""
    return a.mark is not None and pre(a.mark, a.store) and not a.halted


def can_append(a: Author, h: History) -> bool:
    """`CAN_APPEND`."""
    return may_sign(a) and pre(a.store, h) and a.store != h


def append(a: Author, h: History) -> None:
    """Entries and their signed head, one transaction."""
    a.store = h


def can_mark(a: Author, h: History) -> bool:
    """`CAN_MARK`."""
    return may_sign(a) and a.store == h and a.mark != h


def raise_mark(a: Author, h: History) -> None:
    """The mark is durable before the head leaves."""
    a.mark = h


def can_show(a: Author, h: History) -> bool:
    """`CAN_SHOW`."""
    covered = a.mark is not None and pre(h, a.mark) and pre(h, a.store)
    return covered and pre(a.shown, h) and a.shown != h and not a.halted


def reveal(a: Author, h: History) -> None:
    """From now on everybody may have it."""
    a.shown = h


def unknown_here(a: Author, h: History) -> bool:
    """`UNKNOWN_HERE`."""
    return not pre(h, a.store)


def recovering(a: Author) -> bool:
    """`RECOVERING`."""
    return a.fresh or not pre(a.mark, a.store)


def can_pull(a: Author, h: History) -> bool:
    """`CAN_PULL`."""
    return unknown_here(a, h) and recovering(a) and pre(a.shown, h)


def pull(a: Author, h: History) -> None:
    """An own head comes back."""
    a.store = a.shown = h


def must_stop(a: Author, h: History) -> bool:
    """`MUST_STOP`."""
    return unknown_here(a, h) and not can_pull(a, h)


def stop(a: Author, _h: History = EMPTY) -> None:
    """Nothing more is signed."""
    a.halted = True


def can_follow(a: Author) -> bool:
    """`CAN_FOLLOW`."""
    return pre(a.mark, a.shown) and a.mark != a.shown


def follow(a: Author) -> None:
    """The mark goes after what was pulled."""
    a.mark = a.shown


def start(a: Author) -> None:
    """The program starts, after a crash or otherwise."""
    a.fresh = True


def can_ask(a: Author) -> bool:
    """`CAN_ASK`."""
    return a.fresh


def ask(a: Author) -> None:
    """A peer was asked since the start."""
    a.fresh = False


# A member


def takes(m: Member, h: History) -> bool:
    """`TAKES`."""
    return not m.proof and pre(m.held, h) and m.held != h


def take(m: Member, h: History) -> None:
    """Checked and durable in one step."""
    m.held = h


def clashes(m: Member, h: History) -> bool:
    """`CLASHES`."""
    return not m.proof and not agree(m.held, h)


def clash(m: Member, _h: History) -> None:
    """The held head and this one are a proof."""
    m.proof = True


def can_receipt(m: Member, h: History) -> bool:
    """`CAN_RECEIPT`."""
    return not m.proof and pre(h, m.held) and pre(m.receipt, h) and m.receipt != h


def give_receipt(m: Member, h: History) -> None:
    """Cosigned as a mirror."""
    m.receipt = h


def can_tell(ledger: Ledger, m: Member) -> bool:
    """`CAN_TELL`."""
    return ledger.forked() and not m.proof


def tell(m: Member) -> None:
    """A proof that somebody else made."""
    m.proof = True


def can_tell_author(ledger: Ledger, a: Author) -> bool:
    """`CAN_TELL_AUTHOR`."""
    return ledger.forked() and not a.halted


# What a world does with them


class NotAStep(AssertionError):  # noqa: N818 - said of a run, in the words of the model
    """The model forbids this step here."""


AUTHORS: Final[dict[str, tuple[Callable[[Author, History], bool], Callable[[Author, History], None]]]] = {
    "append": (can_append, append),
    "raise_mark": (can_mark, raise_mark),
    "reveal": (can_show, reveal),
    "pull": (can_pull, pull),
    "stop": (must_stop, stop),
}
MEMBERS: Final[dict[str, tuple[Callable[[Member, History], bool], Callable[[Member, History], None]]]] = {
    "take": (takes, take),
    "clash": (clashes, clash),
    "give_receipt": (can_receipt, give_receipt),
}
ALONE: Final[dict[str, tuple[Callable[[Author], bool], Callable[[Author], None]]]] = {
    "follow": (can_follow, follow),
    "ask": (can_ask, ask),
    "start": (lambda _: True, start),
}
FROM_ELSEWHERE: Final = {"pull", "stop", "take", "clash"}
"""What only happens with a head that has left."""


def step(ledger: Ledger, name: str, who: int, h: History = EMPTY) -> None:
    """Do one step of the model, or say that it is none (`NotAStep`)."""
    if name in FROM_ELSEWHERE and not ledger.has_left(h):
        raise NotAStep(f"{name} {who}: a head over {len(h)} that never left")
    if name in AUTHORS:
        author, (allowed, effect) = ledger.authors[who], AUTHORS[name]
        _require(allowed(author, h), name, who, h, author)
        effect(author, h)
    elif name in MEMBERS:
        member, (allows, does) = ledger.members[who], MEMBERS[name]
        _require(allows(member, h), name, who, h, member)
        does(member, h)
    elif name in ALONE:
        author, (may, changes) = ledger.authors[who], ALONE[name]
        _require(may(author), name, who, h, author)
        changes(author)
    elif name == "tell":
        _require(can_tell(ledger, ledger.members[who]), name, who, h, ledger.members[who])
        tell(ledger.members[who])
    elif name == "tell_author":
        _require(can_tell_author(ledger, ledger.authors[who]), name, who, h, ledger.authors[who])
        stop(ledger.authors[who])
    else:
        raise NotAStep(f"no step is called {name}")
    if name == "reveal":
        ledger.left.add(h)


def _require(allowed: bool, name: str, who: int, h: History, at: Author | Member) -> None:
    if not allowed:
        sizes = {key: len(value) if isinstance(value, tuple) else value for key, value in vars(at).items()}
        raise NotAStep(f"{name} {who} over {len(h)} is not allowed with {sizes}")


# What an adversary does: a disk, a copy of a machine, a folder of marks


def restore(a: Author, kept: Author) -> None:
    """The store as it was; the mark lies elsewhere."""
    a.store, a.shown, a.halted = kept.store, kept.shown, kept.halted
    start(a)


def clone(a: Author) -> Author:
    """The whole machine once more, just started."""
    return replace(a, fresh=True)


def lose_mark(a: Author) -> None:
    """The marks are gone, and the node starts anew."""
    a.mark = None
    start(a)
