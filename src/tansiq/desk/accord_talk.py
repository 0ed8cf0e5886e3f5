"""Files, meetings, bodies and the chain at a desk: how they stand in a circle. Worked out once for every turn of it."""

from __future__ import annotations

from msgspec import Struct

from tansiq.accord.bodies import BodyView, bodies
from tansiq.accord.chain import Chain, Links, chain, links
from tansiq.accord.commitments import was_kept
from tansiq.accord.files import Files, Promised, commitments_awaited, files
from tansiq.accord.meetings import Meetings, TermsRules, meetings
from tansiq.accord.past import as_it_stood
from tansiq.desk.accord_board import WorkedOut, table_of
from tansiq.desk.office import Office
from tansiq.errors import NotFound
from tansiq.picture.terms import in_force
from tansiq.picture.told import Told, Version


class MeetingsView(Struct, frozen=True):
    """Meetings, understandings and bodies of a circle; `sides` give their words, `turn` grows with what comes."""

    circle: str
    turn: int
    sides: tuple[str, ...]
    members: tuple[str, ...]
    board: Meetings
    bodies: tuple[BodyView, ...]


def files_of(office: Office, circle: str, at: int | None = None) -> Files:
    """Every file with what it waits for, as of an instant (ms); as of now if left out.

    Commitments that are waited for are worked out as of then; nothing else of files depends on a clock.
    """
    with table_of(office, circle) as table:
        kept = office.memory.of(WorkedOut)
        awaited = kept.of(f"awaited {circle}", table, commitments_awaited)
        if at is None and not awaited:
            return kept.of(f"files {circle}", table, files)
    promised: dict[str, Promised] = {}
    if awaited:
        from tansiq.desk.accord_promises import some_promises  # noqa: PLC0415 - it loads the engine of gaps

        found = some_promises(office, circle, awaited, at)
        promised = {ref: Promised(one.state, was_kept(one)) for ref, one in found.items()}
    with table_of(office, circle) as table:
        return files(table.told if at is None else as_it_stood(table.told, at), promised)


def file_ref(found: Files, ref: str) -> str:
    """The file that a record is, or is about; refused (`accord.not_here`) where there is none."""
    if found.get(ref) is not None:
        return ref
    for one in found.files:
        if any(ref in (side.ref, side.revision) for side in one.sides):
            return one.ref
    raise NotFound("accord.not_here", ref=ref[:80])


def meetings_of(office: Office, circle: str) -> MeetingsView:
    """Every meeting and understanding, and every body with its membership in force."""
    with table_of(office, circle) as table:
        kept = office.memory.of(WorkedOut)
        return MeetingsView(
            circle,
            table.turn,
            table.sides,
            tuple(sorted(table.members)),
            kept.of(f"meetings {circle}", table, _meetings),
            kept.of(f"bodies {circle}", table, bodies),
        )


def chain_of(office: Office, circle: str, ref: str) -> Chain:
    """The chain of a thing, both ways; refused (`accord.not_here`) where it is not held or stands in none."""
    with table_of(office, circle) as table:
        known: Links = office.memory.of(WorkedOut).of(f"links {circle}", table, links)
        found = chain(table.told, known, ref)
    if found is None:
        raise NotFound("accord.not_here", ref=ref[:80])
    return found


def _meetings(told: Told) -> Meetings:
    def rules(version: Version) -> TermsRules:
        terms = in_force(told, version)
        return TermsRules(terms.ref, tuple(terms.body.quorums or ()))

    return meetings(told, rules)
