"""To whom evidence may be given: labels decide, at the door of the desk, of the command line and of the API alike."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from nodes import OFFICER, add_officer, ask, enter, make_nodes, meet, refused, serving, signed_in, tell
from tansiq.circles.circle import Circle
from tansiq.cli.app import app
from tansiq.desk import evidence, saying
from tansiq.desk.saying import LabelRequest, ReleaseRequest, SayRequest
from tansiq.ledger.cosignature import cosign
from tansiq.ledger.note import ML_DSA_COSIGNATURE, NoteVerifier
from tansiq.node.node import Node
from tansiq.records.values import Label, Tlp

from .both import HOLDS, by_program, in_here
from .minted import KEYS, NOW
from .test_bad import BODY, PQ, cosigned

Table = tuple[dict[str, Node], Circle, dict[str, str]]


def labelled(node: Node, circle: Circle, tlp: Tlp, **withhold: list[str]) -> str:
    """Say something under this TLP."""
    label = LabelRequest(tlp=tlp, exercise=circle.exercise)
    release = ReleaseRequest(circle.id, label, withhold.get("withhold", []))
    request = SayRequest("log", {"text": f"under {tlp}", "lang": "en"}, [release])
    return saying.release(node.office, request, OFFICER)[0].ref


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Table]:
    """joc and mop share a circle; the observer is pinned and outside of it."""
    nodes = make_nodes(tmp_path_factory.mktemp("labels"), "joc", "mop", "observer")
    joc, mop, _ = nodes.values()
    circle = enter(joc, mop)
    levels: tuple[Tlp, ...] = ("RED", "AMBER+STRICT", "AMBER", "GREEN", "CLEAR")
    refs: dict[str, str] = {tlp: labelled(mop, circle, tlp) for tlp in levels}
    refs["told later"] = labelled(mop, circle, "CLEAR", withhold=["lang"])
    tell(mop, circle, refs["told later"], "lang")
    refs["narrowed"] = labelled(mop, circle, "CLEAR")
    request = ask(circle, "log", {"text": "narrower now"}, revises=refs["narrowed"].split("/")[1])
    saying.release(mop.office, request, OFFICER)
    add_officer(joc)
    meet(joc, mop)
    refs["own"] = labelled(joc, circle, "RED")
    yield nodes, circle, refs
    for node in nodes.values():
        node.close()


def give(node: Node, circle: Circle, ref: str, reader: str, *fields: str) -> bytes:
    """The file for a reader."""
    party, _, record = ref.partition("/")
    return evidence.prove(node.office, circle.id, party, record, fields or None, reader)


@pytest.mark.parametrize(
    ("tlp", "allowed"),
    [
        ("RED", {"mop", "joc"}),
        ("AMBER+STRICT", {"mop", "joc"}),
        ("AMBER", {"mop", "joc"}),
        ("GREEN", {"mop", "joc", "observer"}),
        ("CLEAR", {"mop", "joc", "observer", "mediator"}),
    ],
)
def test_what_another_party_said_goes_where_its_label_lets_it(table: Table, tlp: str, allowed: set[str]) -> None:
    nodes, circle, refs = table
    for reader in ("mop", "joc", "observer", "mediator"):
        if reader in allowed:
            data = give(nodes["joc"], circle, refs[tlp], reader)
            assert f"\nfor {reader}\n".encode() in data
            assert by_program(data, {}) == in_here(data, {})
            assert by_program(data, {}).code == HOLDS
        else:
            with refused("evidence.not_for_reader"):
                give(nodes["joc"], circle, refs[tlp], reader)


def test_ones_own_records_always_go(table: Table) -> None:
    nodes, circle, refs = table
    assert by_program(give(nodes["joc"], circle, refs["own"], "mediator"), {}).code == HOLDS
    assert by_program(give(nodes["mop"], circle, refs["RED"], "mediator"), {}).code == HOLDS


def test_what_the_author_had_seen_goes_along_only_where_its_own_label_lets_it(table: Table) -> None:
    """The last entry that joc had seen of mop is amber: it goes to mop, not to the mediator."""
    nodes, circle, refs = table
    assert b"\nafter " in give(nodes["joc"], circle, refs["own"], "mop")
    assert b"\nafter " not in give(nodes["joc"], circle, refs["own"], "mediator")


def test_a_narrower_correction_narrows_what_was_said_before(table: Table) -> None:
    nodes, circle, refs = table
    with refused("evidence.not_for_reader"):
        give(nodes["joc"], circle, refs["narrowed"], "mediator")
    assert give(nodes["joc"], circle, refs["narrowed"], "mop")


def test_fewer_fields_go_where_fewer_are_named(table: Table) -> None:
    nodes, circle, refs = table
    found = evidence.verify(give(nodes["joc"], circle, refs["CLEAR"], "mediator", "lang"))
    assert dict(found.fields) == {"lang": "en"}
    with refused("evidence.not_told"):
        give(nodes["joc"], circle, refs["CLEAR"], "mediator", "said_by")


def test_a_reader_is_a_party_or_a_plain_word(table: Table) -> None:
    nodes, circle, refs = table
    for reader in ("", "The Court", "a\nb", "x" * 33):
        with refused("evidence.bad_reader"):
            give(nodes["joc"], circle, refs["CLEAR"], reader)


def test_a_label_is_asked_and_nothing_else() -> None:
    label = Label("JOINT", "RESTRICTED", "GREEN", ["joc", "mop"], exercise=False)
    assert evidence.may_go_to(label, "joc", pinned=False)
    assert evidence.may_go_to(label, "observer", pinned=True)
    assert not evidence.may_go_to(label, "observer", pinned=False)


def test_the_desk_and_the_command_line_ask_the_same_label(table: Table, tmp_path: Path) -> None:
    nodes, circle, refs = table
    joc = nodes["joc"]
    words = ["--data", str(joc.folder.path), "prove", refs["AMBER"], "--circle", circle.id, "--for"]
    kept = CliRunner().invoke(app, [*words, "mediator"])
    assert kept.exit_code == 1
    assert "Ask mop" in " ".join(kept.stderr.split())
    given = CliRunner().invoke(app, [*words, "mop", "--field", "text"])
    assert given.exit_code == 0
    assert dict(evidence.verify(given.stdout_bytes).fields) == {"text": "under AMBER"}
    with serving(joc.folder.path) as (served,):
        desk = signed_in(served.url)
        path = f"/records/{circle.id}/{refs['AMBER']}/proof"
        answer = desk.get(path, params={"for": "mediator"})
        assert (answer.status_code, answer.json()["code"]) == (403, "evidence.not_for_reader")
        answer = desk.get(path, params={"for": "mop", "field": "text"})
        assert dict(evidence.verify(answer.content).fields) == {"text": "under AMBER"}
        assert desk.post("/verify", content=answer.content).json()["ok"] is True


def test_a_line_of_ml_dsa_44_counts_where_a_policy_names_its_key(tmp_path: Path) -> None:
    data = cosigned(cosign(BODY, "mop/mirror", PQ, NOW), cosign(BODY, "mop/mirror", KEYS[5], NOW))
    key = NoteVerifier("mop/mirror", ML_DSA_COSIGNATURE, PQ.public)
    (file := tmp_path / "file").write_bytes(data)
    (policy := tmp_path / "policy").write_text(f"witness mop-pq {key.vkey}\nquorum mop-pq\n")
    words = ["--data", str(tmp_path / "none"), "verify", str(file)]
    assert "not checked: an ML-DSA-44 line" in CliRunner().invoke(app, words).stdout
    said = CliRunner().invoke(app, [*words, "--policy", str(policy)])
    assert said.exit_code == 0
    assert "held by mop since 2027-01-15 08:00:00Z (ML-DSA-44)" in said.stdout
    other = NoteVerifier("mop/mirror", ML_DSA_COSIGNATURE, bytes(PQ.public[:-1]) + bytes([PQ.public[-1] ^ 1]))
    policy.write_text(f"witness mop-pq {other.vkey}\nquorum mop-pq\n")
    assert "not checked" in CliRunner().invoke(app, [*words, "--policy", str(policy)]).stdout
    moved = cosigned(cosign(BODY.replace("\n1\n", "\n2\n"), "mop/mirror", PQ, NOW))
    file.write_bytes(moved)
    policy.write_text(f"witness mop-pq {key.vkey}\nquorum mop-pq\n")
    assert CliRunner().invoke(app, [*words, "--policy", str(policy)]).exit_code == 4
