"""Drafts that are followed while somebody works on them: for each change what changed, in one small binary answer.

An answer is the length of its JSON (uint32, little endian), the JSON padded to a whole number of four bytes, then the
changed part of the picture as runs: how many (uint32), their lengths (uint16 each), their states (uint8 each).
"""

from __future__ import annotations

import struct
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct

from tansiq.errors import MalformedInput, NotFound

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tansiq.desk.gaps import Run, Runs
    from tansiq.gaps.answer import Answer
    from tansiq.gaps.cache import Cache
    from tansiq.gaps.draft import Draft, Window
    from tansiq.gaps.edits import Edits
    from tansiq.gaps.picture import Part, Warp

KEPT: Final = 3
"""Drafts that are held at once, of all persons; each takes memory for its counts."""

WORD: Final = 64


class DraftRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole draft, the hour of the week and the party (empty: all) whose cover is shown, the answer held so far."""

    draft: dict[str, Any] = {}
    hour: Annotated[int, Meta(ge=0, le=167)] = 0
    party: Annotated[str, Meta(max_length=64)] = ""
    held: int = 0


class Following:
    """One person's draft on one answer."""

    def __init__(self, draft: Draft, answer: Answer, warp: Warp) -> None:
        self._lock = threading.Lock()
        self._draft = draft
        self._warp = warp
        self._number = 0
        self._shown: tuple[int, str] = (-1, "")
        # a gap that is still the same ground keeps the name that it has in the answer
        said = {(gap.opening.band, gap.opening.row0, gap.opening.col0): gap.opening.id for gap in answer.gaps}
        found = draft.standing().pieces.pieces
        self._names = {one.key: said.get((one.band, one.row0, one.col0)) for one in found}

    def take(self, asked: DraftRequest, edits: Edits) -> bytes:
        """Take up a draft; what changed since the answer that the asker holds, or all where that is another one."""
        with self._lock:
            window, hours = self._draft.follow(edits)
            new = asked.held == 0 or asked.held != self._number or self._shown != (asked.hour, asked.party)
            self._number += 1
            self._shown = (asked.hour, asked.party)
            part = self._part(window) if asked.hour in hours else None
            return self._answer(asked, None if new else part, whole=new)

    def _part(self, window: Window) -> Part:
        return self._warp.around(window.row0, window.rows, window.word0 * WORD, window.words * WORD)

    def _answer(self, asked: DraftRequest, part: Part | None, *, whole: bool) -> bytes:
        from tansiq.gaps import picture  # noqa: PLC0415 - the engine is loaded with the first question
        from tansiq.gaps.answer import km2  # noqa: PLC0415 - as above

        grid, standing = self._draft.grid, self._draft.standing()
        cover, number = self._draft.cover_at(asked.hour)
        parties = list(self._draft.inputs.parties)
        if asked.party and asked.party not in parties:
            raise NotFound("gaps.no_such", ref=asked.party)
        states = None
        if whole or part is not None:
            place = parties.index(asked.party) if asked.party else None
            part = picture.EVERYTHING if part is None else part
            states = self._warp.states(cover, self._draft.area, number, place, part)
        pieces = standing.pieces
        body = {
            "held": self._number,
            "classes": standing.number.tolist(),
            "hours": [
                {
                    "open_km2": km2(grid, one.open),
                    "unknown_km2": km2(grid, one.unknown),
                    "covered_km2": {name: km2(grid, cells) for name, cells in zip(parties, one.covered, strict=True)},
                    "both_km2": km2(grid, one.everyone),
                }
                for one in standing.hours
            ],
            "gaps": [
                {
                    "key": one.key,
                    "band": one.band,
                    "area_km2": km2(grid, one.cells),
                    "hours_per_week": round(one.cell_hours / one.cells, 1),
                    "classes_open": when,
                    "same": self._names.get(one.key),
                }
                for one, when in zip(pieces.pieces, standing.opened, strict=True)
            ],
            "left_out": {"gaps": pieces.left_out, "km2_hours": km2(grid, pieces.left_out_cell_hours)},
        }
        return sheet(body, self._warp, part, states)


def sheet(body: dict[str, Any], warp: Warp, part: Part | None, states: NDArray[np.uint8] | None) -> bytes:
    """The bytes of an answer: its JSON with the place of the picture in it, and the runs of its pixels."""
    from tansiq.gaps import picture  # noqa: PLC0415 - the engine is loaded with the first question

    pixels = b""
    if states is not None and part is not None:
        down, across = (one.start or 0 for one in part)
        height, width = warp.shape
        at = {"x": across, "y": down, "w": states.shape[1], "h": states.shape[0]}
        body = {**body, "picture": {"width": width, "height": height, "bounds": warp.bounds, **at}}
        lengths, values = picture.runs_of(states)
        pixels = struct.pack("<I", len(values)) + lengths.tobytes() + values.tobytes()
    text = msgspec.json.encode(body)
    text += b" " * (-len(text) % 4)
    return struct.pack("<I", len(text)) + text + pixels


class Drafts:
    """The drafts that are followed at a node."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: OrderedDict[tuple[str, str], Following] = OrderedDict()

    def take(self, runs: Runs, name: str, user: str, asked: DraftRequest) -> bytes:
        """What changes with a person's draft on a finished analysis. The first one takes as long as a count of all."""
        from tansiq.desk.gaps_question import edits_of  # noqa: PLC0415 - the engine is loaded with the first question

        edits = edits_of(asked.draft)
        run = runs.done(name)
        with self._lock:
            held = self._held.get((name, user))
            if held is None:
                held = self._begin(run, runs.warp_of(run), runs.memory)
                self._held[name, user] = held
                while len(self._held) > KEPT:
                    self._held.popitem(last=False)
            self._held.move_to_end((name, user))
        try:
            return held.take(asked, edits)
        except MalformedInput as refused:
            if refused.code == "whatif.too_large":
                # half of the changes are counted: the next draft begins anew
                with self._lock:
                    self._held.pop((name, user), None)
            raise

    def _begin(self, run: Run, warp: Warp, memory: Cache | None) -> Following:
        from tansiq.desk import ground  # noqa: PLC0415 - the engine is loaded with the first question
        from tansiq.gaps.draft import Draft  # noqa: PLC0415 - as above

        answer = run.answer
        if answer is None:
            raise NotFound("gaps.no_run", id=run.id[:40])
        layers = ground.read(run.question.ground, answer.grid)
        return Following(Draft(answer, layers, memory), answer, warp)
