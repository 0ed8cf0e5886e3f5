"""Says records on a node as fast as it can and prints each one that was acknowledged. Run as a process, to be killed.

python burst.py FOLDER CIRCLE ALREADY WANTED
"""

from __future__ import annotations

import sys
from pathlib import Path

from tansiq.circles.gate import Author, Redaction, Statement
from tansiq.desk.office import circle_named
from tansiq.exchange import outbox
from tansiq.exchange.outbox import Saying, program_label
from tansiq.node.folder import Folder
from tansiq.node.node import Node

BATCH = 50
AUTHOR = Author("duty", "watch", ("duty_officer",))


def main(folder: str, circle_id: str, already: int, wanted: int) -> None:
    """Say records `already` to `wanted`, each line printed only after its transaction returned."""
    node = Node(Folder(Path(folder)))
    with node.database.read() as connection:
        held = circle_named(connection, circle_id)
    label = program_label(held.circle)
    redaction = Redaction(frozenset({"said_by"}))
    for start in range(already, wanted, BATCH):
        sayings = [
            Saying(Statement("log", {"text": f"record {number}", "said_by": "watch"}), label, redaction)
            for number in range(start, min(wanted, start + BATCH))
        ]
        with node.database.write() as connection:
            said = outbox.say(
                connection,
                held.num,
                held.circle,
                node.config.party,
                sayings,
                AUTHOR,
                node.office.signer,
                node.office.clock(),
            )
        sys.stdout.write("".join(f"{one.ref} {one.index}\n" for one in said))
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
