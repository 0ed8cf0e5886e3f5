"""The disclosures and digests that RFC 9901 prints."""

from __future__ import annotations

from typing import Any

import pytest

from tansiq.ledger import disclosure

from ._refused import refused

# RFC 9901, section 5.1 (disclosures of the issued SD-JWT): disclosure, digest, name, value
SECTION_5_1: list[tuple[str, str, str, Any]] = [
    (
        "WyIyR0xDNDJzS1F2ZUNmR2ZyeU5STjl3IiwgImdpdmVuX25hbWUiLCAiSm9obiJd",
        "jsu9yVulwQQlhFlM_3JlzMaSFzglhQG0DpfayQwLUK4",
        "given_name",
        "John",
    ),
    (
        "WyJlbHVWNU9nM2dTTklJOEVZbnN4QV9BIiwgImZhbWlseV9uYW1lIiwgIkRvZSJd",
        "TGf4oLbgwd5JQaHyKVQZU9UdGE0w5rtDsrZzfUaomLo",
        "family_name",
        "Doe",
    ),
    (
        "WyI2SWo3dE0tYTVpVlBHYm9TNXRtdlZBIiwgImVtYWlsIiwgImpvaG5kb2VAZXhhbXBsZS5jb20iXQ",
        "JzYjH4svliH0R3PyEMfeZu6Jt69u5qehZo7F7EPYlSE",
        "email",
        "johndoe@example.com",
    ),
    (
        "WyJlSThaV205UW5LUHBOUGVOZW5IZGhRIiwgInBob25lX251bWJlciIsICIrMS0yMDItNTU1LTAxMDEiXQ",
        "PorFbpKuVu6xymJagvkFsFXAbRoc2JGlAUA2BA4o7cI",
        "phone_number",
        "+1-202-555-0101",
    ),
    (
        "WyJRZ19PNjR6cUF4ZTQxMmExMDhpcm9BIiwgInBob25lX251bWJlcl92ZXJpZmllZCIsIHRydWVd",
        "XQ_3kPKt1XyX7KANkqVR6yZ2Va5NrPIvPYbyMvRKBMM",
        "phone_number_verified",
        True,
    ),
    (
        "WyJBSngtMDk1VlBycFR0TjRRTU9xUk9BIiwgImFkZHJlc3MiLCB7InN0cmVldF9hZGRyZXNzIjogIjEyMyBNYWluIFN0IiwgImxvY2Fs"
        "aXR5IjogIkFueXRvd24iLCAicmVnaW9uIjogIkFueXN0YXRlIiwgImNvdW50cnkiOiAiVVMifV0",
        "XzFrzwscM6Gn6CJDc6vVK8BkMnfG8vOSKfpPIZdAfdE",
        "address",
        {"street_address": "123 Main St", "locality": "Anytown", "region": "Anystate", "country": "US"},
    ),
    (
        "WyJQYzMzSk0yTGNoY1VfbEhnZ3ZfdWZRIiwgImJpcnRoZGF0ZSIsICIxOTQwLTAxLTAxIl0",
        "gbOsI4Edq2x2Kw-w5wPEzakob9hV1cRD0ATN3oQL9JM",
        "birthdate",
        "1940-01-01",
    ),
    (
        "WyJHMDJOU3JRZmpGWFE3SW8wOXN5YWpBIiwgInVwZGF0ZWRfYXQiLCAxNTcwMDAwMDAwXQ",
        "CrQe7S5kqBAHt-nMYXgc6bdt2SH5aTY1sU_M-PgkjPI",
        "updated_at",
        1570000000,
    ),
]

# RFC 9901, section 4.2.1 and 4.2.3
MOEBIUS = "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"
MOEBIUS_DIGEST = "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"
MOEBIUS_ESCAPED = "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNXHUwMGY2Yml1cyJd"

# RFC 9901, section 5.1: array elements have no name; the RFC has them, our entries do not
ARRAY_ELEMENT = "WyJsa2x4RjVqTVlsR1RQVW92TU5JdkNBIiwgIlVTIl0"
ARRAY_ELEMENT_DIGEST = "pFndjkZ_VCzmyTa6UjlZo3dh-ko8aIKQc9DlGzhaVYo"


@pytest.mark.parametrize(("text", "digest", "name", "value"), SECTION_5_1)
def test_the_disclosures_of_section_5_1_read_as_printed(text: str, digest: str, name: str, value: object) -> None:
    assert disclosure.digest(text) == digest
    assert disclosure.read(text) == (name, value)


def test_all_disclosures_of_section_5_1_read_at_once() -> None:
    joined = "~".join(text for text, *_ in SECTION_5_1)
    digests = {digest for _, digest, *_ in SECTION_5_1}
    assert disclosure.read_all(joined, digests) == {name: value for _, _, name, value in SECTION_5_1}


def test_the_digest_is_over_the_text_so_two_spellings_of_one_value_have_two() -> None:
    assert disclosure.open_disclosure(MOEBIUS) == ("_26bc4LT-ac6q2KI6cBW5es", "family_name", "Möbius")
    assert disclosure.digest(MOEBIUS) == MOEBIUS_DIGEST
    assert disclosure.read(MOEBIUS_ESCAPED) == disclosure.read(MOEBIUS)
    assert disclosure.digest(MOEBIUS_ESCAPED) != MOEBIUS_DIGEST


def test_the_disclosure_of_an_array_element_is_refused() -> None:
    assert disclosure.digest(ARRAY_ELEMENT) == ARRAY_ELEMENT_DIGEST
    with refused("disclosure.json"):
        disclosure.read(ARRAY_ELEMENT)
