"""A page says the same as PDF and as HTML; foreign text stays text; right to left is right to left."""

from __future__ import annotations

import re
import unicodedata

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tansiq.records.values import Language
from tansiq.reports.drawing import Hour, strips
from tansiq.reports.paper import (
    Box,
    Cell,
    Heading,
    Items,
    Note,
    PageBreak,
    Paper,
    Paragraph,
    Picture,
    Source,
    Span,
    Table,
    Tile,
    Tiles,
    clean,
    isolated,
    line,
)
from tansiq.reports.paper_html import html
from tansiq.reports.paper_pdf import pdf

SORANI = "هەولێر ڕێککەوتن گوڵەکان سلێمانی کەرکووک بڕیار"
DRAWN = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 1"><rect width="4" height="1" fill="#123"/></svg>'


def _cell(text: str, lang: Language | None = None) -> Cell:
    return Cell(line(text), lang)


def _page(*words: str, lang: Language = "ckb") -> Paper:
    return Paper(
        "ڕاپۆرت",
        lang,
        (
            Heading(1, line("یەکەم")),
            *(Paragraph(line(one)) for one in words),
            Tiles((Tile(line(Span("12", note=1)), line("ڕووداو")),)),
            Table((1, 1), (_cell("AAA"), _cell("BBB")), ((_cell("CCC"), _cell("DDD", "en")),)),
            Picture(DRAWN, "a bar", line("وێنە"), 50),
            Items((line("one"), line("two")), numbered=True),
            PageBreak(),
            Box(line("Reserved"), (Paragraph(line("only here")),), "reserved"),
        ),
        label="Restricted",
        mark="EXERCISE",
        digest="ab" * 32,
        notes=(Note(1, (Source("iraq/01JX", line("an incident"), "#/watch/iraq/01JX"),)),),
        notes_title="Records",
    )


def _read(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    return "\n".join(page.get_textpage().get_text_range() for page in document).replace("\r", "")


def test_the_words_of_a_drawing_are_whole_also_where_letters_join_and_scripts_mix() -> None:
    """A colon and a lam-alef in one label once lost every Arabic letter of it."""
    words = "خانقين وجلولاء: منطقة…"
    drawn = strips([(words, [Hour(0.5, 0.0)] * 24)], [(0, "20:00")], mirrored=True)
    data = pdf(Paper("t", "en", (Picture(drawn, "x"),)))
    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(data))
    letters = unicodedata.normalize("NFKC", text)
    assert sorted(one for one in letters if one.isalpha() and one > "\u0600") == sorted(
        one for one in words if one.isalpha()
    )


def test_a_page_in_sorani_keeps_every_letter_and_has_its_marks_on_every_page() -> None:
    document = pypdfium2.PdfDocument(pdf(_page(SORANI)))
    pages = [page.get_textpage().get_text_range() for page in document]
    assert all(word in pages[0] for word in SORANI.split())
    assert len(pages) == 2
    for text in pages:
        assert "EXERCISE" in text
        assert "Restricted" in text
        assert "ab" * 32 in text


def test_the_first_column_stands_where_reading_begins() -> None:
    places = {}
    languages: tuple[Language, ...] = ("ckb", "en")
    for lang in languages:
        page = pypdfium2.PdfDocument(pdf(_page(lang=lang)))[0].get_textpage()
        text = page.get_text_range()
        places[lang] = [page.get_charbox(text.index(word))[0] for word in ("CCC", "DDD")]
    assert places["ckb"][0] > places["ckb"][1]
    assert places["en"][0] < places["en"][1]


def test_the_same_page_gives_the_same_bytes() -> None:
    assert pdf(_page("a")) == pdf(_page("a"))


def test_a_figure_leads_to_its_record() -> None:
    assert '<a href="#/watch/iraq/01JX">12</a>' in html(_page())
    assert "iraq/01JX" in _read(pdf(_page()))


@pytest.mark.parametrize("write", [pdf, html])
def test_a_figure_whose_records_are_not_listed_is_not_written(write: object) -> None:
    paper = Paper("x", "en", (Paragraph(line(Span("7", note=3))),))
    with pytest.raises(ValueError, match="without records"):
        write(paper)  # type: ignore[operator]  # one of two functions


HOSTILE = (
    "#strong[x] $a^2$ `code` <label> @ref \\u{41} // not a comment",
    "<script>alert(1)</script><img src=x onerror=alert(1)> &amp;",
    ']} #let x = 1 #read("/etc/passwd")',
    'javascript:alert(1) " onclick="x',
)


@pytest.mark.parametrize("words", HOSTILE)
def test_markup_in_a_record_stays_text(words: str) -> None:
    read = re.sub(r"\s+", "", _read(pdf(_page(words, lang="en"))))
    assert re.sub(r"\s+", "", words) in read
    made = html(_page(words, lang="en"))
    assert "<script>alert" not in made
    assert "<img" not in made
    assert 'onclick="x"' not in made


def test_a_word_wider_than_the_page_stays_on_it() -> None:
    for word in ("x" * 900, "ڕ" * 900):
        page = pypdfium2.PdfDocument(pdf(_page(word)))[0]
        text = page.get_textpage()
        edges = [text.get_charbox(at) for at in range(text.count_chars())]
        assert min(box[0] for box in edges) >= 0
        assert max(box[2] for box in edges) <= page.get_width()


def test_foreign_text_cannot_turn_the_sentence_around_it() -> None:
    for turn in "\u202a\u202b\u202d\u202e\u2066\u2067":
        assert clean(f"a{turn}b") == "ab"
    assert clean("\u2069a\u2068b") == "a\u2068b\u2069"
    assert clean(f"x {isolated('a' + chr(0x2069) + 'b')}") == "x \u2068ab\u2069"


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_written_both_ways(words: str) -> None:
    paper = Paper(words or "x", "ar", (Paragraph(line(words, Span(words, lang="en", strong=True))),))
    assert pdf(paper).startswith(b"%PDF")
    body = html(paper)
    assert not re.search("[\x00-\x08\x0b-\x1f]", body.replace("\n", ""))
