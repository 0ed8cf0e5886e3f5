"""A text as agreed: the exact words in every authentic language, their canonical bytes, and the digest that is signed.

The bytes are JSON in one fixed field order, UTF-8 in normalisation form C, clauses in the order of the tree. Two nodes
that hold the same records come to the same bytes (docs/integrators/formats.md, "The text that is signed").
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from msgspec import Struct

from tansiq.errors import MalformedInput
from tansiq.records.kinds.agreement import Force
from tansiq.records.values import Language

FORMAT: Final = "tansiq-agreement/1"
MAX_TEXT: Final = 4 << 20
"""Of the canonical bytes: five hundred clauses in three languages are well below it."""


class AgreedClause(Struct, frozen=True):
    """One clause as every party accepted it: `ref` is the very record (`party/id`) of the wording.

    `heading`, `term` and `text` hold the authentic languages only, by language.
    """

    key: str
    order: tuple[int, ...]
    part: str
    heading: dict[Language, str]
    term: dict[Language, str]
    text: dict[Language, str]
    ref: str = ""


class AgreedText(Struct, frozen=True):
    """The whole text: `path` is the same through amendments, `amends` the digest of the text before.

    `force`, `expires_at` and `review_at` are signed with the words: when it binds is not for one side to move.
    """

    path: str
    names: dict[Language, str]
    parties: tuple[str, ...]
    authentic: tuple[Language, ...]
    prevailing: Language | None
    amends: str | None
    clauses: tuple[AgreedClause, ...]
    force: Force | None = None
    expires_at: int | None = None
    review_at: int | None = None


class _Read(Struct, frozen=True, forbid_unknown_fields=True):
    """Canonical bytes as they are read back."""

    format: str
    path: str
    names: dict[Language, str]
    parties: tuple[str, ...]
    authentic: tuple[Language, ...]
    prevailing: Language | None
    amends: str | None
    force: Force | None
    expires_at: int | None
    review_at: int | None
    clauses: tuple[_ReadClause, ...]


class _ReadClause(Struct, frozen=True, forbid_unknown_fields=True):
    key: str
    order: tuple[int, ...]
    part: str
    heading: dict[Language, str]
    term: dict[Language, str]
    text: dict[Language, str]


def canonical(text: AgreedText) -> bytes:
    """The bytes that are signed: what the parties read, and nothing of who wrote it when (`ref` is left out)."""
    clauses = [
        {
            "key": one.key,
            "order": list(one.order),
            "part": one.part,
            "heading": composed(one.heading),
            "term": composed(one.term),
            "text": composed(one.text),
        }
        for one in in_order(text.clauses)
    ]
    return msgspec.json.encode(
        {
            "format": FORMAT,
            "path": text.path,
            "names": composed(text.names),
            "parties": sorted(text.parties),
            "authentic": sorted(text.authentic),
            "prevailing": text.prevailing,
            "amends": text.amends,
            "force": _force(text.force),
            "expires_at": text.expires_at,
            "review_at": text.review_at,
            "clauses": clauses,
        }
    )


def digest(text: AgreedText) -> str:
    """SHA-256 of the canonical bytes (hexadecimal)."""
    return hashlib.sha256(canonical(text)).hexdigest()


def read(data: bytes) -> AgreedText:
    """The text out of its canonical bytes; any other spelling of the same text is refused (`signing.bad_text`)."""
    if len(data) > MAX_TEXT:
        raise MalformedInput("signing.bad_text", reason=f"{len(data)} > {MAX_TEXT}")
    try:
        found = msgspec.json.decode(data, type=_Read)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedInput("signing.bad_text", reason=str(error)[:200]) from error
    if found.format != FORMAT:
        raise MalformedInput("signing.bad_text", reason=found.format[:40])
    clauses = tuple(
        AgreedClause(one.key, one.order, one.part, one.heading, one.term, one.text) for one in found.clauses
    )
    text = AgreedText(
        found.path,
        found.names,
        found.parties,
        found.authentic,
        found.prevailing,
        found.amends,
        clauses,
        found.force,
        found.expires_at,
        found.review_at,
    )
    if canonical(text) != data:
        raise MalformedInput("signing.bad_text", reason="not the canonical spelling")
    return text


def in_order(clauses: tuple[AgreedClause, ...]) -> list[AgreedClause]:
    """Clauses in the order of the tree."""
    return sorted(clauses, key=lambda one: (one.order, one.key))


def composed(words: Mapping[Any, str]) -> dict[str, str]:
    """Words by language in the order of the languages, in normalisation form C; empty ones are not there."""
    return {language: unicodedata.normalize("NFC", words[language]) for language in sorted(words) if words[language]}


def _force(force: Force | None) -> dict[str, Any] | None:
    if force is None:
        return None
    return {"on": force.on, "date": force.date, "trigger": force.trigger, "days": force.days}
