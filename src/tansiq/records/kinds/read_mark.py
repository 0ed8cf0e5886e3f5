"""Read mark: a party's word that the message it is `about` was read at its desk."""

from __future__ import annotations

from tansiq.records.kind import Body, Kind
from tansiq.records.kinds.answer import RecordKey
from tansiq.records.values import Origin


class ReadMark(Body, frozen=True):
    """`revision` is the id of the very record that was read: a message that is corrected is to be read again."""

    revision: RecordKey | None = None
    origin: Origin | None = None


KIND = Kind("read_mark", ReadMark, {}, {})
