"""XML in files that strangers wrote: no document type and so no entities, no more depth and elements than agreed."""

from __future__ import annotations

from typing import Final
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from tansiq.errors import MalformedInput
from tansiq.incidents.table import DEEPEST

MOST_ELEMENTS: Final = 6_000_000
PIECE: Final = 1 << 20


def read_xml(data: bytes, name: str) -> Element:
    """The root of a document; refused as `incident_file.damaged`, `incident_file.deep` or `incident_file.doctype`."""
    parser = ElementTree.XMLPullParser(["start", "end"])
    depth = count = 0
    root: Element | None = None
    # only a document type can declare what expands; in two bytes a letter too
    plain = data.replace(b"\0", b"") if b"\0" in data else data
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
        raise MalformedInput("incident_file.doctype", file=name[:80])
    try:
        for at in range(0, len(data), PIECE):
            parser.feed(data[at : at + PIECE])  # no entity was declared that could expand
            for event, element in parser.read_events():
                if event == "end":
                    depth -= 1
                    continue
                root = element if root is None else root
                depth, count = depth + 1, count + 1
                if depth > DEEPEST or count > MOST_ELEMENTS:
                    raise MalformedInput("incident_file.deep", file=name[:80], limit=DEEPEST)
        parser.close()
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise MalformedInput("incident_file.damaged", file=name[:80], reason=str(error)[:120]) from error
    if root is None:
        raise MalformedInput("incident_file.empty", file=name[:80])
    return root


def local(element: Element) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def text_of(element: Element | None) -> str:
    """The text of an element, stripped; empty where there is none."""
    return (element.text or "").strip() if element is not None else ""
