"""An area with posts, a patrol and an arrangement, said by two sides: what the Gaps desk works on."""

from __future__ import annotations

from typing import Any, Final

from playwright.sync_api import Page

WEST, SOUTH, EAST, NORTH = 43.50, 35.70, 43.62, 35.80
AREA_NAME: Final = {"en": "Testing ground", "ar": "أرض الاختبار", "ckb": "زەویی تاقیکردنەوە"}
DAY: Final = {"spans": [{"days": [1, 2, 3, 4, 5, 6, 7], "from": 360, "to": 1080}], "offset": 180}
POST_NAMES: Final = {
    "joc": {"en": "West post", "ar": "نقطة الغرب", "ckb": "بنکەی ڕۆژئاوا"},
    "mop": {"en": "East post", "ar": "نقطة الشرق", "ckb": "بنکەی ڕۆژهەڵات"},
}


def e7(degrees: float) -> int:
    """Degrees as records hold them."""
    return round(degrees * 1e7)


def ask(page: Page, method: str, path: str, body: object = None) -> Any:
    """What the node answers to the page itself, in its session."""
    return page.evaluate(
        """async ([method, path, body]) => {
            const headers = { 'Content-Type': 'application/json' };
            const sent = body === null ? {} : { headers, body: JSON.stringify(body) };
            const answer = await fetch(`/api/v1${path}`, { method, ...sent });
            if (!answer.ok) throw new Error(await answer.text());
            return answer.json();
        }""",
        [method, path, body],
    )


def circle_of_all(page: Page) -> dict[str, Any]:
    """The circle of the two sides and the coalition."""
    circles = ask(page, "GET", "/node")["circles"]
    found: dict[str, Any] = max(circles, key=lambda one: len(one["members"]))
    return found


def say(page: Page, kind: str, fields: dict[str, Any]) -> str:
    """Release a record to all in the circle of all, as the form does; its reference."""
    circle = circle_of_all(page)
    label = {"policy": "JOINT", "classification": "RESTRICTED", "tlp": "AMBER", "to": circle["members"]}
    release = {"circle": circle["id"], "label": label, "withhold": [], "grid": 0, "hour": 0}
    said = {"kind": kind, "fields": fields, "revises": None, "about": None, "releases": [release], "attachments": []}
    return str(ask(page, "POST", "/records", said)["refs"][0]["ref"])


def say_ground(joc: Page, mop: Page) -> str:
    """Say it all; the reference of the area. A post of one side by day only, one of the other around the clock."""
    corners = [(WEST, SOUTH), (EAST, SOUTH), (EAST, NORTH), (WEST, NORTH)]
    ring = [[e7(lon), e7(lat)] for lon, lat in corners]
    area = say(joc, "area", {"names": AREA_NAME, "ring": ring, "purpose": "joint_interest"})
    for page, lon in ((joc, 43.53), (mop, 43.59)):
        party = "joc" if page is joc else "mop"
        place = {"lat": e7(35.75), "lon": e7(lon), "accuracy": 50}
        sees = {"height_m": 8, "range_day_m": 3500, "range_night_m": 1500}
        hours = {"hours": DAY} if party == "joc" else {}
        common = {"names": POST_NAMES[party], "place": place, "post_type": "post", "status": "manned"}
        say(page, "post", {**common, **sees, **hours})
    path = [[e7(WEST), e7(35.785)], [e7(EAST), e7(35.785)]]
    say(mop, "patrol", {"path": path, "width_m": 800, "hours": DAY, "status": "running", "mobility": "car"})
    ways = [{"seen": True}, {"patrolled_hours": 6}]
    say(joc, "arrangement", {"area": area, "ways": ways, "parties": ["joc", "mop"], "status": "agreed"})
    return area
