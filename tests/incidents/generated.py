"""A world of events with known truth, told by two sides that see it badly: for measuring how pairs are found.

It knows nothing of the scorer. Events cluster round towns and in time; a side misses some, tells some twice, is late,
reads clocks wrong, names the place in its own language, tells squares and days in stead of points and minutes, takes
one kind for another and counts differently. Some places are wrong beyond the accuracy that is stated with them.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from tansiq.geo.gazetteer import Hit, place_by_id
from tansiq.geo.mgrs import grid_cell
from tansiq.incidents.account import Account, account_of
from tansiq.records.kind import kind_named
from tansiq.records.kinds.incident import Incident

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
BEGAN = 1_598_918_400_000
TOWNS = ("kirkuk", "makhmour", "zummar", "sinjar", "sinuni", "tuz_khurmatu", "khanaqin", "jalawla", "saadiya", "kifri")
KINDS = ("armed_attack", "shooting", "explosion", "shelling", "raid", "clash", "sighting", "fire")
SHARES = (10, 22, 20, 8, 8, 10, 15, 7)
TAKEN_FOR = {
    "armed_attack": ("clash", "shooting", "raid"),
    "shooting": ("clash", "armed_attack"),
    "explosion": ("shelling", "armed_attack"),
    "shelling": ("explosion",),
    "raid": ("clash", "armed_attack"),
    "clash": ("shooting", "armed_attack"),
    "sighting": ("other",),
    "fire": ("explosion", "other"),
}
SAID = {
    "ar": {
        "armed_attack": "هجوم مسلح على نقطة", "shooting": "إطلاق نار", "explosion": "انفجار عبوة",
        "shelling": "سقوط قذائف هاون", "raid": "مداهمة ليلية", "clash": "اشتباك بالأسلحة الخفيفة",
        "sighting": "رصد عناصر مشبوهة", "fire": "حريق في المزارع", "other": "حادث",
    },
    "ckb": {
        "armed_attack": "هێرشی چەکداری بۆ سەر خاڵێک", "shooting": "تەقەکردن", "explosion": "تەقینەوەی بۆمب",
        "shelling": "کەوتنی هاوەن", "raid": "پەلاماری شەوانە", "clash": "پێکدادانی چەکداری",
        "sighting": "بینینی کەسانی گومانلێکراو", "fire": "ئاگرکەوتنەوە لە کێڵگەکان", "other": "ڕووداو",
    },
}  # fmt: skip
NEAR = {"ar": ("قرب", "في", "جنوب", "شمال"), "ckb": ("نزیک", "لە", "باشووری", "باکووری")}


@dataclass(frozen=True)
class Event:
    number: int
    at: int
    lat: float
    lon: float
    town: Hit
    kind: str
    killed: int
    wounded: int


@dataclass(frozen=True)
class World:
    accounts: list[Account]
    truth: set[tuple[str, str]]
    event_of: dict[str, int]


def world(seed: int, days: int = 21, per_day: int = 60) -> World:
    """Everything that both sides told of so many days, and which of it is of one event."""
    chance = random.Random(seed)  # noqa: S311 - a world that can be made again
    events = _events(chance, days, per_day)
    told: list[tuple[int, Account]] = []
    for event in events:
        for party, lang, misses in (("joc", "ar", 0.3), ("mop", "ckb", 0.35)):
            if chance.random() < misses:
                continue
            for _ in range(2 if chance.random() < 0.07 else 1):
                ref = f"{party}/{len(told):06d}"
                body = kind_named("incident").read(_fields(chance, event, lang))
                assert isinstance(body, Incident)
                late = int(chance.expovariate(1 / (40 * MINUTE)))
                told.append((event.number, account_of(ref, party, event.at + late, body)))
    event_of = {account.ref: number for number, account in told}
    by_event: dict[int, dict[str, list[str]]] = {}
    for number, account in told:
        by_event.setdefault(number, {}).setdefault(account.party, []).append(account.ref)
    truth = {
        (one, other) for sides in by_event.values() for one in sides.get("joc", []) for other in sides.get("mop", [])
    }
    accounts = [account for _, account in told]
    chance.shuffle(accounts)
    return World(accounts, truth, event_of)


def _events(chance: random.Random, days: int, per_day: int) -> list[Event]:
    towns = [place_by_id(name) for name in TOWNS]
    weights = [1 / (rank + 2) for rank in range(len(towns))]
    found: list[Event] = []
    while len(found) < days * per_day:
        town = chance.choices(towns, weights)[0]
        at = BEGAN + chance.randrange(days * DAY)
        away, bearing = chance.lognormvariate(math.log(9_000), 0.8), chance.uniform(0, 2 * math.pi)
        found.append(_event(chance, len(found), at, town, away, bearing))
        # one thing soon follows another, nearby, and is not the same
        while chance.random() < 0.2 and len(found) < days * per_day:
            before = found[-1]
            at = before.at + chance.randrange(2 * MINUTE, 90 * MINUTE)
            along, turned = away + chance.uniform(-6_000, 6_000), bearing + chance.gauss(0, 0.3)
            found.append(_event(chance, len(found), at, town, along, turned))
    return found


def _event(chance: random.Random, number: int, at: int, town: Hit, away: float, bearing: float) -> Event:
    assert town.lat is not None
    assert town.lon is not None
    lat = town.lat / 1e7 + away * math.cos(bearing) / 111_195
    lon = town.lon / 1e7 + away * math.sin(bearing) / 111_195 / math.cos(math.radians(lat))
    kind = chance.choices(KINDS, SHARES)[0]
    hurt = chance.random() < 0.35 and kind not in ("sighting", "fire")
    killed = min(int(chance.expovariate(0.7)), 20) if hurt else 0
    wounded = min(int(chance.expovariate(0.35)), 60) if hurt else 0
    return Event(number, at, lat, lon, town, kind, killed, wounded)


def _fields(chance: random.Random, event: Event, lang: str) -> dict[str, object]:
    kind = event.kind if chance.random() < 0.8 else chance.choice(TAKEN_FOR[event.kind])
    fields: dict[str, object] = {**_where(chance, event), **_when(chance, event), "lang": lang}
    if chance.random() < 0.95:
        fields["category"] = kind
    for name, count in (("killed", event.killed), ("wounded", event.wounded)):
        if chance.random() < (0.75 if count else 0.4):
            least = max(0, count - (chance.random() < 0.25) * chance.randint(0, 2))
            fields[name] = {"min": least, "max": max(least, count + (chance.random() < 0.25) * chance.randint(0, 3))}
    if chance.random() < 0.7:
        fields["text"] = _text(chance, event, kind, lang)
    return fields


def _where(chance: random.Random, event: Event) -> dict[str, object]:
    how = chance.random()
    off = chance.gauss(0, 1)
    wrong = 5 if chance.random() < 0.04 else 1
    if how < 0.45:  # by map or radio: what is stated is about what is true
        accuracy = chance.choice((100, 250, 500, 1000, 2000))
        lat, lon = _moved(chance, event, accuracy * 0.6 * wrong * abs(off))
        return {"place": {"lat": lat, "lon": lon, "accuracy": accuracy}}
    if how < 0.6:  # so far from a town, as somebody says it who heard it
        accuracy = chance.choice((3000, 5000))
        lat, lon = _moved(chance, event, accuracy * 0.5 * wrong * abs(off))
        return {"place": {"lat": lat, "lon": lon, "accuracy": accuracy}}
    size = chance.choices((1000, 10_000, 100_000), (70, 27, 3))[0]
    lat, lon = _moved(chance, event, 200 * abs(off))
    cell = grid_cell(lat, lon, size)
    return {"place_coarse": {"lat": cell.lat, "lon": cell.lon, "size": cell.size, "mgrs": cell.mgrs}}


def _moved(chance: random.Random, event: Event, metres: float) -> tuple[int, int]:
    bearing = chance.uniform(0, 2 * math.pi)
    lat = event.lat + metres * math.cos(bearing) / 111_195
    lon = event.lon + metres * math.sin(bearing) / 111_195 / math.cos(math.radians(event.lat))
    return round(lat * 1e7), round(lon * 1e7)


def _when(chance: random.Random, event: Event) -> dict[str, object]:
    how = chance.random()
    at = event.at + int(chance.gauss(0, 6) * MINUTE)
    if how < 0.05:  # a clock that is wrong
        at += chance.choice((-3, -1, 1, 3)) * HOUR
    if how < 0.75:
        at = at // (5 * MINUTE) * 5 * MINUTE
        lasts = chance.choice((None, None, 10 * MINUTE, 40 * MINUTE))
        return {"when": {"from": at, "to": None if lasts is None else at + lasts}, "when_precision": "minute"}
    if how < 0.93:
        hours = chance.choice((1, 1, 2, 6))
        start = at // (hours * HOUR) * hours * HOUR
        return {"when_coarse": {"from": start, "to": start + hours * HOUR}}
    start = (at + 3 * HOUR) // DAY * DAY - 3 * HOUR
    return {"when": {"from": start, "to": None}, "when_precision": "day"}


def _text(chance: random.Random, event: Event, kind: str, lang: str) -> str:
    names = event.town.names
    name = None if names is None else (names.ar if lang == "ar" else names.ckb)
    where = f"{chance.choice(NEAR[lang])} {name}" if name and chance.random() < 0.85 else ""
    number = str(chance.randint(2, 9)) if chance.random() < 0.3 else ""
    return " ".join(word for word in (SAID[lang][kind], where, number) if word)
