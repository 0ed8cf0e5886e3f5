"""What a decoder says of a field, in the reader's language: `Expected `int` >= 0 - at `$.range_day_m`` and the like."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

WHERE: Final = r"(?: - at `(?P<at>[^`]*)`)?"
PATTERNS: Final = tuple(
    (reason, re.compile(pattern + WHERE))
    for reason, pattern in (
        ("least", r"Expected `(?:int|float)` >=? ?(?P<least>-?[0-9.]+)"),
        ("most", r"Expected `(?:int|float)` <=? ?(?P<most>-?[0-9.]+)"),
        ("short", r"Expected `(?:str|array|object)` of length >= (?P<least>[0-9]+)"),
        ("long", r"Expected `(?:str|array|object)` of length <= (?P<most>[0-9]+)"),
        ("exact", r"Expected `(?:str|array|object)` of (?:at most )?length (?P<least>[0-9]+)(?:, got [0-9]+)?"),
        ("shape", r"Expected `str` matching regex .*?"),
        ("kind", r"Expected `(?P<wanted>[^`]+)`, got `(?P<got>[^`]+)`"),
        ("missing", r"Object missing required field `(?P<field>[^`]+)`"),
        ("unknown", r"Object contains unknown field `(?P<field>[^`]+)`"),
        ("choice", r"Invalid enum value '?(?P<value>[^']*)'?"),
        ("way", r"a way to be covered names at least one condition"),
        ("daylight", r"daylight ends before it begins"),
        ("interval", r"an interval ends before it begins"),
        ("counts", r"the most is less than the least"),
    )
)
TYPES: Final = {"int": "number", "float": "number", "str": "text", "array": "list", "object": "table", "bool": "yes_no"}


def said(text: str, words: Mapping[str, Mapping[str, str]]) -> str:
    """The reason in the words of a language (family `reason`); as it stands where it is none of a decoder's."""
    for reason, pattern in PATTERNS:
        found = pattern.fullmatch(text)
        if found is not None and reason in words:
            parts = {name: value for name, value in found.groupdict().items() if value is not None}
            for name in ("wanted", "got"):
                if name in parts:
                    parts[name] = _types(parts[name], words)
            place = (parts.get("at") or "").removeprefix("$").lstrip(".")
            sentence = words[reason]["refused"].format(**parts)
            return f"{place}: {sentence}" if place else sentence
    return text


def _types(text: str, words: Mapping[str, Mapping[str, str]]) -> str:
    """`int | null` as a whole number; that a field may be left out is not said."""
    names = [one.strip() for one in text.split("|") if one.strip() != "null"] or ["null"]
    return " / ".join(words[TYPES[one]]["refused"] if one in TYPES else one for one in names)
