"""What of a record is read for finding it: every text that a person wrote into it, its place, its heading.

Which fields those are follows from the types of its kind (`ShortText`, `LongText`, `Names`, `Texts`), so that a new
kind is found without a word here.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final, NamedTuple

import msgspec
from msgspec import inspect

from tansiq.records.kind import Body, all_kinds

HEADINGS: Final = frozenset({"title", "names", "heading", "term"})
_WRITTEN: Final = frozenset({200, 8000})
"""The longest that `ShortText` and `LongText` may be: what has another limit is a name, a key or an address."""
_LANGUAGES: Final = frozenset({"en", "ar", "ckb"})
_TEXT: Final = "text"
_CORNER: Final = math.sqrt(0.5)
"""Of the side of a square: how far its corners are from its middle."""

_Plan = Mapping[str, Any] | str
"""Of a field: that it is a text, or the plans of the fields within it."""


class Text(NamedTuple):
    """A text of a record, the field it stands in (`text`, `title.ar`, `actors.0`), and whether it heads the record."""

    field: str
    text: str
    heading: bool


def texts_of(kind: str, fields: Mapping[str, Any]) -> list[Text]:
    """The texts of a record, those that head it first."""
    found = list(_walk(plan_of(all_kinds()[kind].body), fields, ""))
    return sorted(found, key=lambda one: not one.heading)


class Ground(NamedTuple):
    """Where a thing may lie: within `reach` metres of a point (E7)."""

    lat: int
    lon: int
    reach: int


def ground_of(fields: Mapping[str, Any]) -> Ground | None:
    """Where it happened: the place as accurately as it is stated, or the square that was told in its stead."""
    for name, size, part in (("place", "accuracy", 1.0), ("place_coarse", "size", _CORNER)):
        place = fields.get(name)
        if isinstance(place, dict) and isinstance(place.get("lat"), int) and isinstance(place.get("lon"), int):
            metres = place.get(size)
            return Ground(place["lat"], place["lon"], math.ceil(metres * part) if isinstance(metres, int) else 0)
    return None


def heading_of(fields: Mapping[str, Any]) -> dict[str, str] | None:
    """The names by which a record is called, by language; those of its place where it has none."""
    place = fields.get("place")
    of_place = place.get("names") if isinstance(place, dict) else None
    for one in (*(fields.get(name) for name in ("title", "names", "heading")), of_place):
        if isinstance(one, dict) and any(isinstance(one.get(language), str) for language in _LANGUAGES):
            return {language: one[language] for language in _LANGUAGES if isinstance(one.get(language), str)}
    return None


@cache
def plan_of(body: type[Body]) -> _Plan:
    """Where texts stand in a body."""
    return _plan(inspect.type_info(body), ()) or {}


def _plan(info: inspect.Type, within: tuple[type, ...]) -> _Plan | None:
    if isinstance(info, inspect.StrType):
        return _TEXT if info.max_length in _WRITTEN and info.pattern is None else None
    if isinstance(info, inspect.ListType):
        inner = _plan(info.item_type, within)
        return None if inner is None else {"*": inner}
    if isinstance(info, inspect.UnionType):
        return _merged(_plan(one, within) for one in info.types)
    if isinstance(info, inspect.StructType) and not info.array_like and info.cls not in within:
        plans = {one.encode_name: _plan(one.type, (*within, info.cls)) for one in info.fields}
        return {name: plan for name, plan in plans.items() if plan is not None and name != "imported"} or None
    return None


def _merged(plans: Iterator[_Plan | None]) -> _Plan | None:
    merged: dict[str, Any] = {}
    for plan in plans:
        if isinstance(plan, str):
            return plan
        merged.update(plan or {})
    return merged or None


def _walk(plan: _Plan, value: Any, path: str) -> Iterator[Text]:
    if isinstance(plan, str):
        if isinstance(value, str) and value:
            names = path.split(".")
            yield Text(path, value, names[0] in HEADINGS or names[:2] == ["place", "names"])
    elif isinstance(value, list):
        inner = plan.get("*")
        if inner is not None:
            for at, one in enumerate(value):
                yield from _walk(inner, one, f"{path}.{at}")
    elif isinstance(value, dict):
        for name, inner in plan.items():
            if name in value:
                yield from _walk(inner, value[name], f"{path}.{name}" if path else name)


def read_fields(raw: msgspec.Raw) -> dict[str, Any]:
    """The fields of a thing in the picture."""
    found = msgspec.json.decode(raw)
    return found if isinstance(found, dict) else {}
