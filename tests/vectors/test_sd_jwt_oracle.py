"""Disclosures against another implementation: what `sd-jwt` issues we read, and what we make it verifies.

That package is old and only here to disagree with us. It is looser: it takes fractions and disclosures inside
disclosures, which we refuse; those are not generated, and tests/ledger/test_disclosure.py pins them.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jwcrypto.jwk import JWK  # type: ignore[import-untyped]  # the package carries no types
from jwcrypto.jws import JWS  # type: ignore[import-untyped]  # the package carries no types
from sd_jwt.common import SDObj  # type: ignore[import-untyped]  # the package carries no types
from sd_jwt.issuer import SDJWTIssuer  # type: ignore[import-untyped]  # the package carries no types
from sd_jwt.verifier import SDJWTVerifier  # type: ignore[import-untyped]  # the package carries no types

from tansiq.ledger import disclosure

from ._refused import refused

KEY = JWK.from_json(json.dumps({"kty": "oct", "k": "dGFuc2lxIHRhbnNpcSB0YW5zaXEgdGFuc2lxIDEyMzQ"}))
ALGORITHM = "HS256"
ISSUER = "https://issuer.example"

names = st.from_regex(r"[a-z][a-z0-9_]{0,12}", fullmatch=True).filter(lambda name: name not in {"iss", "cnf"})
keys = st.text(st.characters(codec="utf-8"), max_size=8).filter(lambda key: key not in {"_sd", "_sd_alg", "..."})
plain = (
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(st.characters(codec="utf-8"), max_size=30)
)
values = st.recursive(plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3))
claims = st.dictionaries(names, values, min_size=1, max_size=6)
salts = st.binary(min_size=16, max_size=16)


def _verified(payload: dict[str, Any], disclosures: list[str]) -> dict[str, Any]:
    """What the other implementation shows of a signed payload with these disclosures."""
    signed = JWS(payload=json.dumps(payload))
    signed.add_signature(KEY, alg=ALGORITHM, protected=json.dumps({"alg": ALGORITHM}))
    presented = "~".join([signed.serialize(compact=True), *disclosures, ""])
    verifier = SDJWTVerifier(presented, lambda _issuer, _header: KEY)
    shown: dict[str, Any] = verifier.get_verified_payload()
    return shown


@given(claims)
def test_what_it_issues_we_read_with_the_same_digests(told: dict[str, Any]) -> None:
    issued = SDJWTIssuer({SDObj(name): value for name, value in told.items()}, KEY, sign_alg=ALGORITHM)
    digests = frozenset(issued.sd_jwt_payload["_sd"])
    texts = [made.b64 for made in issued.ii_disclosures]
    assert [disclosure.digest(text) for text in texts] == [made.hash for made in issued.ii_disclosures]
    assert disclosure.read_all("~".join(texts), digests) == told
    opened = disclosure.open_all("~".join(texts).encode(), digests)
    assert {name: json.loads(bytes(value)) for name, value in opened.items()} == told
    for made in issued.ii_disclosures:
        salt, name, value = json.loads(made.json)
        assert disclosure.open_disclosure(made.b64) == (salt, name, value)


@given(st.dictionaries(names, plain | st.lists(plain, max_size=3), min_size=1, max_size=6))
def test_among_its_decoys_we_read_the_same(told: dict[str, Any]) -> None:
    # without objects: it would put decoys inside them too, which is a disclosure inside a disclosure
    hidden = {SDObj(name): value for name, value in told.items()}
    issued = SDJWTIssuer(hidden, KEY, sign_alg=ALGORITHM, add_decoy_claims=True)
    digests = frozenset(issued.sd_jwt_payload["_sd"])
    assert len(digests) >= len(told) + SDJWTIssuer.DECOY_MIN_ELEMENTS
    assert disclosure.read_all("~".join(made.b64 for made in issued.ii_disclosures), digests) == told


@given(claims, st.data())
def test_what_we_make_it_verifies_and_shows_only_what_is_disclosed(told: dict[str, Any], data: st.DataObject) -> None:
    texts = {name: disclosure.make(name, value, data.draw(salts)) for name, value in told.items()}
    shown = data.draw(st.sets(st.sampled_from(sorted(told))))
    payload = {
        "iss": ISSUER,
        "_sd_alg": "sha-256",
        "_sd": sorted(
            [*map(disclosure.digest, texts.values()), disclosure.decoy(data.draw(st.binary(min_size=32, max_size=32)))]
        ),
    }
    found = _verified(payload, [texts[name] for name in sorted(shown)])
    assert found == {"iss": ISSUER, **{name: told[name] for name in shown}}


@settings(max_examples=25)
@given(claims, names, salts)
def test_a_disclosure_that_the_payload_does_not_name_is_ignored_there_and_refused_here(
    told: dict[str, Any], name: str, salt: bytes
) -> None:
    issued = SDJWTIssuer({SDObj(key): value for key, value in told.items()}, KEY, sign_alg=ALGORITHM)
    digests = frozenset(issued.sd_jwt_payload["_sd"])
    foreign = disclosure.make(name, "foreign", salt)
    texts = [*[made.b64 for made in issued.ii_disclosures][1:], foreign]
    shown = _verified({"iss": ISSUER, **issued.sd_jwt_payload}, texts)
    assert shown == {"iss": ISSUER, **dict(list(told.items())[1:])}
    with refused("disclosure.not_in_entry"):
        disclosure.read_all("~".join(texts), digests)


@pytest.mark.parametrize("value", [1.5, {"nested": {"_sd": []}}])
def test_what_it_issues_with_fractions_or_digests_inside_is_refused(value: Any) -> None:
    inner = {SDObj("hidden"): 1} if isinstance(value, dict) else value
    issued = SDJWTIssuer({SDObj("outer"): inner}, KEY, sign_alg=ALGORITHM)
    outer = issued.ii_disclosures[-1]
    assert _verified({"iss": ISSUER, **issued.sd_jwt_payload}, [made.b64 for made in issued.ii_disclosures])
    with refused("disclosure.nested" if isinstance(value, dict) else "disclosure.number"):
        disclosure.read_all(outer.b64, frozenset({outer.hash}))
