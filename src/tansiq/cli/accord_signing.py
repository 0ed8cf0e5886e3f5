"""Signing on the command line: keys, offices, signing with or without a node at hand, taking signatures, exports."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Annotated, Any, Literal, cast

import msgspec
import typer

from tansiq.accord import carried, key_file
from tansiq.accord.agreed import AgreedText
from tansiq.accord.plain import number, plain
from tansiq.circles.gate import SIGNATORY, Author
from tansiq.cli.movements_saying import As, Circle, answer_said
from tansiq.cli.output import answer, refusals_in_words, settings
from tansiq.cli.set_up import open_node, read_file
from tansiq.cli.speak import author_of, only_shared_circle
from tansiq.desk import accord_export, accord_signatories, accord_signing, people
from tansiq.desk.accord_board import table_of
from tansiq.desk.accord_export import Form
from tansiq.desk.accord_signatories import NameRequest, RevokeRequest
from tansiq.desk.request import read_request
from tansiq.errors import MalformedInput
from tansiq.node.node import Node
from tansiq.records.kinds.signature import Reservation
from tansiq.wording import LANGUAGES

sign = typer.Typer(name="sign", help="Initial and sign texts with a signatory's own key.", no_args_is_help=True)

PASSPHRASE_HELP = "The passphrase; `-` reads one line from standard input; asked for when left out."  # noqa: S105 - help
KEY_HELP = "The key file that `tansiq sign key` or the desk made."
OWNER_ONLY = 0o600


@sign.command("key")
@refusals_in_words
def make_key(
    out: Annotated[Path, typer.Option(help="Where to write the key file.")],
    passphrase: Annotated[str, typer.Option(help=PASSPHRASE_HELP)] = "",
) -> None:
    """Make a signatory's key: a file under a passphrase. No node is needed."""
    if out.exists():
        raise MalformedInput("signing.key_there", path=str(out))
    data, public = key_file.make(_passphrase(passphrase, twice=True))
    out.touch(OWNER_ONLY)
    out.write_bytes(data)
    answer(
        {"file": str(out), "public": public},
        f"Key written to {out}. Keep it and its passphrase apart; neither can be made again.",
        f"Public key, for `tansiq sign office`: {public}",
    )


@sign.command("office")
@refusals_in_words
def name_office(
    key: Annotated[str, typer.Option(help="The public key, or the key file.")],
    name: Annotated[list[str], typer.Option(help="The office's name in a language: ar=…, ckb=…, en=…")],
    may: Annotated[list[str] | None, typer.Option(help="initial, sign; both where it is left out.")] = None,
    circle: Circle = "",
    as_: As = "",
) -> None:
    """Name an office that signs for this party, with its public key. Name the office, never a person."""
    node = open_node()
    public = key
    if Path(key).is_file():
        public = str(msgspec.json.decode(read_file(Path(key), key_file.MAX_FILE)).get("public", ""))
    asked = {
        "circle": circle or only_shared_circle(node),
        "names": dict(one.split("=", 1) for one in name if "=" in one),
        "key": public,
        "may": may or ["initial", "sign"],
    }
    request = read_request(NameRequest, asked)
    answer_said(accord_signatories.name_with_file(node.office, request, _author(node, as_)), "named")


@sign.command("revoke")
@refusals_in_words
def revoke(
    office: Annotated[str, typer.Argument(help="party/id of the office.")],
    reason: Annotated[str, typer.Option(help="Why; the others read it.")],
    circle: Circle = "",
    as_: As = "",
) -> None:
    """Take an office's key back. What it signed before stays signed."""
    node = open_node()
    request = RevokeRequest(circle or only_shared_circle(node), office, reason)  # type: ignore[arg-type]  # read below
    request = read_request(RevokeRequest, msgspec.to_builtins(request))
    answer_said(accord_signatories.revoke(node.office, request, _author(node, as_)), "revoked")


