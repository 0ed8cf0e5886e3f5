"""A circle's own policy of acknowledgements, as an administrator hands it in."""

from __future__ import annotations

from pathlib import Path

from nodes import enter, make_nodes, refused
from tansiq.exchange.acknowledgement import policy_of, set_policy
from tansiq.ledger.note import COSIGNATURE, NoteVerifier


def test_a_policy_that_is_no_text_is_refused_and_the_old_one_stays(tmp_path: Path) -> None:
    nodes = make_nodes(tmp_path, "joc", "mop")
    joc, mop = nodes.values()
    circle = enter(joc, mop)
    vkey = NoteVerifier("mop/mirror", COSIGNATURE, mop.keys.mirror[0].public).vkey
    with joc.database.write() as connection:
        set_policy(connection, circle, f"witness mirror {vkey}\nquorum mirror\n".encode())
        held = policy_of(connection, circle, "joc")
        with refused("ledger_policy.character"):
            set_policy(connection, circle, b"# \xd9\x85\nwitness m\xff " + vkey.encode() + b"\nquorum m\xff\n")
        assert policy_of(connection, circle, "joc") == held
    for node in nodes.values():
        node.close()
