"""Comment: a word beside what it is `about`; in a circle of one it is a note for one's own side."""

from __future__ import annotations

from tansiq.records.kind import Body, Kind
from tansiq.records.kinds.answer import RecordKey
from tansiq.records.values import Language, LongText, Origin


class Comment(Body, frozen=True):
    """`revision` is the id of the very record that is spoken of, where it is a version of a text."""

    text: LongText | None = None
    revision: RecordKey | None = None
    resolved: bool | None = None
    lang: Language | None = None
    origin: Origin | None = None


KIND = Kind("comment", Comment, {}, {})
