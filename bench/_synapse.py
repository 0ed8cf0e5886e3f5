"""Two Matrix homeservers (matrix-synapse) that trust each other's certificates, each on its own PostgreSQL.

Where its manual leaves a choice, the one that helps it is taken: PostgreSQL with the C locale, rate limits lifted,
presence off, larger caches, seconds instead of minutes before a destination that was away is tried again.
"""

from __future__ import annotations

import base64
import contextlib
import datetime
import http.client
import ipaddress
import json
import secrets
import subprocess
import sys
import threading
import venv
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from bench._postgresql import Cluster
from bench._processes import answering, running

ROOT: Final = Path(__file__).resolve().parents[1]
VENV: Final = ROOT / ".go" / "synapse"
PACKAGES: Final = ("matrix-synapse", "psycopg2-binary")
INSTALL_S: Final = 600.0
START_S: Final = 120.0
ASK_S: Final = 60.0
OK: Final = 200
SCREEN: Final = 50
OFTEN: Final = {"per_second": 1_000_000, "burst_count": 1_000_000}


def install() -> str:
    """Synapse in an environment of its own; its version. Raises `RuntimeError` with what the installer said."""
    if not _version():
        print("  installing matrix-synapse into .go/synapse", flush=True)
        venv.create(VENV, with_pip=True, clear=True)
        pip = [str(VENV / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install", "-q", *PACKAGES]
        try:
            done = subprocess.run(pip, capture_output=True, text=True, timeout=INSTALL_S, check=False)
        except subprocess.TimeoutExpired as error:
            raise RuntimeError(f"pip took longer than {INSTALL_S:.0f} s") from error
        if done.returncode:
            raise RuntimeError(f"pip could not install {' '.join(PACKAGES)}: {done.stderr.strip()[-500:]}")
    return _version()


def _version() -> str:
    place = VENV / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    found: dict[str, Distribution] = {one.name.lower(): one for one in distributions(path=[str(place)])}
    return found["matrix-synapse"].version if all(name in found for name in PACKAGES) else ""


class Authority:
    """A certificate authority for both homeservers."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "authority.crt"
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "bench authority")])
        made = self._builder(self._name, self._key.public_key())
        made = made.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        self.file.write_bytes(made.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))

    def _builder(self, name: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        now = datetime.datetime.now(datetime.UTC)
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(self._name).public_key(key)
        builder = builder.serial_number(x509.random_serial_number())
        day = datetime.timedelta(days=1)
        return builder.not_valid_before(now - day).not_valid_after(now + day)

    def certify(self, folder: Path) -> tuple[Path, Path]:
        """A certificate for 127.0.0.1 and its key, as files."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
        address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
        made = self._builder(name, key.public_key()).add_extension(address, critical=False)
        certificate, private = folder / "tls.crt", folder / "tls.key"
        certificate.write_bytes(made.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
        private.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return certificate, private


class Homeserver:
    """One homeserver, stopped or running."""

    def __init__(self, folder: Path, ports: tuple[int, int], cluster: Cluster, authority: Authority) -> None:
        self.folder = folder
        self.client_port, self.peer_port = ports
        self.name = f"127.0.0.1:{self.peer_port}"
        self.cluster = cluster
        self.log = folder / "homeserver.log"
        self.token = ""
        self._lines = threading.local()
        self._process: subprocess.Popen[bytes] | None = None
        self._stack = contextlib.ExitStack()
        folder.mkdir()
        cluster.ask("CREATE DATABASE synapse TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'")
        certificate, key = authority.certify(folder)
        seed = base64.b64encode(secrets.token_bytes(32)).decode().rstrip("=")
        (folder / "signing.key").write_text(f"ed25519 a_bench {seed}\n", encoding="ascii")
        logging = {
            "version": 1,
            "formatters": {"plain": {"format": "%(asctime)s %(name)s %(levelname)s %(message)s"}},
            "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
            "root": {"level": "WARNING", "handlers": ["console"]},
        }
        # JSON is YAML
        (folder / "log.yaml").write_text(json.dumps(logging), encoding="utf-8")
        (folder / "homeserver.yaml").write_text(
            json.dumps(self._config(certificate, key, authority.file), indent=1), encoding="utf-8"
        )

    def _config(self, certificate: Path, key: Path, authority: Path) -> dict[str, Any]:
        database = {
            "user": "postgres",
            "password": self.cluster.password,
            "dbname": "synapse",
            "host": "127.0.0.1",
            "port": self.cluster.port,
            "cp_min": 5,
            "cp_max": 10,
        }
        limits = ("rc_message", "rc_registration", "rc_admin_redaction", "rc_joins_per_room")
        nested = {
            "rc_login": ("address", "account", "failed_attempts"),
            "rc_joins": ("local", "remote"),
            "rc_invites": ("per_room", "per_user", "per_issuer"),
        }
        return {
            "server_name": self.name,
            "report_stats": False,
            "listeners": [
                _listener(self.client_port, "client", tls=False),
                _listener(self.peer_port, "federation", tls=True),
            ],
            "tls_certificate_path": str(certificate),
            "tls_private_key_path": str(key),
            "federation_custom_ca_list": [str(authority)],
            "federation_verify_certificates": True,
            "ip_range_blacklist": [],
            "federation_ip_range_blacklist": [],
            "trusted_key_servers": [],
            "database": {"name": "psycopg2", "args": database},
            "signing_key_path": str(self.folder / "signing.key"),
            "log_config": str(self.folder / "log.yaml"),
            "media_store_path": str(self.folder / "media"),
            "macaroon_secret_key": secrets.token_hex(16),
            "form_secret": secrets.token_hex(16),
            "enable_registration": True,
            "enable_registration_without_verification": True,
            "presence": {"enabled": False},
            "url_preview_enabled": False,
            "caches": {"global_factor": 2.0},
            "federation": {"destination_min_retry_interval": "1s", "destination_max_retry_interval": "5s"},
            "federation_rr_transactions_per_room_per_second": 1_000_000,
            "rc_federation": {
                "window_size": 1000,
                "sleep_limit": 1_000_000,
                "sleep_delay": 1,
                "reject_limit": 1_000_000,
                "concurrent": 100,
            },
            **dict.fromkeys(limits, OFTEN),
            **{name: dict.fromkeys(parts, OFTEN) for name, parts in nested.items()},
        }

    def launch(self) -> None:
        """Start it; `wait` tells when it answers."""
        python, config = VENV / "bin" / "python", self.folder / "homeserver.yaml"
        command: list[str | Path] = [python, "-m", "synapse.app.homeserver", "-c", config]
        self._process = self._stack.enter_context(running(command, self.folder, self.log))

    def wait(self) -> None:
        """Wait until it answers."""
        if self._process is None:
            raise RuntimeError("not started")
        answering(self._process, self.log, self._answers, START_S)

    def stop(self) -> None:
        """Stop it."""
        self._process = None
        self._stack.close()

    def _answers(self) -> bool:
        try:
            return bool(self.ask("GET", "versions", prefix="/_matrix/client/"))
        except OSError:
            return False

    def ask(self, method: str, path: str, body: object = None, prefix: str = "/_matrix/client/v3/") -> dict[str, Any]:
        """One request of the client API; every thread keeps its own connection. Raises `RuntimeError`, `OSError`."""
        line: http.client.HTTPConnection | None = getattr(self._lines, "line", None)
        if line is None:
            line = self._lines.line = http.client.HTTPConnection("127.0.0.1", self.client_port, timeout=ASK_S)
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        try:
            line.request(method, prefix + path, None if body is None else json.dumps(body), headers)
            answer = line.getresponse()
            data = answer.read()
        except (OSError, http.client.HTTPException) as error:
            line.close()
            raise OSError(str(error)) from error
        if answer.status != OK:
            raise RuntimeError(f"{method} {path}: {answer.status} {data[:300].decode('utf-8', 'replace')}")
        found: dict[str, Any] = json.loads(data)
        return found

    def register(self, user: str) -> str:
        """A new account; this object speaks for it from now on."""
        body = {"username": user, "password": secrets.token_hex(16), "auth": {"type": "m.login.dummy"}}
        answer = self.ask("POST", "register", body)
        self.token = answer["access_token"]
        return str(answer["user_id"])

    def say(self, room: str, transaction: str, text: str) -> None:
        """One message; the answer comes when it is stored here."""
        body = {"msgtype": "m.text", "body": text}
        self.ask("PUT", f"rooms/{quote(room)}/send/m.room.message/{transaction}", body)

    def held(self, room: str) -> int:
        """How many messages of a room are stored here as events in their place (neither outliers nor rejected)."""
        return int(self._of_messages("count(*)", room))

    def scroll_back(self, room: str, count: int) -> None:
        """What a client does that looks at the whole history: page backwards, with which gaps are fetched."""
        start = ""
        for _ in range(count // SCREEN * 4 + 4):
            answer = self.ask("GET", f"rooms/{quote(room)}/messages?dir=b&limit={SCREEN}{start}")
            if "end" not in answer:
                return
            start = f"&from={quote(answer['end'])}"

    def texts(self, room: str) -> set[str]:
        """Their texts."""
        return set(self._of_messages("j.json::json #>> '{content,body}'", room).splitlines())

    def _of_messages(self, wanted: str, room: str) -> str:
        if "'" in room:
            raise RuntimeError(f"odd room: {room}")
        in_place = "e.type = 'm.room.message' AND NOT e.outlier AND e.rejection_reason IS NULL"
        return self.cluster.ask(
            f"SELECT {wanted} FROM events e JOIN event_json j USING (event_id)"  # noqa: S608 - own words, checked room
            f" WHERE e.room_id = '{room}' AND {in_place}",
            "synapse",
        )


def _listener(port: int, resource: str, *, tls: bool) -> dict[str, Any]:
    return {
        "port": port,
        "bind_addresses": ["127.0.0.1"],
        "type": "http",
        "tls": tls,
        "resources": [{"names": [resource]}],
    }


@contextlib.contextmanager
def homeservers(
    folder: Path, clusters: tuple[Cluster, Cluster], ports: list[int]
) -> Iterator[tuple[Homeserver, Homeserver]]:
    """Two homeservers with one account each, both answering."""
    authority = Authority(folder)
    one = Homeserver(folder / "synapse-a", (ports[0], ports[1]), clusters[0], authority)
    other = Homeserver(folder / "synapse-b", (ports[2], ports[3]), clusters[1], authority)
    try:
        for server in (one, other):
            server.launch()
        for server in (one, other):
            server.wait()
            server.register("bench")
        yield one, other
    finally:
        one.stop()
        other.stop()


def shared_room(one: Homeserver, other: Homeserver) -> str:
    """A new room at `one` that the account at `other` is in."""
    guest = f"@bench:{other.name}"
    made = one.ask("POST", "createRoom", {"preset": "private_chat", "invite": [guest]})
    room = str(made["room_id"])
    other.ask("POST", f"rooms/{quote(room)}/join", {})
    return room
