"""The accord: a word on another party's minutes, understanding, body, commitment, hand-over or terms."""

from __future__ import annotations

from typing import Any

from litestar import post

from tansiq.desk.accord_door import WordRequest, word
from tansiq.desk.api.access import releaser
from tansiq.desk.office import Office
from tansiq.desk.people import Person
from tansiq.desk.request import read_request


@post("/accord/words", sync_to_thread=True)
def say_word(office: Office, person: Person, data: dict[str, Any]) -> dict[str, Any]:
    """Accept, decline or withdraw, with a reservation where one is made."""
    releaser(person)
    said = word(office, read_request(WordRequest, data), person.author())
    return {"ref": said.ref, "circle": said.circle, "index": said.index}
