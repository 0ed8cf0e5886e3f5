"""Refused with this code, and with no other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tansiq.errors import Refused


@contextmanager
def refused(code: str) -> Iterator[None]:
    """The block must end in the refusal `code`."""
    with pytest.raises(Refused) as caught:
        yield
    assert caught.value.code == code
