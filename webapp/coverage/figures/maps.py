"""Where the parts of a region lie on its map: cells where shapes were brought, otherwise circles at the centroids.

The outlines themselves come from `/peta/<kode>.svg`, which browsers keep; the page only says which class each has.
A region without a map of its own is shown as the part of its kabupaten's map that it covers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import cos, radians, sqrt
from typing import Any

from sqlalchemy import select

from webapp.coverage.figures.regions import Overview, Part
from webapp.places.figures.shapes import CELL, COLUMNS, OUTLINE, version_of
from webapp.places.models import Shape
from webapp.plumbing.database import db

WIDTH = 360  # units of the drawing, about a phone's pixels
LEAST, MOST = 120, 420  # its height
EDGE = 20
VILLAGES = 120  # more than these are not drawn one by one
SMALL, LARGE = 4.0, 17.0  # radius of a circle
SIGN = re.compile(r"[A-Za-z]|-?\d+(?:\.\d+)?")
Drawn = Any  # a row: map_code, code, kind, path, label_x, label_y, width, height, scheme
Rows = Sequence[Drawn]
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Spot:
    """One shape or circle: `part` gives its class; x, y and r only where it is a circle."""

    part: Part
    x: int = 0
    y: int = 0
    r: int = 0


@dataclass(frozen=True)
class Group:
    """A direct child with what is drawn of it; x and y are the middle of its numbered disc."""

    part: Part
    spots: Sequence[Spot]
    x: int
    y: int
    outlined: bool = False


@dataclass(frozen=True)
class Drawing:
    """The map of a region. `map_code` names the file of shapes, empty where circles are drawn."""

    groups: Sequence[Group]
    width: int
    height: int
    map_code: str = ""
    version: str = ""
    scheme: bool = False
    moved: str = ""  # the transform of a detail

    @property
    def file(self) -> str:
        """The address of the shapes."""
        return f"/peta/{self.map_code}.svg?v={self.version}"

    @property
    def drawn(self) -> Sequence[Part]:
        """What the legend counts."""
        return [spot.part for group in self.groups for spot in group.spots]

    @property
    def counts(self) -> Counter[str | int]:
        """How many of what is drawn stand on each step of the scale."""
        return Counter(part.share.step for part in self.drawn)


def drawing(seen: Overview) -> Drawing | None:
    """The map of this overview, or None where nothing can be drawn. One statement."""
    few = seen.villages if 0 < len(seen.villages) <= VILLAGES else seen.parts
    rows, detail = _rows(seen)
    cells = {row.code for row in rows if row.kind == CELL}
    for shown in (seen.kabupaten, few, seen.parts):
        if any(part.code in cells for part in shown):
            return _of_shapes(seen, shown, rows, detail=detail)
    return _of_circles(seen, few)


def _rows(seen: Overview) -> tuple[Rows, bool]:
    """The region's own map, else that of its kabupaten and whether it is only a detail of it."""
    kota = ".".join(seen.code.split(".")[:2])
    found = select(Shape.map_code, *COLUMNS).where(Shape.map_code.in_({seen.code, kota}))
    rows: Rows = db.session.execute(found.order_by(Shape.kind, Shape.code)).all()
    own = [row for row in rows if row.map_code == seen.code]
    return own or rows, not own


def _of_shapes(seen: Overview, shown: Sequence[Part], rows: Rows, *, detail: bool) -> Drawing:
    wanted = {part.code for part in shown}
    cells = {row.code: row for row in rows if row.kind == CELL and row.code in wanted}
    outlines = {row.code: row for row in rows if row.kind == OUTLINE}
    view = _view(list(cells.values()), rows[0], detail=detail)
    groups = []
    for part in seen.parts:
        inside = [Spot(one) for one in shown if one.code in cells and _is_in(one.code, part.code)]
        if inside:
            at = _label(outlines.get(part.code) or cells.get(part.code))
            middle = at or _middle([cells[spot.part.code] for spot in inside])
            groups.append(Group(part, inside, *view.place(*middle), outlined=part.code in outlines))
    return Drawing(
        groups,
        WIDTH if detail else rows[0].width,
        view.height,
        map_code=rows[0].map_code,
        version=version_of(rows),
        scheme=rows[0].scheme,
        moved=view.transform if detail else "",
    )


