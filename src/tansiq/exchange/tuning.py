"""Settings of the interpreter for a process that takes in records by the ten thousand.

A batch of records is many small objects that all live until the batch is stored: the cyclic garbage collector would
walk them again and again and find nothing. And a thread that reads from the network must not wait the usual five
milliseconds for a thread that computes.
"""

from __future__ import annotations

import gc
import sys
from typing import Final

YOUNG: Final = 50_000
SWITCH_S: Final = 0.0005


def tune() -> None:
    """Apply the settings to this process."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 50)
    sys.setswitchinterval(SWITCH_S)
