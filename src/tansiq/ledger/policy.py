"""Policies (C2SP tlog-policy): which cosignatures make a checkpoint count as acknowledged.

A policy is a text of lines `log`, `witness`, `group` and `quorum`. It knows keys and names only; that a signature
holds is shown before (`tansiq.ledger.cosignature.cosignatures`), and what counts is that exact key. A key of type
0x06 (ML-DSA-44) is demanded where a policy names one, and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from tansiq.errors import MalformedInput
from tansiq.ledger.checkpoint import parse_decimal
from tansiq.ledger.note import COSIGNATURE_TYPES, ED25519, ML_DSA_COSIGNATURE, NoteVerifier

MAX_POLICY: Final = 256 * 1024  # bytes: 64 ML-DSA keys of 1.8 kB, with room for names, addresses and comments
MAX_LINES: Final = 2048
MAX_LOGS: Final = 32  # the specification asks for at least 32 of each
MAX_WITNESSES: Final = 32
MAX_GROUPS: Final = 32
MAX_NAME: Final = 255  # bytes, as for the name of a key
MAX_URL: Final = 2048  # bytes

NONE: Final = "none"
OTHERS: Final = "others"

_LOG_TYPES: Final = (ED25519, ML_DSA_COSIGNATURE)
_FORBIDDEN: Final = re.compile(rb"[^\t\n\x20-\x7e\x80-\xff]")
_BLANK: Final = re.compile(r"[ \t]+")


@dataclass(frozen=True, slots=True)
class Log:
    """A log whose checkpoints are accepted; the name of its key is its origin."""

    key: NoteVerifier
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Witness:
    """A cosigner under the name that it has in this policy, and only there."""

    name: str
    key: NoteVerifier
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """So many of these members, each a witness or a group named before."""

    name: str
    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy as `parse` reads it; `quorum` is nothing where no cosignature is needed.

    Names are opaque bytes to the specification. Here they are text in which bytes that are no UTF-8 stand as
    surrogates (PEP 383), so that they compare and are written as they came.
    """

    logs: tuple[Log, ...] = ()
    witnesses: tuple[Witness, ...] = ()
    groups: tuple[Group, ...] = ()
    quorum: str | None = None

    @property
    def cosigners(self) -> list[NoteVerifier]:
        """The keys of all witnesses: what `cosignatures` needs to know to verify a note for this policy."""
        return [witness.key for witness in self.witnesses]


def parse(data: bytes) -> Policy:
    """The policy in a text (tlog-policy, "Policy file syntax and structure").

    Every refusal has the number of the line, counted from 1, as its parameter `line`.
    """
    if len(data) > MAX_POLICY:
        raise MalformedInput("ledger_policy.too_large", limit=MAX_POLICY)
    if not data.endswith(b"\n"):
        # What is cut short may still read well, with the first half of a name.
        raise MalformedInput("ledger_policy.cut_short", line=data.count(b"\n") + 1)
    forbidden = _FORBIDDEN.search(data)
    if forbidden is not None:
        raise MalformedInput("ledger_policy.character", line=data.count(b"\n", 0, forbidden.start()) + 1)
    lines = data.decode(errors="surrogateescape").split("\n")[:-1]
    if len(lines) > MAX_LINES:
        raise MalformedInput("ledger_policy.too_many_lines", line=MAX_LINES + 1, limit=MAX_LINES)
    reading = _Reading()
    for number, line in enumerate(lines, 1):
        words = _BLANK.split(line.strip(" \t"))
        if words[0] and not words[0].startswith("#"):
            reading.take(number, words)
    return reading.finish(len(lines))


def encode(policy: Policy) -> bytes:
    """The text of a policy, one line for each thing in it; refused where `parse` would refuse it or read another."""
    text = "".join(f"{' '.join(words)}\n" for words in _lines(policy))
    try:
        data = text.encode(errors="surrogateescape")
    except UnicodeEncodeError:
        raise MalformedInput("ledger_policy.not_writable") from None
    if parse(data) != policy:
        raise MalformedInput("ledger_policy.not_writable")
    return data


