"""What a plan meets that its author cannot see: plans and posts that this node knows of in its other circles.

A relief organisation has a circle with the sides and sees nothing of what they tell each other. That its convoy meets a
patrol is seen on their nodes alone; so they can say that there is something, and whom to call, without saying what.
"""

from __future__ import annotations

from tansiq.desk import movements
from tansiq.desk.movements import Hit
from tansiq.desk.movements_board import board_of
from tansiq.desk.office import Office, circle_named, circles
from tansiq.picture.terms import in_force
from tansiq.picture.told import body_of
from tansiq.records.kinds.activity import Activity

SEEN: frozenset[str] = frozenset(("activity", "post"))


def elsewhere(office: Office, circle_id: str, ref: str) -> list[Hit]:
    """Plans and posts in this node's other circles that a plan of this circle meets; its author's own are left out.

    Nothing leaves. None where the plan's place is not told, cannot be compared, or the plan has ended.
    """
    with office.database.read() as connection:
        here = circle_named(connection, circle_id).circle.id
        others = sorted({held.circle.id for held in circles(connection)} - {here})
    with board_of(office, here) as (board, _):
        plan = movements.thing_named(board.told, ref, "activity")
        body = body_of(plan.now, Activity)
        volumes = list(body.volumes or ()) if body is not None and board.stands(plan) else []
    found: list[Hit] = []
    for circle in others if volumes else ():
        with board_of(office, circle) as (board, _):
            hits = movements.hits_of(board, circle, plan.party, volumes, in_force(board.told))
            found += [hit for hit in hits if hit.kind in SEEN and hit.party != plan.party and not hit.withheld]
    return found
