"""What if: after any edits cover is what the posts that stand then have, and the window says where it changed."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from nodes import refused
from tansiq.gaps import bits, hours, sight
from tansiq.gaps.whatif import Changed, Duty, WhatIf

from .footprints import CELL, mask, posts
from .terrain import rough

SHAPE = (90, 150)
VOIDED = rough(*SHAPE, 6, 120.0)
VOIDED[30:33, 60:70] = np.nan
GROUND = sight.ready(VOIDED)
SCHEDULES = [hours.always(), hours.daily(6, 18), hours.daily(18, 6), hours.daily(9, 12), np.zeros(hours.WEEK, bool)]
PARTIES = ["a", "b"]

edits = st.lists(
    st.tuples(
        st.sampled_from(["p", "q", "r", "s"]),
        st.sampled_from([None, *PARTIES]),
        st.tuples(st.integers(0, SHAPE[0] - 1), st.integers(0, SHAPE[1] - 1)),
        st.integers(0, len(SCHEDULES) - 1),
    ),
    max_size=8,
)


def duties(place: tuple[int, int], schedule: hours.Week) -> list[Duty]:
    """A post that sees 40 cells far by day and 15 by night."""
    (by_day,) = sight.footprints(GROUND, CELL, posts(place, reach=1200.0), target_m=1.7)
    light, dark = hours.parted(schedule, hours.daily(19, 5))
    return [Duty(by_day, light), Duty(sight.night(by_day, *place, 15), dark)]


def state(whatif: WhatIf) -> dict[tuple[str, int], tuple[bits.Bits, bits.Bits]]:
    """Cover by party and hour."""
    return {
        (party, hour): (
            whatif.covered(party, int(whatif.classes[hour])).copy(),
            whatif.unknown(party, int(whatif.classes[hour])),
        )
        for party in PARTIES
        for hour in range(0, 24)
    }


def check_change(whatif: WhatIf, before: dict[tuple[str, int], tuple[bits.Bits, bits.Bits]], found: Changed) -> None:
    """Nothing differs from before outside of the window and the classes that are named."""
    inside = np.zeros((SHAPE[0], bits.words(SHAPE[1])), bool)
    inside[found.row0 : found.row0 + found.rows, found.word0 : found.word0 + found.words] = True
    for (party, hour), now in state(whatif).items():
        for old, new in zip(before[party, hour], now, strict=True):
            assert not ((old != new) & ~inside).any()
            assert (old == new).all() or int(whatif.classes[hour]) in found.classes


@settings(max_examples=30, deadline=None)
@given(edits)
def test_after_any_edits_cover_is_what_the_posts_that_stand_have(
    given_edits: list[tuple[str, str | None, tuple[int, int], int]],
) -> None:
    whatif = WhatIf(*SHAPE)
    standing: dict[str, tuple[str, list[Duty]]] = {}
    for post, party, place, schedule in given_edits:
        before = state(whatif)
        if party is None:
            if post not in standing:
                with refused("whatif.no_post"):
                    whatif.drop(post)
                continue
            del standing[post]
            found = whatif.drop(post)
        else:
            standing[post] = (party, duties(place, SCHEDULES[schedule]))
            found = whatif.put(post, party, standing[post][1])
        check_change(whatif, before, found)
    for party in PARTIES:
        for hour in (0, 5, 9, 12, 18, 20, 167):
            on = [
                duty.footprint for of, given in standing.values() if of == party for duty in given if duty.hours[hour]
            ]
            seen = np.array([mask(one, SHAPE) for one in on]).reshape(-1, *SHAPE)
            doubt = np.array([mask(one, SHAPE, unknown=True) for one in on]).reshape(-1, *SHAPE)
            number = int(whatif.classes[hour])
            assert (whatif.counts(party, number) == seen.sum(axis=0)).all()
            assert (bits.unpack(whatif.covered(party, number), SHAPE[1]) == seen.any(axis=0)).all()
            unknown = doubt.any(axis=0) & ~seen.any(axis=0)
            assert (bits.unpack(whatif.unknown(party, number), SHAPE[1]) == unknown).all()


def test_a_post_put_back_where_it_was_restores_the_cover() -> None:
    whatif = WhatIf(*SHAPE)
    for number in range(9):
        whatif.put(f"post {number}", "a", duties((40, 70 + number), SCHEDULES[1]))
    before = state(whatif)
    whatif.put("post 3", "a", duties((10, 10), SCHEDULES[1]))
    whatif.put("post 3", "a", duties((40, 73), SCHEDULES[1]))
    for key, now in state(whatif).items():
        assert all((old == new).all() for old, new in zip(before[key], now, strict=True))


def test_an_edit_that_covers_no_new_ground_names_no_window() -> None:
    whatif = WhatIf(*SHAPE)
    whatif.put("first", "a", duties((40, 70), SCHEDULES[0]))
    assert whatif.put("second", "a", duties((40, 70), SCHEDULES[0])) == Changed(0, 0, 0, 0, ())
    assert whatif.drop("second") == Changed(0, 0, 0, 0, ())
    assert whatif.drop("first").classes


def test_what_would_outgrow_the_bound_is_refused_and_changes_nothing() -> None:
    whatif = WhatIf(*SHAPE, limit=40_000)
    whatif.put("first", "a", duties((40, 70), SCHEDULES[4]))
    before = state(whatif)
    with refused("whatif.too_large"):
        for number in range(9):
            whatif.put("second", "a", duties((40, 70), hours.daily(number, number + 1)))
    with refused("whatif.no_post"):
        whatif.drop("third")
    for key in before:
        assert (whatif.counts(key[0], int(whatif.classes[key[1]])) <= 1).all()
