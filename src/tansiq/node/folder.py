"""A node's folder: configuration, keys and store on disk.

node.toml      party, names, role, addresses
keys/          seeds (hex) of the log, witness, mirror and recovery key, the age identity for bundles, TLS key and
               certificate; readable by the owner only
store.sqlite   everything else
own-card.txt   the party card to hand to the others
"""

from __future__ import annotations

import hashlib
import os
import re
import tomllib
from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct
from pyrage import IdentityError
from pyrage.x25519 import Identity

from tansiq.circles.card import PARTY_ID, Role
from tansiq.circles.keyring import Keyring
from tansiq.errors import Conflict, MalformedInput, Unavailable
from tansiq.exchange.tls import make_certificate
from tansiq.ledger.keys import SEED_SIZE, SigningKey, generate_seed
from tansiq.ledger.mldsa import MlDsaKey
from tansiq.records.values import Names, PartyId

KEY_ROLES: Final = ("log", "witness", "mirror")


class NodeConfig(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """`node.toml`. Addresses are `host:port`; nothing listens beyond loopback until they say so.

    New heads are shown every `cadence` seconds (0: at once). `marks` is the folder of the high-water marks, outside of
    what is backed up; by default in the account's state folder. So many MiB of attachments
    (`attachments_mib`) are kept of each ledger of another party.
    """

    party: Annotated[PartyId, Meta(pattern=PARTY_ID)]
    role: Role
    names: Names
    desk: str = "127.0.0.1:8600"
    peer: str = "127.0.0.1:8610"
    peer_url: str = "https://127.0.0.1:8610"
    cadence: Annotated[float, Meta(ge=0, le=3600)] = 2.0
    marks: str = ""
    attachments_mib: Annotated[int, Meta(ge=0, le=1 << 20)] = 4096


def read_config(data: bytes, path: str) -> NodeConfig:
    """The configuration in the bytes of a `node.toml`; `path` is what the refusal names."""
    try:
        return msgspec.convert(tomllib.loads(data.decode()), NodeConfig)
    except (ValueError, RecursionError) as error:  # every reader's refusal is a ValueError
        raise MalformedInput("node.bad_config", path=path, reason=str(error)[:200]) from error


class Folder:
    """Where a node lives."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def config_file(self) -> Path:
        """`node.toml`."""
        return self.path / "node.toml"

    @property
    def store(self) -> Path:
        """The SQLite file."""
        return self.path / "store.sqlite"

    @property
    def tls_key(self) -> Path:
        """The TLS key, PEM."""
        return self.path / "keys" / "tls.key"

    @property
    def tls_certificate(self) -> Path:
        """The TLS certificate, PEM."""
        return self.path / "keys" / "tls.crt"

    @property
    def recovery(self) -> Path:
        """The recovery key, until the administrator has taken it away."""
        return self.path / "keys" / "recovery.seed"

    @property
    def bundle_key(self) -> Path:
        """The age identity to which bundles for this party are encrypted."""
        return self.path / "keys" / "bundle.age"

    @property
    def marks(self) -> Path:
        """Where the high-water marks are kept: never inside the folder that is backed up."""
        named = self.config().marks
        if named:
            return Path(named)
        state = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
        seed = (self.path / "keys" / "tls.crt").read_bytes()
        return state / "tansiq" / f"{self.config().party}-{hashlib.sha256(seed).hexdigest()[:12]}"

    @property
    def post_quantum(self) -> Path:
        """The ML-DSA-44 key that cosigns where a policy asks for it; made by `tansiq key post-quantum`."""
        return self.path / "keys" / "mirror-ml-dsa-44.seed"

    def make_post_quantum(self) -> None:
        """Make the ML-DSA-44 key, once."""
        if not self.post_quantum.exists():
            _write_seed(self.post_quantum)

    def exists(self) -> bool:
        """Whether a node lives here."""
        return self.config_file.is_file()

    def create(self, config: NodeConfig) -> None:
        """Lay out a new node: keys first, the configuration last, so that a half-made folder is not a node."""
        if self.exists():
            raise Conflict("node.exists", path=str(self.path))
        keys = self.path / "keys"
        keys.mkdir(parents=True, exist_ok=True)
        keys.chmod(0o700)
        for role in KEY_ROLES:
            _write_seed(keys / f"{role}.seed")
        _write_seed(self.recovery)
        _write_secret(self.bundle_key, str(Identity.generate()).encode() + b"\n")
        key, certificate = make_certificate(config.party)
        _write_secret(self.tls_key, key)
        self.tls_certificate.write_bytes(certificate)
        self.write_config(config)

    def write_config(self, config: NodeConfig) -> None:
        """Write `node.toml` so that a crash leaves the old one or the new one."""
        fresh = self.config_file.with_suffix(".new")
        fresh.write_text(_toml(config), encoding="utf-8")
        with fresh.open("rb") as handle:
            os.fsync(handle.fileno())
        fresh.replace(self.config_file)

    def config(self) -> NodeConfig:
        """The configuration; refused with what is wrong in it."""
        if not self.exists():
            raise Unavailable("node.no_folder", path=str(self.path))
        return read_config(self.config_file.read_bytes(), str(self.config_file))

    def keys(self) -> Keyring:
        """The signing keys, newest first; refused where one is missing or others may read it."""
        log, witness, mirror = (self._keys(role) for role in KEY_ROLES)
        later = MlDsaKey(_read_hex(self.post_quantum)) if self.post_quantum.exists() else None
        return Keyring(self.config().party, log, witness, mirror, later)

    def _keys(self, role: str) -> tuple[SigningKey, ...]:
        older = sorted((self.path / "keys" / "old").glob(f"{role}-*.seed"), reverse=True)
        return tuple(read_seed(path) for path in (self.path / "keys" / f"{role}.seed", *older))

    def bundle_identity(self) -> Identity:
        """The age identity for bundles; a folder of an older program gets one."""
        if not self.bundle_key.exists():
            _write_secret(self.bundle_key, str(Identity.generate()).encode() + b"\n")
        try:
            return Identity.from_str(self.bundle_key.read_text(encoding="ascii").strip())
        except (OSError, ValueError, IdentityError) as error:
            raise Unavailable("node.no_key", path=str(self.bundle_key)) from error

    def renew_keys(self) -> None:
        """New log, witness and mirror keys; old ones are kept for the epochs that stand under them."""
        old = self.path / "keys" / "old"
        old.mkdir(mode=0o700, exist_ok=True)
        count = 1 + len(list(old.glob(f"{KEY_ROLES[0]}-*.seed")))
        for role in KEY_ROLES:
            current, fresh = self.path / "keys" / f"{role}.seed", self.path / "keys" / f"{role}.new"
            kept = old / f"{role}-{count:06}.seed"
            if current.exists() and not kept.exists():
                os.link(current, kept)
            fresh.unlink(missing_ok=True)
            _write_seed(fresh)
            fresh.replace(current)


def read_seed(path: Path) -> SigningKey:
    """A signing key from its file; refused where others may read it."""
    return SigningKey(_read_hex(path))


def _read_hex(path: Path) -> bytes:
    try:
        if path.stat().st_mode & 0o077:
            raise Unavailable("node.open_key", path=str(path))
        seed = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        raise Unavailable("node.no_key", path=str(path)) from error
    if len(seed) != SEED_SIZE:
        raise Unavailable("node.no_key", path=str(path))
    return seed


def _write_seed(path: Path) -> None:
    _write_secret(path, generate_seed().hex().encode() + b"\n")


def _write_secret(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _toml(config: NodeConfig) -> str:
    values = msgspec.to_builtins(config)
    names = values.pop("names")
    lines = [f"{key} = {_toml_value(value)}" for key, value in values.items()]
    lines += ["", "[names]", *(f"{key} = {_toml_value(value)}" for key, value in names.items()), ""]
    return "\n".join(lines)


def _toml_value(value: object) -> str:
    # a JSON string is a TOML basic string as long as nothing but \u escapes and plain text stands in it
    return msgspec.json.encode(value).decode()


def parse_address(text: str) -> tuple[str, int]:
    """Host and port of `host:port`."""
    match = re.fullmatch(r"(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):([0-9]{1,5})", text)
    if match is None or not 0 <= int(match[2]) <= 65_535:
        raise MalformedInput("node.bad_address", address=text[:80])
    return match[1].strip("[]"), int(match[2])
