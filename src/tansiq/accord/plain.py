"""A text as plain lines in one language: what stands beside the canonical bytes for readers without any program."""

from __future__ import annotations

from tansiq.accord.agreed import AgreedText, in_order
from tansiq.accord.frame import frame_lines, word
from tansiq.records.values import Language

RIGHT_TO_LEFT: tuple[Language, ...] = ("ar", "ckb")
MARK = "\u200f"
"""Right-to-left mark: a viewer of plain text then sets the line from the right, also where it begins with a number."""


def number(order: tuple[int, ...]) -> str:
    """3.2 for the second clause of the third article."""
    return ".".join(str(one) for one in order)


def plain(text: AgreedText, language: Language) -> str:
    """Title, what is signed with the clauses, then every clause with its number: all of the text in the language."""
    mark = MARK if language in RIGHT_TO_LEFT else ""
    lines = [mark + text.names.get(language, text.path), ""]
    lines += [mark + f"{name}: {value}" for name, value in frame_lines(text, language, lambda party, _: party)]
    lines.append("")
    for one in in_order(text.clauses):
        lines.append(mark + f"{number(one.order)}  {one.heading.get(language, '')}".rstrip())
        if term := one.term.get(language):
            lines.append(mark + f"{word('term', language)}: {term}")
        lines += [mark + line for line in one.text.get(language, "").splitlines()]
        lines.append("")
    return "\n".join(lines)
