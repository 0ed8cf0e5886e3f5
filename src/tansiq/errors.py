"""The one hierarchy of refusals: what was refused, what was kept, what to do next.

A refusal carries a code and its parameters, never a finished sentence: the words live in
`wording/<language>/<family>.toml`, so that the desk, the command line and a peer's answer say the same in
Arabic, Sorani and English. A code is `family.reason`.
"""

from __future__ import annotations

from collections.abc import Callable

Param = str | int


class Refused(Exception):  # noqa: N818 - a refusal is the word of the field; "Error" would say that we failed
    """Something was refused and nothing that was held has changed.

    `code` is `family.reason`; `params` fill the words of that code.
    """

    def __init__(self, code: str, **params: Param) -> None:
        self.code = code
        self.params = params
        super().__init__(code, params)

    def __reduce__(self) -> tuple[Callable[..., Refused], tuple[type[Refused], str, dict[str, Param]]]:
        """A refusal comes back from another process as what it was."""
        return _again, (type(self), self.code, self.params)

    def __str__(self) -> str:
        from tansiq.wording import wording  # noqa: PLC0415 - words are only read when a refusal is shown

        return wording(self.code, self.params, "en").line()


def _again(kind: type[Refused], code: str, params: dict[str, Param]) -> Refused:
    return kind(code, **params)


class MalformedInput(Refused):
    """Bytes, text or fields that are not what their format says."""


class ProofRefused(Refused):
    """A signature, hash or proof that does not hold."""


class NotAllowed(Refused):
    """The person, party or label may not do this."""


class NotFound(Refused):
    """Not here, or not for the one who asks: the two look the same on purpose."""


class Conflict(Refused):
    """What is held has moved on, or contradicts what came."""


class Unavailable(Refused):
    """A peer, a disk or a key is not there now."""
