"""Layers: files are laid ready, looked at, then confirmed. Everyone signed in sees them; planners change them."""

from __future__ import annotations

import asyncio
import shutil
from typing import Any

from litestar import Request, delete, get, post
from litestar.datastructures import State

from tansiq.desk import layers
from tansiq.desk.api.access import language_of
from tansiq.desk.layers import LayerPreview, LayerRequest, LayerUpload, LayerView
from tansiq.desk.office import Office
from tansiq.desk.people import Person
from tansiq.desk.receiving import receive
from tansiq.geo.layers import MAX_FILE


@get("/layers", sync_to_thread=True)
def listing(request: Request[Any, Any, State], office: Office, person: Person) -> list[LayerView]:
    """Every layer of this node, with its source, extent, digest and caveats."""
    return layers.listing(office, language_of(request))


@get("/layers/{layer:str}", sync_to_thread=True)
def one(request: Request[Any, Any, State], office: Office, person: Person, layer: str) -> LayerView:
    """One layer, by the beginning of its digest or its name."""
    return layers.one(office, layer, language_of(request))


@delete("/layers/{layer:str}", sync_to_thread=True)
def drop(office: Office, person: Person, layer: str) -> None:
    """Take a layer away; its source can be added again."""
    layers.allowed(person)
    layers.drop(office, layer)


@post("/layers/uploads", request_max_body_size=MAX_FILE)
async def lay_ready(
    request: Request[Any, Any, State], office: Office, person: Person, name: str = "file", upload: str = ""
) -> LayerUpload:
    """Lay a file ready: its bytes are the body. With `upload` it joins the others of one layer. Kept for a day."""
    layers.allowed(person)
    upload, path = await asyncio.to_thread(layers.place_for, office, person, upload, name)
    bound = await asyncio.to_thread(layers.Bounded, office, path.name)
    try:
        await receive(request.stream(), path, bound.took)
    except BaseException:
        await asyncio.to_thread(shutil.rmtree, path.parent, True)
        raise
    return await asyncio.to_thread(layers.laid_ready, office, person, upload)


@delete("/layers/uploads/{upload:str}", sync_to_thread=True)
def discard(office: Office, person: Person, upload: str) -> None:
    """Take away files that were laid ready."""
    layers.allowed(person)
    layers.discard(office, person, upload)


@post("/layers/uploads/{upload:str}/preview", status_code=200, sync_to_thread=True)
def preview(
    request: Request[Any, Any, State], office: Office, person: Person, upload: str, data: LayerRequest
) -> LayerPreview:
    """What the files would make, or why not; nothing changes."""
    layers.allowed(person)
    return layers.preview(office, person, upload, data, language_of(request))


@post("/layers/uploads/{upload:str}/confirm", sync_to_thread=True)
def confirm(
    request: Request[Any, Any, State], office: Office, person: Person, upload: str, data: LayerRequest
) -> LayerView:
    """Take the files in as a layer."""
    layers.allowed(person)
    return layers.confirm(office, person, upload, data, language_of(request))
