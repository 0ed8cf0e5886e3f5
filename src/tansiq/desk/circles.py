"""Circles as an administrator sees to them: what counts as acknowledged, next epochs and who has signed them."""

from __future__ import annotations

from msgspec import Struct

from tansiq.circles.circle import Circle, Member, write_circle
from tansiq.circles.epoch import Epoch
from tansiq.desk.office import Office, circle_named, circles, parties
from tansiq.exchange.acknowledgement import SETTING, mirrors, policy_of, set_policy, witnesses
from tansiq.ledger import policy as policies
from tansiq.ledger.note import ML_DSA_COSIGNATURE, NoteVerifier
from tansiq.ledger.policy import Policy
from tansiq.store import roster

KEYS = ("log", "witness", "mirror", "tls", "recovery")


class Rule(Struct, frozen=True):
    """A part of a policy: so many of `members`, or one key where it has none.

    `holder` says what kind of key it is: a member's receipt, a member's witness, or a witness from outside.
    """

    name: str
    party: str | None
    holder: str
    post_quantum: bool
    threshold: int
    members: list[Rule]


class PolicyView(Struct, frozen=True):
    """What counts as acknowledged for this party's records in a circle: as a tree, and as the tlog-policy text.

    `own`: the node was given it; otherwise it is the receipts of all other members. Without `rule` nothing counts.
    """

    circle: str
    own: bool
    rule: Rule | None
    text: str


class MemberChange(Struct, frozen=True):
    """A member of a proposed epoch: `joins`, `stays` or `leaves`; the names of its keys that change.

    `pinned`: its keys are those that this node has pinned; where not, this node does not sign.
    """

    party: str
    change: str
    keys: list[str]
    pinned: bool
    signed: bool


class Proposal(Struct, frozen=True):
    """A next epoch that waits for signatures; `yours`: for this party's."""

    id: str
    circle: str
    epoch: int
    members: list[MemberChange]
    missing: list[str]
    yours: bool


def policy_view(office: Office, circle_id: str) -> PolicyView:
    """The policy of a circle."""
    with office.database.read() as connection:
        circle = circle_named(connection, circle_id).circle
        policy = policy_of(connection, circle, office.party)
        own = roster.setting(connection, f"{SETTING}/{circle.id}") is not None
    rule = None if policy.quorum is None else _rule(policy, policy.quorum, circle)
    return PolicyView(circle.id, own, rule, policies.encode(policy).decode("utf-8", "replace"))


def _rule(policy: Policy, name: str, circle: Circle) -> Rule:
    for group in policy.groups:
        if group.name == name:
            members = [_rule(policy, member, circle) for member in group.members]
            return Rule(name, None, "group", False, group.threshold, members)
    key = next(witness.key for witness in policy.witnesses if witness.name == name)
    holder, party = _holder(key, circle)
    return Rule(name, party, holder, key.key_type == ML_DSA_COSIGNATURE, 1, [])


def _holder(key: NoteVerifier, circle: Circle) -> tuple[str, str | None]:
    party = key.name.split("/")[0]
    member = party if party in circle.parties else None
    if key.vkey in {mirror.vkey for _, mirror in mirrors(circle)}:
        return "receipt", member
    if key.vkey in {witness.vkey for witness in witnesses(circle)}:
        return "witness", member
    if key.key_type == ML_DSA_COSIGNATURE and key.name.endswith("/mirror"):
        return "receipt", member
    return "outside", member


def give_policy(office: Office, circle_id: str, text: str | None) -> PolicyView:
    """Give a circle a policy of its own on this node, or with None the receipts of all other members again."""
    with office.database.write() as connection:
        circle = circle_named(connection, circle_id).circle
        set_policy(connection, circle, None if text is None else text.encode())
    office.changes.notify()
    return policy_view(office, circle.id)


def circle_file(office: Office, circle_id: str) -> tuple[str, bytes]:
    """Name and bytes of the circle's file in its newest epoch, for a party that joins."""
    with office.database.read() as connection:
        circle = circle_named(connection, circle_id).circle
    return f"circle-{circle.id[:8]}-{circle.epoch}.json", write_circle(circle) + b"\n"


def proposals(office: Office) -> list[Proposal]:
    """Next epochs that are not entered yet, with what each would change."""
    with office.database.read() as connection:
        held = {(one.circle.id, one.circle.epoch): one.circle for one in circles(connection)}
        pinned = {str(known.card.party): Member.of(known.card) for known in parties(connection)}
    return [
        _proposal(office, epoch, held[epoch.circle.id, epoch.circle.epoch - 1], lacking, pinned)
        for epoch, lacking in office.house.proposals()
    ]


def proposal(office: Office, epoch_id: str) -> Proposal | None:
    """The proposal with this id, None once it is entered."""
    return next((one for one in proposals(office) if one.id == epoch_id), None)


def _proposal(
    office: Office, epoch: Epoch, previous: Circle, lacking: list[str], pinned: dict[str, Member]
) -> Proposal:
    before = {str(member.party): member for member in previous.members}
    after = {str(member.party): member for member in epoch.circle.members}
    changes = []
    for party in sorted(before.keys() | after.keys()):
        old, new = before.get(party), after.get(party)
        change = "leaves" if new is None else "joins" if old is None else "stays"
        keys = [name for name in KEYS if old and new and getattr(old, name) != getattr(new, name)]
        known = new is None or pinned.get(party) == new
        changes.append(MemberChange(party, change, keys, known, change == "stays" and party not in lacking))
    yours = office.party in lacking
    return Proposal(epoch.id, epoch.circle.id, epoch.circle.epoch, changes, lacking, yours)
