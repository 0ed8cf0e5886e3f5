"""Tell: more of an earlier record of the same ledger is told to the circle.

The entry's `revises` names the record; the disclosures that travel with this entry belong to that record and are
checked against its digests. So the log itself says when what was told, to all members alike.
"""

from __future__ import annotations

from tansiq.records.kind import Body, Kind


class Tell(Body, frozen=True):
    """No fields of its own."""


KIND = Kind("tell", Tell, {}, {}, spoken=False)
