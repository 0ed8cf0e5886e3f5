"""Reports as desks make them: the same on every node, up to the cut-off, with nothing in them that was not told."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pypdfium2
import pytest

from nodes import OFFICER, refused, say, shown
from reports.conftest import DAY, Table, at
from tansiq.desk import accord_reports, accord_reports_door, saying
from tansiq.desk.accord_reports import Asked
from tansiq.desk.accord_reports_door import IssueRequest
from tansiq.desk.saying import LabelRequest, ReleaseRequest, SayRequest
from tansiq.records.kinds.commitment import ReportName
from tansiq.records.values import Language, Texts
from tansiq.reports.compliance import Compliance
from tansiq.reports.copy import Part
from tansiq.reports.kinds import KINDS
from tansiq.reports.paper import Paper, lines_of
from tansiq.reports.paper_html import html
from tansiq.reports.paper_pdf import pdf
from tansiq.reports.situation import Situation
from tansiq.wording.pages import page_words

TODAY = at("2026-03-02 12:00")
REPORTS: tuple[ReportName, ...] = ("situation", "weekly", "compliance")
LANGUAGES: tuple[Language, ...] = ("ar", "ckb", "en")


def _asked(table: Table, kind: ReportName = "situation", day: int = TODAY) -> Asked:
    return Asked(table.circle.id, kind, day)


def _paper(table: Table, party: str, kind: ReportName, lang: Language = "en", part: Part = "common") -> Paper:
    return accord_reports.paper(table.nodes[party].office, _asked(table, kind), lang, part)[0]


def _situation(table: Table, party: str = "joc") -> Situation:
    facts = accord_reports.make(table.nodes[party].office, _asked(table)).facts
    assert isinstance(facts, Situation)
    return facts


def _read(data: bytes) -> str:
    return "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(data))


@pytest.mark.parametrize("kind", REPORTS)
def test_two_nodes_come_to_the_same_common_part(table: Table, kind: ReportName) -> None:
    made = [accord_reports.make(node.office, _asked(table, kind)) for node in table.nodes.values()]
    assert made[0].digest == made[1].digest
    assert msgspec.json.encode(made[0].facts) == msgspec.json.encode(made[1].facts)
    copies = [pdf(_paper(table, party, kind)) for party in table.nodes]
    assert copies[0] == copies[1]


def test_a_node_that_was_told_less_comes_to_another_digest(fresh: Table) -> None:
    fresh.say("joc", "2026-03-02 19:00", "log", {"category": "entry", "title": {"en": "not yet pulled"}})
    made = [accord_reports.make(node.office, _asked(fresh)).digest for node in fresh.nodes.values()]
    assert made[0] != made[1]
    fresh.meet()
    made = [accord_reports.make(node.office, _asked(fresh)).digest for node in fresh.nodes.values()]
    assert made[0] == made[1]


def test_accounts_of_one_event_are_one_event_with_the_range_of_all(table: Table) -> None:
    facts = _situation(table)
    explosion = next(one for one in facts.events if one.category == "explosion")
    assert explosion.refs == (table.refs["one"], table.refs["same"])
    assert (explosion.killed.least, explosion.killed.most) == (2, 4)
    assert {(one.name, one.now, one.before) for one in facts.incidents} == {
        ("explosion", 1, 0),
        ("other", 1, 0),
        ("shooting", 0, 1),
    }


def test_what_comes_after_the_cut_off_stands_in_the_next_report(table: Table) -> None:
    facts = _situation(table)
    assert facts.window.end == at("2026-03-02 19:30")
    assert all(table.refs["late"] not in one.refs for one in facts.events)
    assert "AFTERCUTOFF" not in html(_paper(table, "joc", "situation"))
    after = accord_reports.make(table.nodes["joc"].office, _asked(table, day=TODAY + DAY)).facts
    assert isinstance(after, Situation)
    assert [one.refs for one in after.events] == [(table.refs["late"],)]


def test_a_plan_that_was_asked_and_not_answered_is_said_to_wait(table: Table) -> None:
    plan = next(iter(_situation(table).plans))
    assert (plan.ref, [(one.party, one.word) for one in plan.asks]) == (table.refs["plan"], [("mop", "silent")])


def test_terms_in_force_set_the_cut_off_and_are_named(fresh: Table) -> None:
    rules = {"names": {"en": "Terms"}, "version": 1, "parties": ["joc", "mop"], "status": "proposed"}
    said = fresh.say("joc", "2026-03-02 08:00", "terms", {**rules, "cutoffs": [{"report": "situation", "minute": 600}]})
    fresh.meet()
    fresh.say(
        "mop", "2026-03-02 08:10", "consent", {"revision": said.partition("/")[2], "verdict": "accepted"}, about=said
    )
    fresh.meet()
    facts = _situation(fresh)
    assert (facts.window.end, facts.rule) == (at("2026-03-02 10:00"), said)


@pytest.mark.parametrize("kind", REPORTS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_figure_leads_to_records_that_are_there(table: Table, kind: ReportName, lang: Language) -> None:
    paper = _paper(table, "mop", kind, lang)
    held = shown(table.nodes["mop"], table.circle)
    sources = [source for note in paper.notes for source in note.sources]
    assert sources
    for source in sources:
        assert source.ref in held or any(source.link == f"#/{home}/{source.ref}" for home in ("accord", "watch"))
        assert source.link is not None
    numbers = {span.note for one in lines_of(paper.blocks) for span in one if span.note}
    assert numbers == {note.number for note in paper.notes}
    made = html(paper, "/")
    assert set(re.findall(r'href="#(note-\d+)"', made)) <= set(re.findall(r'id="(note-\d+)"', made))


def test_nothing_that_was_not_told_stands_in_the_common_part(fresh: Table) -> None:
    joc = fresh.nodes["joc"]
    own = joc.make_circle(fresh.circle.names, ["joc"], exercise=False)
    fresh.now = at("2026-03-02 13:00")
    say(joc, own, "log", {"category": "entry", "title": {"en": "PRIVATENOTE of the watch"}})
    fresh.now = at("2026-03-02 20:30")
    asked = IssueRequest(
        fresh.circle.id,
        "situation",
        TODAY,
        common=Texts(en="COMMONWORD for all"),
        reserved=Texts(en="RESERVEDWORD for us"),
        digest=accord_reports.make(joc.office, _asked(fresh)).digest,
    )
    columns = {one.party: one for one in accord_reports_door.preview(joc.office, asked, OFFICER)}
    assert columns["mop"].fields is not None
    assert "reserved" not in columns["mop"].fields
    accord_reports_door.issue(joc.office, asked, OFFICER)
    fresh.meet()
    secret = ("PRIVATENOTE", "RESERVEDWORD", "WITHHELDTEXT")
    for party in ("joc", "mop"):
        for kind in REPORTS:
            paper = _paper(fresh, party, kind)
            for text in (html(paper), _read(pdf(paper)), msgspec.json.encode(paper).decode()):
                assert not [word for word in secret if word in text], (party, kind)
        assert "COMMONWORD" in html(_paper(fresh, party, "situation"))
    ours = _paper(fresh, "joc", "situation", part="reserved")
    theirs = _paper(fresh, "mop", "situation", part="reserved")
    assert all(word in html(ours) for word in secret)
    assert all(word in _read(pdf(ours)) for word in secret)
    assert not [word for word in secret if word in html(theirs)]


def test_markup_of_another_party_stays_text_in_every_language(table: Table) -> None:
    for lang in LANGUAGES:
        paper = _paper(table, "joc", "situation", lang)
        made = html(paper)
        assert "<script>alert" not in made
        assert "&lt;script&gt;alert" in made
        assert "\u202e" not in made
        assert "alert" in _read(pdf(paper))
    written = _read(pdf(_paper(table, "joc", "situation", "en")))
    assert "<script>alert(1)</script>" in re.sub(r"\s", "", written)
    assert table.refs["one"] in written.replace("\r\n", "")


def test_a_commitment_stands_with_both_readings_and_both_replies(table: Table) -> None:
    facts = accord_reports.make(table.nodes["mop"].office, _asked(table, "compliance", at("2026-03-05 12:00"))).facts
    assert isinstance(facts, Compliance)
    one = facts.kept[0].promise
    assert (one.number, one.state, one.readings.spread) == ("C1", "disputed", 2)
    assert [read.ref for read in (*one.readings.self_, *one.readings.other)] == [
        table.refs["self"],
        table.refs["other"],
    ]
    asked = _asked(table, "compliance", at("2026-03-05 12:00"))
    text = html(accord_reports.paper(table.nodes["mop"].office, asked, "en", "common")[0])
    assert "the road is open" in text
    assert "one lane only" in text


def test_a_missing_report_is_a_gap_with_a_reason_if_one_was_given(fresh: Table) -> None:
    joc, mop = fresh.nodes["joc"], fresh.nodes["mop"]
    fresh.now = at("2026-03-02 20:00")
    digest = accord_reports.make(joc.office, _asked(fresh)).digest
    accord_reports_door.issue(joc.office, IssueRequest(fresh.circle.id, "situation", TODAY, digest=digest), OFFICER)
    fresh.now = at("2026-03-02 23:00")
    absent = IssueRequest(fresh.circle.id, "situation", TODAY, reason="the line was cut")
    accord_reports_door.issue(mop.office, absent, OFFICER)
    fresh.meet()
    start, end = at("2026-03-01 00:00"), at("2026-03-03 00:00")
    for node in (joc, mop):
        due = [
            one
            for one in accord_reports.overview(node.office, fresh.circle.id, start, end).due
            if one.report == "situation"
        ]
        assert [(one.cutoff, one.party, one.standing, one.reason) for one in due] == [
            (at("2026-03-01 19:30"), "joc", "missing", None),
            (at("2026-03-01 19:30"), "mop", "missing", None),
            (at("2026-03-02 19:30"), "joc", "issued", None),
            (at("2026-03-02 19:30"), "mop", "excused", "the line was cut"),
        ]


def test_a_change_of_terms_leaves_the_cut_offs_before_it_as_they_were(fresh: Table) -> None:
    joc = fresh.nodes["joc"]
    fresh.now = at("2026-03-02 20:00")
    digest = accord_reports.make(joc.office, _asked(fresh)).digest
    accord_reports_door.issue(joc.office, IssueRequest(fresh.circle.id, "situation", TODAY, digest=digest), OFFICER)
    fields = {"names": {"en": "T"}, "version": 1, "parties": ["joc", "mop"], "status": "proposed"}
    rules = {**fields, "cutoffs": [{"report": "situation", "minute": 600}]}
    said = fresh.say("joc", "2026-03-03 09:00", "terms", rules)
    fresh.meet()
    word = {"revision": said.partition("/")[2], "verdict": "accepted"}
    fresh.say("mop", "2026-03-03 09:30", "consent", word, about=said)
    fresh.meet()
    fresh.now = at("2026-03-04 12:00")
    found = accord_reports.overview(joc.office, fresh.circle.id, at("2026-03-01 00:00"), at("2026-03-04 12:00")).due
    assert [(one.cutoff, one.standing) for one in found if one.report == "situation" and one.party == "joc"] == [
        (at("2026-03-01 19:30"), "missing"),
        (at("2026-03-02 19:30"), "issued"),
        (at("2026-03-03 10:00"), "missing"),
        (at("2026-03-04 10:00"), "missing"),
    ]


def test_a_report_for_a_centre_is_shown_and_fills_no_gap_of_its_side(fresh: Table) -> None:
    joc, centre = fresh.nodes["joc"], fresh.refs["centre"]
    fields = {"report": "situation", "cutoff": at("2026-03-02 18:00"), "centre": centre, "common": {"en": "calm"}}
    fresh.say("joc", "2026-03-02 18:10", "report", fields)
    found = accord_reports.overview(joc.office, fresh.circle.id, at("2026-03-02 00:00"), at("2026-03-03 00:00")).due
    assert [
        (one.cutoff, one.centre, one.standing) for one in found if one.report == "situation" and one.party == "joc"
    ] == [
        (at("2026-03-02 18:00"), centre, "issued"),
        (at("2026-03-02 19:30"), None, "missing"),
    ]


def test_a_report_that_came_out_otherwise_since_it_was_looked_at_is_not_issued(fresh: Table) -> None:
    joc = fresh.nodes["joc"]
    fresh.now = at("2026-03-02 20:00")
    office, circle = joc.office, fresh.circle.id

    def issue(**fields: Any) -> object:
        return accord_reports_door.issue(office, IssueRequest(circle, "situation", TODAY, **fields), OFFICER)

    with refused("report.changed"):
        issue(digest="0" * 64)
    with refused("report.empty"):
        issue()
    fresh.now = at("2026-03-02 19:00")
    with refused("report.not_over"):
        issue(digest="0" * 64)


def test_what_is_issued_again_for_the_same_cut_off_corrects_the_report(fresh: Table) -> None:
    joc = fresh.nodes["joc"]
    fresh.now = at("2026-03-02 20:00")
    digest = accord_reports.make(joc.office, _asked(fresh)).digest
    first = IssueRequest(fresh.circle.id, "situation", TODAY, digest=digest, attach=["ckb"])
    accord_reports_door.issue(joc.office, first, OFFICER)
    again = IssueRequest(fresh.circle.id, "situation", TODAY, digest=digest, common=Texts(ckb="دووبارە"))
    accord_reports_door.issue(joc.office, again, OFFICER)
    reports = [one for one in shown(joc, fresh.circle).values() if one.kind == "report"]
    assert [(one.versions, one.fields["common"]) for one in reports] == [(2, {"ckb": "دووبارە"})]


def test_a_report_of_a_centre_is_another_than_that_of_the_side(fresh: Table) -> None:
    joc = fresh.nodes["joc"]
    fresh.now = at("2026-03-02 20:00")
    digest = accord_reports.make(joc.office, _asked(fresh)).digest
    for centre in (None, fresh.refs["centre"], None):
        asked = IssueRequest(fresh.circle.id, "situation", TODAY, digest=digest, centre=centre)
        accord_reports_door.issue(joc.office, asked, OFFICER)
    reports = [one for one in shown(joc, fresh.circle).values() if one.kind == "report"]
    assert sorted((one.fields.get("centre"), one.versions) for one in reports if one.fields.get("centre")) == [
        (fresh.refs["centre"], 1)
    ]
    assert [one.versions for one in reports if not one.fields.get("centre")] == [2]


def test_what_is_issued_bears_the_label_of_the_most_restricted_thing_in_it(fresh: Table) -> None:
    joc = fresh.nodes["joc"]
    fresh.now = at("2026-03-02 19:00")
    secret = ReleaseRequest(fresh.circle.id, LabelRequest(classification="SECRET", tlp="AMBER+STRICT"))
    saying.release(joc.office, SayRequest("log", {"category": "entry", "title": {"en": "x"}}, [secret]), OFFICER)
    fresh.now = at("2026-03-02 20:00")
    digest = accord_reports.make(joc.office, _asked(fresh)).digest
    accord_reports_door.issue(joc.office, IssueRequest(fresh.circle.id, "situation", TODAY, digest=digest), OFFICER)
    (report,) = [one for one in shown(joc, fresh.circle).values() if one.kind == "report"]
    assert (report.label.classification, report.label.tlp) == ("SECRET", "AMBER+STRICT")


def test_every_kind_that_a_figure_can_rest_on_has_a_word_in_every_language() -> None:
    for lang in LANGUAGES:
        assert not set(KINDS) - set(page_words(lang, "report")["record"])


def test_an_agreement_is_found_by_its_path_and_one_that_fits_nothing_names_those_that_do(fresh: Table) -> None:
    office = fresh.nodes["mop"].office
    with refused("report.name_agreement"):
        accord_reports.agreement_named(office, [fresh.circle.id], "")
    names = {"en": "Road", "ar": "الطريق", "ckb": "ڕێگا"}
    fields = {"names": names, "path": "road-2026", "parties": ["joc", "mop"], "authentic": ["ar"]}
    ref = fresh.say("joc", "2026-03-02 18:00", "agreement", fields)
    fresh.meet()
    for name in ("", "road-2026", ref):
        assert accord_reports.agreement_named(office, [fresh.circle.id], name) == (fresh.circle.id, ref)
    with refused("report.name_agreement"):
        accord_reports.agreement_named(office, [fresh.circle.id], "rail-2026")


def test_an_agreement_that_nobody_told_has_no_report(table: Table) -> None:
    asked = Asked(table.circle.id, "compliance", TODAY, table.refs["log"])
    with refused("report.no_agreement"):
        accord_reports.make(table.nodes["joc"].office, asked)


def test_the_label_is_that_of_the_most_restricted_thing_in_it(fresh: Table) -> None:
    assert _paper(fresh, "joc", "situation").label == "Restricted · TLP:AMBER"
    ring = [[443_900_000, 354_600_000], [443_950_000, 354_600_000], [443_950_000, 354_650_000]]
    shown_too = ReleaseRequest(fresh.circle.id, LabelRequest(classification="SECRET", tlp="RED"))
    fresh.now = at("2026-03-02 19:00")
    saying.release(fresh.nodes["joc"].office, SayRequest("area", {"ring": ring}, [shown_too]), OFFICER)
    assert _paper(fresh, "joc", "situation").label == "Secret · TLP:RED"


def test_pages_are_pictured_in_three_languages_without_a_missing_letter(table: Table) -> None:
    for lang in LANGUAGES:
        page = pypdfium2.PdfDocument(pdf(_paper(table, "joc", "situation", lang)))[0]
        text = page.get_textpage().get_text_range()
        assert "\ufffd" not in text
        picture = page.render(scale=1).to_pil().convert("L")
        ink = sum(picture.histogram()[:128])
        assert ink > 2000, lang
