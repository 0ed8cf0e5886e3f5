"""Keeping a ledger's trust: backup and recovery, next epochs, keys, erasing, witnesses, forks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from tansiq.circles.card import fingerprint
from tansiq.circles.circle import write_circle
from tansiq.circles.epoch import Epoch
from tansiq.cli.output import answer, refusals_in_words, settings
from tansiq.cli.set_up import circle, open_node, read_file
from tansiq.cli.speak import AS_HELP, CIRCLE_HELP, author_of
from tansiq.desk import erasing
from tansiq.desk.office import circle_named
from tansiq.errors import NotFound
from tansiq.exchange import notices as exchange_notices
from tansiq.exchange import witness as witnessing
from tansiq.exchange.acknowledgement import policy_of, set_policy
from tansiq.exchange.intake import log_verifier
from tansiq.exchange.standing import Standing, State, go_on, standings, take_up
from tansiq.ledger.keys import SigningKey
from tansiq.ledger.note import ML_DSA_COSIGNATURE, NoteVerifier
from tansiq.ledger.policy import encode
from tansiq.node import backup as backups
from tansiq.node import epochs
from tansiq.node.beat import settle
from tansiq.node.folder import Folder, read_seed
from tansiq.node.node import Node
from tansiq.store import ledgers, notices, roster
from tansiq.wording import wording

key = typer.Typer(name="key", help="Signing keys: renew them, bound what a lost one signed.", no_args_is_help=True)
witness = typer.Typer(
    name="witness", help="Witnessing ledgers of circles that this node is not in.", no_args_is_help=True
)
fork = typer.Typer(name="fork", help="Proofs that a ledger has two histories.", no_args_is_help=True)

RECOVERY_HELP = "File of the recovery key, where the log key is lost."


def _recovery(path: Path | None) -> SigningKey | None:
    return None if path is None else read_seed(path)


@refusals_in_words
def backup(
    file: Annotated[Path, typer.Argument(help="Where to write it.")],
    to: Annotated[list[str] | None, typer.Option(help="age recipients to encrypt it to.")] = None,
) -> None:
    """Write a backup of this node while it runs: configuration, keys, store; not the marks, not the recovery key."""
    node = open_node()
    size = backups.backup(node.folder, file, to or [])
    with node.database.write() as connection:
        roster.set_setting(connection, backups.LAST, str(node.office.clock()))
    answer(
        {"file": str(file), "bytes": size, "encrypted": bool(to)},
        f"Backup written to {file} ({size} bytes{', encrypted' if to else ''}).",
        "It holds this node's keys: keep it as you keep them.",
    )


@refusals_in_words
def restore(
    file: Annotated[Path, typer.Argument(help="The backup.")],
    identity: Annotated[Path | None, typer.Option(help="age identity file, where it is encrypted.")] = None,
) -> None:
    """Lay a backup out in the empty folder of --data. The old node must never run again."""
    backups.restore(file, Folder(settings.data), identity)
    node = open_node()
    with node.database.write() as connection:
        roster.set_setting(connection, backups.LAST, str(int(file.stat().st_mtime * 1000)))
    with node.database.read() as connection:
        found = standings(connection, node.marks)
    rows = [{"origin": one.origin, "state": str(one.state), "held": one.held, "left": one.left} for one in found]
    answer(
        {"folder": str(settings.data), "ledgers": rows},
        f"Restored into {settings.data}. Start it with `tansiq serve`: what is missing comes back from the others.",
        *_standing_lines(found),
    )


def _standing_lines(found: Sequence[Standing]) -> list[str]:
    """How own ledgers stand and what to do about each, in the chosen language."""
    words = {State.STOPPED: "warning.stopped", State.UNMARKED: "warning.unmarked", State.BEHIND: "warning.recovering"}
    lines = []
    for one in found:
        said = wording(words[one.state], {"origin": one.origin, "held": one.held, "left": one.left}, settings.language)
        lines.append(f"{one.origin}: {one.state}, {one.held} entries here, {one.left} had left. {said.next}")
    return lines


@refusals_in_words
def recover(
    only_one: Annotated[
        bool, typer.Option("--only-one", help="No other node runs with these keys; I made sure.")
    ] = False,
) -> None:
    """How the own ledgers stand; with --only-one sign again after a clone was found and ended."""
    node = open_node()
    if only_one:
        with node.database.write() as connection:
            take_up(connection, node.marks)
            go_on(connection)
    with node.database.read() as connection:
        found = standings(connection, node.marks)
    answer(
        [{"origin": one.origin, "state": str(one.state), "held": one.held, "left": one.left} for one in found],
        *(_standing_lines(found) or ["Every own ledger may go on."]),
    )


def _row(epoch: Epoch, lacking: list[str], own: str) -> dict[str, Any]:
    return {
        "id": epoch.id,
        "circle": epoch.circle.id,
        "epoch": epoch.circle.epoch,
        "members": list(epoch.circle.parties),
        "missing": lacking,
        "yours": own in lacking,
    }


def _line(row: dict[str, Any]) -> str:
    waits = ", ".join(row["missing"]) or "nobody"
    members = ", ".join(row["members"])
    return f"{row['id'][:12]}  circle {row['circle'][:8]} epoch {row['epoch']}  {members}  waits for {waits}"


def _answer_proposals(node: Node) -> None:
    rows = [_row(epoch, lacking, node.config.party) for epoch, lacking in epochs.proposals(node)]
    answer(rows, *([_line(row) for row in rows] or ["No epoch waits for signatures."]))


@circle.command("next")
@refusals_in_words
def circle_next(
    circle_id: Annotated[str, typer.Option("--circle", help=CIRCLE_HELP)],
    add: Annotated[list[str] | None, typer.Option(help="A party that joins.")] = None,
    remove: Annotated[list[str] | None, typer.Option(help="A party that leaves.")] = None,
    recovery: Annotated[Path | None, typer.Option(help=RECOVERY_HELP)] = None,
) -> None:
    """Propose the circle's next epoch: other members, renewed keys, or a new beginning after a lost ledger."""
    node = open_node()
    epoch = epochs.propose_next(node, circle_id, add=add or (), remove=remove or (), recovery=_recovery(recovery))
    settle(node)
    answer(
        {"id": epoch.id, "circle": epoch.circle.id, "epoch": epoch.circle.epoch},
        f"Proposed: epoch {epoch.circle.epoch} of circle {epoch.circle.id[:8]}, id {epoch.id[:12]}.",
        "It goes to all who stay; each signs it with `tansiq circle sign`.",
    )


