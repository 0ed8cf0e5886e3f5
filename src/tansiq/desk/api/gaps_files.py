"""What leaves the Gaps desk by a person's hand: an answer as a file, one's own cover as the fields of a record."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
from litestar import Response, get, post
from litestar.params import Parameter
from msgspec import Meta, Struct

from tansiq.desk.gaps import Runs
from tansiq.desk.office import Office
from tansiq.desk.people import Person
from tansiq.errors import NotFound

MEDIA: Final = {
    "gpkg": "application/geopackage+sqlite3",
    "geojson": "application/geo+json",
    "csv": "text/csv; charset=utf-8",
    "png": "image/png",
}


Hour = Annotated[int, Parameter(ge=0, le=167)]
"""Of the week, 0 is Monday midnight."""


class CoverageRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Of which area of which circle, in cells of how many metres; the inputs are those of `private`, else one's own."""

    circle: Annotated[str, Meta(min_length=6, max_length=32)]
    area: Annotated[str, Meta(max_length=128)]
    cell: Annotated[int, Meta(ge=100, le=10_000)] = 500
    private: Annotated[str, Meta(max_length=32)] = ""


@get("/gaps/runs/{run:str}/{file:str}", sync_to_thread=True)
def export(office: Office, person: Person, runs: Runs, run: str, file: str, hour: Hour = 0) -> Response[bytes]:
    """The answer as `export.gpkg`, `.geojson`, `.csv`, or the picture of an hour of the week as `.png`."""
    from tansiq.desk import gaps_export  # noqa: PLC0415 - the engine is loaded with the first question

    stem, _, ending = file.partition(".")
    if stem != "export" or ending not in MEDIA:
        raise NotFound("gaps.no_such", ref=file[:80])
    done = runs.done(run)
    if done.answer is None:
        raise NotFound("gaps.no_run", id=run[:40])
    body: dict[str, Any] = msgspec.json.decode(done.as_json)
    with tempfile.TemporaryDirectory(prefix="tansiq-gaps-") as folder:
        path = Path(folder, f"gaps.{ending}")
        gaps_export.write(path, done.answer, body, body["gaps"], hour)
        data = path.read_bytes()
    mark = "EXERCISE-" if done.question.exercise else ""
    headers = {"Content-Disposition": f'attachment; filename="{mark}gaps-{body["digest"][:12]}.{ending}"'}
    return Response(data, media_type=MEDIA[ending], headers=headers)


@post("/gaps/coverage", status_code=200, sync_to_thread=True)
def coverage(office: Office, person: Person, data: CoverageRequest) -> dict[str, Any]:
    """The fields of a `coverage` record, worked out here and told to nobody: that is done by releasing them."""
    from tansiq.desk.coverage import own_coverage  # noqa: PLC0415 - the engine is loaded with the first question

    return own_coverage(office, data.circle, data.area, data.private, data.cell)
