"""Issuing a report: a record with the digest of its common part, the comments in it, and why one is missing.

The comment that is reserved is kept back in the record itself: it is committed to, and stays at its party until told.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct

from tansiq.circles.gate import Author
from tansiq.desk import attaching, saying
from tansiq.desk.accord_board import table_of
from tansiq.desk.accord_reports import Asked, Made, ReportTables, make, own_report, paper
from tansiq.desk.accord_reports_own import TLP, most_restricted, stricter
from tansiq.desk.office import Office
from tansiq.desk.request import learn
from tansiq.desk.saying import Column, LabelRequest, Reference, ReleaseRequest, SayRequest
from tansiq.errors import Conflict, MalformedInput, NotAllowed
from tansiq.records.kinds.commitment import ReportName
from tansiq.records.values import Language, LongText, Millis, Texts
from tansiq.reports.paper_pdf import pdf

RESERVED: Final = "reserved"


class IssueRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A report to issue. `digest` is that of the copy that was looked at. `reason` alone says why there is none.

    `attach` are languages of which the common part goes along as PDF.
    """

    circle: Annotated[str, Meta(min_length=6, max_length=32)]
    kind: ReportName
    day: Millis
    agreement: Annotated[str, Meta(max_length=128)] | None = None
    centre: Annotated[str, Meta(max_length=128)] | None = None
    common: Texts | None = None
    reserved: Texts | None = None
    not_seen: LongText | None = None
    reason: LongText | None = None
    digest: Annotated[str, Meta(max_length=64)] | None = None
    attach: Annotated[list[Language], Meta(max_length=3)] = []
    label: LabelRequest = LabelRequest()


def preview(office: Office, asked: IssueRequest, author: Author) -> list[Column]:
    """What each party will see of it; refused like `issue`."""
    return saying.preview(office, _request(office, asked), author)


def issue(office: Office, asked: IssueRequest, author: Author) -> Reference:
    """Issue it, or correct what was issued for the same cut-off.

    Refused: before its cut-off (`report.not_over`), one that came out otherwise since it was looked at
    (`report.changed`), neither a digest nor a reason (`report.empty`).
    """
    request = _request(office, asked)
    if asked.digest is not None and asked.attach:
        uploads = [_laid_ready(office, asked, lang, author) for lang in asked.attach]
        request = msgspec.structs.replace(request, attachments=uploads)
    return saying.release(office, request, author)[0]


def _request(office: Office, asked: IssueRequest) -> SayRequest:
    report = Asked(asked.circle, asked.kind, asked.day, asked.agreement)
    made = make(office, report)
    if not made.final:
        raise NotAllowed("report.not_over")
    if asked.digest is None and not asked.reason:
        raise MalformedInput("report.empty")
    if asked.digest is not None and asked.digest != made.digest:
        raise Conflict("report.changed")
    with table_of(office, asked.circle, ReportTables) as table:
        before = own_report(table, office.party, report, made.window, asked.centre)
    fields: dict[str, Any] = {
        "report": asked.kind,
        "period": {"from": made.window.start, "to": made.window.end},
        "cutoff": made.window.end,
        "centre": asked.centre,
        "agreement": asked.agreement,
        "common": _texts(asked.common),
        RESERVED: _texts(asked.reserved),
        "digest": asked.digest,
        "not_seen": asked.not_seen,
        "reason": asked.reason,
    }
    given = {name: value for name, value in fields.items() if value}
    withhold = [RESERVED] if RESERVED in given else []
    label = asked.label if asked.digest is None else _label(office, asked, made)
    return SayRequest("report", given, [ReleaseRequest(asked.circle, label, withhold)], before)


def _label(office: Office, asked: IssueRequest, made: Made) -> LabelRequest:
    """What goes out bears at least the label of the most restricted record in it."""
    wanted = next((one for one in TLP if one == asked.label.tlp), None)
    if wanted is None:
        return asked.label  # refused where it is read
    found = most_restricted(office, asked.circle, made.facts)
    classification, tlp = stricter((asked.label.classification, wanted), found)
    return msgspec.structs.replace(asked.label, classification=classification, tlp=tlp)


def _texts(words: Texts | None) -> dict[str, str]:
    return {} if words is None else {key: text for key, text in msgspec.to_builtins(words).items() if text}


def _laid_ready(office: Office, asked: IssueRequest, lang: Language, author: Author) -> str:
    page, _ = paper(office, Asked(asked.circle, asked.kind, asked.day, asked.agreement), lang, "common")
    return attaching.lay_ready(office, author, pdf(page), "pdf").id


learn(IssueRequest)