def satisfied(policy: Policy, vkeys: Collection[str]) -> bool:
    """Whether cosignatures by these keys, already verified and given as vkeys, are enough (tlog-policy, "quorum").

    A key that the policy does not name adds nothing, and one that comes twice counts once.
    """
    return policy.quorum is None or policy.quorum in _holding(policy, vkeys)


def missing(policy: Policy, vkeys: Collection[str]) -> tuple[Witness, ...]:
    """The witnesses whose cosignature would still help, in the order of the policy; none where it is satisfied.

    Witnesses in a group that has enough already are left out. More may be listed than are needed: any of them help.
    """
    if policy.quorum is None:
        return ()
    holding = _holding(policy, vkeys)
    members = {group.name: group.members for group in policy.groups}
    wanted: set[str] = set()
    ask = [policy.quorum]
    while ask:
        name = ask.pop()
        if name not in holding and name not in wanted:
            wanted.add(name)
            ask += members.get(name, ())
    return tuple(witness for witness in policy.witnesses if witness.name in wanted)


def default(mirrors: Iterable[str], logs: Iterable[str] = ()) -> Policy:
    """The policy of a circle that has none of its own: "all the other members' mirrors", from their vkeys.

    Without any mirror no cosignature is needed. A witness has the name of its key, and `#ml-dsa-44` behind it where the
    key is of type 0x06, so that a party may have one key of each type; then both are needed.
    """
    witnesses = tuple(Witness(_name_of(key), key) for key in map(NoteVerifier.parse, mirrors))
    names = tuple(witness.name for witness in witnesses)
    policy = Policy(
        logs=tuple(Log(NoteVerifier.parse(vkey)) for vkey in logs),
        witnesses=witnesses,
        groups=(Group(OTHERS, len(names), names),) if names else (),
        quorum=OTHERS if names else None,
    )
    encode(policy)
    return policy


