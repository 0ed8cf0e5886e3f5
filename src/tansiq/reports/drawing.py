"""Charts and maps as SVG of our own: bars, a time line, a calendar of cut-offs, a map with honest circles.

What a chart shows stands in the page as text and tables too. Drawn from the right where the page runs that way.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from html import escape
from typing import Final, Literal

from msgspec import Struct

from tansiq.reports.outlines import Outlines
from tansiq.reports.paper import clean

INK: Final = "#16263a"
QUIET: Final = "#5b6b7d"
RULE: Final = "#c9d2dc"
NOW: Final = "#1f4e79"
BEFORE: Final = "#b3c1cf"
GOOD: Final = "#1d6b45"
WATCH: Final = "#b9770e"
BAD: Final = "#a3282d"
WIDTH: Final = 640
FONT: Final = "Tansiq Drawing, TansiqLatin, TansiqArabic, sans-serif"
"""In PDF one face for both scripts: what sets drawings there leaves out or garbles a text whose letters lie in two
faces where one of them forms ligatures, such as lam-alef. In HTML those of the page, which browsers join rightly.
"""
METRES_A_DEGREE: Final = 111_320.0
E7: Final = 10_000_000


class Bar(Struct, frozen=True):
    """A row of bars: how much now, and before where that is known; `shown` is the figure in the page's digits."""

    label: str
    now: int
    shown: str
    before: int | None = None
    colour: str = NOW


class Mark(Struct, frozen=True):
    """A span on a time line (ms): from when owed until due, and a dot where it was fulfilled."""

    label: str
    start: int | None
    due: int | None
    done: int | None
    colour: str


class Day(Struct, frozen=True):
    """A field in the calendar of reports."""

    label: str
    colour: str
    filled: bool


class Hour(Struct, frozen=True):
    """A field in a strip of hours: which shares (0 to 1) of an area are open and not known."""

    open: float
    unknown: float


class Dot(Struct, frozen=True):
    """Something on a map: degrees × 10⁷, radius in which it lies (metres)."""

    lon: int
    lat: int
    accuracy: int
    colour: str = BAD
    label: str = ""
    shape: Literal["dot", "square"] = "dot"


class Sheet:
    """A drawing of one width whose start edge is left or right."""

    def __init__(self, height: float, *, mirrored: bool) -> None:
        self.height = height
        self.mirrored = mirrored
        self.parts: list[str] = []

    def x(self, at: float) -> float:
        """Where a distance from the start edge lies."""
        return WIDTH - at if self.mirrored else at

    def rect(self, at: float, y: float, width: float, height: float, fill: str, more: str = "") -> None:
        left = self.x(at + width) if self.mirrored else at
        self.parts.append(
            f'<rect x="{left:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{height:.1f}" fill="{fill}" {more}/>'
        )

    def frame(self, at: float, y: float, width: float, height: float) -> None:
        self.rect(at, y, width, height, "none", f'stroke="{QUIET}" stroke-width="0.6"')

    def line(self, at: float, y: float, to: float, to_y: float, colour: str = RULE) -> None:
        self.parts.append(
            f'<line x1="{self.x(at):.1f}" y1="{y:.1f}" x2="{self.x(to):.1f}" y2="{to_y:.1f}" stroke="{colour}"/>'
        )

    def circle(self, at: float, y: float, radius: float, fill: str, more: str = "") -> None:
        self.parts.append(f'<circle cx="{self.x(at):.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{fill}" {more}/>')

    def text(
        self, at: float, y: float, words: str, side: Literal["start", "end", "middle"] = "start",
        size: float = 12, colour: str = INK, *, strong: bool = False,
    ) -> None:  # fmt: skip
        anchor = {"start": "end", "end": "start", "middle": "middle"}[side] if self.mirrored else side
        # the drawing is laid out from left to right; each text keeps its own direction
        turned = f"\u2067{clean(words)}\u2069" if self.mirrored else clean(words)
        weight = ' font-weight="700"' if strong else ""
        self.parts.append(
            f'<text x="{self.x(at):.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{colour}"{weight}>'
            f"{escape(turned)}</text>"
        )

    def svg(self) -> str:
        """The drawing."""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {self.height:.0f}" width="{WIDTH}" '
            f'height="{self.height:.0f}" font-family="{FONT}" style="direction:ltr">{"".join(self.parts)}</svg>'
        )


