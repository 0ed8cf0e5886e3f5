"""The release gate: what is withheld stays, what is previewed arrives, and nothing else shows through."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from circles.table import EVERYTHING, HOUR, PLACE, WHEN, Table
from nodes import meet, preview, refused, refused_unchanged, say, shown
from tansiq.circles.circle import Circle
from tansiq.circles.gate import (
    MAY_RELEASE,
    Author,
    Redaction,
    Sealed,
    Statement,
    coarse_interval,
    release,
    split_fields,
)
from tansiq.desk.checking import OF_AN_AREA
from tansiq.desk.people import ROLES
from tansiq.exchange.outbox import program_label
from tansiq.geo.mgrs import grid_cell
from tansiq.ledger import disclosure
from tansiq.records.entry import DIGEST_STEP, MAX_ENTRY, SMALLEST_SIZE, Head, decode_entry
from tansiq.records.kind import all_kinds, kind_named
from tansiq.records.values import Label

OFFICER = Author("duty", "watch", ("duty_officer",))
QUIET = settings(deadline=None, derandomize=True, max_examples=60, suppress_health_check=list(HealthCheck))


@st.composite
def sayings(draw: st.DrawFn) -> tuple[str, dict[str, Any], Redaction]:
    """Any fields of any kind, any of them withheld, coarse or not."""
    kind = draw(st.sampled_from(sorted(EVERYTHING)))
    names = sorted(EVERYTHING[kind])
    given_names = draw(st.sets(st.sampled_from(names), min_size=1))
    withheld = draw(st.sets(st.sampled_from(names)))
    grid, hour = draw(st.sampled_from([0, 1000, 10_000, 100_000])), draw(st.sampled_from([0, 1, 6, 24]))
    fields = {name: EVERYTHING[kind][name] for name in names if name in given_names}
    return kind, fields, Redaction(frozenset(withheld), grid, hour)


def _sealed(
    circle: Circle,
    kind: str,
    fields: Mapping[str, Any],
    redaction: Redaction | None = None,
    *,
    label: Label | None = None,
    author: Author = OFFICER,
    seen: list[Head] | None = None,
) -> Sealed:
    return release(
        Statement(kind, fields),
        circle,
        program_label(circle) if label is None else label,
        Redaction() if redaction is None else redaction,
        author,
        seen=seen or [],
        now_ms=WHEN,
    )


def _told_nothing(kind: str, fields: Mapping[str, Any], redaction: Redaction) -> bool:
    """Whether all that is given is withheld, and no coarse field stands in for it."""
    left = set(fields) - redaction.withhold
    known = kind_named(kind)
    coarse = [
        stand_in
        for mapping, wanted in ((known.coarse_place, redaction.grid), (known.coarse_time, redaction.hour))
        for exact, stand_in in mapping.items()
        if wanted and exact in fields and exact in redaction.withhold and stand_in not in redaction.withhold
    ]
    return not left and not coarse


def test_the_source_of_an_incident_is_kept_whatever_its_author_asks_for() -> None:
    kind = kind_named("incident")
    told, kept = split_fields(kind, {"text": "x", "source": "a shepherd"}, Redaction())
    assert (told, kept) == ({"text": "x"}, {"source": "a shepherd"})
    with refused("gate.nothing_told"):
        split_fields(kind, {"source": "a shepherd"}, Redaction())


def test_there_is_something_to_say_of_every_field_of_every_kind() -> None:
    spoken = {name: set(kind.field_names()) - kind.own for name, kind in all_kinds().items() if kind.spoken}
    assert {name: set(fields) for name, fields in EVERYTHING.items()} == spoken


@QUIET
@given(saying=sayings())
def test_any_field_of_any_kind_can_be_withheld_and_then_stays(
    table: Table, saying: tuple[str, dict[str, Any], Redaction]
) -> None:
    kind, fields, redaction = saying
    if _told_nothing(kind, fields, redaction):
        with refused("gate.nothing_told"):
            _sealed(table.circle, kind, fields, redaction)
        return
    sealed = _sealed(table.circle, kind, fields, redaction)
    told = disclosure.read_all(sealed.told, frozenset(sealed.entry.sd))
    kept = disclosure.read_all(sealed.kept, frozenset(sealed.entry.sd))
    stand_ins = set(told) - set(fields)
    assert not set(told) & redaction.withhold
    assert not set(told) & set(kept)
    assert stand_ins <= {"place_coarse", "when_coarse"}
    assert set(kept) == (set(fields) & redaction.withhold) | {"author"}
    for name, value in {**told, **kept}.items():
        replaced = name == "author" or (name.endswith("_coarse") and name in told)
        assert replaced or value == fields[name]


@QUIET
@given(saying=sayings())
def test_what_is_previewed_is_what_arrives(table: Table, saying: tuple[str, dict[str, Any], Redaction]) -> None:
    kind, fields, redaction = saying
    fields = table.about_area(fields) if kind in OF_AN_AREA else fields
    how: dict[str, Any] = {"withhold": redaction.withhold, "grid": redaction.grid, "hour": redaction.hour}
    # where an element is is told about something of one's own, or refused
    how["about"] = table.area if kind == "position_report" else None
    if _told_nothing(kind, fields, redaction):
        for act in (preview, say):
            with refused_unchanged("gate.nothing_told", table.joc):
                act(table.joc, table.circle, kind, fields, **how)
        return
    columns = preview(table.joc, table.circle, kind, fields, **how)
    ref = say(table.joc, table.circle, kind, fields, **how)
    meet(table.joc, table.mop)
    assert shown(table.mop, table.circle)[ref].fields == _as_sent(columns["mop"].fields)
    assert columns["coalition"].fields is None
    assert columns["joc"].self_
    mine = shown(table.joc, table.circle)[ref]
    for name, value in _as_sent(columns["joc"].fields).items():
        assert value in (mine.fields.get(name), (mine.own or {}).get(name)) or name.endswith("_coarse")


def _as_sent(value: Any) -> Any:
    """As it stands in JSON."""
    return msgspec.json.decode(msgspec.json.encode(value))


def test_a_preview_changes_nothing(table: Table) -> None:
    with refused_unchanged("gate.no_such_field", table.joc):
        preview(table.joc, table.circle, "log", {"text": "a"})
        preview(table.joc, table.circle, "log", {"text": "a"}, withhold=["no_such"])


@pytest.mark.parametrize("grid", [1000, 10_000, 100_000])
def test_a_withheld_place_is_told_as_the_square_that_contains_it(table: Table, grid: int) -> None:
    sealed = _sealed(table.circle, "incident", {"place": PLACE}, Redaction(frozenset({"place"}), grid))
    assert sealed.told_fields == {"place_coarse": msgspec.to_builtins(grid_cell(PLACE["lat"], PLACE["lon"], grid))}


@given(
    lat=st.integers(300_000_000, 380_000_000),
    lon=st.integers(390_000_000, 480_000_000),
    lat2=st.integers(-50, 50),
    lon2=st.integers(-50, 50),
)
@QUIET
def test_two_places_in_one_square_are_told_alike(table: Table, lat: int, lon: int, lat2: int, lon2: int) -> None:
    redaction = Redaction(frozenset({"place"}), 10_000)
    places: list[Any] = [
        {"lat": lat, "lon": lon, "accuracy": 10, "names": {"en": "a"}},
        {"lat": lat + lat2, "lon": lon + lon2, "accuracy": 99},
    ]
    told = [_sealed(table.circle, "post", {"place": place}, redaction).told_fields["place_coarse"] for place in places]
    cells = [grid_cell(place["lat"], place["lon"], 10_000) for place in places]
    assert (told[0] == told[1]) == (cells[0] == cells[1])
    assert set(told[0]) == {"lat", "lon", "size", "mgrs"}


@given(start=st.integers(0, 2_000_000_000_000), length=st.integers(0, 10**9), hours=st.sampled_from([1, 6, 12, 24]))
def test_a_coarse_time_contains_the_exact_one_and_begins_and_ends_on_whole_slots(
    start: int, length: int, hours: int
) -> None:
    slot = coarse_interval({"from": start, "to": start + length}, hours)
    assert slot["from"] <= start
    assert slot["to"] > start + length
    assert slot["from"] % (hours * HOUR) == slot["to"] % (hours * HOUR) == 0
    assert slot["to"] - slot["from"] <= length + 2 * hours * HOUR


def test_a_withheld_time_is_told_as_its_slot(table: Table) -> None:
    sealed = _sealed(table.circle, "log", {"when": {"from": WHEN}}, Redaction(frozenset({"when"}), hour=6))
    start = WHEN // (6 * HOUR) * 6 * HOUR
    assert sealed.told_fields == {"when_coarse": {"from": start, "to": start + 6 * HOUR}}


def test_a_field_that_is_withheld_by_its_own_name_is_not_told_as_a_stand_in_either(table: Table) -> None:
    both = Redaction(frozenset({"place", "place_coarse", "when", "when_coarse"}), 1000, 6)
    sealed = _sealed(table.circle, "incident", EVERYTHING["incident"], both)
    assert not {"place", "place_coarse", "when", "when_coarse"} & set(sealed.told_fields)


# Labels, roles, kinds


def test_a_label_must_name_exactly_the_members(table: Table) -> None:
    right = program_label(table.circle)
    with refused("gate.label_narrower"):
        _sealed(table.circle, "log", {"text": "a"}, label=msgspec.structs.replace(right, to=["joc"]))
    with refused("gate.label_wider"):
        _sealed(table.circle, "log", {"text": "a"}, label=msgspec.structs.replace(right, to=[*right.to, "coalition"]))


def test_exercise_and_live_never_mix(table: Table) -> None:
    for circle, other, code in (
        (table.circle, table.exercise, "gate.exercise_into_live"),
        (table.exercise, table.circle, "gate.live_into_exercise"),
    ):
        with refused(code):
            _sealed(circle, "log", {"text": "a"}, label=program_label(other))
        assert _sealed(circle, "log", {"text": "a"}).entry.label.exercise == circle.exercise


@pytest.mark.parametrize("role", ROLES)
def test_only_some_roles_release(table: Table, role: str) -> None:
    author = Author("somebody", "watch", (role,))
    if role in MAY_RELEASE:
        assert _sealed(table.circle, "log", {"text": "a"}, author=author).entry.role == role
    else:
        with refused("gate.may_not_release"):
            _sealed(table.circle, "log", {"text": "a"}, author=author)


def test_somebody_without_a_role_releases_nothing(table: Table) -> None:
    with refused("gate.may_not_release"):
        _sealed(table.circle, "log", {"text": "a"}, author=Author("nobody", "watch", ()))


def test_what_the_program_says_no_person_says(table: Table) -> None:
    for kind in ("circle", "party", "tell"):
        with refused("gate.not_spoken"):
            _sealed(table.circle, kind, {"names": {"en": "a"}})
    with refused("record.unknown_kind"):
        _sealed(table.circle, "no_such_kind", {"text": "a"})


@pytest.mark.parametrize(
    "fields",
    [
        {"category": "no such"},
        {"text": 7},
        {"no_such": 1},
        {"place": {"lat": 0.5, "lon": 1, "accuracy": 1}},
        {"place": {"lat": 900_000_001, "lon": 1, "accuracy": 1}},
        {"text": "x" * 8001},
        {"info_grade": 7},
        {"author": "duty"},
    ],
    ids=str,
)
def test_fields_that_the_kind_does_not_allow_are_refused(table: Table, fields: dict[str, Any]) -> None:
    with refused_unchanged("record.bad_fields", table.joc):
        say(table.joc, table.circle, "incident", {"category": "raid", **fields})


def test_a_field_of_none_is_as_if_it_had_not_been_given(table: Table) -> None:
    sealed = _sealed(table.circle, "log", {"text": "a", "title": None})
    assert set(sealed.told_fields) == {"text"}


def test_half_a_character_is_refused(table: Table) -> None:
    with refused("disclosure.json"):
        _sealed(table.circle, "log", {"text": "\ud800"})


# What shows


@QUIET
@given(saying=sayings())
def test_digests_come_in_whole_steps_and_entries_in_whole_sizes(
    table: Table, saying: tuple[str, dict[str, Any], Redaction]
) -> None:
    kind, fields, redaction = saying
    if _told_nothing(kind, fields, redaction):
        return
    sealed = _sealed(table.circle, kind, fields, redaction)
    assert len(sealed.entry.sd) % DIGEST_STEP == 0
    assert list(sealed.entry.sd) == sorted(set(sealed.entry.sd))
    assert len(sealed.body) in {SMALLEST_SIZE << step for step in range(7)} | {MAX_ENTRY}
    assert decode_entry(sealed.body).sd == sealed.entry.sd
    plain = {"author", *fields}
    for name in plain:  # neither a field's name nor its value stands in the visible part
        value = fields.get(name, "duty")
        if isinstance(value, str) and len(value) > 8:
            assert value.encode() not in sealed.body


@st.composite
def twins(draw: st.DrawFn) -> tuple[str, dict[str, Any], dict[str, Any], frozenset[str]]:
    """Two statements with the same fields that differ only in what is withheld of both."""
    kind = draw(st.sampled_from(["incident", "log", "centre"]))
    names = sorted(EVERYTHING[kind])
    withheld = draw(st.sets(st.sampled_from(names), min_size=1, max_size=len(names) - 1))
    one = dict(EVERYTHING[kind])
    other = dict(one)
    if "text" in withheld:
        other["text"] = draw(st.text(st.characters(codec="utf-8"), max_size=8000))
    if "place" in withheld:
        other["place"] = {"lat": draw(st.integers(-(10**8), 10**8)), "lon": 1, "accuracy": 1}
    if "sources" in withheld:
        other["sources"] = ["https://example.org/" + "x" * draw(st.integers(0, 900))] * draw(st.integers(0, 20))
    if "title" in withheld:
        other["title"] = {}
    return kind, one, other, frozenset(withheld)


@QUIET
@given(twin=twins())
def test_what_is_withheld_influences_neither_the_size_nor_the_digests_nor_what_is_told(
    table: Table, twin: tuple[str, dict[str, Any], dict[str, Any], frozenset[str]]
) -> None:
    kind, one, other, withheld = twin
    seen = [Head("mop", 7, "A" * 43 + "=")]
    both = [_sealed(table.circle, kind, fields, Redaction(withheld), seen=seen) for fields in (one, other)]
    visible = []
    for sealed in both:
        entry = msgspec.to_builtins(sealed.entry)
        # random by design: id, digests, commitment; everything else must be the same byte for byte
        for name in ("id", "_sd", "told"):
            assert entry.pop(name)
        told = disclosure.read_all(sealed.told, frozenset(sealed.entry.sd))
        visible.append((entry, len(sealed.body), len(sealed.entry.sd), list(told.items()), len(sealed.told)))
    assert visible[0] == visible[1]


@QUIET
@given(names=st.sets(st.sampled_from(sorted(EVERYTHING["log"])), min_size=1))
def test_the_number_of_withheld_fields_does_not_show_at_all(table: Table, names: set[str]) -> None:
    fields = {name: EVERYTHING["log"][name] for name in names}
    sealed = _sealed(table.circle, "log", {**fields, "text": "a"}, Redaction(frozenset(names - {"text"})))
    bare = _sealed(table.circle, "log", {"text": "a"})
    assert len(sealed.entry.sd) == len(bare.entry.sd)
    assert len(sealed.body) == len(bare.body)


def test_the_position_of_a_digest_says_nothing_about_its_field(table: Table) -> None:
    """Sorted digests stand where chance puts them: the author's is not always the last, nor a decoy's."""
    places = set()
    for _ in range(60):
        sealed = _sealed(table.circle, "message", {"text": "a"})
        places.add(sealed.entry.sd.index(disclosure.digest(sealed.kept)))
    assert len(places) == DIGEST_STEP


def test_every_salt_is_fresh(table: Table) -> None:
    salts = []
    for _ in range(20):
        sealed = _sealed(table.circle, "log", EVERYTHING["log"], Redaction(frozenset({"place"})))
        texts = [*sealed.told.split("~"), *sealed.kept.split("~")]
        salts += [disclosure.open_disclosure(text).salt for text in texts]
    assert len(set(salts)) == len(salts)
    assert all(len(salt) == len(secrets.token_urlsafe(16)) for salt in salts)
