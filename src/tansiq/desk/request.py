"""Requests of the API out of plain JSON values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from tansiq.errors import MalformedInput

Asked = TypeVar("Asked", bound=Struct)


def read_request(kind: type[Asked], values: Mapping[str, Any]) -> Asked:
    """A request out of plain JSON values; refused as `record.bad_fields`."""
    try:
        return msgspec.convert(values, kind)
    except msgspec.ValidationError as error:
        raise MalformedInput("record.bad_fields", kind=kind.__name__, reason=str(error)[:200]) from error


def learn(*kinds: type[Struct]) -> None:
    """Let msgspec learn structs now: a first reading must not be two threads' first at once (tansiq.node.structs)."""
    for kind in kinds:
        msgspec.json.Decoder(kind)
