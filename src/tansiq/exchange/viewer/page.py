"""`viewer.html`: the records of an archive in one page that needs neither Tansiq nor a network.

Every item of the archive stands in the page as base64 in a script element that no browser runs. The one program and the
one style are named by their hashes in the page's own content security policy; nothing else can run or be fetched.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Final

PROGRAM: Final = ("words.js", "words-ar.js", "words-ckb.js", "words-en.js", "sums.js", "record.js", "page.js")

MAX_ATTACHED: Final = 1 << 26
"""Bytes of attachments in the page: a browser must hold it all. The others lie beside it in the archive."""


def write_page(path: Path, items: Iterable[tuple[str, bytes]], blobs: Iterable[tuple[str, bytes]] = ()) -> None:
    """Write the page with these items of an archive, and with its attachments as far as `MAX_ATTACHED` goes."""
    before, rest = _part("viewer.html").split("<!-- items -->\n")
    style = _part("viewer.css")
    program = '"use strict";\n(() => {\n' + "\n".join(_part(name) for name in PROGRAM) + "})();\n"
    for text in (style, program):
        if "</" in text or "<!--" in text:
            raise ValueError("what stands inside an element must not be able to end it")
    filled = before.replace("{style}", style).replace("{policy}", _policy(style, program))
    with path.open("w", encoding="utf-8", newline="\n") as page:
        page.write(filled)
        for name, data in items:
            if "/tile/1/" not in name:  # hashes of hashes: the page computes them by itself
                encoded = base64.b64encode(data).decode()
                page.write(f'<script type="text/plain" data-item="{name}">{encoded}</script>\n')
        left = MAX_ATTACHED
        for name, data in blobs:
            if len(data) <= left:
                left -= len(data)
                encoded = base64.b64encode(data).decode()
                page.write(f'<script type="text/plain" data-item="{name}">{encoded}</script>\n')
        page.write(rest.replace("{program}", program))


def _policy(style: str, program: str) -> str:
    allowed = [
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in (program, style)
    ]
    rules = (
        "default-src 'none'",
        f"script-src {allowed[0]}",
        f"style-src {allowed[1]}",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    )
    return "; ".join(rules)


def _part(name: str) -> str:
    return (files(__package__) / name).read_text(encoding="utf-8")
