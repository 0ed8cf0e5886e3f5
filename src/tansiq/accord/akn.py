"""Akoma Ntoso 3.0 (OASIS LegalDocML, August 2018): an agreement as a collection of one document for each language.

A signed or agreed text is written as `act`, a draft as `bill`. The work's date is the day of the last signature where
there is one; a draft has the day of 1 January 1970, which stands for none.
"""

from __future__ import annotations

import datetime
import re
import xml.etree.ElementTree as ET
from typing import Final

from tansiq.accord.frame import frame_lines, word
from tansiq.accord.plain import number
from tansiq.accord.sheet import ClauseRow, Sheet, marks, office_name, said
from tansiq.records.values import Language

NAMESPACE: Final = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"
CODES: Final[dict[Language, str]] = {"ar": "ara", "ckb": "ckb", "en": "eng"}
ORGANIZATION: Final = "/akn/ontology/organization"
NO_DATE: Final = "1970-01-01"
NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(sheet: Sheet) -> bytes:
    """The XML of a sheet."""
    ET.register_namespace("", NAMESPACE)
    root = _element("akomaNtoso")
    collection = _element("documentCollection", root, name="agreement")
    _meta(collection, sheet, None)
    body = _element("collectionBody", collection)
    kind = "bill" if sheet.state == "draft" else "act"
    for at, language in enumerate(sheet.languages, 1):
        component = _element("component", body, eId=f"cmp_{at}")
        document = _element(kind, component, name="agreement")
        _meta(document, sheet, language)
        _preface(document, sheet, language)
        _rows(document, sheet, language)
        _conclusions(document, sheet, language)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}'.encode()


def _element(tag: str, parent: ET.Element | None = None, text: str = "", /, **attributes: str) -> ET.Element:
    name, given = f"{{{NAMESPACE}}}{tag}", {key: NOT_XML.sub("", value) for key, value in attributes.items()}
    made = ET.Element(name, given) if parent is None else ET.SubElement(parent, name, given)
    made.text = NOT_XML.sub("", text) or None
    return made


def _day(sheet: Sheet) -> str:
    last = max((one.at for one in sheet.signatures), default=None)
    if last is None:
        return NO_DATE
    return datetime.datetime.fromtimestamp(last / 1000, datetime.UTC).strftime("%Y-%m-%d")


def _meta(parent: ET.Element, sheet: Sheet, language: Language | None) -> None:
    """Work, expression and manifestation, and who is referred to."""
    day, named = _day(sheet), "draft" if sheet.state == "draft" else "signature"
    work = f"/akn/iq/{'bill' if sheet.state == 'draft' else 'act'}/agreement/{day}/{sheet.path}"
    code = CODES[language] if language else "mul"
    expression = f"{work}/{code}@{day}"
    component = f"/!{code}" if language else "/!main"
    scope = _scope(language)
    source = f"#{scope}tansiq"
    meta = _element("meta", parent)
    identification = _element("identification", meta, source=source)
    for level, uri in (
        ("FRBRWork", work),
        ("FRBRExpression", expression),
        ("FRBRManifestation", f"{expression}.akn"),
    ):
        block = _element(level, identification)
        _element("FRBRthis", block, value=f"{uri}{component}")
        _element("FRBRuri", block, value=uri)
        if level == "FRBRWork" and sheet.digest:
            _element("FRBRalias", block, value=sheet.digest, name="sha256")
        _element("FRBRdate", block, date=day, name=named)
        _element("FRBRauthor", block, href=f"#{scope}{sheet.parties[0]}" if sheet.parties else source)
        if level == "FRBRWork":
            _element("FRBRcountry", block, value="iq")
            _element("FRBRprescriptive", block, value="false" if sheet.state == "draft" else "true")
            _element("FRBRauthoritative", block, value="true" if sheet.state == "signed" else "false")
        if level == "FRBRExpression":
            for one in [language] if language else sheet.languages:
                _element("FRBRlanguage", block, language=CODES[one])
        if level == "FRBRManifestation":
            _element("FRBRformat", block, value="application/akn+xml")
    references = _element("references", meta, source=source)
    _element("TLCOrganization", references, eId=f"{scope}tansiq", href=f"{ORGANIZATION}/tansiq", showAs="Tansiq")
    for party in sheet.parties:
        shown = sheet.party(party, language or "en")
        _element("TLCOrganization", references, eId=scope + party, href=f"{ORGANIZATION}/{party}", showAs=shown)


