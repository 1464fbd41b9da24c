"""From boundaries in degrees to paths of whole numbers that a phone can draw. Needs the extra `geo` (shapely).

Neighbours share their edges to the last point: the boundaries are made a clean coverage first, simplified
together, and rounded to the same grid. What is too small to be seen becomes a dot, so that no region is lost.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

WIDTH, NATION_WIDTH = 360, 540  # the country is wide and low: on a large screen it needs the finer grid
TALLEST = 1.4  # height of a map in its widths; a longer one is drawn smaller
EDGE = 4  # units left free around the map
FINE = 0.9  # units: how far a simplified edge may stray
GAP = 0.5  # units: narrower gaps between neighbours are closed
SPECK = 2.0  # square units: smaller islands of a region are left away
FRAME = 0.002  # of the whole area: parts that decide how far the map reaches
DOT = (-3, -1), (-1, -3), (1, -3), (3, -1), (3, 1), (1, 3), (-1, 3), (-3, 1)
Point = tuple[int, int]
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Drawn:
    """One path of a map, with the point inside that is farthest from its edge."""

    code: str
    kind: str
    path: str
    label: Point


@dataclass(frozen=True)
class Sheet:
    """One map: what is drawn, and how large its view box is. `mended`: boundaries that did not fit their neighbours."""

    drawn: Sequence[Drawn]
    width: int
    height: int
    mended: int


def draw(shapes: Mapping[str, Any], outlines: Mapping[str, Iterable[str]], width: int = WIDTH) -> Sheet:
    """Draw `shapes` (code to geometry in degrees); `outlines` names the cells that a line goes around."""
    codes = sorted(shapes)
    view = _View([shapes[code] for code in codes], width)
    mended, cells = _covering([view.project(shapes[code]) for code in codes])
    simple = dict(zip(codes, shapely.coverage_simplify(cells, FINE), strict=True))
    drawn = [_cell(code, simple[code], view) for code in codes]
    around = {
        code: shapely.coverage_union_all([simple[one] for one in inside]) for code, inside in outlines.items()
    }
    drawn += [_outline(code, shape) for code, shape in sorted(around.items()) if _path(shape)]
    return Sheet(drawn, width, view.height, mended)


class _View:
    """Where degrees come to stand in the view box: flat enough for one country near the equator."""

    def __init__(self, shapes: Sequence[BaseGeometry], width: int) -> None:
        self.west, south, east, self.north = _frame(shapes)
        self.narrow = math.cos(math.radians((south + self.north) / 2))
        wide, high = (east - self.west) * self.narrow, self.north - south
        inner = width - 2 * EDGE
        self.scale = min(inner / max(wide, 1e-6), (TALLEST * width - 2 * EDGE) / max(high, 1e-6))
        self.left = (width - wide * self.scale) / 2
        self.width, self.height = width, math.ceil(high * self.scale) + 2 * EDGE

    def project(self, shape: BaseGeometry) -> BaseGeometry:
        """Degrees to units of the view box, y down."""

        def move(points: Any) -> Any:
            points = points.copy()
            points[:, 0] = (points[:, 0] - self.west) * self.narrow * self.scale + self.left
            points[:, 1] = (self.north - points[:, 1]) * self.scale + EDGE
            return points

        return shapely.make_valid(shapely.transform(shapely.force_2d(shape), move), method="structure")

    def inside(self, x: float, y: float) -> Point:
        """The point, or the nearest one where a dot can be seen."""
        return (
            round(min(max(x, EDGE), self.width - EDGE)),
            round(min(max(y, EDGE), self.height - EDGE)),
        )


def _frame(shapes: Sequence[BaseGeometry]) -> Box:
    """The box around all that is large enough to be seen; far islets stand as dots at its edge."""
    parts = shapely.get_parts(shapely.union_all(shapely.make_valid(shapes, method="structure")))
    areas = shapely.area(parts)
    boxes = shapely.bounds(parts[areas >= FRAME * areas.sum()])
    west, south = boxes[:, 0].min(), boxes[:, 1].min()
    return float(west), float(south), float(boxes[:, 2].max()), float(boxes[:, 3].max())


def _covering(cells: list[BaseGeometry]) -> tuple[int, Any]:
    """The cells as a coverage whose neighbours share their edges, and how many did not."""
    if shapely.coverage_is_valid(cells):
        return 0, cells
    mended = sum(not edges.is_empty for edges in shapely.coverage_invalid_edges(cells))
    return mended, shapely.coverage_clean(cells, gap_width=GAP)  # type: ignore[attr-defined]


def _cell(code: str, shape: BaseGeometry, view: _View) -> Drawn:
    path = _path(shape, view)
    if path:
        return Drawn(code, "cell", path, _label(shape))
    x, y = view.inside(shape.centroid.x, shape.centroid.y) if not shape.is_empty else view.inside(0, 0)
    return Drawn(code, "cell", _ring([(x + dx, y + dy) for dx, dy in DOT]), (x, y))


def _outline(code: str, shape: BaseGeometry) -> Drawn:
    return Drawn(code, "outline", _path(shape), _label(shape))


def _label(shape: BaseGeometry) -> Point:
    """The middle of the largest circle inside the largest part."""
    largest = max(shapely.get_parts(shape), key=lambda part: part.area)
    x, y = shapely.get_coordinates(shapely.maximum_inscribed_circle(largest, tolerance=0.5))[0]
    return round(x), round(y)


def _path(shape: BaseGeometry, view: _View | None = None) -> str:
    """The rings that can be seen, as one SVG path; empty when none can."""
    polygons = [one for one in shapely.get_parts(shape) if one.geom_type == "Polygon" and one.area >= SPECK]
    if view is not None:
        polygons = [one for one in polygons if _is_seen(one, view)]
    rings = [ring for one in polygons for ring in (one.exterior, *one.interiors)]
    return "".join(_ring([(round(x), round(y)) for x, y in ring.coords]) for ring in rings)


def _is_seen(polygon: BaseGeometry, view: _View) -> bool:
    west, north, east, south = polygon.bounds
    return east > 0 and south > 0 and west < view.width and north < view.height


def _ring(points: Sequence[Point]) -> str:
    """A closed ring in relative whole steps; what rounding made into a line is nothing."""
    corners = _corners(points)
    if len(corners) < 3:
        return ""
    steps = [_step(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(corners)]
    return f"M{corners[0][0]} {corners[0][1]}{_joined(steps)}z"


def _corners(points: Sequence[Point]) -> list[Point]:
    """Without repeated points and without those that lie on a straight line between their neighbours."""
    kept: list[Point] = []
    for point in points:
        if kept and point == kept[-1]:
            continue
        while len(kept) >= 2 and _straight(kept[-2], kept[-1], point):
            kept.pop()
        kept.append(point)
    if len(kept) > 1 and kept[0] == kept[-1]:
        kept.pop()
    return kept


def _straight(a: Point, b: Point, c: Point) -> bool:
    return (b[0] - a[0]) * (c[1] - a[1]) == (b[1] - a[1]) * (c[0] - a[0])


def _step(dx: int, dy: int) -> tuple[str, str]:
    if dy == 0:
        return "h", str(dx)
    if dx == 0:
        return "v", str(dy)
    return "l", f"{dx}{'' if dy < 0 else ' '}{dy}"


def _joined(steps: Iterable[tuple[str, str]]) -> str:
    """The letter only where it changes, a blank only where no minus parts the numbers."""
    said, before = "", ""
    for letter, numbers in steps:
        if letter != before:
            said += letter
        elif not numbers.startswith("-"):
            said += " "
        said, before = said + numbers, letter
    return said
