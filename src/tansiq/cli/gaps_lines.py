"""Answers about gaps as lines on a screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

LISTED: Final = 20


def of_answer(body: Mapping[str, Any]) -> list[str]:
    """An answer: what it is based on, how much lies open, its gaps by rank."""
    mark = "EXERCISE  " if body["exercise"] else ""
    grid = body["grid"]
    lines = [
        f"{mark}{body['area']}: {grid['rows']} × {grid['cols']} cells of {grid['cell']:g} m, "
        f"{len(body['hours'])} classes of hours"
    ]
    for party, counts in body["based_on"].items():
        told = ", ".join(f"{name} {count}" for name, count in counts.items() if count) or "nothing"
        lines.append(f"  {party}: {told}")
    if body["missing"]:
        lines.append(f"  missing: {', '.join(body['missing'])}")
    opened = [body["hours"][kind]["open_km2"] for kind in body["classes"]]
    unknown = [body["hours"][kind]["unknown_km2"] for kind in body["classes"]]
    lines.append(f"  open {min(opened):g} to {max(opened):g} km², unknown up to {max(unknown):g} km²")
    likely = body["expected"]
    if likely:
        week = likely["week"]
        lines.append(
            f"  under elevation error: {week['mean']:g} km² h a week open ({week['low']:g} to {week['high']:g}), "
            f"{likely['draws']} draws"
        )
    for gap in body["gaps"][:LISTED]:
        near = ", ".join(filter(None, (_near(party, one) for party, one in gap["nearest"].items())))
        depth = "-" if gap["depth_m"] is None else f"{gap['depth_m']} m"
        lines.append(
            f"{gap['rank']:>4}  {gap['id']:<14} {gap['area_km2']:>8.2f} km²  {gap['hours_per_week']:>5.1f} h/week  "
            f"deep {depth:>7}  incidents {gap['incidents']['count']}  {near}"
        )
    if len(body["gaps"]) > LISTED:
        lines.append(f"  and {len(body['gaps']) - LISTED} more")
    return [*lines, f"digest {body['digest']}"]


def _near(party: str, one: Mapping[str, Any]) -> str:
    """A party's nearest post and its help: on fast, usual and wet ground, `-` where it is not there in time."""
    said = [] if one["metres"] is None else [f"{one['metres']} m"]
    times = (one["times"] or {}).values()
    if any(seconds is not None for seconds in times):
        said.append(
            "/".join("-" if seconds is None else str(max(1, round(seconds / 60))) for seconds in times) + " min"
        )
    return f"{party} {' '.join(said)}" if said else ""


def of_clusters(body: Mapping[str, Any]) -> list[str]:
    """Clusters with what they rest on, and what their p-values are not."""
    mark = "EXERCISE  " if body["exercise"] else ""
    worlds = body["options"]["worlds"]
    lines = [
        f"{mark}{body['area']}: {body['incidents']} incidents from {body['first']} to {body['last']}, "
        f"{body['left_out']} left out, {worlds} shuffled worlds"
    ]
    for one in body["clusters"]:
        told = ", ".join(f"{party} {count}" for party, count in one["told_by"].items() if count)
        without = ", ".join(f"{party} {'-' if p is None else p}" for party, p in one["without"].items())
        lines.append(
            f"  p {one['p']:<6g}  {one['first']} to {one['last']}  {one['lat']:.4f}, {one['lon']:.4f}  "
            f"radius {one['radius_m'] / 1000:g} km  {one['seen']} seen, {one['expected']:g} expected  "
            f"told by {told}  p without: {without}"
        )
    if not body["clusters"]:
        lines.append("  no cluster")
    lines.append(
        f"  p is the share of quiet worlds with one as striking, never below {1 / (worlds + 1):g}; "
        "it is not the chance that the cluster is real, and names no cause"
    )
    return [*lines, f"digest {body['digest']}"]
