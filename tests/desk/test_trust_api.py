"""Trust at the desk: acknowledgement, forks, epochs, bundles, erasing, over real sockets between real nodes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nodes import (
    add_officer,
    copy_folder,
    enter,
    ledger_of,
    make_nodes,
    meet,
    say,
    serving,
    shown,
    signed_in,
    take,
    until,
)
from tansiq.circles.circle import Circle
from tansiq.desk.times import Claims
from tansiq.exchange.acknowledgement import acknowledgement, mirrors, reach, set_policy
from tansiq.exchange.notices import circle_of
from tansiq.ledger import fork
from tansiq.node.node import Node
from tansiq.records.entry import decode_entry
from tansiq.store import cosigned, ledgers
from tansiq.store.cosigned import CosignedRow
from tansiq.store.ledgers import ReceiptRow

OK, CREATED, BAD, FORBIDDEN, MISSING, CONFLICT = 200, 201, 400, 403, 404, 409
CHIEF = "chief"
READER = "onlooker"


def _refusal(answer: httpx.Response, status: int, code: str) -> None:
    assert (answer.status_code, answer.json().get("code")) == (status, code), answer.text
    assert answer.json()["next"]


def _staff(*nodes: Node) -> None:
    for node in nodes:
        add_officer(node)
        add_officer(node, CHIEF, ["administrator"])
        add_officer(node, READER, ["reader"])


@contextmanager
def _desks(*nodes: Node, user: str = "duty") -> Iterator[list[httpx.Client]]:
    """The nodes served, with a session at each."""
    for node in nodes:
        node.close()
    with serving(*(node.folder.path for node in nodes)) as served:
        clients = [signed_in(one.url, user) for one in served]
        yield clients
        for client in clients:
            client.close()


def _as(client: httpx.Client, user: str, language: str = "en") -> httpx.Client:
    return signed_in(str(client.base_url).split("/api/")[0], user, language)


def _until(desk: httpx.Client, true: Callable[[httpx.Client], bool]) -> None:
    until(lambda: true(desk))


def _say(desk: httpx.Client, circle: Circle, text: str) -> str:
    body = {"kind": "log", "fields": {"text": text}, "releases": [{"circle": circle.id}]}
    answer = desk.post("/records", json=body)
    assert answer.status_code == CREATED, answer.text
    return str(answer.json()["refs"][0]["ref"])


def _ledger(desk: httpx.Client, circle: Circle, party: str, epoch: int = 1) -> dict[str, Any]:
    rows = desk.get("/ledgers").json()["ledgers"]
    return next(row for row in rows if row["origin"] == f"{party}/{circle.id}/{epoch}")


def _row(desk: httpx.Client, circle: Circle, ref: str) -> dict[str, Any]:
    rows = desk.get("/picture", params={"circle": circle.id, "limit": 5000}).json()["objects"]
    return next(row for row in rows if row["ref"] == ref)


# Acknowledgement


def test_a_row_is_compared_with_its_ledger_to_say_how_far_it_is_acknowledged(tmp_path: Path) -> None:
    nodes = make_nodes(tmp_path, "joc", "mop", "coalition")
    joc, mop, coalition = nodes.values()
    circle = enter(*nodes.values())
    _staff(joc, mop)
    coalition.close()
    with _desks(joc, mop) as (duty, _):
        ref = _say(duty, circle, "held by one of two")
        row = _row(duty, circle, ref)
        until(lambda: _ledger(duty, circle, "joc")["reach"]["held"] > row["index"])
        found = _ledger(duty, circle, "joc")["reach"]
        assert found["sent"] > row["index"] >= found["acknowledged"]
        record = duty.get(f"/records/{circle.id}/{ref}").json()["acknowledgement"]
        assert (record["state"], record["held_by"]) == ("held", ["mop"])
        assert record["missing"] == ["coalition/mirror"]
        seen = _ledger(duty, circle, "joc")["witnesses"]
        assert {one["party"] for one in seen} <= {"joc", "mop", "coalition"}
        # one of the two is enough from now on
        policy = duty.get(f"/circles/{circle.id}/policy").json()
        assert (policy["own"], policy["rule"]["threshold"], len(policy["rule"]["members"])) == (False, 2, 2)
        text = policy["text"].replace("group others all", "group others any")
        _refusal(duty.put(f"/circles/{circle.id}/policy", json={"text": text}), FORBIDDEN, "account.not_administrator")
        with _as(duty, CHIEF) as chief:
            given_ = chief.put(f"/circles/{circle.id}/policy", json={"text": text}).json()
            assert (given_["own"], given_["rule"]["threshold"]) == (True, 1)
            _refusal(
                chief.put(f"/circles/{circle.id}/policy", json={"text": "quorum nobody\n"}),
                BAD,
                "ledger_policy.unknown_name",
            )
            assert _ledger(chief, circle, "joc")["reach"]["acknowledged"] > row["index"]
            record = duty.get(f"/records/{circle.id}/{ref}").json()["acknowledgement"]
            assert (record["state"], record["missing"]) == ("acknowledged", [])
            assert not chief.put(f"/circles/{circle.id}/policy", json={"text": None}).json()["own"]


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> tuple[Node, Circle]:
    """A ledger of ten entries, of which nobody holds anything yet."""
    nodes = make_nodes(tmp_path_factory.mktemp("reach"), "joc", "mop", "coalition")
    circle = enter(*nodes.values())
    for step in range(8):
        say(nodes["joc"], circle, "log", {"text": f"entry {step}"})
    return nodes["joc"], circle


SIZES = st.lists(st.tuples(st.sampled_from(["mop", "coalition"]), st.integers(1, 9)), max_size=6)
POLICIES = st.sampled_from(["all", "any", "none", ""])


@settings(deadline=None, max_examples=60)
@given(receipts=SIZES, seen=SIZES, rule=POLICIES)
def test_three_numbers_say_of_every_entry_what_the_policy_says_of_it(
    held: tuple[Node, Circle], receipts: list[tuple[str, int]], seen: list[tuple[str, int]], rule: str
) -> None:
    joc, circle = held
    origin = ledger_of(joc, circle, "joc")
    with joc.database.write() as connection:
        trial = connection.begin_nested()
        if rule:
            keys = [(party, key.vkey) for party, key in mirrors(circle) if party != "joc"]
            lines = [f"witness {party} {vkey}" for party, vkey in keys]
            lines += [f"group g {rule} {' '.join(party for party, _ in keys)}", "quorum g"]
            lines = [*lines[:-2], "quorum none"] if rule == "none" else lines
            set_policy(connection, circle, ("\n".join(lines) + "\n").encode())
        for party, size in receipts:
            ledgers.add_receipt(connection, origin.num, ReceiptRow(party, size, 1_600_000_000 + size, ""))
        for party, size in seen:
            cosigned.add(connection, origin.num, CosignedRow(f"{party}/witness+0000", size, 1_600_000_000, ""))
        found = reach(connection, circle_of(connection, origin), origin)
        for index in range(origin.size):
            state = acknowledgement(connection, circle, origin, index).state
            by_reach = (
                "unsent"
                if index >= found.sent
                else "acknowledged"
                if index < found.acknowledged
                else "held"
                if index < found.held
                else "sent"
            )
            assert state == by_reach, index
        trial.rollback()


# Claimed times


def test_a_claim_after_a_witness_saw_it_or_before_what_its_author_had_seen_is_marked(tmp_path: Path) -> None:
    nodes = make_nodes(tmp_path, "joc", "mop")
    joc, mop = nodes.values()
    circle = enter(joc, mop)
    ref = say(joc, circle, "log", {"text": "as the clock says"})
    meet(joc, mop)
    own = ledger_of(joc, circle, "joc")
    assert not shown(joc, circle)[ref].outside
    with joc.database.write() as connection:
        trial = connection.begin_nested()
        connection.exec_driver_sql("DELETE FROM receipt")
        connection.exec_driver_sql("DELETE FROM cosigned")
        entry = decode_entry(ledgers.entry_bodies(connection, own.num, own.size - 1, 1)[0])
        assert Claims(connection).bounds(own, own.size - 1, entry)[1] is None
        early = entry.at // 1000 - 60
        cosigned.add(connection, own.num, CosignedRow("joc/witness+00", own.size, early, ""))
        assert not Claims(connection).outside(own, own.size - 1, entry)  # its own witness proves nothing
        cosigned.add(connection, own.num, CosignedRow("mop/witness+00", own.size - 1, early, ""))
        assert not Claims(connection).outside(own, own.size - 1, entry)  # a head that does not cover it
        cosigned.add(connection, own.num, CosignedRow("mop/witness+00", own.size + 5, early + 9, ""))
        cosigned.add(connection, own.num, CosignedRow("mop/witness+00", own.size, early + 20, ""))
        found = Claims(connection)
        assert found.bounds(own, own.size - 1, entry)[1] == (early + 9) * 1000 + 999
        assert found.outside(own, own.size - 1, entry)
        assert found.any_outside(own, [0, own.size - 1])
        trial.rollback()


# Forks


@pytest.fixture
def forked(tmp_path: Path) -> Iterator[tuple[Circle, list[httpx.Client]]]:
    """Three served nodes; the first one's folder was copied, and both copies spoke."""
    nodes = make_nodes(tmp_path, "joc", "mop", "coalition")
    joc, mop, coalition = nodes.values()
    circle = enter(*nodes.values())
    _staff(*nodes.values())
    say(joc, circle, "log", {"text": "before the copy"})
    meet(*nodes.values())
    joc.close()
    twin = Node(copy_folder(joc.folder, tmp_path / "twin", tmp_path / "twin-marks"))
    joc = Node(joc.folder)
    say(joc, circle, "log", {"text": "to the one"})
    say(twin, circle, "log", {"text": "to the other"})
    take(mop, joc, circle)
    take(coalition, twin, circle)
    twin.close()
    with _desks(joc, mop, coalition) as clients:
        for client in clients:
            _until(client, lambda desk: desk.get("/node").json()["forks"] != [])
        yield circle, clients


