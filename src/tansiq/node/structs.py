"""What msgspec has to know of our structs before there is a second thread.

msgspec learns how to read a struct when it first reads one. It keeps what it has learned so far on the class from the
beginning, for structs that contain themselves; a second thread that reads the same struct meanwhile follows pointers
that are not there yet, and the process ends without a word (seen with 0.22).
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from tansiq.records.kind import all_kinds


def learn_structs() -> int:
    """Have msgspec learn all structs that are loaded, in this thread; how many there are.

    To be called before a process starts threads that parse. Structs of modules that are loaded later, such as those
    of the engine of gaps, are not learned here: none of them is read from bytes, and one that is to be has to be
    loaded before.
    """
    all_kinds()
    known = list(_below(msgspec.Struct))
    for struct in known:
        msgspec.json.Decoder(struct)
    return len(known)


def _below(struct: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    for child in struct.__subclasses__():
        yield child
        yield from _below(child)
