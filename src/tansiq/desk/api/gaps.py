"""Analyses of gaps: asked, watched, cancelled, read as JSON and as pictures."""

from __future__ import annotations

from typing import Any, Final

from litestar import Request, Response, delete, get, post
from litestar.datastructures import State

from tansiq.desk.api.access import language_of
from tansiq.desk.gaps import Runs, RunView
from tansiq.desk.gaps_request import GapsRequest
from tansiq.desk.office import Office
from tansiq.desk.people import Person

EXERCISE: Final = "EXERCISE"


@post("/gaps/runs", status_code=202, sync_to_thread=True)
def start(office: Office, person: Person, runs: Runs, data: GapsRequest) -> dict[str, str]:
    """Ask. The same question again is the same analysis, answered at once while it is remembered."""
    from tansiq.desk import gaps_question  # noqa: PLC0415 - the engine is loaded with the first question

    return {"id": runs.start(gaps_question.ask(office, data))}


@get("/gaps/runs/{run:str}", sync_to_thread=True)
def state(request: Request[Any, Any, State], office: Office, person: Person, runs: Runs, run: str) -> RunView:
    """How far it is."""
    return runs.view(run, language_of(request))


@delete("/gaps/runs/{run:str}", sync_to_thread=True)
def cancel(office: Office, person: Person, runs: Runs, run: str) -> None:
    """Stop it."""
    runs.cancel(run)


@get("/gaps/runs/{run:str}/answer", sync_to_thread=True)
def answer(office: Office, person: Person, runs: Runs, run: str) -> Response[bytes]:
    """The answer; refused until it is done."""
    return Response(runs.done(run).as_json, media_type="application/json")


@get("/gaps/runs/{run:str}/map/{picture:str}", sync_to_thread=True)
def class_map(
    office: Office, person: Person, runs: Runs, run: str, picture: str, party: str | None = None, sight: bool = False
) -> Response[bytes]:
    """A class of hours, `0.png` and on, in Web Mercator; `X-Bounds` has its edges in degrees. `sight` asks for how
    probable it is that ground is seen.
    """
    text = picture.removesuffix(".png")
    number = int(text) if text.isdecimal() and len(text) <= 4 else -1
    data, bounds = runs.picture(run, number, party, sight=sight)
    headers = {"X-Bounds": ",".join(f"{edge:.7f}" for edge in bounds)}
    if runs.done(run).question.exercise:
        headers["X-Exercise"] = EXERCISE
    return Response(data, media_type="image/png", headers=headers)