def test_every_member_sees_the_alarm_and_anyone_can_check_the_proof(
    forked: tuple[Circle, list[httpx.Client]],
) -> None:
    circle, desks = forked
    origin = f"joc/{circle.id}/1"
    for desk in desks:
        (alarm,) = desk.get("/node").json()["forks"]
        assert (alarm["origin"], alarm["party"], alarm["circle"]) == (origin, "joc", circle.id)
        assert alarm["own"] == (desk is desks[0])
        (found,) = desk.get("/forks").json()["forks"]
        assert found["first"]["note"].startswith(f"{origin}\n{found['first']['size']}\n{found['first']['root']}\n")
        assert (found["first"]["root"] != found["second"]["root"]) or found["kind"] == "extension"
        assert _ledger(desk, circle, "joc")["frozen"]
        answer = desk.get(f"/forks/{alarm['hash']}")
        assert answer.headers["content-disposition"].startswith("attachment")
        assert fork.decode(answer.content).origin == origin
        for reader in desks:
            verdict = reader.post("/verify", content=answer.content).json()
            assert (verdict["ok"], verdict["kind"]) == (True, "fork")
            assert any("pinned here" in line and "not pinned" not in line for line in verdict["lines"])
    changed = answer.content.replace(b"kind", b"kin", 1)
    assert desks[1].post("/verify", content=changed).json()["ok"] is False
    _refusal(desks[1].get("/forks/" + "0" * 64), MISSING, "fork.not_here")
    # records of a frozen ledger say so
    ref = next(
        one["ref"] for one in desks[1].get(f"/picture?circle={circle.id}").json()["objects"] if one["party"] == "joc"
    )
    assert desks[1].get(f"/records/{circle.id}/{ref}").json()["ledger"]["frozen"]