@dataclass(slots=True)
class _Reading:
    """What the lines so far have said."""

    logs: list[Log] = field(default_factory=list)
    witnesses: list[Witness] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    in_a_group: set[str] = field(default_factory=set)
    quorum: list[str | None] = field(default_factory=list)

    def take(self, line: int, words: Sequence[str]) -> None:
        match words:
            case ["log", vkey, *url] if len(url) <= 1:
                self._log(line, vkey, url)
            case ["witness", name, vkey, *url] if len(url) <= 1:
                self._witness(line, name, vkey, url)
            case ["group", name, threshold, _, *_]:
                self._group(line, name, threshold, words[3:])
            case ["quorum", name]:
                self._quorum(line, name)
            case ["log" | "witness" | "group" | "quorum", *_]:
                raise MalformedInput("ledger_policy.words", line=line)
            case _:
                raise MalformedInput("ledger_policy.unknown_line", line=line)

    def finish(self, line: int) -> Policy:
        if not self.quorum:
            raise MalformedInput("ledger_policy.no_quorum", line=line)
        return Policy(tuple(self.logs), tuple(self.witnesses), tuple(self.groups), self.quorum[0])

    def _log(self, line: int, vkey: str, url: Sequence[str]) -> None:
        if len(self.logs) == MAX_LOGS:
            raise MalformedInput("ledger_policy.too_many_logs", line=line, limit=MAX_LOGS)
        key = _key(line, vkey, _LOG_TYPES)
        if any(log.key.public == key.public for log in self.logs):
            raise MalformedInput("ledger_policy.repeated_key", line=line)
        self.logs.append(Log(key, _url(line, url)))

    def _witness(self, line: int, name: str, vkey: str, url: Sequence[str]) -> None:
        if len(self.witnesses) == MAX_WITNESSES:
            raise MalformedInput("ledger_policy.too_many_witnesses", line=line, limit=MAX_WITNESSES)
        self._new_name(line, name)
        key = _key(line, vkey, COSIGNATURE_TYPES)
        if any(witness.key.public == key.public for witness in self.witnesses):
            raise MalformedInput("ledger_policy.repeated_key", line=line)
        self.witnesses.append(Witness(name, key, _url(line, url)))

    def _group(self, line: int, name: str, threshold: str, members: Sequence[str]) -> None:
        if len(self.groups) == MAX_GROUPS:
            raise MalformedInput("ledger_policy.too_many_groups", line=line, limit=MAX_GROUPS)
        for member in members:
            # before its own name is known: a group is no member of itself
            if member not in self.names:
                raise MalformedInput("ledger_policy.unknown_name", line=line, name=_shown(member))
            if member in self.in_a_group:
                raise MalformedInput("ledger_policy.member_twice", line=line, name=_shown(member))
            self.in_a_group.add(member)
        self._new_name(line, name)
        needed = {"all": len(members), "any": 1}.get(threshold, parse_decimal(threshold))
        if needed is None or not 1 <= needed <= len(members):
            raise MalformedInput("ledger_policy.threshold", line=line, members=len(members))
        self.groups.append(Group(name, needed, tuple(members)))

    def _quorum(self, line: int, name: str) -> None:
        if self.quorum:
            raise MalformedInput("ledger_policy.second_quorum", line=line)
        if name != NONE and name not in self.names:
            raise MalformedInput("ledger_policy.unknown_name", line=line, name=_shown(name))
        self.quorum.append(None if name == NONE else name)

    def _new_name(self, line: int, name: str) -> None:
        if name == NONE or len(name.encode(errors="surrogateescape")) > MAX_NAME:
            raise MalformedInput("ledger_policy.name", line=line, limit=MAX_NAME)
        if name in self.names:
            raise MalformedInput("ledger_policy.repeated_name", line=line, name=_shown(name))
        self.names.add(name)


def _holding(policy: Policy, vkeys: Collection[str]) -> set[str]:
    """The names of the witnesses and groups that have witnessed; a group comes after all its members."""
    seen = frozenset(vkeys)
    holding = {witness.name for witness in policy.witnesses if witness.key.vkey in seen}
    for group in policy.groups:
        if sum(member in holding for member in group.members) >= group.threshold:
            holding.add(group.name)
    return holding


def _key(line: int, vkey: str, types: Collection[int]) -> NoteVerifier:
    try:
        key = NoteVerifier.parse(vkey)
    except MalformedInput:
        raise MalformedInput("ledger_policy.key", line=line) from None
    if key.key_type not in types:
        raise MalformedInput("ledger_policy.key_type", line=line, type=key.key_type)
    return key


def _url(line: int, url: Sequence[str]) -> str | None:
    if not url:
        return None
    if len(url[0].encode(errors="surrogateescape")) > MAX_URL:
        raise MalformedInput("ledger_policy.url", line=line, limit=MAX_URL)
    return url[0]


def _shown(name: str) -> str:
    """A name as a person may be shown it; bytes that are no UTF-8 become replacement signs."""
    return name.encode(errors="surrogateescape").decode(errors="replace")


def _lines(policy: Policy) -> Iterator[list[str]]:
    for log in policy.logs:
        yield ["log", log.key.vkey, *([log.url] if log.url is not None else [])]
    for witness in policy.witnesses:
        yield ["witness", witness.name, witness.key.vkey, *([witness.url] if witness.url is not None else [])]
    for group in policy.groups:
        yield ["group", group.name, _threshold(group), *group.members]
    yield ["quorum", policy.quorum or NONE]


def _threshold(group: Group) -> str:
    return "all" if group.threshold == len(group.members) else str(group.threshold)


def _name_of(key: NoteVerifier) -> str:
    return key.name + ("#ml-dsa-44" if key.key_type == ML_DSA_COSIGNATURE else "")