@circle.command("leave")
@refusals_in_words
def circle_leave(
    circle_id: Annotated[str, typer.Argument(help=CIRCLE_HELP)],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask; for scripts.")] = False,
) -> None:
    """Leave a circle: seal the own ledger there, for good in this epoch; the others are told and go on without it."""
    node = open_node()
    with node.database.read() as connection:
        found = circle_named(connection, circle_id).circle
    if not yes:
        typer.confirm(f"Leave {found.names.en or found.id[:8]} ({', '.join(found.parties)})?", abort=True)
    epochs.leave(node, circle_id)
    answer(
        {"circle": found.id, "epoch": found.epoch},
        f"Left circle {found.id[:8]}: nothing more is said there. What was said stays, here and with the others.",
        f"The others go on with: tansiq circle next --circle {found.id[:8]} --remove {node.config.party}",
    )


@circle.command("file")
@refusals_in_words
def circle_file(
    circle_id: Annotated[str, typer.Option("--circle", help=CIRCLE_HELP)],
    out: Annotated[Path, typer.Option(help="Where to write it.")],
) -> None:
    """Write the circle's file in its newest epoch, for a party that joins: it enters with `tansiq circle join`."""
    node = open_node()
    with node.database.read() as connection:
        found = circle_named(connection, circle_id).circle
    out.write_bytes(write_circle(found) + b"\n")
    answer({"file": str(out), "epoch": found.epoch}, f"Circle file written to {out}")


