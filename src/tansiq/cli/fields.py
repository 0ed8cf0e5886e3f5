"""Fields as an officer types them: `place=Makhmour`, `place=38SLE4567`, `when=now`, `killed=2-3`, `title.ar=…`."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import msgspec

from tansiq.errors import MalformedInput, NotFound
from tansiq.geo.gazetteer import search
from tansiq.records.kind import Kind

NAMES: Final = frozenset({"names", "title"})
_DIGITS: Final = 15


def parse_fields(kind: Kind, words: Sequence[str], now_ms: int) -> dict[str, Any]:
    """The fields of `name=value` words for a kind. A value that begins with `{` or `[` is taken as JSON."""
    fields: dict[str, Any] = {}
    for word in words:
        if any("\ud800" <= sign <= "\udfff" for sign in word):  # what the shell handed over is not UTF-8
            raise MalformedInput("record.bad_fields", kind=kind.name, reason=repr(word[:60]))
        name, equals, value = word.partition("=")
        name, dot, part = name.partition(".")
        if not equals or name not in kind.field_names():
            raise MalformedInput("gate.no_such_field", field=word[:60], kind=kind.name)
        if dot:
            parts = fields.setdefault(name, {})
            if not isinstance(parts, dict):
                raise MalformedInput("record.bad_fields", kind=kind.name, reason=f"{name}, {name}.{part[:40]}")
            parts[part] = value
        elif value.startswith(("{", "[")):
            fields[name] = _json(value)
        else:
            reader = READERS.get(name)
            fields[name] = reader(value, now_ms) if reader else _scalar(value)
    return fields


def read_records(data: bytes, path: str) -> list[dict[str, Any]]:
    """The fields of many records, a JSON object a line; `path` is what the refusal names."""
    try:
        return msgspec.json.Decoder(dict[str, Any]).decode_lines(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedInput("record.bad_fields", kind=path, reason=str(error)[:200]) from error


def _json(value: str) -> Any:
    try:
        return msgspec.json.decode(value)
    except (msgspec.DecodeError, RecursionError) as error:
        raise MalformedInput("record.bad_fields", kind="JSON", reason=str(error)[:200]) from error


def _scalar(value: str) -> Any:
    if re.fullmatch(r"-?[0-9]{1,15}", value):
        return int(value)
    return {"true": True, "false": False}.get(value, value)


def _place(value: str, _now: int) -> Mapping[str, Any]:
    found = search(value, 1)
    if not found or found[0].lat is None:
        raise NotFound("place.unknown", text=value[:80])
    hit = found[0]
    place: dict[str, Any] = {"lat": hit.lat, "lon": hit.lon, "accuracy": hit.accuracy}
    names = {key: text for key, text in msgspec.to_builtins(hit.names).items() if text} if hit.names else {}
    if names:
        place["names"] = names
    if hit.id:
        place["gazetteer"] = hit.id
    return place


def parse_time(value: str, now_ms: int) -> int:
    """`now`, `-15m`, `+2h`, a date or a time (ISO 8601; without a zone that of this machine), in milliseconds."""
    if value == "now":
        return now_ms
    if apart := re.fullmatch(r"([+-][0-9]{1,4})([mhd])", value):
        return now_ms + int(apart[1]) * {"m": 60_000, "h": 3_600_000, "d": 86_400_000}[apart[2]]
    try:
        return int(datetime.datetime.fromisoformat(value).astimezone().timestamp() * 1000)
    except (ValueError, OverflowError, OSError) as error:
        raise MalformedInput("record.bad_time", text=value[:60]) from error


def _interval(value: str, now_ms: int) -> Mapping[str, Any]:
    start, slash, end = value.partition("/")
    return {"from": parse_time(start, now_ms), "to": parse_time(end, now_ms) if slash else None}


def _count(value: str, _now: int) -> Mapping[str, int]:
    low, _, high = value.partition("-")
    if not all(part.isdecimal() and len(part) <= _DIGITS for part in (low, high or low)):
        raise MalformedInput("record.bad_count", text=value[:40])
    return {"min": int(low), "max": int(high or low)}


def _list(value: str, _now: int) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]


def _text(value: str, _now: int) -> str:
    return value


READERS: Final[Mapping[str, Callable[[str, int], Any]]] = {
    "place": _place,
    "seat": _place,
    "when": _interval,
    "since": parse_time,
    "leaves_at": parse_time,
    "due": parse_time,
    "reply_due": parse_time,
    "number": _text,
    "killed": _count,
    "wounded": _count,
    "sources": _list,
    "actors": _list,
    "to": _list,
    "text": _text,
    "note": _text,
    "ask": _text,
    "reason": _text,
}
