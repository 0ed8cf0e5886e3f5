"""TLS between nodes: one self-made certificate each, pinned by the others' rosters. No authority stands above."""

from __future__ import annotations

import datetime
import ssl
from collections.abc import Iterable
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID


def make_certificate(party: str) -> tuple[bytes, bytes]:
    """A new key and its certificate (both PEM) for the node of `party`.

    The dates say nothing here, because trust comes from the pin and clocks in the field are wrong: they are wide.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"tansiq {party}")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC))
        .not_valid_after(datetime.datetime(2100, 1, 1, tzinfo=datetime.UTC))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    pem_key = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return pem_key, certificate.public_bytes(serialization.Encoding.PEM)


def certificate_der(pem: bytes) -> bytes:
    """The certificate in DER."""
    return x509.load_pem_x509_certificate(pem).public_bytes(serialization.Encoding.DER)


def server_context(certificate: Path, key: Path, pinned: Iterable[bytes]) -> ssl.SSLContext:
    """A TLS context that lets in only who shows one of the pinned certificates (DER)."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(certificate, key)
    trust(context, pinned)
    return context


def trust(context: ssl.SSLContext, pinned: Iterable[bytes]) -> None:
    """Let in these certificates (DER) from now on; those that are known already do no harm."""
    pem = "".join(ssl.DER_cert_to_PEM_cert(der) for der in pinned)
    if pem:
        context.load_verify_locations(cadata=pem)