def bars(rows: Sequence[Bar], *, mirrored: bool) -> str:
    """Bars of now, each over a thinner one of the time before."""
    step, room = 34, 220
    most = max([1, *(row.now for row in rows), *(row.before or 0 for row in rows)])
    sheet = Sheet(step * len(rows) + 6, mirrored=mirrored)
    for number, row in enumerate(rows):
        y = number * step + 5
        wide = (WIDTH - room - 70) / most
        sheet.text(room - 10, y + 15, row.label, "end")
        sheet.rect(room, y, max(row.now * wide, 1.5), 14, row.colour, 'rx="1.5"')
        if row.before is not None:
            sheet.rect(room, y + 16, max(row.before * wide, 1.5), 6, BEFORE, 'rx="1.5"')
        sheet.text(room + row.now * wide + 8, y + 12, row.shown, strong=True)
    sheet.line(room, 0, room, sheet.height)
    return sheet.svg()


def timeline(marks: Sequence[Mark], start: int, end: int, ticks: Sequence[tuple[int, str]], *, mirrored: bool) -> str:
    """Spans from when something is owed until it is due, a dot where it was kept; the end is the cut-off."""
    step, room = 24, 130
    span = max(end - start, 1)
    sheet = Sheet(step * len(marks) + 34, mirrored=mirrored)

    def place(at: int) -> float:
        return room + (WIDTH - room - 34) * min(max(at - start, 0), span) / span

    for at, words in ticks:
        sheet.line(place(at), 18, place(at), sheet.height - 8)
        sheet.text(place(at), 12, words, "middle", 10, QUIET)
    for number, mark in enumerate(marks):
        y = 26 + number * step
        sheet.text(room - 10, y + 12, mark.label, "end", 11)
        begins = start if mark.start is None else mark.start
        until = end if mark.due is None else mark.due
        sheet.rect(place(begins), y + 5, max(place(until) - place(begins), 2), 8, mark.colour, 'opacity="0.45" rx="2"')
        if mark.due is not None:
            sheet.line(place(mark.due), y, place(mark.due), y + 18, mark.colour)
        if mark.done is not None:
            sheet.circle(place(mark.done), y + 9, 5, mark.colour)
    sheet.line(place(end), 18, place(end), sheet.height - 8, INK)
    return sheet.svg()


def calendar(rows: Sequence[tuple[str, Sequence[Day]]], *, mirrored: bool) -> str:
    """A row of fields for each party: what was issued is full, a gap is an empty frame."""
    room, most = 220, max([1, *(len(days) for _, days in rows)])
    wide = min(46.0, (WIDTH - room - 10) / most)
    sheet = Sheet(len(rows) * 34 + 22, mirrored=mirrored)
    for number, (name, days) in enumerate(rows):
        y = 20 + number * 34
        sheet.text(room - 10, y + 18, name, "end")
        for place, day in enumerate(days):
            at = room + place * wide
            if number == 0:
                sheet.text(at + wide / 2 - 2, 12, day.label, "middle", 10, QUIET)
            fill = day.colour if day.filled else "none"
            sheet.rect(at, y, wide - 5, 26, fill, f'stroke="{day.colour}" stroke-width="1.6" rx="2"')
    return sheet.svg()


def strips(
    rows: Sequence[tuple[str, Sequence[Hour]]], ticks: Sequence[tuple[int, str]], *, mirrored: bool
) -> str:  # fmt: skip
    """A row of hours for each area: the redder, the more of it is covered by nobody; grey is not known."""
    room, step = 200, 26
    count = max([1, *(len(hours) for _, hours in rows)])
    wide = (WIDTH - room - 4) / count
    sheet = Sheet(step * len(rows) + 24, mirrored=mirrored)
    for at, words in ticks:
        sheet.line(room + at * wide, 15, room + at * wide, sheet.height - 4)
        sheet.text(room + at * wide + 3, 11, words, "start", 9.5, QUIET)
    for number, (name, hours) in enumerate(rows):
        y = 20 + number * step
        sheet.text(room - 8, y + 13, name, "end", 11)
        for place, hour in enumerate(hours):
            begins = room + place * wide
            sheet.rect(begins, y, wide + 0.1, 18, "#e4ebe6")
            for share, colour in ((hour.open, BAD), (hour.unknown, QUIET)):
                if share > 0:
                    sheet.rect(begins, y, wide + 0.1, 18, colour, f'fill-opacity="{min(0.12 + 0.88 * share, 1):.2f}"')
        sheet.frame(room, y, wide * len(hours), 18)
    return sheet.svg()


