"""A text as plain lines in one language: what stands beside the canonical bytes for readers without any program."""

from __future__ import annotations

from tansiq.accord.agreed import AgreedText, in_order
from tansiq.records.values import Language

RIGHT_TO_LEFT: tuple[Language, ...] = ("ar", "ckb")
MARK = "\u200f"
"""Right-to-left mark: a viewer of plain text then sets the line from the right, also where it begins with a number."""


def number(order: tuple[int, ...]) -> str:
    """3.2 for the second clause of the third article."""
    return ".".join(str(one) for one in order)


def plain(text: AgreedText, language: Language) -> str:
    """Title, then every clause with its number; the whole text of the language and nothing else."""
    mark = MARK if language in RIGHT_TO_LEFT else ""
    lines = [mark + text.names.get(language, text.path), ""]
    for one in in_order(text.clauses):
        head = one.heading.get(language) or one.term.get(language) or ""
        lines.append(mark + f"{number(one.order)}  {head}".rstrip())
        lines += [mark + line for line in one.text.get(language, "").splitlines()]
        lines.append("")
    return "\n".join(lines)
