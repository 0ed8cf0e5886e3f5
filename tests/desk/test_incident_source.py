"""From whom a report is known never leaves the node: every door is tried, and every byte that another node holds."""

from __future__ import annotations

import base64
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from nodes import Served, add_officer, enter, make_nodes, serving, signed_in, until
from tansiq.circles.circle import Circle

OK, CREATED = 200, 201
SOURCE = "Zubaydas-nephew-at-the-third-well"
CORRECTED = "Zubaydas-cousin-at-the-fourth-well"
PLACE = {"lat": 357_700_000, "lon": 435_800_000, "accuracy": 500}
SHAPES = ("csv", "xlsx", "geojson", "kml")


@dataclass(frozen=True)
class Said:
    """A report with a source, corrected with another, of which more was told; held by both nodes."""

    home: Path
    circle: Circle
    served: Served
    duty: httpx.Client
    other: httpx.Client
    ref: str


def tansiq(home: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    """The command line at a node."""
    return subprocess.run(
        [sys.executable, "-m", "tansiq.cli", "--data", str(home), *words],
        capture_output=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Said]:
    """Said and corrected through the desk, told more of on the command line."""
    home = tmp_path_factory.mktemp("source")
    nodes = make_nodes(home, "joc", "mop")
    circle = enter(nodes["joc"], nodes["mop"])
    for node in nodes.values():
        add_officer(node)
        node.close()
    joc, mop = (nodes[party].folder.path for party in ("joc", "mop"))
    with serving(joc, mop) as (one, two), signed_in(one.url) as duty, signed_in(two.url) as other:
        fields: dict[str, Any] = {"category": "shooting", "place": PLACE, "text": "Shots", "source": SOURCE}
        release = {"circle": circle.id, "withhold": ["place"], "grid": 10_000}
        answer = duty.post("/records", json={"kind": "incident", "fields": fields, "releases": [release]})
        assert answer.status_code == CREATED, answer.text
        ref = answer.json()["refs"][0]["ref"]
        again = {**fields, "text": "Shots at the bridge", "source": CORRECTED}
        answer = duty.post(
            "/records", json={"kind": "incident", "fields": again, "releases": [release], "revises": ref}
        )
        assert answer.status_code == CREATED, answer.text
        told = tansiq(joc, "tell", ref, "place", "--circle", circle.id)
        assert told.returncode == 0, told.stderr

        def arrived() -> bool:
            objects = other.get("/picture", params={"circle": circle.id}).json()["objects"]
            return any(one["ref"] == ref and "place" in one["fields"] for one in objects)

        until(arrived)
        yield Said(home, circle, one, duty, other, ref)


def traces(data: bytes) -> list[bytes]:
    """The source as it would stand in bytes: plain, or within base64 at any of its three offsets."""
    found = []
    for text in (SOURCE, CORRECTED):
        wanted = [text.encode()]
        for offset in range(3):
            coded = base64.urlsafe_b64encode(b"\0" * offset + text.encode())
            wanted.append(coded[4 if offset else 0 : len(coded) // 4 * 4 - 4])
        found += [one for one in wanted if one in data]
    return found


def test_what_is_looked_for_would_be_found(said: Said) -> None:
    own = b"".join(path.read_bytes() for path in sorted((said.home / "joc").rglob("*")) if path.is_file())
    assert len(traces(own)) >= len((SOURCE, CORRECTED)), "it is in the own store, plain or coded"
    kept = said.duty.get(f"/records/{said.circle.id}/{said.ref}").json()
    assert kept["object"]["own"]["source"] == CORRECTED


def test_no_byte_of_it_lies_on_the_other_node(said: Said) -> None:
    held = [path for path in sorted((said.home / "mop").rglob("*")) if path.is_file()]
    assert held
    for path in held:
        assert traces(path.read_bytes()) == [], path.name


@pytest.mark.parametrize("fields", [["source"], ["text", "source"]])
def test_it_is_not_told_later_either_through_the_desk_or_on_the_command_line(said: Said, fields: list[str]) -> None:
    for door in ("tell", "tell/preview"):
        answer = said.duty.post(f"/records/{said.circle.id}/{said.ref}/{door}", json={"fields": fields})
        assert answer.status_code >= 400, door
    refused = tansiq(said.home / "joc", "tell", said.ref, *fields, "--circle", said.circle.id)
    assert refused.returncode != 0
    assert traces(refused.stdout + refused.stderr) == []
    for other in ("tell", "party", "circle"):
        request = {"kind": other, "fields": {"source": SOURCE}, "releases": [{"circle": said.circle.id}]}
        assert said.duty.post("/records", json={**request, "revises": said.ref}).status_code >= 400


def test_a_release_that_names_it_as_told_keeps_it_all_the_same(said: Said) -> None:
    releases: list[dict[str, Any]] = [{"withhold": []}, {"withhold": ["source"]}, {"label": {"tlp": "CLEAR"}}]
    for release in releases:
        request = {
            "kind": "incident",
            "fields": {"category": "fire", "source": SOURCE},
            "releases": [{"circle": said.circle.id, **release}],
        }
        for column in said.duty.post("/records/preview", json=request).json()["columns"]:
            assert column["self"] or "source" not in (column["fields"] or {})
    alone = {"kind": "incident", "fields": {"source": SOURCE}, "releases": [{"circle": said.circle.id}]}
    answer = said.duty.post("/records", json=alone)
    assert answer.json()["code"] == "gate.nothing_told"


def test_no_file_that_leaves_has_it(said: Said, tmp_path: Path) -> None:
    circle = {"circle": said.circle.id}
    files = {
        "evidence": said.duty.get(f"/records/{said.circle.id}/{said.ref}/proof").content,
        "file": said.duty.get(f"/incidents/files/{said.ref}", params=circle).content,
        "sheet": said.duty.get(f"/incidents/files/{said.ref}/sheet.html", params={**circle, "lang": "en"}).content,
    }
    for form in SHAPES:
        answer = said.duty.get("/incidents/export", params={**circle, "form": form})
        assert answer.status_code == OK, answer.text
        files[form] = answer.content
    answer = said.duty.get(f"/circles/{said.circle.id}/archive")
    assert answer.status_code == OK, answer.text
    files["archive"] = answer.content
    for name, content in files.items():
        assert content
        assert traces(content) == [], name
        path = tmp_path / name
        path.write_bytes(content)
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as packed:
                for item in packed.namelist():
                    assert traces(packed.read(item)) == [], f"{name}: {item}"


def test_a_bundle_takes_none_of_it_to_the_other_side(said: Said) -> None:
    made = said.duty.post("/bundles", json={"circles": [said.circle.id], "to": ["mop"]})
    assert made.status_code == CREATED, made.text
    name = made.json()["files"][0]["name"]
    data = said.duty.get(f"/bundles/{made.json()['id']}/{name}")
    assert data.status_code == OK, data.text
    taken = said.other.post("/bundles/read", params={"name": name}, content=data.content)
    assert taken.status_code == OK, taken.text
    for path in sorted((said.home / "mop").rglob("*")):
        if path.is_file():
            assert traces(path.read_bytes()) == [], path.name


def test_the_other_side_finds_nothing_by_it(said: Said) -> None:
    for text in ("nephew", "cousin", SOURCE, CORRECTED):
        hits = said.other.get("/search", params={"q": text}).json()["hits"]
        assert hits == [], text
    until(lambda: bool(said.duty.get("/search", params={"q": "cousin"}).json()["hits"]))
    for path in (f"/records/{said.circle.id}/{said.ref}", f"/records/{said.circle.id}/{said.ref}/proof"):
        assert traces(said.other.get(path).content) == []


def test_erased_it_is_gone_from_the_own_node_too(said: Said) -> None:
    fields = {"category": "fire", "text": "Burnt", "source": SOURCE.replace("third", "ninth")}
    answer = said.duty.post(
        "/records", json={"kind": "incident", "fields": fields, "releases": [{"circle": said.circle.id}]}
    )
    ref = answer.json()["refs"][0]["ref"]
    gone = said.duty.post(f"/records/{said.circle.id}/{ref}/erase", json={"reason": "personal"})
    assert gone.status_code == OK, gone.text
    shown = said.duty.get(f"/records/{said.circle.id}/{ref}").json()
    assert "source" not in (shown["object"]["own"] or {})
