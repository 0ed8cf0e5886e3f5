"""Attachments over real ports: fetched by themselves, pushed where nobody can come, through kill -9, at the desk."""

from __future__ import annotations

import os
from pathlib import Path

import httpx
import msgspec

from blobs.attaching import contents, lacking, row_of, say_with
from blobs.pictures import DEVICE, POSITION, jpeg, png
from nodes import Served, add_officer, enter, free_port, ledger_of, make_nodes, serving, signed_in, until
from tansiq.node.node import Node
from tansiq.store import blobs
from tansiq.store.blobs import BlobState

WORDS = {"text": "Smoke over the ridge"}


def held(node: Node, ledger: int) -> list[BlobState]:
    """How the attachments of a ledger stand."""
    with node.database.read() as connection:
        return [one.state for one in blobs.named(connection, ledger, 0, 1 << 40)]


def test_an_attachment_comes_by_itself_and_shows_at_the_desk(tmp_path: Path) -> None:
    nodes = make_nodes(tmp_path, "joc", "mop")
    joc, mop = nodes.values()
    circle = enter(joc, mop)
    for node in nodes.values():
        add_officer(node)
    with serving(joc.folder.path, mop.folder.path) as (north, south):
        desk = signed_in(north.url)
        ready = desk.post("/uploads?ending=jpg", content=jpeg()).json()
        assert (ready["media"], ready["cleaned"]) == ("image/jpeg", True)
        assert ready["removed"] > 0
        said = {
            "kind": "log",
            "fields": WORDS,
            "releases": [{"circle": circle.id}],
            "attachments": [ready["id"]],
        }
        columns = desk.post("/records/preview", json=said).json()["columns"]
        assert {one["party"]: len(one["attachments"]) for one in columns} == {"joc": 1, "mop": 1}
        ref = desk.post("/records", json=said).json()["refs"][0]["ref"]
        other = signed_in(south.url)
        place = f"/records/{circle.id}/{ref}"

        def there() -> bool:
            answer = other.get(place)
            return answer.status_code == httpx.codes.OK and answer.json()["attachments"][0]["state"] == "held"

        until(there)
        digest = other.get(place).json()["attachments"][0]["digest"]
        shown = other.get(f"{place}/attachments/{digest}")
        assert shown.headers["content-type"] == "image/jpeg"
        assert shown.headers["x-content-type-options"] == "nosniff"
        assert shown.headers["content-security-policy"] == "default-src 'none'; sandbox"
        assert shown.headers["content-disposition"].startswith("inline")
        assert shown.content == desk.get(f"{place}/attachments/{digest}").content
        assert DEVICE not in shown.content
        assert POSITION not in shown.content
        saved = other.get(f"{place}/attachments/{digest}?save=true")
        assert saved.headers["content-disposition"] == f'attachment; filename="{digest[:12]}.jpg"'
        assert other.get(f"{place}/attachments/{'0' * 64}").status_code == httpx.codes.NOT_FOUND
        assert httpx.get(f"{south.url}/api/v1{place}/attachments/{digest}").status_code == httpx.codes.UNAUTHORIZED


def test_a_page_is_only_handed_out_to_be_saved_and_too_much_is_refused(tmp_path: Path) -> None:
    nodes = make_nodes(tmp_path, "joc")
    joc = nodes["joc"]
    circle = joc.make_circle(joc.config.names, ["joc"], exercise=False)
    add_officer(joc)
    with serving(joc.folder.path) as (node,):
        desk = signed_in(node.url)
        page = b"<html><script>alert(document.cookie)</script>"
        ready = desk.post("/uploads?ending=png", content=page).json()
        assert (ready["media"], ready["cleaned"]) == ("application/octet-stream", False)
        said = {"kind": "log", "fields": WORDS, "releases": [{"circle": circle.id}], "attachments": [ready["id"]]}
        ref = desk.post("/records", json=said).json()["refs"][0]["ref"]
        digest = desk.get(f"/records/{circle.id}/{ref}").json()["attachments"][0]["digest"]
        answer = desk.get(f"/records/{circle.id}/{ref}/attachments/{digest}")
        assert answer.content == page
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["content-disposition"] == f'attachment; filename="{digest[:12]}.bin"'
        assert desk.post("/uploads", content=b"").json()["code"] == "blob.empty"
        assert desk.post("/uploads", content=bytes(1 << 25)).status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE
        assert httpx.post(f"{node.url}/api/v1/uploads", content=b"x").status_code == httpx.codes.UNAUTHORIZED
        again = desk.post("/uploads?ending=txt", content=b"a note").json()
        assert desk.delete(f"/uploads/{again['id']}").is_success
        gone = {**said, "attachments": [again["id"]]}
        assert desk.post("/records", json=gone).json()["code"] == "blob.no_upload"


def test_a_kill_in_the_middle_of_fetching_loses_nothing_that_came(tmp_path: Path) -> None:
    nodes = make_nodes(tmp_path, "joc", "mop")
    joc, mop = nodes.values()
    circle = enter(joc, mop)
    ref = say_with(joc, circle, WORDS, (os.urandom(20 << 20), "zip"))
    with serving(joc.folder.path):
        south = Served(mop.folder.path)
        before = 0
        try:
            south.wait()

            def begun() -> bool:
                return any(blob.received > 0 for _, blob in lacking(mop, circle, "joc"))

            until(begun, pause_s=0.005)
        finally:
            south.kill()
        for _, blob in lacking(mop, circle, "joc"):
            before = blob.received
        with serving(mop.folder.path):
            until(lambda: held(mop, ledger_of(mop, circle, "joc").num) == [BlobState.HELD])
    assert before > 0
    assert contents(mop, circle, ref) == contents(joc, circle, ref)


def test_where_only_one_side_can_dial_its_attachments_are_pushed(tmp_path: Path) -> None:
    nodes = make_nodes(tmp_path, "joc", "mop")
    joc, mop = nodes.values()
    # nobody can dial joc: its card names a port at which nobody answers
    joc.folder.write_config(msgspec.structs.replace(joc.config, peer_url=f"https://127.0.0.1:{free_port()}"))
    again = Node(joc.folder)
    mop.pin(again.write_own_card())
    circle = enter(again, mop)
    ref = say_with(again, circle, WORDS, (png(40, 40), "png"), (os.urandom(300_000), "zip"))
    with serving(joc.folder.path, mop.folder.path):
        until(lambda: held(mop, ledger_of(mop, circle, "joc").num) == [BlobState.HELD] * 2)
    assert contents(mop, circle, ref) == contents(again, circle, ref)
    again.close()


def test_a_full_ledger_says_so_among_the_refusals(tmp_path: Path) -> None:
    nodes = make_nodes(tmp_path, "joc", "mop")
    joc, mop = nodes.values()
    circle = enter(joc, mop)
    mop.folder.write_config(msgspec.structs.replace(mop.config, attachments_mib=0))
    add_officer(mop)
    say_with(joc, circle, WORDS, (png(), "png"))
    with serving(joc.folder.path, mop.folder.path) as (_, south):
        desk = signed_in(south.url)

        def said() -> bool:
            return "blob.over_limit" in [one["code"] for one in desk.get("/ledgers").json()["refusals"]]

        until(said)
    ((ledger, blob),) = lacking(mop, circle, "joc")
    assert row_of(mop, circle, "joc", blob.digest).received == 0
    assert ledger.head_size == ledger_of(joc, circle, "joc").head_size