def test_a_cloned_node_says_that_it_stopped_and_only_an_administrator_lets_it_go_on(
    forked: tuple[Circle, list[httpx.Client]],
) -> None:
    circle, (joc, mop, _) = forked
    (stopped,) = joc.get("/standing").json()["ledgers"]
    assert (stopped["origin"], stopped["state"]) == (f"joc/{circle.id}/1", "stopped")
    assert mop.get("/standing").json() == {"ledgers": []}
    _refusal(joc.post("/standing/only-one", json={"confirmed": True}), FORBIDDEN, "account.not_administrator")
    with _as(joc, CHIEF) as chief:
        _refusal(chief.post("/standing/only-one", json={"confirmed": False}), FORBIDDEN, "node.not_confirmed")
        left = chief.post("/standing/only-one", json={"confirmed": True}).json()["ledgers"]
    # the forked ledger never goes on; what else had stopped does
    assert [(one["origin"], one["forked"]) for one in left] == [(f"joc/{circle.id}/1", True)]


# Epochs


def test_an_epoch_is_proposed_shown_signed_and_begun_at_the_desks(tmp_path: Path) -> None:
    nodes = make_nodes(tmp_path, "joc", "mop", "coalition", "observer")
    joc, mop, coalition, observer = nodes.values()
    circle = enter(joc, mop, coalition)
    _staff(joc, mop, coalition)
    observer.close()
    with _desks(joc, mop, coalition, user=CHIEF) as (one, two, three):
        with _as(one, "duty") as duty:
            _refusal(duty.post("/epochs", json={"circle": circle.id}), FORBIDDEN, "account.not_administrator")
        answer = one.post("/epochs", json={"circle": circle.id, "add": ["observer"], "remove": ["coalition"]})
        assert answer.status_code == CREATED, answer.text
        proposed = answer.json()["id"]
        until(lambda: two.get("/epochs").json()["proposals"] != [])
        (found,) = two.get("/epochs").json()["proposals"]
        assert (found["id"], found["missing"], found["yours"]) == (proposed, ["mop"], True)
        changes = {member["party"]: (member["change"], member["signed"]) for member in found["members"]}
        assert changes == {
            "joc": ("stays", True),
            "mop": ("stays", False),
            "coalition": ("leaves", False),
            "observer": ("joins", False),
        }
        assert all(member["pinned"] for member in found["members"])
        with _as(two, "duty") as duty:
            _refusal(duty.post(f"/epochs/{proposed}/sign"), FORBIDDEN, "account.not_administrator")
        _refusal(two.post("/epochs/000000/sign"), MISSING, "epoch.not_here")
        signed = two.post(f"/epochs/{proposed}/sign")
        assert signed.status_code == OK, signed.text
        assert (signed.json()["proposal"] or {"missing": []})["missing"] == []
        for desk in (one, two):
            _until(desk, lambda desk: _epoch_of(desk, circle) == 2)
        assert three.get("/epochs").json()["proposals"] == []  # who leaves is told nothing
        assert _ledger(one, circle, "joc")["sealed"] is not None
        file = one.get(f"/circles/{circle.id}/file")
        assert file.json()["epoch"] == 2
        assert "attachment" in file.headers["content-disposition"]


