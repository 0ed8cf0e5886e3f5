"""Commitments on the command line of two nodes: how they stand, one of them, the digest, the record, exit codes."""

from __future__ import annotations

import datetime
from pathlib import Path

from nodes import add_officer, enter, make_nodes, meet, say
from tansiq.cli.accord_promises import OPEN_ENDED

from .test_cli import MISSING, OK, tansiq

DAY = 86_400_000


def test_both_nodes_print_the_same_digest_and_say_by_their_exit_that_something_is_late(tmp_path: Path) -> None:
    nodes = make_nodes(tmp_path, "joc", "mop")
    joc, mop = nodes["joc"], nodes["mop"]
    circle = enter(joc, mop)
    for node in nodes.values():
        add_officer(node)
    now = joc.office.clock()
    owed = {"names": {"en": "Road map", "ar": "خارطة طريق"}, "owed_by": ["joc"], "owed_to": ["joc"]}
    late = say(joc, circle, "commitment", {**owed, "due": {"by": now - DAY}})
    say(joc, circle, "commitment", {**owed, "due": {"by": now + 9 * DAY}})
    meet(joc, mop)
    here, there = joc.folder.path, mop.folder.path
    at = datetime.datetime.fromtimestamp(now / 1000 + 60, datetime.UTC).isoformat()
    one, other = (
        tansiq("promise", "evaluate", "--circle", circle.id, "--at", at, data=path, json_=True)
        for path in (here, there)
    )
    assert one.code == other.code == OPEN_ENDED
    assert one.value == other.value
    assert one.value["states"] == {"late": 1, "not_yet_due": 1}
    listed = tansiq("promise", "list", "--state", "late", "--circle", circle.id, "--at", at, data=here, lang="ar")
    assert late in listed.out
    assert "خارطة طريق" in listed.out
    calm = tansiq("promise", "list", "--state", "not_yet_due", "--circle", circle.id, "--at", at, data=here)
    assert calm.code == OK
    shown = tansiq("promise", "show", late, "--circle", circle.id, "--at", at, data=there, json_=True)
    assert (shown.code, shown.value["view"]["promise"]["late_days"]) == (OPEN_ENDED, 1)
    record = tansiq("record", "--circle", circle.id, "--at", at, data=there, json_=True)
    figures = {side["party"]: side["figures"] for side in record.value["sides"]}
    assert [figure["name"] for figure in figures["joc"]] == [figure["name"] for figure in figures["mop"]]
    assert next(figure["refs"] for figure in figures["joc"] if figure["name"] == "late") == [late]
    missing = tansiq("promise", "show", "joc/nothing", "--circle", circle.id, data=here)
    assert missing.code == MISSING
    for node in nodes.values():
        node.close()