def _scope(language: Language | None) -> str:
    """What stands before every eId of a document: they are unique in the whole collection."""
    return f"{CODES[language]}__" if language else ""


def _preface(parent: ET.Element, sheet: Sheet, language: Language) -> None:
    preface = _element("preface", parent)
    above = marks(sheet, language)
    if above:
        _element("docStatus", _element("p", preface), " · ".join(above))
    _element("docTitle", _element("p", _element("longTitle", preface)), sheet.names.get(language, sheet.path))
    line = _element("p", preface)
    for party in sheet.parties:
        _element("party", line, sheet.party(party, language), refersTo=f"#{_scope(language)}{party}").tail = " "
    for one in frame_lines(sheet, language, sheet.party):
        _element("p", preface, f"{one.name}: {one.value}")


def _rows(parent: ET.Element, sheet: Sheet, language: Language) -> None:
    """Preamble paragraphs, then the tree of articles and clauses as it is numbered."""
    first = [row for row in sheet.rows if row.part == "preamble"]
    if first:
        preamble = _element("preamble", parent)
        recitals = _element("recitals", preamble, eId=f"{_scope(language)}recs")
        for row in first:
            recital = _element("recital", recitals, eId=_id(language, "rec", row))
            told = said(sheet, row, language)
            if headings := [one.text for one in told if one.kind == "heading"]:
                _element("heading", recital, " / ".join(headings))
            for one in told:
                if one.kind != "heading":
                    _element("p", recital, one.text)
    body = _element("body", parent)
    open_: list[tuple[ClauseRow, ET.Element]] = []
    rows = [row for row in sheet.rows if row.part != "preamble"]
    for at, row in enumerate(rows):
        while open_ and row.order[: len(open_[-1][0].order)] != open_[-1][0].order:
            open_.pop()
        above = open_[-1][1] if open_ else body
        below = rows[at + 1].order if at + 1 < len(rows) else ()
        has_children = len(below) > len(row.order) and below[: len(row.order)] == row.order
        made = _element("paragraph" if open_ else "article", above, eId=_id(language, "para" if open_ else "art", row))
        _element("num", made, number(row.order))
        told = said(sheet, row, language)
        if headings := [one.text for one in told if one.kind == "heading"]:
            _element("heading", made, " / ".join(headings))
        into = _element("intro" if has_children else "content", made)
        for one in told:
            if one.kind != "heading":
                _element("p", into, one.text)
        if not len(into):
            _element("p", into)
        open_.append((row, made))
    if not rows:
        _element("p", _element("content", _element("article", body, eId=f"{_scope(language)}art_1")))


def _id(language: Language, prefix: str, row: ClauseRow) -> str:
    return f"{_scope(language)}{prefix}_{'-'.join(str(one) for one in row.order)}__{row.key}"


def _conclusions(parent: ET.Element, sheet: Sheet, language: Language) -> None:
    signed = [one for one in sheet.signatures if one.act == "sign"]
    if not signed:
        return
    conclusions = _element("conclusions", parent)
    for one in signed:
        line = _element("p", conclusions)
        signature = _element("signature", line)
        _element(
            "organization", signature, sheet.party(one.party, language), refersTo=f"#{_scope(language)}{one.party}"
        )
        signature[-1].tail = f" · {office_name(one, language)} · "
        day = datetime.datetime.fromtimestamp(one.at / 1000, datetime.UTC).strftime("%Y-%m-%d")
        _element("date", signature, day, date=day).tail = f" · {one.fingerprint}"
        for each in one.reservations:
            words = getattr(each.text, language) or each.text.en or each.text.ar or each.text.ckb or ""
            clause, effect = sheet.clause(each.clause, language), word(f"effect_{each.effect}", language)
            _element("p", conclusions, f"{word('reserves', language)} {clause} · {effect}: {words}")
