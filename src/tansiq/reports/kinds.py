"""The kinds of records that reports follow from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tansiq.accord.kinds import KINDS as ACCORD
from tansiq.movements.kinds import KINDS as MOVEMENTS
from tansiq.records.kind import Body
from tansiq.records.kinds.incident import Incident
from tansiq.records.kinds.message import Message

KINDS: Final[Mapping[str, type[Body]]] = {**ACCORD, **MOVEMENTS, "incident": Incident, "message": Message}