def test_a_party_leaves_and_those_who_stay_agree(tmp_path: Path) -> None:
    nodes = make_nodes(tmp_path, "joc", "mop", "coalition")
    circle = enter(*nodes.values())
    _staff(*nodes.values())
    with _desks(*nodes.values(), user=CHIEF) as (one, two, three):
        assert three.post(f"/circles/{circle.id}/leave").status_code == OK
        _until(one, lambda desk: _ledger(desk, circle, "coalition")["sealed"] is not None)
        answer = one.post("/epochs", json={"circle": circle.id, "remove": ["coalition"]}).json()
        assert answer["proposal"]["missing"] == ["mop"]
        _until(two, lambda desk: desk.get("/epochs").json()["proposals"] != [])
        assert two.post(f"/epochs/{answer['id']}/sign").status_code == OK
        for desk in (one, two):
            _until(desk, lambda desk: _epoch_of(desk, circle) == 2)
        assert _epoch_of(three, circle) == 1


def test_a_next_epoch_that_one_refuses_is_over_for_all(tmp_path: Path) -> None:
    nodes = make_nodes(tmp_path, "joc", "mop")
    circle = enter(*nodes.values())
    _staff(*nodes.values())
    with _desks(*nodes.values(), user=CHIEF) as (one, two):
        first = one.post("/epochs", json={"circle": circle.id}).json()["id"]
        _until(two, lambda desk: desk.get("/epochs").json()["proposals"] != [])
        assert two.post(f"/epochs/{first}/refuse").status_code == OK
        for desk in (one, two):
            _until(desk, lambda desk: desk.get("/epochs").json()["proposals"] == [])
        _refusal(two.post(f"/epochs/{first}/sign"), CONFLICT, "epoch.refused_already")
        assert one.post("/epochs", json={"circle": circle.id}).status_code == CREATED


def _epoch_of(desk: httpx.Client, circle: Circle) -> int:
    rows = desk.get("/node").json()["circles"]
    return int(next(row["epoch"] for row in rows if row["id"] == circle.id))


# Bundles and archives


