"""Incidents of a circle on their way out of the node as a file, which reads back to the same incidents.

What goes out is what the circle's picture shows; what a party has withheld is not in it. Each row carries its label and
whether it is an exercise.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
from msgspec import Struct

from tansiq.desk.office import Office, circle_named, epochs_of
from tansiq.errors import MalformedInput
from tansiq.incidents import own_layout
from tansiq.incidents.layouts import OWN_MARK
from tansiq.incidents.table import MOST_ROWS
from tansiq.picture.projection import read_thing
from tansiq.store import pictures

MEDIA: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "geojson": "application/geo+json",
    "kml": "application/vnd.google-earth.kml+xml",
}
PAGE: Final = 5000


class File(Struct, frozen=True):
    """A file: its name says exercise, its media type what it is."""

    name: str
    media: str
    data: bytes
    count: int


def export(office: Office, circle_id: str, form: str, since: int | None = None, until: int | None = None) -> File:
    """The incidents of a circle that happened from `since` to `until` (ms), in the order of their times.

    Refuses `incident_export.form`, and `incident_file.rows_many` for more than would be taken in again.
    """
    if form not in MEDIA:
        raise MalformedInput("incident_export.form", form=form[:20], known=", ".join(MEDIA))
    found: list[tuple[int, dict[str, str], dict[str, Any]]] = []
    with office.database.read() as connection:
        circle = circle_named(connection, circle_id).circle
        epochs = [one.num for one in epochs_of(connection, circle.id)]
        after = 0
        while rows := pictures.changes(connection, epochs, after=after, until=until, kind="incident", limit=PAGE):
            after = rows[-1].seq
            for row in rows:
                thing = read_thing(row.data)
                fields = msgspec.json.decode(thing.fields)
                if not fields or thing.erased is not None or (since is not None and row.at < since):
                    continue
                label = f"{thing.label.policy} {thing.label.classification} TLP:{thing.label.tlp}"
                mark = "EXERCISE" if circle.exercise else ""
                about = (f"{thing.party}/{thing.id}", circle.id, label, mark)
                found.append((row.at, dict(zip(own_layout.ABOUT, about, strict=True)), fields))
                if len(found) > MOST_ROWS:
                    raise MalformedInput("incident_file.rows_many", count=len(found), limit=MOST_ROWS)
    found.sort(key=lambda one: (one[0], one[1][OWN_MARK]))
    data = own_layout.write(form, [(about, fields) for _, about, fields in found])
    name = f"{'EXERCISE-' if circle.exercise else ''}incidents-{circle.id[:8]}.{form}"
    return File(name, MEDIA[form], data, len(found))
