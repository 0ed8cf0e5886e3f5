"""Backup of a running node, and its way back.

One tar file: configuration, keys, and the store as SQLite's online backup gives it, consistent while the node goes on.
The high-water marks are not in it, on purpose: they are what tells an old backup from the present.
"""

from __future__ import annotations

import io
import os
import re
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, BinaryIO, Final

from pyrage import DecryptError, IdentityError, RecipientError, decrypt_file, encrypt_file
from pyrage.x25519 import Identity, Recipient

from tansiq.errors import Conflict, MalformedInput, Unavailable
from tansiq.node.folder import Folder
from tansiq.store.database import copy_store

STORE: Final = "store.sqlite"
LAST: Final = "backup.last"
"""The setting that says when the last backup was written (ms)."""

MAX_KEY: Final = 65_536
AGE: Final = b"age-encryption.org/v1"
_NAME: Final = re.compile(r"node\.toml|store\.sqlite|keys/(?!old$)(?:old/)?[a-z0-9][a-z0-9.-]*")
_UNREADABLE: Final = (tarfile.TarError, EOFError, ValueError, OverflowError, IndexError)
"""What reading a tar raises where it is none: the library's reader of extended headers raises what `int` raises."""


def backup(folder: Folder, target: Path, recipients: Sequence[str] = ()) -> int:
    """Write a backup of the node to `target`, readable by its owner only; answers its size in bytes.

    With age recipients it is encrypted to them. A file that is there already stays as it is until the new one is whole.
    """
    try:
        readers = [Recipient.from_str(text) for text in recipients]
    except RecipientError as error:
        raise MalformedInput("backup.bad_recipient", reason=str(error)[:120]) from error
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as scratch:
        store = Path(scratch) / STORE
        copy_store(folder.store, store)
        plain = Path(scratch) / "plain.tar"
        with plain.open("xb") as file, tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
            for name, path in _files(folder, store):
                tar.add(path, arcname=name, recursive=False)
            file.flush()
            os.fsync(file.fileno())
        whole = plain
        if readers:
            whole = Path(scratch) / "backup.age"
            encrypt_file(str(plain), str(whole), readers)
        whole.chmod(0o600)
        whole.replace(target)
    return target.stat().st_size


def _files(folder: Folder, store: Path) -> Iterator[tuple[str, Path]]:
    yield "node.toml", folder.config_file
    for path in sorted((folder.path / "keys").rglob("*")):
        if path.is_file() and path != folder.recovery:  # the recovery key never travels with the others
            yield str(path.relative_to(folder.path)), path
    yield STORE, store


def restore(source: Path, folder: Folder, identity: Path | None = None) -> None:
    """Lay a backup out in an empty folder. Nothing is signed before the node knows what the others hold.

    Refused where the folder is a node already, or the file is not a whole backup; then nothing is left behind.
    """
    if folder.exists() or (folder.path.exists() and any(folder.path.iterdir())):
        raise Conflict("node.exists", path=str(folder.path))
    folder.path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.path.parent, prefix=".restore-") as scratch:
        plain = _plain(source, Path(scratch), identity)
        home = Path(scratch) / "node"
        home.mkdir(mode=0o700)
        with plain.open("rb") as file:
            for name, pieces in members(file, str(source)):
                _lay_out(home / name, pieces)
        for name in ("node.toml", "keys/log.seed", STORE):
            if not (home / name).is_file():
                raise MalformedInput("backup.malformed", path=str(source), reason=f"{name} is missing")
        if folder.path.exists():
            folder.path.rmdir()
        home.rename(folder.path)


def _plain(source: Path, scratch: Path, identity: Path | None) -> Path:
    try:
        with source.open("rb") as file:
            encrypted = file.read(len(AGE)) == AGE
        if not encrypted:
            return source
        if identity is None:
            raise Unavailable("backup.no_identity", path=str(source))
        keys = [
            Identity.from_str(line) for line in identity.read_text().split("\n") if line.startswith("AGE-SECRET-KEY")
        ]
        plain = scratch / "plain.tar"
        decrypt_file(str(source), str(plain), keys)
    except OSError as error:
        raise MalformedInput("file.unreadable", path=str(source), reason=str(error.strerror)) from error
    except (DecryptError, IdentityError, UnicodeDecodeError) as error:
        raise MalformedInput("backup.other_key", path=str(source), reason=str(error)[:120]) from error
    return plain


def members(file: BinaryIO, path: str) -> Iterator[tuple[str, Iterator[bytes]]]:
    """The files in a backup, each with its bytes piece by piece, which must be read before the next is asked for.

    Whatever no node writes into one is refused (`backup.malformed`): other names, a name twice, holes that would
    unpack to more than the file itself has.
    """
    seen: set[str] = set()
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    try:
        with tarfile.open(fileobj=file, mode="r:") as tar:
            for member in tar:
                known = _NAME.fullmatch(member.name) and (member.name == STORE or member.size <= MAX_KEY)
                plain = member.type in (tarfile.REGTYPE, tarfile.AREGTYPE) and not member.issparse()
                if not known or not plain or member.name in seen or not 0 <= member.size <= size:
                    raise MalformedInput("backup.malformed", path=repr(member.name[:80]), reason="no file of a node")
                seen.add(member.name)
                yield member.name, _pieces(tar.extractfile(member) or io.BytesIO(), path)
    except _UNREADABLE as error:
        raise MalformedInput("backup.malformed", path=path, reason=str(error)[:120]) from error


def _pieces(data: IO[bytes], path: str) -> Iterator[bytes]:
    try:
        while piece := data.read(1 << 20):
            yield piece
    except _UNREADABLE as error:
        raise MalformedInput("backup.malformed", path=path, reason=str(error)[:120]) from error


def _lay_out(target: Path, pieces: Iterator[bytes]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for piece in pieces:
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
