"""The kinds of records that reports follow from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tansiq.accord.kinds import KINDS as ACCORD
from tansiq.movements.kinds import KINDS as MOVEMENTS
from tansiq.records.kind import Body
from tansiq.records.kinds.base import Base
from tansiq.records.kinds.coverage import Coverage
from tansiq.records.kinds.incident import Incident
from tansiq.records.kinds.line import Line
from tansiq.records.kinds.message import Message
from tansiq.records.kinds.patrol import Patrol

GROUND: Final[Mapping[str, type[Body]]] = {"patrol": Patrol, "base": Base, "line": Line, "coverage": Coverage}
"""What figures of ground rest on besides the kinds of movements: posts, areas and arrangements."""

KINDS: Final[Mapping[str, type[Body]]] = {
    **ACCORD,
    **MOVEMENTS,
    **GROUND,
    "incident": Incident,
    "message": Message,
}