@dataclass(frozen=True)
class _View:
    """What of a map is seen: `left` and `top` in its units, then `scale`; `height` in units of the page."""

    scale: float
    left: float
    top: float
    height: int

    def place(self, x: float, y: float) -> tuple[int, int]:
        """A point of the map in units of the page."""
        return round((x - self.left) * self.scale), round((y - self.top) * self.scale)

    @property
    def transform(self) -> str:
        """The same for all shapes at once, in the words of SVG."""
        return f"scale({self.scale:.3g})translate({-self.left:.0f} {-self.top:.0f})"


def _view(cells: Rows, first: Drawn, *, detail: bool) -> _View:
    """The whole map, or a detail of it as wide as the page."""
    if not detail:
        return _View(1.0, 0.0, 0.0, first.height)
    boxes = [box_of(cell.path) for cell in cells]
    left, top = min(b[0] for b in boxes) - 2, min(b[1] for b in boxes) - 2
    right, bottom = max(b[2] for b in boxes) + 2, max(b[3] for b in boxes) + 2
    scale = min(WIDTH / (right - left), MOST / (bottom - top))
    left -= (WIDTH / scale - (right - left)) / 2
    return _View(scale, left, top, round((bottom - top) * scale))


def box_of(path: str) -> Box:
    """Left, top, right and bottom of an SVG path of straight lines (M, L, H, V, Z and their relative twins)."""
    xs, ys = zip(*_corners(path), strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _corners(path: str) -> Iterator[tuple[float, float]]:
    x = y = start_x = start_y = 0.0
    command = "M"
    waiting: list[float] = []
    for sign in SIGN.findall(path):
        if sign.isalpha():
            command, waiting = sign, []
            if sign in "Zz":
                x, y = start_x, start_y
            continue
        waiting.append(float(sign))
        if command in "HhVv":
            step = waiting.pop()
            if command in "Hh":
                x = step + (x if command == "h" else 0)
            else:
                y = step + (y if command == "v" else 0)
            yield x, y
        elif len(waiting) == 2:
            relative = command.islower()
            x, y = waiting[0] + x * relative, waiting[1] + y * relative
            waiting = []
            if command in "Mm":
                start_x, start_y, command = x, y, "l" if relative else "L"
            yield x, y


def _of_circles(seen: Overview, shown: Sequence[Part]) -> Drawing | None:
    placed = [part for part in shown if part.lat is not None and part.lng is not None]
    if len(placed) < 2:
        return None  # one circle says nothing that the table does not
    at, height = _projection(placed)
    most = max(part.numbers.stations for part in placed) or 1

    def spot(part: Part) -> Spot:
        x, y = at(part)
        share = part.numbers.stations / most
        return Spot(part, x, y, round(max(SMALL, LARGE * sqrt(share))))

    groups = []
    for part in seen.parts:
        spots = [spot(one) for one in placed if _is_in(one.code, part.code)]
        spots.sort(key=lambda one: -one.r)
        if spots:
            x = sum(one.x for one in spots) // len(spots)
            y = sum(one.y for one in spots) // len(spots)
            groups.append(Group(part, spots, x, y))
    return Drawing(groups, WIDTH, height)


def _projection(placed: Sequence[Part]) -> tuple[Callable[[Part], tuple[int, int]], int]:
    """How degrees become units, and the height; a degree of longitude is shorter away from the equator."""
    lats = [part.lat or 0.0 for part in placed]
    lngs = [part.lng or 0.0 for part in placed]
    narrow = cos(radians(sum(lats) / len(lats)))
    wide = max((max(lngs) - min(lngs)) * narrow, 1e-4)
    high = max(max(lats) - min(lats), 1e-4)
    scale = min((WIDTH - 2 * EDGE) / wide, (MOST - 2 * EDGE) / high)
    height = max(LEAST, round(high * scale + 2 * EDGE))
    left = (WIDTH - wide * scale) / 2
    top = (height - high * scale) / 2

    def at(part: Part) -> tuple[int, int]:
        x = left + ((part.lng or 0.0) - min(lngs)) * narrow * scale
        y = top + (max(lats) - (part.lat or 0.0)) * scale
        return round(x), round(y)

    return at, height


def _label(shape: Drawn | None) -> tuple[float, float] | None:
    if shape is None or shape.label_x is None or shape.label_y is None:
        return None
    return shape.label_x, shape.label_y


def _middle(shapes: Sequence[Drawn]) -> tuple[float, float]:
    labels = [label for label in map(_label, shapes) if label] or [(0.0, 0.0)]
    return sum(x for x, _y in labels) / len(labels), sum(y for _x, y in labels) / len(labels)


def _is_in(code: str, part: str) -> bool:
    return code == part or code.startswith(f"{part}.")
