"""A text as agreed: the exact words in every authentic language, their canonical bytes, and the digest that is signed.

The bytes are JSON in one fixed field order (msgspec keeps that of the structs), UTF-8 in normalisation form C, clauses
in the order of the tree. Two nodes that hold the same records come to the same bytes.
"""

from __future__ import annotations

import hashlib
import unicodedata
from typing import Final

import msgspec
from msgspec import Struct

from tansiq.records.values import Language

FORMAT: Final = "tansiq-agreement/1"


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
    ref: str


class AgreedText(Struct, frozen=True):
    """The whole text: `path` is the same through amendments, `amends` the digest of the text before."""

    path: str
    names: dict[Language, str]
    parties: tuple[str, ...]
    authentic: tuple[Language, ...]
    prevailing: Language | None
    amends: str | None
    clauses: tuple[AgreedClause, ...]


def canonical(text: AgreedText) -> bytes:
    """The bytes that are signed: what the parties read, and nothing of who wrote it when (`ref` is left out)."""
    clauses = [
        {
            "key": one.key,
            "order": list(one.order),
            "part": one.part,
            "heading": _composed(one.heading),
            "term": _composed(one.term),
            "text": _composed(one.text),
        }
        for one in sorted(text.clauses, key=lambda one: (one.order, one.key))
    ]
    return msgspec.json.encode(
        {
            "format": FORMAT,
            "path": text.path,
            "names": _composed(text.names),
            "parties": sorted(text.parties),
            "authentic": sorted(text.authentic),
            "prevailing": text.prevailing,
            "amends": text.amends,
            "clauses": clauses,
        }
    )


def digest(text: AgreedText) -> str:
    """SHA-256 of the canonical bytes (hexadecimal)."""
    return hashlib.sha256(canonical(text)).hexdigest()


def _composed(words: dict[Language, str]) -> dict[str, str]:
    return {language: unicodedata.normalize("NFC", words[language]) for language in sorted(words) if words[language]}
