"""Files laid ready to be said, and the content of what is attached."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from litestar import Request, Response, delete, get, post
from litestar.datastructures import State

from tansiq.circles.attachment import ANY, MAX_CONTENT, ending_of, shown_media
from tansiq.desk import attaching, viewing
from tansiq.desk.attaching import Ready
from tansiq.desk.office import Office
from tansiq.desk.people import Person

SEALED_OFF: Final = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Of a file that somebody else made: it runs nothing, asks for nothing and is what its type says."""


@post("/uploads", request_max_body_size=MAX_CONTENT)
async def lay_ready(request: Request[Any, Any, State], office: Office, person: Person, ending: str = "") -> Ready:
    """Lay a file ready: its bytes are the body, `ending` the ending of its name. It is kept for a day."""
    content = await request.body()
    return await asyncio.to_thread(attaching.lay_ready, office, person.author(), content, ending[:16])


@delete("/uploads/{upload:str}", sync_to_thread=True)
def take_away(office: Office, person: Person, upload: str) -> None:
    """Take away a file that was laid ready."""
    attaching.take_away(office, person.author(), upload)


@get("/records/{circle:str}/{party:str}/{record:str}/attachments/{digest:str}", sync_to_thread=True)
def content(
    office: Office, person: Person, circle: str, party: str, record: str, digest: str, save: bool = False
) -> Response[bytes]:
    """The content of an attachment: a picture to be shown, anything else only to be saved."""
    opened = viewing.attachment_content(office, circle, party, record, digest)
    media = shown_media(opened)
    kind = "attachment" if save or media == ANY else "inline"
    name = f"{digest[:12]}.{ending_of(opened.media)}"
    headers = {**SEALED_OFF, "Content-Disposition": f'{kind}; filename="{name}"'}
    return Response(opened.content, media_type=media, headers=headers)
