"""The kinds of records that the accord follows from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tansiq.records.kind import Body
from tansiq.records.kinds.agreement import Agreement
from tansiq.records.kinds.assessment import Assessment
from tansiq.records.kinds.body import BodyRecord
from tansiq.records.kinds.centre import Centre
from tansiq.records.kinds.clause import Clause
from tansiq.records.kinds.clause_position import ClausePosition
from tansiq.records.kinds.comment import Comment
from tansiq.records.kinds.commitment import Commitment
from tansiq.records.kinds.complaint import Complaint
from tansiq.records.kinds.complaint_step import ComplaintStep
from tansiq.records.kinds.consent import Consent
from tansiq.records.kinds.denial import Denial
from tansiq.records.kinds.evidence import Evidence
from tansiq.records.kinds.log import LogEntry
from tansiq.records.kinds.meeting import Meeting
from tansiq.records.kinds.minutes import Minutes
from tansiq.records.kinds.negotiation_file import NegotiationFile
from tansiq.records.kinds.occurrence import Occurrence
from tansiq.records.kinds.payment import Payment
from tansiq.records.kinds.readiness import Readiness
from tansiq.records.kinds.report import Report
from tansiq.records.kinds.roster import Roster
from tansiq.records.kinds.signatory import Signatory
from tansiq.records.kinds.signature import Signature
from tansiq.records.kinds.suspension import Suspension
from tansiq.records.kinds.terms import Terms
from tansiq.records.kinds.trigger import Trigger
from tansiq.records.kinds.understanding import Understanding
from tansiq.records.kinds.watch_handover import WatchHandover

KINDS: Final[Mapping[str, type[Body]]] = {
    "negotiation_file": NegotiationFile,
    "body": BodyRecord,
    "meeting": Meeting,
    "minutes": Minutes,
    "understanding": Understanding,
    "agreement": Agreement,
    "clause": Clause,
    "clause_position": ClausePosition,
    "comment": Comment,
    "signatory": Signatory,
    "signature": Signature,
    "trigger": Trigger,
    "occurrence": Occurrence,
    "commitment": Commitment,
    "assessment": Assessment,
    "evidence": Evidence,
    "payment": Payment,
    "complaint": Complaint,
    "complaint_step": ComplaintStep,
    "centre": Centre,
    "readiness": Readiness,
    "roster": Roster,
    "watch_handover": WatchHandover,
    "report": Report,
    "terms": Terms,
    "consent": Consent,
    "log": LogEntry,
    "denial": Denial,
    "suspension": Suspension,
}
