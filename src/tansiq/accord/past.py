"""What was told, as it stood at an earlier time: every answer of the accord is one as of an instant that is given."""

from __future__ import annotations

from tansiq.picture.told import Thing, Told


def as_it_stood(told: Told, at: int) -> Told:
    """The things with those of their versions that claim to be no later than `at` (ms); the same where none is later.

    By claimed times, which every node holds alike. What was erased since stays erased.
    """
    things = told.things
    if all(version.said.at <= at for thing in things for version in thing.versions):
        return told
    kept = (_before(thing, at) for thing in things)
    return Told([one for one in kept if one is not None], told.parties, told.held, told.heard)


def _before(thing: Thing, at: int) -> Thing | None:
    versions = tuple(one for one in thing.versions if one.said.at <= at)
    if not versions or versions[0] is not thing.versions[0]:
        return None
    if len(versions) == len(thing.versions):
        return thing
    return Thing(thing.ref, thing.party, thing.kind, thing.about, versions)