@circle.command("proposals")
@refusals_in_words
def circle_proposals() -> None:
    """Next epochs that wait for signatures."""
    _answer_proposals(open_node())


@circle.command("sign")
@refusals_in_words
def circle_sign(
    epoch: Annotated[str, typer.Argument(help="The proposal's id, or its beginning.")],
    recovery: Annotated[Path | None, typer.Option(help=RECOVERY_HELP)] = None,
) -> None:
    """Agree to a next epoch; it begins by itself once all who stay have signed."""
    node = open_node()
    epochs.sign_next(node, epoch, _recovery(recovery))
    settle(node)
    _answer_proposals(node)


@circle.command("refuse")
@refusals_in_words
def circle_refuse(epoch: Annotated[str, typer.Argument(help="The proposal's id, or its beginning.")]) -> None:
    """Say for good that this party does not sign a next epoch, so that the others may agree on another."""
    node = open_node()
    refused = epochs.refuse_next(node, epoch)
    answer(
        {"id": refused.id, "circle": refused.circle.id, "epoch": refused.circle.epoch},
        f"Refused: epoch {refused.circle.epoch} of circle {refused.circle.id[:8]}, id {refused.id[:12]}.",
        "All who would stay are told; anyone may propose another.",
    )


@circle.command("witness")
@refusals_in_words
def circle_witness(
    party: Annotated[str, typer.Argument(help="A pinned party that is not in the circle.")],
    circle_id: Annotated[str, typer.Option("--circle", help=CIRCLE_HELP)],
) -> None:
    """Ask a party outside the circle to witness this node's ledger in it, blind: origin, size and root only."""
    node = open_node()
    if party not in {str(card.party) for card in node.peers()}:
        raise NotFound("roster.not_pinned", party=party)
    with node.database.write() as connection:
        held = circle_named(connection, circle_id)
        witnessing.ask(connection, held.circle, party)
        ledger = ledgers.ledger_of(connection, held.num, node.config.party)
        vkey = log_verifier(held.circle, ledger).vkey
    answer(
        {"circle": held.circle.id, "party": party, "vkey": vkey},
        f"{party} is asked from now on. It must be told to watch this ledger:",
        f"tansiq witness watch '{vkey}'",
    )


@witness.command("watch")
@refusals_in_words
def witness_watch(vkey: Annotated[str, typer.Argument(help="The ledger's verifier key.")]) -> None:
    """Witness a ledger of a circle that this node is not in."""
    node = open_node()
    with node.database.write() as connection:
        known = witnessing.watch(connection, vkey)
    answer({"origin": known.name}, f"{known.name} is witnessed from now on.")


@key.command("renew")
@refusals_in_words
def key_renew(recovery: Annotated[Path | None, typer.Option(help=RECOVERY_HELP)] = None) -> None:
    """Make new log, witness and mirror keys. They count from the next epoch of each circle on."""
    voucher = _recovery(recovery)  # read before anything is made anew
    folder = Folder(settings.data)
    folder.renew_keys()
    node = open_node()
    path = settings.data / "own-card.txt"
    path.write_bytes(node.write_own_card(voucher))
    old = "old" if voucher is None else "recovery"
    answer(
        {"card": str(path), "fingerprint": fingerprint(node.own_card())},
        f"New keys made; the new card, signed by the {old} key too, is {path}. Hand it to every party.",
        f"Fingerprint: {fingerprint(node.own_card())}",
        "Start the node again, so that it holds them. Once all have pinned the card, propose the next epoch of each",
        "circle: tansiq circle next --circle ID",
    )


