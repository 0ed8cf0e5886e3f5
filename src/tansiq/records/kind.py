"""What a kind of record is, and the list of those that there are."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

import msgspec
from msgspec import Struct

from tansiq.errors import MalformedInput
from tansiq.records import kinds


class Body(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """The fields of a record. A field that is None has not been told."""


@dataclass(frozen=True)
class Kind:
    """A kind of record: its name in the ledger, its fields, and which of them can be told coarsely.

    `coarse_place` and `coarse_time` map a field to the one that may be told in its stead. `spoken` says whether
    a person says it from a form; the others (`tell`, `party`, `circle`) are written by the program. Fields in `own`
    never leave the node of who said them, now or later.
    """

    name: str
    body: type[Body]
    coarse_place: Mapping[str, str]
    coarse_time: Mapping[str, str]
    spoken: bool = True
    own: frozenset[str] = frozenset()

    def field_names(self) -> tuple[str, ...]:
        """The names of the fields in the order of the form."""
        return self.body.__struct_encode_fields__

    def read(self, fields: Mapping[str, Any]) -> Body:
        """The typed body of `fields` (plain JSON values).

        Raises MalformedInput (`record.bad_fields`) naming the field and what is wrong with it.
        """
        try:
            return msgspec.convert(fields, self.body)
        except msgspec.ValidationError as error:
            raise MalformedInput("record.bad_fields", kind=self.name, reason=str(error)[:300]) from error

    def decode(self, text: bytes) -> Body:
        """The typed body of a JSON object; refused like `read`."""
        try:
            return _decoder(self.body).decode(text)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise MalformedInput("record.bad_fields", kind=self.name, reason=str(error)[:300]) from error


@cache
def _decoder(body: type[Body]) -> msgspec.json.Decoder[Body]:
    return msgspec.json.Decoder(body)


@cache
def all_kinds() -> Mapping[str, Kind]:
    """Every kind by name: one module in `tansiq.records.kinds` each."""
    found = (import_module(f"{kinds.__name__}.{module.name}").KIND for module in pkgutil.iter_modules(kinds.__path__))
    return {kind.name: kind for kind in found}


def kind_named(name: str) -> Kind:
    """The kind `name`; an unknown one is refused (`record.unknown_kind`)."""
    try:
        return all_kinds()[name]
    except KeyError:
        raise MalformedInput("record.unknown_kind", kind=name[:64]) from None