def test_a_bundle_made_at_one_desk_is_read_at_another_whole_and_in_parts(tmp_path: Path) -> None:
    nodes = make_nodes(tmp_path, "joc", "mop")
    joc, mop = nodes.values()
    circle = enter(joc, mop)
    _staff(joc, mop)
    first = say(joc, circle, "log", {"text": "on the stick"})
    joc.close()
    mop.close()
    with serving(joc.folder.path) as (one,), signed_in(one.url) as duty:
        with _as(duty, READER) as reader:
            _refusal(reader.post("/bundles", json={"circles": [circle.id]}), FORBIDDEN, "gate.may_not_release")
        answer = duty.post("/bundles", json={"circles": [circle.id], "part_size": 4096})
        assert answer.status_code == CREATED, answer.text
        made = answer.json()
        assert made["to"] == ["mop"]
        whole = duty.get(f"/bundles/{made['id']}/{made['files'][0]['name']}")
        assert len(whole.content) == made["files"][0]["bytes"]
        parts = {part["name"]: duty.get(f"/bundles/{made['id']}/{part['name']}").content for part in made["parts"]}
        assert len(parts) > 1
        _refusal(duty.get(f"/bundles/{made['id']}/node.toml"), MISSING, "bundle.no_item")
        for path in ("..%2Fnode.toml", "%2e%2e", "..%5Cnode.toml"):
            assert duty.get(f"/bundles/{made['id']}/{path}").status_code == MISSING
        _refusal(duty.get("/bundles/keys/log.seed"), MISSING, "bundle.no_item")
        _refusal(duty.post("/bundles/read", content=whole.content), FORBIDDEN, "bundle.not_for_us")
        body = {"circles": [circle.id], "to": ["coalition"]}
        _refusal(duty.post("/bundles", json=body), FORBIDDEN, "bundle.not_a_member")
        archive = duty.get(f"/circles/{circle.id}/archive")
        assert "viewer.html" in zipfile.ZipFile(io.BytesIO(archive.content)).namelist()
    with serving(mop.folder.path) as (two,), signed_in(two.url) as other:
        with _as(other, READER) as reader:
            _refusal(reader.post("/bundles/read", content=whole.content), FORBIDDEN, "gate.may_not_release")
        names = list(parts)
        for name in reversed(names[1:]):
            taken = other.post("/bundles/read", params={"name": name}, content=parts[name]).json()
            assert taken["report"] is None
        assert taken["parts"]["missing"] == [1]
        broken = parts[names[0]][:-1] + b"x"
        _refusal(other.post("/bundles/read", params={"name": names[0]}, content=broken), BAD, "bundle.part_damaged")
        report = other.post("/bundles/read", params={"name": names[0]}, content=parts[names[0]]).json()["report"]
        assert (report["by"], report["entries"]) == ("joc", 2 + 1)
        assert _row(other, circle, first)["fields"] == {"text": "on the stick"}
        again = other.post("/bundles/read", content=whole.content).json()["report"]
        assert again["entries"] == 0
        _refusal(other.post("/bundles/read", content=b"nothing"), BAD, "bundle.not_a_bundle")
        # the way back carries the receipt and, since it is known what joc holds, none of joc's own entries
        made = other.post("/bundles", json={"circles": [circle.id], "since_receipts": True}).json()
        back = other.get(f"/bundles/{made['id']}/{made['files'][0]['name']}").content
    with serving(joc.folder.path) as (one,), signed_in(one.url) as duty:
        report = duty.post("/bundles/read", content=back).json()["report"]
        assert report["receipts"] >= 1
        record = duty.get(f"/records/{circle.id}/{first}").json()
        assert record["acknowledgement"]["state"] == "acknowledged"


# Erasing


def test_an_own_record_is_erased_at_the_desk_and_shows_who_has_done_the_same(tmp_path: Path) -> None:
    nodes = make_nodes(tmp_path, "joc", "mop", "coalition")
    joc, mop, coalition = nodes.values()
    circle = enter(*nodes.values())
    _staff(joc, mop)
    coalition.close()
    with _desks(joc, mop) as (duty, other):
        ref = _say(duty, circle, "the name that must go")
        until(lambda: other.get(f"/records/{circle.id}/{ref}").status_code == OK)
        path = f"/records/{circle.id}/{ref}"
        with _as(duty, READER) as reader:
            _refusal(reader.post(f"{path}/erase", json={"reason": "law"}), FORBIDDEN, "gate.may_not_release")
        _refusal(other.post(f"{path}/erase", json={"reason": "law"}), BAD, "record.not_own")
        _refusal(duty.post(f"{path}/erase", json={"reason": "whim"}), BAD, "record.bad_reason")
        assert duty.get(path).json()["erasure"] is None
        assert duty.post(f"{path}/erase", json={"reason": "personal"}).status_code == OK
        until(lambda: duty.get(path).json()["erasure"]["waiting"] == ["coalition"])
        for desk in (duty, other):
            _until(desk, lambda desk: desk.get(path).json()["object"]["erased"])
            found = desk.get(path).json()
            assert found["object"]["fields"] == {}
            assert found["erasure"]["reason"] == "personal"
            assert [one["party"] for one in found["erasure"]["answered"]] == ["mop"]
