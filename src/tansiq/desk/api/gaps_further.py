"""Further posts and patrols: asked of a finished analysis, watched, stopped."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Request, delete, get, post
from litestar.datastructures import State
from msgspec import Meta, Struct

from tansiq.desk.api.access import language_of
from tansiq.desk.gaps import Runs
from tansiq.desk.gaps_further import RoundsView, Sitings, SitingView
from tansiq.desk.office import Office
from tansiq.desk.people import Person
from tansiq.gaps.sites import Asked, PatrolsAsked


class SitingRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """At most `k` posts, for `budget` post-hours a week, of which each side gets `fairness` of an equal share."""

    k: Annotated[int, Meta(ge=1, le=50)]
    budget: Annotated[int, Meta(ge=1, le=10_000)] | None = None
    fairness: Annotated[float, Meta(ge=0, le=1)] | None = None


class RoundsRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """At most `k` daily patrols of at most `hours` hours, for `budget` vehicle-hours a week, of which each side drives
    `fairness` of an equal share."""

    k: Annotated[int, Meta(ge=1, le=12)]
    hours: Annotated[int, Meta(ge=1, le=12)] = 4
    budget: Annotated[int, Meta(ge=1, le=10_000)] | None = None
    fairness: Annotated[float, Meta(ge=0, le=1)] | None = None


@post("/gaps/runs/{run:str}/siting", status_code=202, sync_to_thread=True)
def start(
    office: Office, person: Person, runs: Runs, sitings: Sitings, run: str, data: SitingRequest
) -> dict[str, str]:
    """Where further posts would close most of what the analysis leaves open."""
    return {"id": sitings.start(runs.done(run), Asked(data.k, data.budget, data.fairness or 0.0), runs.memory)}


@get("/gaps/siting/{siting:str}", sync_to_thread=True)
def state(
    request: Request[Any, Any, State], office: Office, person: Person, sitings: Sitings, siting: str
) -> SitingView:
    """What is chosen, and how much of the best possible that is proven to be."""
    return sitings.posts(siting).view(language_of(request))


@delete("/gaps/siting/{siting:str}", sync_to_thread=True)
def cancel(office: Office, person: Person, sitings: Sitings, siting: str) -> None:
    """Stop it; what is proven stays."""
    sitings.posts(siting).stop()


@post("/gaps/runs/{run:str}/rounds", status_code=202, sync_to_thread=True)
def start_rounds(
    office: Office, person: Person, runs: Runs, sitings: Sitings, run: str, data: RoundsRequest
) -> dict[str, str]:
    """Where further patrols would close most of what the analysis leaves open."""
    asked = PatrolsAsked(data.k, data.budget, data.fairness or 0.0, data.hours)
    return {"id": sitings.start(runs.done(run), asked, runs.memory)}


@get("/gaps/rounds/{rounds:str}", sync_to_thread=True)
def state_of_rounds(
    request: Request[Any, Any, State], office: Office, person: Person, sitings: Sitings, rounds: str
) -> RoundsView:
    """What is laid, and what no such patrols can pass."""
    return sitings.patrols(rounds).view(language_of(request))


@delete("/gaps/rounds/{rounds:str}", sync_to_thread=True)
def cancel_rounds(office: Office, person: Person, sitings: Sitings, rounds: str) -> None:
    """Stop it; what is laid stays."""
    sitings.patrols(rounds).stop()
