"""The application behind the desk port: API, live stream and the web app's files. No request leaves the node."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from litestar import Litestar, Router
from litestar.config.compression import CompressionConfig
from litestar.config.response_cache import ResponseCacheConfig
from litestar.datastructures import MutableScopeHeaders
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.static_files import create_static_files_router
from litestar.types import Message, Scope
from sqlalchemy.exc import OperationalError

from tansiq import __version__
from tansiq.desk.api import (
    accord,
    accord_centres,
    accord_promises,
    accord_reports,
    accord_signing,
    accord_talk,
    accord_terms,
    accord_texts,
    attachments,
    carry,
    circles,
    gaps,
    gaps_files,
    gaps_further,
    gaps_scan,
    incidents_files,
    incidents_import,
    incidents_map,
    incidents_reading,
    incidents_requests,
    inputs,
    layers,
    movements,
    node,
    positions,
    records,
    search,
    session,
    trust,
)
from tansiq.desk.api.access import answer_disk, answer_http, answer_malformed, answer_refusal, provide_person
from tansiq.desk.gaps import Runs
from tansiq.desk.gaps_draft import Drafts
from tansiq.desk.gaps_further import Sitings
from tansiq.desk.gaps_scan import Scans
from tansiq.desk.office import Office
from tansiq.errors import Refused

MAX_BODY: Final = 2 << 20

SECURITY: Final = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; worker-src 'self' blob:; "
        "connect-src 'self'; font-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
}


def web_folder() -> Path:
    """Where the built web app lies."""
    return Path(str(files("tansiq.desk") / "web"))


def desk_app(office: Office) -> Litestar:
    """The desk of one node."""

    def provide_office() -> Office:
        return office

    runs, sitings, scans, drafts = Runs(), Sitings(), Scans(), Drafts()

    def provide_runs() -> Runs:
        return runs

    def provide_drafts() -> Drafts:
        return drafts

    def provide_sitings() -> Sitings:
        return sitings

    def provide_scans() -> Scans:
        return scans

    api = Router(
        path="/api/v1",
        route_handlers=[
            session.sign_in,
            session.session,
            session.sign_out,
            node.node,
            node.kinds,
            node.places,
            node.ledgers_view,
            records.picture,
            records.stream,
            records.one_record,
            records.proof,
            records.verify,
            records.checkpoint,
            records.preview,
            records.release,
            records.tell_preview,
            records.tell,
            attachments.lay_ready,
            attachments.take_away,
            attachments.content,
            trust.forks,
            trust.fork_file,
            trust.standing,
            trust.only_one,
            trust.erase,
            circles.policy,
            circles.give_policy,
            circles.circle_file,
            circles.epochs,
            circles.propose,
            circles.sign,
            circles.refuse,
            circles.leave,
            carry.make,
            carry.fetch,
            carry.read,
            carry.archive,
            gaps.start,
            gaps.state,
            gaps.cancel,
            gaps.answer,
            gaps.class_map,
            gaps.class_cells,
            gaps.follow,
            gaps_files.export,
            gaps_files.coverage,
            gaps_further.start,
            gaps_further.state,
            gaps_further.cancel,
            gaps_scan.start,
            gaps_scan.state,
            gaps_scan.density,
            gaps_scan.cancel,
            gaps_further.start_rounds,
            gaps_further.state_of_rounds,
            gaps_further.cancel_rounds,
            movements.overview,
            movements.collision,
            movements.elsewhere,
            movements.check,
            movements.preview,
            movements.announce,
            movements.respond,
            movements.consent,
            accord.say_word,
            accord_promises.overview,
            accord_promises.one,
            accord_promises.evaluate,
            accord_promises.kept,
            accord_centres.listing,
            accord_centres.one,
            accord_texts.listing,
            accord_texts.text,
            accord_texts.clause,
            accord_texts.difference,
            accord_texts.compare,
            accord_texts.preview,
            accord_texts.offer,
            accord_texts.take_over,
            accord_texts.take_position,
            accord_texts.comment,
            accord_talk.files,
            accord_talk.meetings,
            accord_talk.bodies,
            accord_talk.chain,
            accord_talk.calendar,
            accord_talk.look,
            accord_talk.take,
            accord_reports.listing,
            accord_reports.facts,
            accord_reports.as_html,
            accord_reports.as_pdf,
            accord_reports.preview,
            accord_reports.issue,
            accord_terms.terms,
            accord_terms.terms_diff,
            accord_terms.complaints,
            accord_terms.complaint,
            accord_terms.close_complaint,
            accord_terms.open_file,
            accord_signing.signing,
            accord_signing.statement,
            accord_signing.sign,
            accord_signing.take,
            accord_signing.signatories,
            accord_signing.name_signatory,
            accord_signing.begin_passkey,
            accord_signing.name_passkey,
            accord_signing.revoke,
            accord_signing.export,
            incidents_import.look,
            incidents_import.keep,
            incidents_import.export,
            incidents_files.candidate_pairs,
            incidents_files.listing,
            incidents_files.one,
            incidents_files.as_html,
            incidents_files.as_pdf,
            incidents_files.report_times,
            incidents_files.say_same,
            incidents_files.grade,
            incidents_files.assent,
            incidents_files.close,
            incidents_reading.read,
            search.find,
            incidents_map.tile,
            incidents_map.rows,
            incidents_map.charts,
            incidents_requests.board,
            incidents_requests.one,
            incidents_requests.put,
            incidents_requests.take_step,
            incidents_requests.preview_step,
            incidents_requests.preview_withdrawal,
            incidents_requests.waiting,
            incidents_requests.withdraw,
            incidents_requests.messages,
            incidents_requests.ringing,
            incidents_requests.send,
            incidents_requests.preview_message,
            incidents_requests.mark_read,
            incidents_requests.watch,
            incidents_requests.note_call,
            incidents_requests.preview_call,
            inputs.look,
            inputs.say,
            positions.live,
            positions.preview,
            positions.report,
            layers.listing,
            layers.one,
            layers.drop,
            layers.lay_ready,
            layers.discard,
            layers.preview,
            layers.confirm,
        ],
    )
    handlers: list[Any] = [api]
    if web_folder().is_dir():
        handlers.append(create_static_files_router(path="/", directories=[web_folder()], html_mode=True))
    return Litestar(
        handlers,
        dependencies={
            "office": Provide(provide_office, sync_to_thread=False),
            "runs": Provide(provide_runs, sync_to_thread=False),
            "sitings": Provide(provide_sitings, sync_to_thread=False),
            "scans": Provide(provide_scans, sync_to_thread=False),
            "drafts": Provide(provide_drafts, sync_to_thread=False),
            "person": Provide(provide_person, sync_to_thread=True),
        },
        exception_handlers={
            Refused: answer_refusal,
            HTTPException: answer_http,
            OSError: answer_disk,
            OperationalError: answer_disk,
            # what the JSON reader raises and the framework does not know as the reader's fault
            RecursionError: answer_malformed,
            UnicodeDecodeError: answer_malformed,
        },
        openapi_config=OpenAPIConfig(
            title="Tansiq",
            version=__version__,
            path="/api",
            render_plugins=[JsonRenderPlugin(path="/openapi.json")],
        ),
        logging_config=None,
        request_max_body_size=MAX_BODY,
        # the live stream is left alone: a compressor would hold its events back; and runs of pixels are small already
        compression_config=CompressionConfig(
            backend="gzip",
            gzip_compress_level=3,  # of ten thousand plans the ninth level makes a fifth less in five times the time
            minimum_size=1000,
            exclude=["/api/v1/stream", "/api/v1/gaps/runs/[^/]+/draft"],
        ),
        response_cache_config=ResponseCacheConfig(default_expiration=0),
        before_send=[_secure],
        on_shutdown=[scans.close, sitings.close, runs.close],
    )


def _secure(message: Message, scope: Scope) -> None:
    """The headers of every answer, of refusals and missing pages too."""
    if message["type"] != "http.response.start":
        return
    headers = MutableScopeHeaders.from_message(message)
    for name, value in SECURITY.items():
        headers.setdefault(name, value)
    if scope["path"].startswith("/api/"):
        headers.setdefault("Cache-Control", "no-store")
