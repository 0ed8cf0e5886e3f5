"""Bundles and archives: made here to be fetched, read as they are brought. For those who may release."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from pathlib import Path
from typing import Any, Final

from litestar import Request, get, post
from litestar.background_tasks import BackgroundTask
from litestar.datastructures import State
from litestar.response import File

from tansiq.desk import carrying
from tansiq.desk.api.access import language_of, releaser
from tansiq.desk.carrying import BundleRequest, MadeBundle, Taken
from tansiq.desk.office import Office
from tansiq.desk.people import Person
from tansiq.exchange.container import MAX_FILE

BINARY: Final = "application/octet-stream"


@post("/bundles", sync_to_thread=True)
def make(office: Office, person: Person, data: BundleRequest) -> MadeBundle:
    """Make a bundle, encrypted to its receivers."""
    releaser(person)
    return carrying.make(office, data)


@get("/bundles/{made:str}/{name:str}", sync_to_thread=True)
def fetch(office: Office, person: Person, made: str, name: str) -> File:
    """A file of a bundle that was made."""
    releaser(person)
    return File(carrying.outgoing(office, made, name), filename=name, media_type=BINARY)


@post("/bundles/read", status_code=200, request_max_body_size=MAX_FILE)
async def read(request: Request[Any, Any, State], office: Office, person: Person, name: str = "file") -> Taken:
    """Take in one file, a bundle or a part of one: the body as it is. `name` is only for messages."""
    releaser(person)
    room = await asyncio.to_thread(tempfile.mkdtemp, prefix=".brought-", dir=office.database.path.parent)
    path = Path(room) / _plain(name)
    try:
        file = await asyncio.to_thread(path.open, "wb")
        try:
            async for piece in request.stream():
                await asyncio.to_thread(file.write, piece)
        finally:
            await asyncio.to_thread(file.close)
        return await asyncio.to_thread(carrying.take, office, path, language_of(request))
    finally:
        await asyncio.to_thread(shutil.rmtree, room, True)


def _plain(name: str) -> str:
    """A name that is safe in a folder, for messages."""
    kept = "".join(letter for letter in name[-80:] if letter.isalnum() or letter in "._-").lstrip(".")
    return kept or "file"


@get("/circles/{circle:str}/archive", sync_to_thread=True)
def archive(office: Office, person: Person, circle: str) -> File:
    """The whole record of a circle with a page that shows and checks it. It is not encrypted."""
    releaser(person)
    path = carrying.write_archive(office, circle)
    return File(
        path,
        filename=path.name,
        media_type="application/zip",
        background=BackgroundTask(shutil.rmtree, path.parent, ignore_errors=True),
    )