def map_of(
    dots: Sequence[Dot],
    rings: Iterable[Sequence[tuple[int, int]]],
    outlines: Outlines,
    language: str,
    *,
    mirrored: bool,
) -> str | None:
    """A map around what is on it, true to scale in its middle; None where nothing has a place.

    North is up in every language. A circle is as large as what is not known of the place.
    """
    shapes = [list(ring) for ring in rings]
    points = [(dot.lon / E7, dot.lat / E7) for dot in dots] + [
        (lon / E7, lat / E7) for ring in shapes for lon, lat in ring
    ]
    if not points:
        return None
    west, east, south, north, scale, height = _frame(points)
    sheet = Sheet(height, mirrored=False)

    def place(lon: float, lat: float) -> tuple[float, float]:
        return (lon - west) * scale * math.cos(math.radians((south + north) / 2)), (north - lat) * scale

    def path(line: Sequence[tuple[float, float]]) -> str:
        return "M" + "L".join("{:.1f} {:.1f}".format(*place(*point)) for point in line)

    box = (west, south, east, north)
    sheet.parts.append(f'<clipPath id="frame"><rect width="{WIDTH}" height="{height:.0f}"/></clipPath>')
    sheet.parts.append(f'<rect width="{WIDTH}" height="{height:.0f}" fill="#f6f4ee"/><g clip-path="url(#frame)">')
    for kind, colour, width in (("rivers", "#9dbdd6", 1.1), ("borders", "#8d8577", 1.2)):
        for line in getattr(outlines, kind):
            if _crosses(line, box):
                dashed = ' stroke-dasharray="5 3"' if kind == "borders" else ""
                sheet.parts.append(
                    f'<path d="{path(line)}" fill="none" stroke="{colour}" stroke-width="{width}"{dashed}/>'
                )
    for ring in shapes:
        line = [(lon / E7, lat / E7) for lon, lat in ring]
        sheet.parts.append(
            f'<path d="{path(line)}Z" fill="{NOW}" fill-opacity="0.07" stroke="{NOW}" stroke-width="0.8"/>'
        )

    def words(x: float, y: float, text: str, size: float, colour: str, anchor: str) -> None:
        turned = f"\u2067{clean(text)}\u2069" if mirrored else clean(text)
        sheet.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{colour}">'
            f"{escape(turned)}</text>"
        )

    for town in outlines.towns_within(box, 14):
        x, y = place(town.lon, town.lat)
        sheet.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="1.8" fill="{QUIET}"/>')
        words(x, y - 5, town.name(language), 10.5, QUIET, "middle")
    for dot in dots:
        x, y = place(dot.lon / E7, dot.lat / E7)
        at, fill = f'cx="{x:.1f}" cy="{y:.1f}"', f'fill="{dot.colour}"'
        radius = dot.accuracy / METRES_A_DEGREE * scale
        if radius > 3:
            edge = f'fill-opacity="0.13" stroke="{dot.colour}" stroke-width="0.7"'
            sheet.parts.append(f'<circle {at} r="{radius:.1f}" {fill} {edge}/>')
        if dot.shape == "square":
            sheet.parts.append(f'<rect x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8" {fill} stroke="#fff"/>')
        else:
            sheet.parts.append(f'<circle {at} r="3.4" {fill} stroke="#fff" stroke-width="0.8"/>')
        if dot.label:
            words(x, y + 16, dot.label, 10.5, INK, "middle")
    sheet.parts.append(
        f'</g><rect x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1:.0f}" fill="none" stroke="{RULE}"/>'
    )
    _scale_bar(sheet, scale, height)
    return sheet.svg()


def _frame(points: Sequence[tuple[float, float]]) -> tuple[float, float, float, float, float, float]:
    """West, east, south, north (degrees), units a degree of latitude, and the height of the drawing."""
    lons, lats = [point[0] for point in points], [point[1] for point in points]
    middle = (min(lats) + max(lats)) / 2
    narrow = math.cos(math.radians(middle))
    wide, tall = max(max(lons) - min(lons), 0.5) * 1.25, max(max(lats) - min(lats), 0.35) * 1.3
    tall = max(tall, wide * narrow * 0.5)
    wide = max(wide, tall / narrow * 1.7)
    west, south = (min(lons) + max(lons) - wide) / 2, middle - tall / 2
    scale = WIDTH / (wide * narrow)
    return west, west + wide, south, south + tall, scale, tall * scale


def _crosses(line: Sequence[tuple[float, float]], box: tuple[float, float, float, float]) -> bool:
    west, south, east, north = box
    lons, lats = [point[0] for point in line], [point[1] for point in line]
    return min(lons) <= east and max(lons) >= west and min(lats) <= north and max(lats) >= south


def _scale_bar(sheet: Sheet, scale: float, height: float) -> None:
    """A bar of a round number of kilometres."""
    kilometres = next(
        (one for one in (200, 100, 50, 20, 10, 5, 2, 1) if one * 1000 / METRES_A_DEGREE * scale < WIDTH / 4), 1
    )
    long = kilometres * 1000 / METRES_A_DEGREE * scale
    sheet.parts.append(f'<rect x="14" y="{height - 16:.1f}" width="{long:.1f}" height="3" fill="{INK}"/>')
    sheet.parts.append(f'<text x="14" y="{height - 21:.1f}" font-size="10" fill="{INK}">{kilometres} km</text>')
