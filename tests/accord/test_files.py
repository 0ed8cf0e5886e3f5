"""Files side by side, and what waits for what."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tansiq.accord.deciding import State
from tansiq.accord.files import Promised, commitments_awaited, dependency_order, files
from tansiq.records.values import Names

from .talking import HOUR, NOON, Talking, names


def circle() -> Talking:
    return Talking("joc", "mop", "coalition", takes_part=["joc", "mop"])


def test_each_side_says_where_it_sees_a_file_and_a_silent_side_is_named() -> None:
    talk = circle()
    ref = talk.say("joc", "negotiation_file", {"names": names("Budget"), "state": "open", "owner": "an office"})
    (found,) = files(talk.told()).files
    assert (found.state, found.silent) == ("open", ("mop",))
    talk.meet()
    talk.say("mop", "negotiation_file", {"state": "concluded", "owner": "another office"}, about=ref)
    (found,) = files(talk.told()).files
    assert [(side.party, side.state, side.owner) for side in found.sides] == [
        ("joc", "open", "an office"),
        ("mop", "concluded", "another office"),
    ]
    assert (found.state, found.silent, found.over) == (None, (), False), "nobody's word stands for both"
    talk.say("joc", "negotiation_file", {"state": "dropped"}, revises=ref)
    (found,) = files(talk.told()).files
    assert found.over


def test_a_file_that_waits_for_a_trigger_is_free_once_every_side_stated_the_same_day() -> None:
    talk = circle()
    opened = talk.say("joc", "trigger", {"names": names("Opened"), "parties": ["joc", "mop"]})
    talk.say("joc", "negotiation_file", {"names": names("Patrols"), "state": "open", "waits_for": [opened]})
    talk.meet()
    talk.say("joc", "occurrence", {"at": NOON, "status": "stated"}, about=opened)
    assert not files(talk.told()).files[0].free
    talk.say("mop", "occurrence", {"at": NOON + HOUR, "status": "stated"}, about=opened)
    assert files(talk.told()).files[0].free


def test_a_file_that_waits_for_a_commitment_is_free_once_that_is_kept_and_says_how_it_stands() -> None:
    talk = circle()
    promise = talk.say("joc", "commitment", {"names": names("Open a centre"), "owed_by": ["joc"], "number": "C1"})
    talk.say("joc", "negotiation_file", {"names": names("Patrols"), "state": "open", "waits_for": [promise]})
    told = talk.told()
    assert commitments_awaited(told) == (promise,)

    def stands(state: State | None, *, kept: bool = False) -> tuple[bool | None, State | None, bool]:
        (found,) = files(told, {promise: Promised(state, kept)}).files
        (wait,) = found.waits_for
        assert (wait.kind, wait.names) == ("commitment", Names(**names("Open a centre")))
        return wait.settled, wait.promised, found.free

    assert stands("kept", kept=True) == (True, "kept", True)
    assert stands("late", kept=True) == (True, "late", True), "late, but kept"
    unkept: tuple[State, ...] = ("late", "disputed", "partly", "not_yet_due", "not_kept")
    for state in unkept:
        assert stands(state) == (False, state, False)
    assert stands(None) == (False, None, False), "nobody is bound by it yet"
    assert stands("cannot_be_measured_yet") == (None, "cannot_be_measured_yet", False)
    (found,) = files(told).files
    assert (found.waits_for[0].settled, found.free) == (None, False), "it was not worked out"


def test_a_file_waits_for_another_whoever_says_so_and_is_free_once_that_is_over() -> None:
    talk = circle()
    budget = talk.say("joc", "negotiation_file", {"names": names("Budget"), "state": "open"})
    centres = talk.say("joc", "negotiation_file", {"names": names("Centres"), "state": "waiting"})
    talk.meet()
    talk.say("mop", "negotiation_file", {"state": "waiting", "waits_for": [budget]}, about=centres)
    found = files(talk.told())
    waits = {one.ref: one for one in found.files}
    assert [one.ref for one in found.files] == [budget, centres], "what comes first stands first"
    assert [(one.ref, one.said_by, one.settled) for one in waits[centres].waits_for] == [(budget, ("mop",), False)]
    assert (waits[budget].holds_up, waits[budget].waited_for_by, waits[budget].free) == (1, (centres,), True)
    assert not waits[centres].free
    talk.say("joc", "negotiation_file", {"state": "concluded"}, revises=budget)
    assert {one.ref: one.free for one in files(talk.told()).files} == {budget: False, centres: True}


def test_files_that_wait_for_each_other_are_said_to_be_a_ring_and_nothing_breaks() -> None:
    talk = circle()
    one = talk.say("joc", "negotiation_file", {"names": names("One"), "state": "open"})
    two = talk.say("joc", "negotiation_file", {"names": names("Two"), "state": "open", "waits_for": [one]})
    three = talk.say("joc", "negotiation_file", {"names": names("Three"), "state": "open", "waits_for": [two]})
    talk.say("joc", "negotiation_file", {"waits_for": [two, one]}, revises=one)
    found = files(talk.told())
    assert found.rings == (tuple(sorted((one, two))),)
    shown = {file.ref: file for file in found.files}
    assert shown[one].step == shown[two].step < shown[three].step
    assert [wait.ring for wait in shown[one].waits_for] == [True, True]
    assert not any(wait.ring for wait in shown[three].waits_for)
    assert shown[one].holds_up == 2


def test_a_file_that_a_dispute_opened_names_its_cause_and_one_that_waits_for_the_unknown_is_not_free() -> None:
    talk = circle()
    gone = "mop/00000000-0000-7000-8000-00000000ffff"
    fields = {"names": names("Dispute"), "state": "open", "cause": gone, "waits_for": [gone]}
    talk.say("joc", "negotiation_file", fields)
    (found,) = files(talk.told()).files
    assert (found.cause, found.free) == (gone, False)
    assert [(one.ref, one.kind, one.settled) for one in found.waits_for] == [(gone, None, None)]


NODES = "abcdefg"
graphs = st.dictionaries(st.sampled_from(NODES), st.lists(st.sampled_from(NODES), max_size=4)).map(
    lambda given: {node: tuple(dict.fromkeys(given.get(node, ()))) for node in NODES}
)


def reached(edges: dict[str, tuple[str, ...]], start: str) -> set[str]:
    """What can be reached from a node by at least one edge, the slow way."""
    found: set[str] = set()
    todo = list(edges[start])
    while todo:
        one = todo.pop()
        if one not in found:
            found.add(one)
            todo += edges[one]
    return found


@given(graphs)
def test_steps_rings_and_counts_are_those_of_the_slow_way(edges: dict[str, tuple[str, ...]]) -> None:
    order = dependency_order(edges)
    reach = {node: reached(edges, node) for node in NODES}
    for node in NODES:
        for before in edges[node]:
            together = node in reach[before]
            assert order.step[before] == order.step[node] if together else order.step[before] < order.step[node]
        assert order.behind[node] == sum(node in reach[other] for other in NODES if other != node)
    rings = {
        tuple(sorted({node} | {one for one in reach[node] if node in reach[one]}))
        for node in NODES
        if node in reach[node]
    }
    assert set(order.rings) == rings