@sign.command("text")
@refusals_in_words
def sign_text(
    what: Annotated[str, typer.Argument(help="An exported text file, or party/id of an agreement of this node.")],
    key: Annotated[Path, typer.Option(help=KEY_HELP)],
    act: Annotated[str, typer.Option(help="sign or initial.")] = "sign",
    reservation: Annotated[
        list[str] | None,
        typer.Option(help="number:excludes|modifies|interprets:language=words; again for more."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Where to write the signature file.")] = None,
    passphrase: Annotated[str, typer.Option(help=PASSPHRASE_HELP)] = "",
    yes: Annotated[bool, typer.Option("--yes", help="The text was read to its end; do not show it and ask.")] = False,
    circle: Circle = "",
    as_: As = "",
) -> None:
    """Sign a text. With an exported file no node is needed: the signature file is carried in with `sign take`."""
    if act not in ("sign", "initial"):
        raise MalformedInput("record.bad_fields", kind="signature", reason=f"act: {act[:20]}")
    node: Node | None = None
    if Path(what).is_file():
        data = read_file(Path(what), carried.MAX_FILE)
    else:
        node = open_node()
        data = accord_signing.text_file(node.office, circle or only_shared_circle(node), what)
    file, agreed = carried.read_text(data)
    reservations = tuple(_reservation(one, agreed) for one in reservation or ())
    carried.check_reservations(cast(Literal["initial", "sign"], act), reservations, agreed)
    if not yes:
        for language in agreed.authentic:
            typer.echo(plain(agreed, language))
        typer.confirm(f"SHA-256 {file.digest}: {act} this text as {file.party}?", abort=True, err=True)
    opened = key_file.open_key(read_file(key, key_file.MAX_FILE), _passphrase(passphrase))
    now = node.office.clock() if node is not None else int(time.time() * 1000)
    made = carried.sign_file(file, opened, cast(Literal["initial", "sign"], act), now, reservations)
    raw = msgspec.json.format(msgspec.json.encode(made)) + b"\n"
    if out is not None:
        out.write_bytes(raw)
        answer(
            {"file": str(out), "digest": file.digest},
            f"Signature written to {out}. Carry it to the node: tansiq sign take {out}",
        )
        return
    if node is None:
        sys.stdout.write(raw.decode())
        return
    answer_said(accord_signing.take(node.office, raw, _author(node, as_)), "signed")


@sign.command("take")
@refusals_in_words
def take(
    file: Annotated[Path, typer.Argument(help="A signature file.")],
    as_: As = "",
) -> None:
    """Take a signature that was made away from this node, and say it in the own ledger."""
    node = open_node()
    answer_said(accord_signing.take(node.office, read_file(file), _author(node, as_)), "signed")


@sign.command("show")
@refusals_in_words
def show(
    agreement: Annotated[str, typer.Argument(help="party/id of the agreement.")],
    circle: Circle = "",
) -> None:
    """Who initialled and signed, which signatures count and why others do not, and what is in force."""
    node = open_node()
    found = accord_signing.view(node.office, circle or only_shared_circle(node), agreement, settings.language)
    lines = [f"SHA-256 {found.digest}" if found.digest else "brackets are open: nothing to sign yet"]
    for row in found.signatures:
        one = row.signed
        lines.append(f"{one.act:<8} {one.party:<12} {one.ref}  {row.why or 'counts'}")
    for under in found.under:
        missing = ", ".join(under.not_signed) or "nobody"
        lines.append(f"text {under.digest[:16]}: signed by {', '.join(under.signed) or 'nobody'}; missing {missing}")
    lines.append(f"in force: {found.force.on}, {found.force.at or 'not yet'}")
    lines += [f"reservation of {one.party} to {one.clause} ({one.effect}): {one.commitment}" for one in found.effects]
    answer(msgspec.to_builtins(found), *lines)


@sign.command("offices")
@refusals_in_words
def show_offices(circle: Circle = "") -> None:
    """Every office that was named, with the fingerprint of its key."""
    node = open_node()
    with table_of(node.office, circle or only_shared_circle(node)) as table:
        found = accord_signing.offices(table)
    answer(
        msgspec.to_builtins(found),
        *(f"{one.ref}  {one.status}  {one.method}  {', '.join(one.may)}  {one.fingerprint}" for one in found),
    )


@refusals_in_words
def export(
    agreement: Annotated[str, typer.Argument(help="party/id of the agreement.")],
    form: Annotated[str, typer.Option("--as", help="pdf, docx, akn, bundle (signed only), text (to sign elsewhere).")],
    out: Annotated[Path | None, typer.Option(help="Where to write it; its own name otherwise.")] = None,
    reader: Annotated[str | None, typer.Option("--for", help="To whom a bundle goes; labels decide.")] = None,
    circle: Circle = "",
) -> None:
    """Write an agreement to a file."""
    node = open_node()
    which = circle or only_shared_circle(node)
    if form == "text":
        name, data = "text-to-sign.json", accord_signing.text_file(node.office, which, agreement)
    elif form in accord_export.MEDIA:
        found = accord_export.export(node.office, which, agreement, cast(Form, form), reader)
        name, data = found.name, found.data
    else:
        raise MalformedInput("signing.no_such_form", form=form[:20])
    path = out or Path(name)
    path.write_bytes(data)
    answer({"file": str(path), "bytes": len(data)}, f"Written to {path} ({len(data)} bytes)")


def _passphrase(given: str, *, twice: bool = False) -> str:
    if given == "-":
        return sys.stdin.readline().rstrip("\n")
    return given or str(typer.prompt("Passphrase", hide_input=True, confirmation_prompt=twice, err=True))


def _author(node: Node, name: str) -> Author:
    """The account that signs: the one that is named, else the only signatory of the node."""
    if name:
        return author_of(node, name)
    able = [row for row in people.every(node.office) if SIGNATORY in row.roles and not row.disabled]
    return author_of(node, able[0].name if len(able) == 1 else "")


def _reservation(words: str, text: AgreedText) -> Reservation:
    """A reservation to a clause by its key, or by its number, which is what a reader of the text has."""
    clause, _, rest = words.partition(":")
    effect, _, said = rest.partition(":")
    language, _, told = said.partition("=")
    fields: dict[str, Any] = {"clause": clause, "effect": effect, "text": {language: told}}
    if language not in LANGUAGES:
        raise MalformedInput("record.bad_fields", kind="reservation", reason=words[:80])
    if clause not in {one.key for one in text.clauses}:
        fields["clause"] = next((one.key for one in text.clauses if number(one.order) == clause), clause)
    return read_request(Reservation, fields)
