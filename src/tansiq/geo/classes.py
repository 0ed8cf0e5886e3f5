"""What a road, a barrier, a settlement or a piece of ground is, read from the attributes that maps carry.

Recognised are the tags of OpenStreetMap (`highway`, `surface`, `bridge`, `barrier`, `waterway`, `natural`, `landuse`,
`place`), as columns of their own, in `other_tags`, or in the columns `fclass`, `class` and `type` of common extracts.
Anything else that a file says about a feature is not kept: a layer says where a road is, not who lives on it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import IntEnum
from typing import Final

Attributes = Mapping[str, str]


class Road(IntEnum):
    """How fast a road is by its build; the speed of each is the business of whoever drives on it."""

    UNKNOWN = 0
    MOTORWAY = 1
    TRUNK = 2
    PRIMARY = 3
    SECONDARY = 4
    TERTIARY = 5
    LOCAL = 6
    TRACK = 7
    PATH = 8


class Surface(IntEnum):
    """What lies under the wheels."""

    UNKNOWN = 0
    PAVED = 1
    UNPAVED = 2


class Barrier(IntEnum):
    """What stops whoever would cross it."""

    UNKNOWN = 0
    WALL = 1
    FENCE = 2
    DITCH = 3
    EMBANKMENT = 4
    RIVER = 5
    CANAL = 6
    STREAM = 7
    WATER = 8
    CLIFF = 9


class Settlement(IntEnum):
    """How large a settlement is."""

    UNKNOWN = 0
    CITY = 1
    TOWN = 2
    VILLAGE = 3
    HAMLET = 4


class Cover(IntEnum):
    """What the ground is covered with: the codes of ESA WorldCover (2021 product manual, table 2); 0 is not known."""

    UNKNOWN = 0
    TREES = 10
    SHRUB = 20
    GRASS = 30
    CROPS = 40
    BUILT = 50
    BARE = 60
    SNOW = 70
    WATER = 80
    WETLAND = 90
    MANGROVES = 95
    MOSS = 100


ROADS: Final[Mapping[str, Road]] = {
    "motorway": Road.MOTORWAY,
    "trunk": Road.TRUNK,
    "primary": Road.PRIMARY,
    "secondary": Road.SECONDARY,
    "tertiary": Road.TERTIARY,
    **dict.fromkeys(("unclassified", "residential", "living_street", "service", "road", "local"), Road.LOCAL),
    "track": Road.TRACK,
    **dict.fromkeys(("path", "footway", "bridleway", "steps", "cycleway", "pedestrian"), Road.PATH),
}
SURFACES: Final[Mapping[str, Surface]] = {
    **dict.fromkeys(
        ("paved", "asphalt", "concrete", "concrete:plates", "paving_stones", "sett", "chipseal", "cobblestone"),
        Surface.PAVED,
    ),
    **dict.fromkeys(
        ("unpaved", "gravel", "fine_gravel", "compacted", "dirt", "earth", "ground", "sand", "mud", "pebblestone"),
        Surface.UNPAVED,
    ),
}
BARRIERS: Final[Mapping[str, Barrier]] = {
    **dict.fromkeys(("wall", "city_wall", "retaining_wall", "jersey_barrier", "block"), Barrier.WALL),
    **dict.fromkeys(("fence", "guard_rail", "hedge", "wire_fence"), Barrier.FENCE),
    **dict.fromkeys(("ditch", "trench", "drain"), Barrier.DITCH),
    **dict.fromkeys(("embankment", "berm", "earth_bank", "dyke"), Barrier.EMBANKMENT),
    **dict.fromkeys(("river", "riverbank"), Barrier.RIVER),
    "canal": Barrier.CANAL,
    **dict.fromkeys(("stream", "wadi"), Barrier.STREAM),
    **dict.fromkeys(("water", "lake", "reservoir", "dam"), Barrier.WATER),
    "cliff": Barrier.CLIFF,
}
SETTLEMENTS: Final[Mapping[str, Settlement]] = {
    **dict.fromkeys(("city", "national_capital"), Settlement.CITY),
    **dict.fromkeys(("town", "suburb", "subdistrict"), Settlement.TOWN),
    **dict.fromkeys(("village", "neighbourhood"), Settlement.VILLAGE),
    **dict.fromkeys(("hamlet", "isolated_dwelling", "farm"), Settlement.HAMLET),
}
COVERS: Final[Mapping[str, Cover]] = {
    **dict.fromkeys(("forest", "wood", "trees", "orchard"), Cover.TREES),
    **dict.fromkeys(("scrub", "shrub", "heath", "vineyard"), Cover.SHRUB),
    **dict.fromkeys(("grass", "grassland", "meadow", "village_green"), Cover.GRASS),
    **dict.fromkeys(("farmland", "crops", "cropland", "farmyard", "allotments", "farm"), Cover.CROPS),
    **dict.fromkeys(("residential", "industrial", "commercial", "retail", "built", "military"), Cover.BUILT),
    **dict.fromkeys(("bare", "bare_rock", "sand", "scree", "desert", "quarry", "shingle"), Cover.BARE),
    **dict.fromkeys(("snow", "glacier"), Cover.SNOW),
    **dict.fromkeys(("water", "reservoir", "basin", "lake", "river", "riverbank"), Cover.WATER),
    **dict.fromkeys(("wetland", "marsh"), Cover.WETLAND),
    "mangroves": Cover.MANGROVES,
    "moss": Cover.MOSS,
}
COVERS_BY_CODE: Final = {str(int(one)): one for one in Cover}

ROAD_KEYS: Final = ("highway", "road_class", "fclass", "class", "type")
BARRIER_KEYS: Final = ("barrier", "waterway", "natural", "man_made", "fclass", "class", "type")
SETTLEMENT_KEYS: Final = ("place", "fclass", "class", "type", "kind")
COVER_KEYS: Final = ("landcover", "natural", "landuse", "fclass", "class", "code", "type")
OTHER_TAGS: Final = "other_tags"
READ: Final = frozenset(
    (*ROAD_KEYS, *BARRIER_KEYS, *SETTLEMENT_KEYS, *COVER_KEYS, OTHER_TAGS, "surface", "bridge", "population", "name")
)
"""Every attribute that is looked at; of the others only the names are reported."""

_TAG: Final = re.compile(r'"([a-z_:]{1,40})"=>"([^"\\]{0,200})"')
_NO: Final = frozenset(("", "no", "f", "false", "0", "none"))


def flattened(attributes: Attributes) -> dict[str, str]:
    """Attributes in lower case, those of `other_tags` beside them."""
    found = {name.lower(): value.strip() for name, value in attributes.items()}
    for name, value in _TAG.findall(found.pop(OTHER_TAGS, "")):
        found.setdefault(name, value)
    return found


def _first(attributes: Attributes, keys: tuple[str, ...]) -> str | None:
    """The value of the first of these attributes that says anything; None where none does."""
    return next((attributes[key].lower() for key in keys if attributes.get(key)), None)


def road(attributes: Attributes) -> tuple[Road, Surface, bool] | None:
    """Class, surface and whether it is a bridge; None where the feature states that it is no road."""
    said = _first(attributes, ROAD_KEYS)
    if said is None and any(attributes.get(key) for key in ("waterway", "barrier", "railway", "natural")):
        return None
    kind = ROADS.get((said or "").removesuffix("_link"), Road.UNKNOWN)
    surface = SURFACES.get(attributes.get("surface", "").lower(), Surface.UNKNOWN)
    return kind, surface, attributes.get("bridge", "").lower() not in _NO


def barrier(attributes: Attributes) -> Barrier | None:
    """What stops one; None where the feature states that it is a road."""
    for key in BARRIER_KEYS:
        kind = BARRIERS.get(attributes.get(key, "").lower())
        if kind is not None:
            return kind
    return None if attributes.get("highway") else Barrier.UNKNOWN


def settlement(attributes: Attributes) -> tuple[Settlement, int]:
    """How large, and how many people it is said to have (-1 where that is not stated)."""
    kind = SETTLEMENTS.get(_first(attributes, SETTLEMENT_KEYS) or "", Settlement.UNKNOWN)
    people = re.fullmatch(r"([0-9]{1,8})(?:\.0*)?", attributes.get("population", "").replace(",", ""))
    return kind, int(people[1]) if people else -1


def cover(attributes: Attributes) -> Cover:
    """What the ground is covered with, by name or by its code in ESA WorldCover."""
    for key in COVER_KEYS:
        said = attributes.get(key, "").lower()
        kind = COVERS.get(said) or COVERS_BY_CODE.get(said.removesuffix(".0"))
        if kind is not None:
            return kind
    return Cover.UNKNOWN
