"""The kinds of records that movements follow from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tansiq.records.kind import Body
from tansiq.records.kinds.activity import Activity
from tansiq.records.kinds.answer import Answer
from tansiq.records.kinds.area import Area
from tansiq.records.kinds.arrangement import Arrangement
from tansiq.records.kinds.consent import Consent
from tansiq.records.kinds.denial import Denial
from tansiq.records.kinds.entered import Entered
from tansiq.records.kinds.handover import Handover
from tansiq.records.kinds.hotline import Hotline
from tansiq.records.kinds.post import Post
from tansiq.records.kinds.suspension import Suspension
from tansiq.records.kinds.terms import Terms

KINDS: Final[Mapping[str, type[Body]]] = {
    "activity": Activity,
    "answer": Answer,
    "terms": Terms,
    "consent": Consent,
    "handover": Handover,
    "entered": Entered,
    "suspension": Suspension,
    "denial": Denial,
    "hotline": Hotline,
    "area": Area,
    "post": Post,
    "arrangement": Arrangement,
}
"""The kinds of records that movements follow from."""
