"""Proving, verifying, folding again, and the doctor."""

from __future__ import annotations

import datetime
import shutil
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from sqlalchemy import text

from tansiq.circles.card import read_card
from tansiq.cli.output import answer, complain, refusals_in_words, settings
from tansiq.cli.set_up import open_node, read_file
from tansiq.cli.speak import CIRCLE_HELP
from tansiq.desk import agreement_file, evidence, people, search_filling
from tansiq.desk.office import circles, parties
from tansiq.desk.warnings import Warning_, warnings
from tansiq.ledger import policy as policies
from tansiq.node import backup as backups
from tansiq.node.folder import Folder
from tansiq.picture import book
from tansiq.store import roster
from tansiq.wording import wording

FAILED_EXIT = 1
DAY_MS = 86_400_000
OLD_BACKUP_DAYS = 7


@refusals_in_words
def prove(
    record: Annotated[str, typer.Argument(help="party/id of the record.")],
    circle: Annotated[str, typer.Option(help=CIRCLE_HELP)],
    out: Annotated[Path | None, typer.Option(help="Where to write it; standard output otherwise.")] = None,
    field: Annotated[list[str] | None, typer.Option(help="Only these fields; all told ones otherwise.")] = None,
    reader: Annotated[
        str | None, typer.Option("--for", help="To whom it goes: a party, or a word such as mediator; labels decide.")
    ] = None,
) -> None:
    """Write the evidence file of a record: anyone can check it offline."""
    node = open_node()
    party, _, record_id = record.rpartition("/")
    data = evidence.prove(node.office, circle, party or node.config.party, record_id, field, reader)
    if out is None:
        typer.echo(data.decode(), nl=False)
        return
    out.write_bytes(data)
    answer({"file": str(out), "bytes": len(data)}, f"Evidence written to {out} ({len(data)} bytes)")


@refusals_in_words
def verify(
    file: Annotated[Path, typer.Argument(help="An evidence file, a fork proof or a signed agreement.")],
    card: Annotated[
        list[Path] | None, typer.Option(help="Party cards that you trust, instead of a node's roster.")
    ] = None,
    policy: Annotated[
        Path | None,
        typer.Option(help="A tlog-policy file whose witnesses count too, those of type ML-DSA-44 among them."),
    ] = None,
) -> None:
    """Check an evidence file, a fork proof or a signed agreement offline; exit code 4 where it does not hold."""
    pinned = {str(found.party): found for found in (read_card(read_file(path)) for path in card or [])}
    cosigners = [] if policy is None else policies.parse(read_file(policy)).cosigners
    if not pinned and Folder(settings.data).exists():
        node = open_node()
        with node.database.read() as connection:
            pinned = {str(known.card.party): known.card for known in parties(connection)}
            cosigners = cosigners or evidence.policy_keys(connection)
    data = read_file(file, agreement_file.MAX_FILE)
    found = agreement_file.check_any(data, pinned, cosigners)
    answer(
        {"ok": True, "trusted": found.trusted, "exercise": found.exercise, "lines": found.lines},
        *found.lines,
    )


@refusals_in_words
def rebuild(
    check: Annotated[bool, typer.Option("--check", help="Only compare; change nothing.")] = False,
) -> None:
    """Fold the picture again from the ledgers, and the index of words from it; with --check compare both with the live
    ones (exit 1 where one differs).
    """
    node = open_node()
    with node.database.write() as connection:
        live = book.digests(connection)
        found_wrong = search_filling.wrong(connection, node.config.party) if check else 0
        trial = connection.begin_nested()
        book.rebuild(connection)
        again = book.digests(connection)
        if check:
            trial.rollback()
    if not check:
        search_filling.fill_all(node.office)
    same = live == again
    rows = [
        {"origin": one.origin, "size": one.size, "digest": one.digest, "same": one == two}
        for one, two in zip(live, again, strict=True)
    ]
    answer(
        {"same": same, "ledgers": rows, "search": {"wrong": found_wrong}},
        *(f"{row['digest']}  {row['size']:>8}  {row['origin']}{'' if row['same'] else '  DIFFERS'}" for row in rows),
        "The picture is exactly what the records say." if same else "The picture differed from the records.",
        *([_about_the_index(found_wrong)] if check else []),
    )
    if check and not (same and found_wrong == 0):
        raise typer.Exit(FAILED_EXIT)


def _about_the_index(found_wrong: int) -> str:
    return f"The index of words is wrong about {found_wrong} records." if found_wrong else "So is the index of words."


@refusals_in_words
def doctor() -> None:
    """Say what is in use, what is missing and what to do about it."""
    folder = Folder(settings.data)
    node = open_node()
    with node.database.read() as connection:
        integrity = str(connection.execute(text("PRAGMA quick_check")).scalar_one())
        mode = str(connection.execute(text("PRAGMA journal_mode")).scalar_one())
        sync = int(connection.execute(text("PRAGMA synchronous")).scalar_one())
        backed_up = roster.setting(connection, backups.LAST)
        newest = {held.circle.id: held.circle for held in circles(connection)}
    found = [*warnings(node.office), *_about_the_folder(folder, backed_up, node.office.clock())]
    facts = {
        "party": node.config.party,
        "store": f"SQLite, {mode.upper()}, synchronous={'FULL' if sync == 2 else sync}",
        "integrity": integrity,
        "size_mib": folder.store.stat().st_size >> 20,
        "free_mib": shutil.disk_usage(folder.path).free >> 20,
        "desk": f"http://{node.config.desk}",
        "peer": node.config.peer_url,
        "accounts": len(people.every(node.office)),
        "role": node.config.role,
        "circles": [f"{one.id[:8]} epoch {one.epoch}: {', '.join(one.parties)}" for one in newest.values()],
        "cadence_s": node.config.cadence,
        "marks": str(folder.marks),
        "backup_at": int(backed_up) if backed_up else None,
        "recovery_key_here": folder.recovery.exists(),
        "post_quantum": node.keys.post_quantum is not None,
    }
    lines = [line for name, value in facts.items() for line in _fact_lines(name, value)]
    words = [wording(f"warning.{one.code}", one.params, settings.language).line() for one in found]
    answer({**facts, "warnings": msgspec.to_builtins(found)}, *lines)
    for word in words:
        complain(word)
    if integrity != "ok":
        raise typer.Exit(FAILED_EXIT)


def _about_the_folder(folder: Folder, backed_up: str | None, now_ms: int) -> list[Warning_]:
    """What only the folder shows: a recovery key that was not put away, a backup that is missing or old."""
    found = [Warning_("recovery_key", {})] if folder.recovery.exists() else []
    if backed_up is None:
        return [*found, Warning_("no_backup", {})]
    days = (now_ms - int(backed_up)) // DAY_MS
    return [*found, Warning_("old_backup", {"days": days})] if days >= OLD_BACKUP_DAYS else found


def _fact_lines(name: str, value: object) -> list[str]:
    if isinstance(value, list):
        return [f"{name}:", *(f"  {one}" for one in value)]
    if name == "backup_at":
        if value is None:
            return [f"{name}: never"]
        at = datetime.datetime.fromtimestamp(int(str(value)) / 1000).astimezone()
        return [f"{name}: {at:%Y-%m-%d %H:%M}"]
    return [f"{name}: {value}"]
