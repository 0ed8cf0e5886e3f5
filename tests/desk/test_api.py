"""The desk's API as a browser and a script use it, over real sockets."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest

from desk.conftest import Desks
from nodes import MOVES_BY_ITSELF, PASSWORD, USER, refused, snapshot, until
from tansiq.desk import evidence
from tansiq.errors import Refused
from tansiq.exchange.origin import origin_hash
from tansiq.ledger.cosignature import cosign, with_cosignatures
from tansiq.ledger.keys import SigningKey, generate_seed
from tansiq.records.entry import new_record_id
from tansiq.records.values import PartyId

OK, CREATED, NO_CONTENT = 200, 201, 204
BAD, SIGN_IN, FORBIDDEN, MISSING, CONFLICT, TOO_LARGE, UNPROVEN = 400, 401, 403, 404, 409, 413, 422

PLACE = {"lat": 357_724_312, "lon": 435_838_921, "accuracy": 50}


def _ask(circle: str, fields: Mapping[str, Any], kind: str = "incident", **how: Any) -> dict[str, Any]:
    top: dict[str, Any] = {name: how.pop(name) for name in ("revises", "about") if name in how}
    return {"kind": kind, "fields": fields, "releases": [{"circle": circle, **how}], **top}


def _say(desk: httpx.Client, circle: str, fields: Mapping[str, Any], kind: str = "log", **how: Any) -> str:
    answer = desk.post("/records", json=_ask(circle, fields, kind, **how))
    assert answer.status_code == CREATED, answer.text
    return str(answer.json()["refs"][0]["ref"])


def _picture(desk: httpx.Client, circle: str, **how: Any) -> dict[str, Any]:
    answer = desk.get("/picture", params={"circle": circle, **how})
    assert answer.status_code == OK, answer.text
    return dict(answer.json())


def _assert_refusal(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    body = answer.json()
    assert (answer.status_code, body.get("code")) == (status, code), answer.text
    assert set(body) == {"code", "message", "refused", "kept", "next", "params"}
    assert body["message"]
    return dict(body)


def _held(desks: Desks) -> object:
    """All that the node holds, without the receipts that may come in at any moment."""
    return snapshot(desks.joc, without={*MOVES_BY_ITSELF, "receipt", "cosigned"})


def _anonymous(desks: Desks, **headers: str) -> httpx.Client:
    return httpx.Client(base_url=f"{desks.served.url}/api/v1", headers=headers, timeout=30)


# Sessions


def test_sign_in_gives_a_cookie_that_scripts_in_a_page_cannot_read(desks: Desks) -> None:
    with _anonymous(desks) as client:
        answer = client.post("/session", json={"user": USER, "password": PASSWORD})
        body = answer.json()
        assert (body["user"], body["desk"], body["roles"]) == (USER, "watch", ["duty_officer"])
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert client.get("/session").json() == {"user": USER, "desk": "watch", "roles": ["duty_officer"]}


def test_the_token_works_as_a_bearer_until_the_session_ends(desks: Desks) -> None:
    with _anonymous(desks) as client:
        token = client.post("/session", json={"user": USER, "password": PASSWORD}).json()["token"]
    with _anonymous(desks, Authorization=f"Bearer {token}") as script:
        assert script.get("/session").status_code == OK
        assert script.delete("/session").status_code == NO_CONTENT
        _assert_refusal(script.get("/session"), SIGN_IN, "account.sign_in")


@pytest.mark.parametrize(
    "credentials",
    [
        {"user": USER, "password": PASSWORD + "!"},
        {"user": USER, "password": ""},
        {"user": "nobody", "password": PASSWORD},
        {"user": "", "password": ""},
    ],
    ids=str,
)
def test_a_wrong_name_and_a_wrong_password_are_answered_alike(desks: Desks, credentials: dict[str, str]) -> None:
    before = _held(desks)
    with _anonymous(desks) as client:
        answer = client.post("/session", json=credentials)
    _assert_refusal(answer, FORBIDDEN, "account.wrong")
    assert "set-cookie" not in answer.headers
    assert _held(desks) == before


PATHS = [
    ("GET", "/session"),
    ("GET", "/node"),
    ("GET", "/kinds"),
    ("GET", "/places?q=a"),
    ("GET", "/ledgers"),
    ("GET", "/ledgers/x/checkpoint"),
    ("GET", "/picture?circle=abcdef"),
    ("GET", "/stream?circle=abcdef"),
    ("GET", "/records/a/b/c"),
    ("GET", "/records/a/b/c/proof"),
    ("GET", "/records/a/b/c/attachments/d"),
    ("POST", "/uploads"),
    ("DELETE", "/uploads/a"),
    ("POST", "/verify"),
    ("POST", "/records"),
    ("POST", "/records/preview"),
    ("POST", "/records/a/b/c/tell"),
    ("POST", "/records/a/b/c/tell/preview"),
    ("POST", "/records/a/b/c/erase"),
    ("GET", "/forks"),
    ("GET", "/forks/x"),
    ("GET", "/standing"),
    ("POST", "/standing/only-one"),
    ("GET", "/circles/abcdef/policy"),
    ("PUT", "/circles/abcdef/policy"),
    ("GET", "/circles/abcdef/file"),
    ("GET", "/circles/abcdef/archive"),
    ("GET", "/epochs"),
    ("POST", "/epochs"),
    ("POST", "/epochs/x/sign"),
    ("POST", "/bundles"),
    ("GET", "/bundles/x/y"),
    ("POST", "/bundles/read"),
    ("GET", "/layers"),
    ("GET", "/layers/x"),
    ("DELETE", "/layers/x"),
    ("POST", "/layers/uploads"),
    ("DELETE", "/layers/uploads/x"),
    ("POST", "/layers/uploads/x/preview"),
    ("POST", "/layers/uploads/x/confirm"),
    ("POST", "/epochs/x/refuse"),
    ("POST", "/circles/abcdef/leave"),
    ("POST", "/gaps/runs"),
    ("GET", "/gaps/runs/x"),
    ("DELETE", "/gaps/runs/x"),
    ("GET", "/gaps/runs/x/answer"),
    ("GET", "/gaps/runs/x/map/0.png"),
    ("GET", "/gaps/runs/x/cells/0"),
    ("POST", "/gaps/runs/x/draft"),
    ("GET", "/gaps/runs/x/export.csv"),
    ("POST", "/gaps/runs/x/siting"),
    ("GET", "/gaps/siting/x"),
    ("DELETE", "/gaps/siting/x"),
    ("POST", "/gaps/runs/x/rounds"),
    ("GET", "/gaps/rounds/x"),
    ("DELETE", "/gaps/rounds/x"),
    ("POST", "/gaps/coverage"),
    ("POST", "/gaps/scans"),
    ("GET", "/gaps/scans/x"),
    ("DELETE", "/gaps/scans/x"),
    ("POST", "/accord/words"),
    ("GET", "/accord/promises?circle=x"),
    ("GET", "/accord/promises/joc/x?circle=x"),
    ("POST", "/accord/promises/evaluate"),
    ("GET", "/accord/record?circle=x"),
    ("GET", "/movements?circle=x"),
    ("GET", "/movements/collisions/x?circle=x"),
    ("GET", "/movements/elsewhere?circle=x&plan=x"),
    ("POST", "/movements/answers"),
    ("POST", "/movements/check"),
    ("POST", "/movements/consents"),
    ("POST", "/movements/plans"),
    ("POST", "/movements/preview"),
    ("POST", "/accord/words"),
    ("GET", "/accord/terms?circle=x"),
    ("GET", "/accord/terms/diff?circle=x"),
    ("GET", "/accord/complaints?circle=x"),
    ("GET", "/accord/complaints/x/y?circle=x"),
    ("POST", "/accord/complaints/x/y/close?circle=x"),
    ("POST", "/accord/disputes"),
    ("GET", "/movements/positions?circle=x"),
    ("POST", "/movements/positions"),
    ("POST", "/movements/positions/preview"),
    ("GET", "/accord/reports?circle=x"),
    ("GET", "/accord/reports/situation/facts?circle=x&day=0"),
    ("GET", "/accord/reports/situation/page.html?circle=x&day=0"),
    ("GET", "/accord/reports/situation/page.pdf?circle=x&day=0"),
    ("POST", "/accord/reports/preview"),
    ("POST", "/accord/reports"),
    ("POST", "/accord/words"),
    ("GET", "/accord/centres?circle=x"),
    ("GET", "/accord/centres/joc/x?circle=x"),
    ("POST", "/accord/words"),
    ("GET", "/accord/files?circle=abcdef"),
    ("GET", "/accord/meetings?circle=abcdef"),
    ("GET", "/accord/bodies?circle=abcdef"),
    ("GET", "/accord/chain?circle=abcdef&of=a/b"),
    ("GET", "/accord/calendar?circle=abcdef"),
    ("POST", "/accord/calendar"),
    ("POST", "/accord/calendar/look?circle=abcdef"),
    ("POST", "/incidents/import/look"),
    ("POST", "/incidents/import?mapping={}&digest=x"),
    ("GET", "/incidents/export?circle=abcdef"),
    ("GET", "/incidents/pairs?circle=abcdef"),
    ("GET", "/incidents/files?circle=abcdef"),
    ("GET", "/incidents/files/a/b?circle=abcdef"),
    ("GET", "/incidents/files/a/b/sheet.html?circle=abcdef"),
    ("GET", "/incidents/files/a/b/sheet.pdf?circle=abcdef"),
    ("GET", "/incidents/times?circle=abcdef"),
    ("POST", "/incidents/same"),
    ("POST", "/incidents/grades"),
    ("POST", "/incidents/assents"),
    ("POST", "/incidents/findings/a/b/close?circle=abcdef"),
    ("POST", "/incidents/read"),
    ("GET", "/search?q=x"),
    ("GET", "/incidents/tiles/5/19/12?circle=abcdef"),
    ("GET", "/incidents/rows?circle=abcdef"),
    ("GET", "/incidents/charts?circle=abcdef"),
    ("GET", "/incidents/requests?circle=abcdef"),
    ("GET", "/incidents/requests/a/b?circle=abcdef"),
    ("POST", "/incidents/requests"),
    ("POST", "/incidents/requests/steps"),
    ("POST", "/incidents/requests/steps/preview"),
    ("POST", "/incidents/requests/a/b/withdraw"),
    ("POST", "/incidents/requests/a/b/withdraw/preview"),
    ("GET", "/incidents/waiting"),
    ("GET", "/incidents/messages?circle=abcdef"),
    ("GET", "/incidents/ringing"),
    ("POST", "/incidents/messages"),
    ("POST", "/incidents/messages/preview"),
    ("POST", "/incidents/messages/a/b/read"),
    ("GET", "/incidents/watch?circle=abcdef"),
    ("POST", "/incidents/calls"),
    ("POST", "/incidents/calls/preview"),
    ("POST", "/inputs"),
    ("POST", "/inputs/look?circle=x&kind=area"),
    ("GET", "/gaps/scans/x/density?circle=x"),
    ("GET", "/accord/texts?circle=x"),
    ("GET", "/accord/texts/a/b?circle=x"),
    ("GET", "/accord/texts/a/b/clauses/c?circle=x"),
    ("GET", "/accord/texts/a/b/clauses/c/difference?circle=x&one=a/b&other=a/c"),
    ("POST", "/accord/texts/a/b/compare"),
    ("POST", "/accord/texts/a/b/preview"),
    ("POST", "/accord/texts/a/b/take-over"),
    ("POST", "/accord/texts/a/b/clauses"),
    ("POST", "/accord/positions"),
    ("POST", "/accord/comments"),
    ("POST", "/accord/words"),
    ("GET", "/accord/signing?circle=x&agreement=y"),
    ("POST", "/accord/statements"),
    ("POST", "/accord/signatures"),
    ("POST", "/accord/signatures/file"),
    ("GET", "/accord/signatories?circle=x"),
    ("POST", "/accord/signatories"),
    ("POST", "/accord/signatories/passkey"),
    ("POST", "/accord/signatories/revoke"),
    ("POST", "/accord/passkeys"),
    ("GET", "/accord/export?circle=x&agreement=y&form=docx"),
]


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_nothing_is_answered_without_a_session(desks: Desks, method: str, path: str) -> None:
    body = {"kind": "log", "fields": ["text"], "releases": []} if method == "POST" else None
    for headers in ({}, {"Authorization": "Bearer nonsense"}, {"Cookie": "tansiq=nonsense"}):
        with _anonymous(desks, **headers) as client:
            _assert_refusal(client.request(method, path, json=body), SIGN_IN, "account.sign_in")


def test_every_path_of_the_api_is_in_the_list_of_those_that_want_a_session(desks: Desks) -> None:
    document = httpx.get(f"{desks.served.url}/api/openapi.json", timeout=30).json()
    assert document["openapi"].startswith("3.1")
    known = {
        (method.upper(), path.removeprefix("/api/v1"))
        for path, methods in document["paths"].items()
        if path.startswith("/api/v1/")
        for method in methods
    }
    tried = [(method, path.split("?")[0]) for method, path in PATHS]
    for method, path in known - {("POST", "/session"), ("DELETE", "/session")}:
        pattern = re.compile(re.sub(r"{[^}]*}", "[^/]+", path))
        assert any(method == one and pattern.fullmatch(place) for one, place in tried), (method, path)


def test_a_reader_can_read_and_verify_but_not_say(desks: Desks) -> None:
    circle = desks.circle.id
    ref = _say(desks.duty, circle, {"text": "kept back", "lang": "en"}, withhold=["lang"])
    assert _picture(desks.reader, circle)["objects"]
    before = _held(desks)
    body = _ask(circle, {"text": "a"}, "log")
    for path in ("/records", "/records/preview"):
        _assert_refusal(desks.reader.post(path, json=body), FORBIDDEN, "gate.may_not_release")
    for path in ("tell", "tell/preview"):
        answer = desks.reader.post(f"/records/{circle}/{ref}/{path}", json={"fields": ["lang"]})
        _assert_refusal(answer, FORBIDDEN, "gate.may_not_release")
    assert _held(desks) == before


# The node


def test_the_node_says_who_it_is_and_which_circles_it_is_in(desks: Desks) -> None:
    body = desks.duty.get("/node").json()
    assert body["party"]["id"] == "joc"
    assert body["party"]["self"]
    assert {party["id"] for party in body["parties"]} == {"joc", "mop", "coalition"}
    circles = {circle["id"]: circle for circle in body["circles"]}
    assert circles[desks.circle.id]["members"] == ["joc", "mop"]
    assert [circle["exercise"] for circle in (circles[desks.circle.id], circles[desks.exercise.id])] == [False, True]
    assert [circle["private"] for circle in circles.values()].count(True) == 1
    assert body["exercise"] is False  # one of its circles is live
    until(lambda: next(p for p in desks.duty.get("/node").json()["parties"] if p["id"] == "mop")["reachable"])
    party = next(party for party in desks.duty.get("/node").json()["parties"] if party["id"] == "coalition")
    assert party["reachable"] is False


def test_every_kind_has_a_schema(desks: Desks) -> None:
    kinds = desks.duty.get("/kinds").json()
    assert {"party", "circle", "area", "line", "post", "centre", "incident", "log", "message"} <= set(kinds)
    assert "category" in json.dumps(kinds["incident"]["schema"])


@pytest.mark.parametrize("text", ["Makhmour", "مخمور", "مەخموور", "38S LE 4567 6543", "35.77, 43.58", "٣٥٫٧٧، ٤٣٫٥٨"])
def test_places_are_found_by_name_grid_and_degrees(desks: Desks, text: str) -> None:
    places = desks.duty.get("/places", params={"q": text, "limit": 3}).json()["places"]
    assert 0 < len(places) <= 3
    assert {"id", "names", "lat", "lon", "accuracy", "precision", "kind", "score"} <= set(places[0])


def test_ledgers_show_heads_and_receipts_and_the_signed_note_behind_them(desks: Desks) -> None:
    _say(desks.duty, desks.circle.id, {"text": "for the ledger"})
    origin = desks.circle.origin(PartyId("joc"))

    def own() -> dict[str, Any]:
        rows = desks.duty.get("/ledgers").json()["ledgers"]
        return next(dict(row) for row in rows if row["origin"] == origin)

    until(lambda: any(one["size"] == own()["size"] for one in own()["receipts"]))
    row = own()
    assert {"origin", "party", "circle", "size", "root", "checkpoint_at", "age_ms", "receipts", "frozen"} <= set(row)
    note = desks.duty.get(f"/ledgers/{origin_hash(origin)}/checkpoint").text
    assert note.split("\n")[:3] == [origin, str(row["size"]), row["root"]]
    assert not any(
        one["circle"] not in (desks.circle.id, desks.exercise.id)
        for one in desks.duty.get("/ledgers").json()["ledgers"]
    )
    _assert_refusal(desks.duty.get("/ledgers/nonsense/checkpoint"), MISSING, "ledger.not_here")


# The picture


def test_the_picture_comes_in_pages_in_the_order_of_change(desks: Desks) -> None:
    circle = desks.exercise.id
    refs = [_say(desks.duty, circle, {"text": f"entry {step}"}) for step in range(5)]
    found: list[str] = []
    after, more = 0, True
    while more:
        page = _picture(desks.duty, circle, after=after, limit=2)
        assert len(page["objects"]) <= 2
        sequence = [one["seq"] for one in page["objects"]]
        assert sequence == sorted(sequence)
        assert all(one["exercise"] for one in page["objects"])
        found += [one["ref"] for one in page["objects"] if one["kind"] == "log"]
        after, more = page["seq"], page["more"]
    assert [ref for ref in found if ref in refs] == refs
    assert _picture(desks.duty, circle, after=after) == {"seq": after, "objects": [], "more": False, "apart": False}
    _say(desks.duty, circle, {"text": "changed"}, revises=refs[0])
    again = _picture(desks.duty, circle, after=after)["objects"]
    assert [(one["ref"], one["versions"], one["fields"]["text"]) for one in again] == [(refs[0], 2, "changed")]


def test_the_picture_can_be_asked_for_by_kind_and_up_to_a_time(desks: Desks) -> None:
    circle = desks.circle.id
    old = _say(desks.duty, circle, {"when": {"from": 1_000_000}, "text": "long ago"})
    new = _say(desks.duty, circle, {"when": {"from": 2_000_000}, "text": "later"})
    seen = [one["ref"] for one in _picture(desks.duty, circle, until=1_500_000)["objects"]]
    assert old in seen
    assert new not in seen
    _say(desks.duty, circle, {"text": "a message"}, "message")
    kinds = {one["kind"] for one in _picture(desks.duty, circle, kind="message")["objects"]}
    assert kinds == {"message"}
    assert _picture(desks.duty, circle, kind="no_such")["objects"] == []


@pytest.mark.parametrize("number", ["1000000000000000000000000", "-1000000000000000000000000"])
@pytest.mark.parametrize("name", ["after", "until", "limit"])
def test_a_number_beyond_reason_is_no_failure_of_the_node(desks: Desks, name: str, number: str) -> None:
    answer = desks.duty.get("/picture", params={"circle": desks.circle.id, name: number})
    assert answer.status_code in (OK, BAD)


def test_a_circle_that_one_is_not_in_is_not_found(desks: Desks) -> None:
    for circle in ("0" * 32, "nonsense", "", desks.circle.id[:5]):
        _assert_refusal(desks.duty.get("/picture", params={"circle": circle}), MISSING, "circle.not_here")
        _assert_refusal(desks.duty.get("/stream", params={"circle": circle}), MISSING, "circle.not_here")
    answer = desks.duty.post("/records", json=_ask("0" * 32, {"text": "a"}, "log"))
    _assert_refusal(answer, MISSING, "circle.not_here")


def _events(lines: Iterator[str]) -> Iterator[tuple[str, str, str]]:
    """Event, id and data of a stream of server-sent events."""
    fields: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif fields:
            if "event" in fields:
                yield fields["event"], fields.get("id", ""), fields.get("data", "")
            fields = {}


def test_the_stream_says_what_changes_and_resumes_after_the_last_event(desks: Desks) -> None:
    circle = desks.circle.id
    start = _picture(desks.duty, circle, limit=5000)["seq"]
    path, how = "/stream", {"circle": circle, "after": str(start)}
    with desks.duty.stream("GET", path, params=how) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        events = _events(answer.iter_lines())
        assert next(events)[0] == "heads"
        refs = [_say(desks.duty, circle, {"text": f"live {step}"}) for step in range(3)]
        seen: list[tuple[str, int, int]] = []
        while len(seen) < 3:
            event, number, data = next(events)
            if event == "object":
                seen.append((json.loads(data)["ref"], int(number), json.loads(data)["seq"]))
    assert [one[0] for one in seen] == refs
    assert [one[1] for one in seen] == [one[2] for one in seen]
    with desks.duty.stream("GET", path, params=how, headers={"Last-Event-ID": str(seen[0][1])}) as answer:
        events = _events(answer.iter_lines())
        again = [next(events) for _ in range(2)]
    assert [json.loads(data)["ref"] for _, _, data in again] == refs[1:]


def test_what_another_party_says_comes_down_the_stream(desks: Desks) -> None:
    circle = desks.circle.id
    start = _picture(desks.other, circle, limit=5000)["seq"]
    with desks.other.stream("GET", "/stream", params={"circle": circle, "after": str(start)}) as answer:
        events = _events(answer.iter_lines())
        ref = _say(desks.duty, circle, {"text": "from the other side", "lang": "en"}, withhold=["lang"])
        while True:
            event, _, data = next(events)
            if event == "object" and json.loads(data)["ref"] == ref:
                break
    one = json.loads(data)
    assert one["fields"] == {"text": "from the other side"}
    assert one["own"] is None


# Saying and telling


def test_a_report_is_previewed_released_seen_and_told_more_of(desks: Desks) -> None:
    circle = desks.circle.id
    fields = {"category": "shooting", "place": PLACE, "killed": {"min": 0, "max": 2}, "source_grade": "B"}
    how: dict[str, Any] = {"withhold": ["place", "source_grade"], "grid": 10_000}
    before = _held(desks)
    columns = desks.duty.post("/records/preview", json=_ask(circle, fields, **how)).json()["columns"]
    assert _held(desks) == before
    by_party = {one["party"]: one for one in columns}
    assert set(by_party) == {"joc", "mop", "coalition"}
    assert by_party["coalition"]["fields"] is None
    assert by_party["mop"]["withheld"] == []
    assert set(by_party["joc"]["withheld"]) == {"place", "source_grade"}

    ref = _say(desks.duty, circle, fields, "incident", **how)
    seen: list[dict[str, Any]] = []

    def arrived() -> bool:
        seen[:] = [one for one in _picture(desks.other, circle, limit=5000)["objects"] if one["ref"] == ref]
        return bool(seen)

    until(arrived)
    assert seen[0]["fields"] == by_party["mop"]["fields"]
    assert set(seen[0]["fields"]) == {"category", "killed", "place_coarse"}

    path = f"/records/{circle}/{ref}"
    columns = desks.duty.post(f"{path}/tell/preview", json={"fields": ["place"]}).json()["columns"]
    told = next(one for one in columns if one["party"] == "mop")
    assert told["fields"] == {"place": PLACE}
    assert next(one for one in columns if one["self"])["withheld"] == ["source_grade"]
    assert desks.duty.post(f"{path}/tell", json={"fields": ["place"]}).status_code == CREATED
    until(lambda: arrived() and "place" in seen[0]["fields"])
    assert seen[0]["fields"]["place"] == PLACE
    assert (seen[0]["id"], seen[0]["tells"]) == (ref.split("/")[1], 1)

    view = desks.duty.get(path).json()
    assert view["withheld"] == ["source_grade"]
    assert [line["type"] for line in view["history"]] == ["incident", "tell"]
    assert view["history"][1]["told"] == ["place"]
    assert view["history"][0]["size"] in (512, 1024, 2048)
    until(lambda: desks.duty.get(path).json()["receipts"][0]["held_since"] is not None)
    times = desks.duty.get(path).json()["times"]
    assert times["claimed"] <= times["not_after"]
    assert not times["outside"]
    theirs = desks.other.get(path).json()
    assert (theirs["withheld"], theirs["object"]["own"]) == ([], None)


def test_what_is_said_to_two_circles_is_said_in_both_or_in_neither(desks: Desks) -> None:
    both = [{"circle": desks.circle.id}, {"circle": desks.exercise.id}]
    answer = desks.duty.post("/records", json={"kind": "log", "fields": {"text": "both"}, "releases": both})
    assert [ref["circle"] for ref in answer.json()["refs"]] == [desks.circle.id, desks.exercise.id]
    before = _held(desks)
    both[1]["label"] = {"exercise": False}  # type: ignore[assignment]  # what the test is about
    answer = desks.duty.post("/records", json={"kind": "log", "fields": {"text": "both"}, "releases": both})
    _assert_refusal(answer, FORBIDDEN, "gate.live_into_exercise")
    assert _held(desks) == before


def test_one_circle_is_not_released_to_twice_in_one_go(desks: Desks) -> None:
    before = _held(desks)
    for twice in (desks.circle.id, desks.circle.id[:20]):  # a beginning of the id names the same circle
        releases = [{"circle": desks.circle.id}, {"circle": twice}]
        answer = desks.duty.post("/records", json={"kind": "log", "fields": {"text": "a"}, "releases": releases})
        _assert_refusal(answer, CONFLICT, "gate.circle_twice")
    assert _held(desks) == before


REFUSED: dict[str, tuple[int, str, dict[str, Any]]] = {
    "a kind that is none": (BAD, "record.unknown_kind", {"kind": "rumour"}),
    "a kind that the program says": (FORBIDDEN, "gate.not_spoken", {"kind": "circle", "fields": {"epoch": 1}}),
    "a field that is none": (BAD, "record.bad_fields", {"fields": {"rumour": 1}}),
    "a field of another shape": (BAD, "record.bad_fields", {"fields": {"text": 5}}),
    "a fraction": (BAD, "record.bad_fields", {"fields": {"place": {"lat": 1.5, "lon": 1, "accuracy": 1}}}),
    "nothing told": (BAD, "gate.nothing_told", {"fields": {}}),
    "a revised record that is none": (MISSING, "record.not_here", {"revises": f"joc/{new_record_id()}"}),
    "a revised record of another party": (FORBIDDEN, "record.not_own", {"revises": f"mop/{new_record_id()}"}),
    "a revised id that is none": (BAD, "entry.bad_id", {"revises": "joc/first"}),
}


@pytest.mark.parametrize(("status", "code", "change"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_said_is_refused_and_nothing_changes(
    desks: Desks, status: int, code: str, change: dict[str, Any]
) -> None:
    before = _held(desks)
    answer = desks.duty.post("/records", json={**_ask(desks.circle.id, {"text": "a"}, "log"), **change})
    _assert_refusal(answer, status, code)
    assert _held(desks) == before


RELEASES: dict[str, tuple[int, str, dict[str, Any]]] = {
    "a withheld field that is none": (BAD, "gate.no_such_field", {"withhold": ["rumour"]}),
    "a grid that is none": (BAD, "gate.bad_grid", {"grid": 5}),
    "a label too narrow": (FORBIDDEN, "gate.label_narrower", {"label": {"to": ["joc"]}}),
    "a label too wide": (FORBIDDEN, "gate.label_wider", {"label": {"to": ["joc", "mop", "coalition"]}}),
    "a TLP that is none": (BAD, "gate.bad_label", {"label": {"tlp": "PINK"}}),
    "an exercise label in a live circle": (FORBIDDEN, "gate.exercise_into_live", {"label": {"exercise": True}}),
}


@pytest.mark.parametrize(("status", "code", "release"), RELEASES.values(), ids=RELEASES)
@pytest.mark.parametrize("path", ["/records", "/records/preview"])
def test_what_cannot_be_released_so_is_refused_at_the_preview_already(
    desks: Desks, path: str, status: int, code: str, release: dict[str, Any]
) -> None:
    before = _held(desks)
    answer = desks.duty.post(path, json=_ask(desks.circle.id, {"text": "a"}, "log", **release))
    _assert_refusal(answer, status, code)
    assert _held(desks) == before


BODIES: dict[str, bytes] = {
    "not JSON": b"{",
    "nothing": b"",
    "another shape": b"[1,2,3]",
    "an unknown key": b'{"kind":"log","fields":{"text":"a"},"releases":[{"circle":"abcdef"}],"extra":1}',
    "no release": b'{"kind":"log","fields":{"text":"a"},"releases":[]}',
    "a depth bomb": b'{"kind":"log","fields":{"text":' + b"[" * 100_000,
    "a closed depth bomb": b'{"kind":"log","fields":{"text":' + b"[" * 5000 + b"]" * 5000 + b'},"releases":[]}',
    "not UTF-8": b'{"kind":"\xff"}',
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("path", ["/records", "/records/preview", "/session"])
def test_a_body_that_is_not_what_it_should_be_is_refused_and_nothing_changes(
    desks: Desks, path: str, body: bytes
) -> None:
    before = _held(desks)
    answer = desks.duty.post(path, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == BAD, answer.text
    assert _held(desks) == before


def test_a_body_that_is_refused_is_refused_in_words(desks: Desks) -> None:
    """docs/integrators/api.md: any refusal has code, message, refused, kept, next, params."""
    answer = desks.duty.post("/records", content=b"{", headers={"Content-Type": "application/json"})
    assert answer.status_code == BAD
    assert {"code", "message", "refused", "kept", "next"} <= set(answer.json())


def test_a_body_over_the_limit_is_refused(desks: Desks) -> None:
    body = json.dumps(_ask(desks.circle.id, {"text": "x" * (3 << 20)}, "log")).encode()
    try:
        answer = desks.duty.post("/records", content=body, headers={"Content-Type": "application/json"})
    except httpx.WriteError:
        return  # the node may hang up before it has read all of it
    assert answer.status_code == TOO_LARGE


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("en", "en"),
        ("ar", "ar"),
        ("ckb", "ckb"),
        ("ckb-IQ,ar;q=0.5", "ckb"),
        ("fr, en-GB;q=0.8", "en"),
        ("", "ar"),
        ("zz", "ar"),
        (";;;,=q", "ar"),
    ],
)
def test_a_refusal_comes_in_the_readers_language(desks: Desks, asked: str, language: str) -> None:
    with _anonymous(desks) as client:
        answer = client.get("/session", headers={"Accept-Language": asked})
        plain = client.get("/session", headers={"Accept-Language": language})
    body = _assert_refusal(answer, SIGN_IN, "account.sign_in")
    assert body == plain.json()
    arabic = any("\u0600" <= letter <= "\u06ff" for letter in body["message"])
    assert arabic == (language != "en")


# One record


def test_a_record_that_is_not_held_is_not_found(desks: Desks) -> None:
    circle, missing = desks.circle.id, new_record_id()
    for party in ("joc", "mop"):
        _assert_refusal(desks.duty.get(f"/records/{circle}/{party}/{missing}"), MISSING, "record.not_here")
        _assert_refusal(desks.duty.get(f"/records/{circle}/{party}/{missing}/proof"), MISSING, "record.not_here")
    _assert_refusal(desks.duty.get(f"/records/{circle}/nobody/{missing}"), MISSING, "ledger.not_here")
    _assert_refusal(desks.duty.get(f"/records/{circle}/joc/nonsense"), BAD, "entry.bad_id")


def test_only_ones_own_records_are_told_more_of(desks: Desks) -> None:
    ref = _say(desks.other, desks.circle.id, {"text": "theirs", "lang": "en"}, withhold=["lang"])
    until(lambda: desks.duty.get(f"/records/{desks.circle.id}/{ref}").status_code == OK)
    for path in ("tell", "tell/preview"):
        answer = desks.duty.post(f"/records/{desks.circle.id}/{ref}/{path}", json={"fields": ["lang"]})
        _assert_refusal(answer, BAD, "record.not_own")


@pytest.fixture(scope="module")
def proven(desks: Desks) -> bytes:
    """The evidence file of a record that the other side holds."""
    ref = _say(desks.duty, desks.circle.id, {"text": "to be proven", "lang": "en", "said_by": "x"}, withhold=["lang"])
    path = f"/records/{desks.circle.id}/{ref}"
    until(lambda: desks.duty.get(path).json()["receipts"][0]["held_since"] is not None)
    answer = desks.duty.get(f"{path}/proof")
    assert answer.headers["content-disposition"].startswith("attachment")
    return answer.content


def test_evidence_is_verified_by_the_speaker_by_the_listener_and_offline(desks: Desks, proven: bytes) -> None:
    for desk in (desks.duty, desks.other, desks.reader):
        body = desk.post("/verify", content=proven).json()
        assert body["ok"] is True
        assert "text: to be proven" in body["lines"]
        assert any(line.startswith("held by mop since") for line in body["lines"])
        assert not any("lang" in line for line in body["lines"])
    found = evidence.verify(proven)
    assert dict(found.fields) == {"text": "to be proven", "said_by": "x"}


def test_evidence_of_an_exercise_says_so_in_its_name_and_in_its_text(desks: Desks) -> None:
    ref = _say(desks.duty, desks.exercise.id, {"text": "practice"})
    answer = desks.duty.get(f"/records/{desks.exercise.id}/{ref}/proof")
    assert 'filename="EXERCISE-' in answer.headers["content-disposition"]
    assert answer.text.split("\n")[1] == "exercise yes"
    assert desks.duty.post("/verify", content=answer.content).json()["lines"][0].startswith("EXERCISE")


def _line(data: bytes, name: str) -> bytes:
    return next(line for line in data.split(b"\n") if line.startswith(name.encode() + b" "))


def _swapped(data: bytes, name: str, change: bytes) -> bytes:
    """One base64 value of the file with other content."""
    return data.replace(_line(data, name), name.encode() + b" " + base64.b64encode(change))


def _inside(data: bytes, name: str) -> bytes:
    return base64.b64decode(_line(data, name).split(b" ")[1])


def _tampered(data: bytes) -> dict[str, bytes]:
    circle, entry = _inside(data, "circle"), _inside(data, "entry")
    disclosure = _line(data, "disclosure")
    key = json.loads(circle)["members"][0]["log"].encode()
    return {
        "another exercise mark": data.replace(b"exercise no", b"exercise yes"),
        "another field": data.replace(disclosure, disclosure[:-2] + b"AA"),
        "a field twice": data.replace(disclosure, disclosure + b"\n" + disclosure),
        "another entry": _swapped(data, "entry", entry.replace(b"AMBER", b"GREEN")),
        "an entry that is none": _swapped(data, "entry", b"nothing"),
        "another circle": _swapped(data, "circle", circle.replace(b'"epoch":1', b'"epoch":2')),
        "another key": _swapped(data, "circle", circle.replace(key, base64.b64encode(bytes(32)))),
        "a key that is no base64": _swapped(data, "circle", circle.replace(key, b"?" * len(key))),
        "a key that is no key": _swapped(data, "circle", circle.replace(key, b"AAAA")),
        "a mirror key that is no key": _swapped(
            data, "circle", circle.replace(json.loads(circle)["members"][1]["mirror"].encode(), b"A")
        ),
        "a circle that is none": _swapped(data, "circle", b"{}"),
        "another index": data.replace(b"\nindex ", b"\nindex 1"),
        "no proof": data.split(b"c2sp.org")[0],
        "another header": b"x" + data,
        "no header": data.split(b"\n", 1)[1],
        "nothing": b"",
        "blank lines": b"\n\n\n\n",
        "no base64": data.replace(_line(data, "entry"), b"entry ????"),
        "another origin": data.replace(b"\njoc/", b"\nmop/"),
        "too large": data + b"x" * (1 << 20),
        "not ASCII": data.replace(b"exercise", "exercisé".encode()),
    }


@pytest.mark.parametrize(
    "name",
    _tampered(
        b"exercise no\ncircle eyJtZW1iZXJzIjpbeyJsb2ciOiJhIn0seyJtaXJyb3IiOiJiIn1dfQ==\nentry eA==\ndisclosure abcd\n"
    ),
)
def test_tampered_evidence_is_refused_on_the_desk(desks: Desks, proven: bytes, name: str) -> None:
    data = _tampered(proven)[name]
    assert data != proven
    answer = desks.duty.post("/verify", content=data)
    assert answer.status_code == OK, answer.text
    body = answer.json()
    assert body["ok"] is False
    assert len(body["lines"]) == 1
    with pytest.raises(Refused):
        evidence.verify(data)


def test_every_changed_byte_of_evidence_is_refused_or_changes_nothing_that_it_says(desks: Desks, proven: bytes) -> None:
    """Only what no signature covers can change: who else held it. What was said by whom cannot."""
    cards = {"joc": desks.joc.own_card(), "mop": desks.mop.own_card()}
    true = evidence.verify(proven, cards)
    for at in range(0, len(proven), 3):
        data = proven[:at] + bytes([proven[at] ^ 1]) + proven[at + 1 :]
        try:
            found = evidence.verify(data, cards)
        except Refused:
            continue
        assert (found.entry, found.fields) == (true.entry, true.fields), at
        assert (found.origin, found.index, found.size) == (true.origin, true.index, true.size), at
        assert set(found.holders) <= set(true.holders), at


def test_evidence_under_a_key_that_is_not_the_pinned_one_is_refused(desks: Desks, proven: bytes) -> None:
    with refused("evidence.other_key"):
        evidence.verify(proven, {"joc": desks.mop.own_card()})


def test_a_holder_that_someone_put_into_the_evidence_counts_for_nothing(desks: Desks, proven: bytes) -> None:
    """Who forges a file can give the circle another mirror key and sign a receipt with it, years back."""
    forged_key = SigningKey(generate_seed())
    circle = _inside(proven, "circle")
    mirror = json.loads(circle)["members"][1]["mirror"].encode()
    data = _swapped(proven, "circle", circle.replace(mirror, base64.b64encode(forged_key.public)))
    head, _, proof = data.partition(b"\n\nc2sp.org")
    start, _, note = proof.partition(b"\n\n")
    body = note.decode().split("\n\n")[0] + "\n"
    note = with_cosignatures(note, [cosign(body, "mop/mirror", forged_key, 1_000_000_000)])
    forged = head + b"\n\nc2sp.org" + start + b"\n\n" + note
    found = desks.duty.post("/verify", content=forged).json()
    assert not any(line.startswith("held by mop") for line in found["lines"])


# What goes with every answer


@pytest.mark.parametrize("path", ["/api/v1/session", "/api/v1/node", "/api/openapi.json", "/no/such/page", "/"])
def test_every_answer_carries_the_headers_that_keep_a_page_to_itself(desks: Desks, path: str) -> None:
    answer = httpx.get(f"{desks.served.url}{path}", timeout=30)
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "server" not in answer.headers


def test_nothing_of_a_desk_is_kept_by_a_cache(desks: Desks) -> None:
    for path in ("/node", f"/picture?circle={desks.circle.id}", "/ledgers"):
        assert desks.duty.get(path).headers.get("cache-control", "") in ("no-store", "private, no-store")


def test_a_foreign_page_is_not_answered_with_leave_to_read(desks: Desks) -> None:
    answer = desks.duty.get("/node", headers={"Origin": "https://elsewhere.example"})
    assert "access-control-allow-origin" not in answer.headers
