"""XML in files that strangers wrote: no document type and so no entities, no more depth and elements than agreed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from tansiq.errors import MalformedInput
from tansiq.incidents.table import DEEPEST

MOST_ELEMENTS: Final = 2_000_000
"""In memory at once."""
Take = Callable[[Element], None]


def read_xml(data: bytes, name: str, each: str = "", take: Take | None = None) -> Element:
    """The root of a document; refused as `incident_file.damaged`, `incident_file.deep` or `incident_file.doctype`.

    Elements of the name `each` are given to `take` as they end, and emptied: a long file is never a tree in memory.
    """
    target = _Counting(name, each, take)
    parser = ElementTree.XMLParser(target=target)  # noqa: S314 - what declares entities is refused before
    # only a document type can declare what expands; in two bytes a letter too
    plain = data.replace(b"\0", b"") if b"\0" in data else data
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
        raise MalformedInput("incident_file.doctype", file=name[:80])
    try:
        parser.feed(data)
        root: Element = parser.close()
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise MalformedInput("incident_file.damaged", file=name[:80], reason=str(error)[:120]) from error
    return root


class _Counting(ElementTree.TreeBuilder):
    """Builds the tree, and refuses on the way down what is too deep or too much."""

    def __init__(self, name: str, each: str, take: Take | None) -> None:
        super().__init__()
        self._name, self._each, self._take = name, each, take
        self._depth = self._count = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self._depth, self._count = self._depth + 1, self._count + 1
        if self._depth > DEEPEST or self._count > MOST_ELEMENTS:
            raise MalformedInput("incident_file.deep", file=self._name[:80], limit=DEEPEST)
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        element = super().end(tag)
        if self._take is not None and local(element) == self._each:
            self._count -= sum(1 for _ in element.iter()) - 1
            self._take(element)
            element.clear()
        return element


def local(element: Element) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def text_of(element: Element | None) -> str:
    """The text of an element, stripped; empty where there is none."""
    return (element.text or "").strip() if element is not None else ""
