"""An answer as a file: GeoPackage, GeoJSON, CSV, PNG. An exercise is marked in every one of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
import pyogrio.raw
import shapely

from tansiq.errors import MalformedInput
from tansiq.gaps import picture
from tansiq.gaps.answer import Answer
from tansiq.gaps.mobility import CONDITIONS

ENDINGS: Final = (".gpkg", ".geojson", ".csv", ".png")
EXERCISE: Final = "EXERCISE"


def check_ending(path: Path) -> None:
    """Refuse (`gaps.bad_ending`) a name whose ending is none of ours, before anything is computed."""
    if path.suffix.lower() not in ENDINGS:
        raise MalformedInput("gaps.bad_ending", path=path.name[:80])


def write(path: Path, answer: Answer, body: Mapping[str, Any], gaps: Sequence[Mapping[str, Any]], hour: int) -> None:
    """Write the gaps of an answer (`body` as of `as_json`), or for PNG the class of one hour of the week."""
    check_ending(path)
    exercise = bool(body["exercise"])
    ending = path.suffix.lower()
    if ending == ".png":
        warp = picture.Warp(answer.grid)
        pixels = picture.colours(answer, int(answer.number[hour]), warp)
        path.write_bytes(picture.png(pixels, EXERCISE if exercise else ""))
        return
    rows = [_row(gap, body, exercise) for gap in gaps]
    if ending == ".csv":
        path.write_text(_csv(rows, _columns(body)), encoding="utf-8", newline="")
    elif ending == ".geojson":
        with path.open("wb") as file:
            file.writelines(_collection(rows, gaps, body, exercise))
    else:
        _geopackage(path, rows, gaps, _columns(body), exercise)


def _columns(body: Mapping[str, Any]) -> list[str]:
    columns = ["exercise", "rank", "id", "band", "area_km2", "hours_per_week", "hours", "depth_m"]
    columns += ["exposure", "area_hours", "rate", "rate_low", "rate_high", "incidents", "found"]
    columns += ["watched_km2_h", "found_rate", "found_rate_low", "found_rate_high"]
    columns += ["settlements", "roads_km", "at_stake", "trend_km2_h"]
    columns += ["expected_km2_h", "expected_low", "expected_high"]
    for party in body["parties"]:
        columns += [f"near_{party}", f"near_{party}_m", f"near_{party}_s", f"rank_without_{party}"]
        columns += [f"near_{party}_s_{condition}" for condition in CONDITIONS]
    return [*columns, "based_on", "missing", "engine", "digest"]


def _row(gap: Mapping[str, Any], body: Mapping[str, Any], exercise: bool) -> dict[str, Any]:
    row: dict[str, Any] = {name: gap[name] for name in ("rank", "id", "band", "area_km2", "hours_per_week", "hours")}
    row |= {name: gap[name] for name in ("depth_m", "exposure", "settlements", "roads_km")}
    row |= {"exercise": EXERCISE if exercise else "", "trend_km2_h": gap["trend"], **gap["parts"]}
    found = gap["incidents"]
    row |= {"rate": found["rate"], "rate_low": found["low"], "rate_high": found["high"]}
    row |= {"incidents": found["count"], "found": found["found"]}
    rate = found["found_rate"] or {}
    row |= {"watched_km2_h": found["watched_km2_hours"], "found_rate": rate.get("mean")}
    row |= {"found_rate_low": rate.get("low"), "found_rate_high": rate.get("high")}
    likely = (gap["expected"] or {"week": {}})["week"]
    row |= {
        "expected_km2_h": likely.get("mean"),
        "expected_low": likely.get("low"),
        "expected_high": likely.get("high"),
    }
    for party in body["parties"]:
        near = gap["nearest"][party]
        row |= {f"near_{party}": near["ref"], f"near_{party}_m": near["metres"], f"near_{party}_s": near["seconds"]}
        row |= {f"rank_without_{party}": gap["rank_without"][party]}
        row |= {f"near_{party}_s_{one}": (near["times"] or {}).get(one) for one in CONDITIONS}
    row |= {
        "based_on": "; ".join(
            f"{party}: " + ", ".join(f"{name} {count}" for name, count in counts.items() if count)
            for party, counts in body["based_on"].items()
        ),
        "missing": ", ".join(body["missing"]),
        "engine": body["engine"],
        "digest": body["digest"],
    }
    return row


def _csv(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns)
    writer.writeheader()
    writer.writerows({name: _plain(row[name]) for name in columns} for row in rows)
    return out.getvalue()


def _plain(value: Any) -> Any:
    """A text that a spreadsheet would run as a formula is told apart by a quote."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@") else value


def _collection(
    rows: Sequence[Mapping[str, Any]], gaps: Sequence[Mapping[str, Any]], body: Mapping[str, Any], exercise: bool
) -> Iterator[bytes]:
    """A FeatureCollection, a line for each gap: the outlines of a country are never all text at once."""
    head = {
        "type": "FeatureCollection",
        "exercise": EXERCISE if exercise else "",
        **{name: body[name] for name in ("digest", "engine", "area", "at", "parties", "based_on", "missing")},
        "parameters": body["parameters"],
        "hours": body["hours"],
    }
    yield msgspec.json.encode(head)[:-1] + b',"features":['
    for number, (gap, row) in enumerate(zip(gaps, rows, strict=True)):
        feature = {"type": "Feature", "id": gap["id"], "geometry": gap["polygon"], "properties": row}
        yield (b",\n" if number else b"\n") + msgspec.json.encode(feature)
    yield b"\n]}\n"


def _geopackage(
    path: Path,
    rows: Sequence[Mapping[str, Any]],
    gaps: Sequence[Mapping[str, Any]],
    columns: Sequence[str],
    exercise: bool,
) -> None:
    shapes = [shapely.geometry.shape(gap["polygon"]) for gap in gaps]
    whole = [one if one.geom_type == "MultiPolygon" else shapely.MultiPolygon([one]) for one in shapes]
    kinds = _kinds(columns)
    path.unlink(missing_ok=True)
    pyogrio.raw.write(
        str(path),
        shapely.to_wkb(np.array(whole, object)),
        [_array([row[name] for row in rows], kinds[name]) for name in columns],
        list(columns),
        layer="EXERCISE_gaps" if exercise else "gaps",
        driver="GPKG",
        geometry_type="MultiPolygon",
        crs="EPSG:4326",
    )


TEXTS: Final = frozenset(("exercise", "id", "band", "hours", "based_on", "missing", "engine", "digest"))
COUNTS: Final = frozenset(("rank", "incidents", "found", "settlements"))


def _kinds(columns: Sequence[str]) -> dict[str, type]:
    """The same type for a column in every file, whatever its rows hold. A missing number is NaN, so most are floats."""
    found: dict[str, type] = {}
    for name in columns:
        is_ref = name.startswith("near_") and not name.endswith(("_m", "_s"))
        counts = name in COUNTS or name.startswith("rank_without_")
        found[name] = str if name in TEXTS or is_ref else int if counts else float
    return found


def _array(values: Sequence[Any], kind: type) -> Any:
    if kind is str:
        return np.array([None if value is None else str(value) for value in values], object)
    if kind is int:
        return np.array([int(value) for value in values], np.int64)
    return np.array([np.nan if value is None else float(value) for value in values], np.float64)