@key.command("post-quantum")
@refusals_in_words
def key_post_quantum() -> None:
    """Make an ML-DSA-44 key for receipts, for circles whose policy asks for one; print its line for the policy."""
    folder = Folder(settings.data)
    folder.make_post_quantum()
    node = open_node()
    assert node.keys.post_quantum is not None  # noqa: S101 - for the type checker: it was made just now
    vkey = NoteVerifier(f"{node.config.party}/mirror", ML_DSA_COSIGNATURE, node.keys.post_quantum.public).vkey
    line = f"witness {node.config.party}-pq {vkey}"
    answer({"vkey": vkey, "line": line}, "For the policy of a circle (tansiq circle policy):", line)


@circle.command("policy")
@refusals_in_words
def circle_policy(
    circle_id: Annotated[str, typer.Option("--circle", help=CIRCLE_HELP)],
    file: Annotated[Path | None, typer.Argument(help="A tlog-policy file; shown where it is left out.")] = None,
    default: Annotated[bool, typer.Option("--default", help="Back to the receipts of all other members.")] = False,
) -> None:
    """What counts as acknowledged in a circle: show it, or set it from a tlog-policy file."""
    node = open_node()
    with node.database.write() as connection:
        found = circle_named(connection, circle_id).circle
        if file is not None or default:
            set_policy(connection, found, None if file is None else read_file(file))
        text = encode(policy_of(connection, found, node.config.party)).decode("utf-8", "replace")
    answer({"circle": found.id, "policy": text}, text.rstrip("\n"))


@key.command("compromise")
@refusals_in_words
def key_compromise(
    circle_id: Annotated[str, typer.Option("--circle", help=CIRCLE_HELP)],
    valid_to: Annotated[int, typer.Option(help="So many entries of the own ledger count.")],
    recovery: Annotated[Path, typer.Option(help="File of the recovery key.")],
    epoch: Annotated[int | None, typer.Option(help="Which epoch; the newest otherwise.")] = None,
) -> None:
    """Say with the recovery key that a log key was lost and what it signed before counts, up to an index."""
    epochs.bound(open_node(), circle_id, valid_to, read_seed(recovery), epoch)
    answer({"bound": valid_to}, f"Of that ledger {valid_to} entries count. Every member is told.")


@refusals_in_words
def erase(
    record: Annotated[str, typer.Argument(help="party/id of an own record.")],
    circle_id: Annotated[str, typer.Option("--circle", help=CIRCLE_HELP)],
    reason: Annotated[str, typer.Option(help="personal, agreed, mistake or law.")],
    as_: Annotated[str, typer.Option("--as", help=AS_HELP)] = "",
) -> None:
    """Destroy the values of an own record on every honest node; its digests stay, and proofs go on to hold."""
    node = open_node()
    said = erasing.erase(node.office, circle_id, record.rpartition("/")[2], reason, author_of(node, as_))
    answer(
        {"ref": said.ref, "index": said.index},
        f"{record} is erased here; every member is asked to do the same and answers.",
    )


@fork.command("list")
@refusals_in_words
def fork_list() -> None:
    """Ledgers of which two histories are proven."""
    node = open_node()
    with node.database.read() as connection:
        rows = [{"origin": row.origin, "at": row.at} for row in notices.every(connection, exchange_notices.FORK)]
    answer(rows, *([str(row["origin"]) for row in rows] or ["No fork is known."]))


@fork.command("export")
@refusals_in_words
def fork_export(
    origin: Annotated[str, typer.Argument(help="The ledger.")],
    out: Annotated[Path, typer.Option(help="Where to write it.")],
) -> None:
    """Write the proof, which anyone can check: tansiq verify, or tools/verify_evidence.py."""
    node = open_node()
    with node.database.read() as connection:
        rows = [row for row in notices.every(connection, exchange_notices.FORK) if row.origin == origin]
    if not rows:
        raise NotFound("fork.not_here", origin=origin[:120])
    out.write_bytes(rows[0].data)
    answer({"file": str(out)}, f"Fork proof written to {out}")
