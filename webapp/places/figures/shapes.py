"""Maps: the outlines that a browser keeps, and where regions without outlines stand.

A page names each shape of `/peta/<kode>.svg` with `<use>` and says only its class, so that the outlines are
fetched once. A cell is `#k<kode>`, a line around several cells `#g<kode>`; neither has a colour of its own.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from webapp.places.models import Region, Shape
from webapp.plumbing.database import db

EDGE = 20  # units left free around circles
TALLEST = 420
CELL, OUTLINE = "cell", "outline"
COLUMNS = (
    Shape.code,
    Shape.kind,
    Shape.path,
    Shape.label_x,
    Shape.label_y,
    Shape.width,
    Shape.height,
    Shape.scheme,
)


@dataclass(frozen=True)
class MapSheet:
    """One map without its paths. `scheme`: a drawing that is no official boundary, to be said on the page."""

    code: str
    version: str
    width: int
    height: int
    scheme: bool
    cells: Mapping[str, tuple[int, int]]
    outlines: Mapping[str, tuple[int, int]]

    @property
    def url(self) -> str:
        """Where its outlines are; the version lets a browser keep them for long."""
        return f"/peta/{self.code}.svg?v={self.version}"


@dataclass(frozen=True)
class Spots:
    """Places as points of a view box."""

    width: int
    height: int
    points: Mapping[str, tuple[int, int]]


def sheet_of(map_code: str) -> MapSheet | None:
    """The map that shows the parts of this region, or None. One statement."""
    rows = _rows(map_code)
    if not rows:
        return None
    first = rows[0]
    return MapSheet(
        map_code,
        version_of(rows),
        first.width,
        first.height,
        first.scheme,
        _labels(rows, CELL),
        _labels(rows, OUTLINE),
    )


def map_svg(map_code: str) -> tuple[str, str] | None:
    """The file of outlines and its version, or None without any. One statement."""
    rows = _rows(map_code)
    if not rows:
        return None
    paths = "".join(
        f'<path id="{"k" if row.kind == CELL else "g"}{row.code}" d="{row.path}"/>' for row in rows
    )
    box = f"0 0 {rows[0].width} {rows[0].height}"
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}">{paths}</svg>', version_of(rows)


def centroids(codes: Iterable[str], width: int = 360) -> Spots:
    """Where these regions lie, scaled into a view box of this width; those without a position are left out."""
    query = select(Region.code, Region.lat, Region.lng).where(
        Region.code.in_(set(codes)), Region.lat.is_not(None)
    )
    rows = db.session.execute(query.order_by(Region.code)).all()
    if not rows:
        return Spots(width, 2 * EDGE, {})
    return _scaled({row.code: (row.lng, -row.lat) for row in rows}, width)


def _rows(map_code: str) -> Sequence[Any]:
    query = select(*COLUMNS).where(Shape.map_code == map_code)
    return db.session.execute(query.order_by(Shape.kind, Shape.code)).all()


def version_of(rows: Sequence[Any]) -> str:
    """Changes when, and only when, a line of the map does."""
    told = "|".join(f"{row.kind}{row.code}{row.path}" for row in rows)
    return hashlib.blake2s(told.encode(), digest_size=5).hexdigest()


def _labels(rows: Sequence[Any], kind: str) -> dict[str, tuple[int, int]]:
    return {row.code: (row.label_x or 0, row.label_y or 0) for row in rows if row.kind == kind}


def _scaled(places: Mapping[str, tuple[float, float]], width: int) -> Spots:
    """Flat, x narrowed by the latitude, as large as the box allows, in its middle."""
    xs, ys = [x for x, _y in places.values()], [y for _x, y in places.values()]
    left, top = min(xs), min(ys)
    narrow = math.cos(math.radians((top + max(ys)) / 2))
    wide, high = (max(xs) - left) * narrow, max(ys) - top
    inner = width - 2 * EDGE
    scale = min(inner / max(wide, 1e-6), (TALLEST - 2 * EDGE) / max(high, 1e-6)) if wide or high else 0.0
    margin = (width - wide * scale) / 2
    points = {
        code: (round((x - left) * narrow * scale + margin), round((y - top) * scale) + EDGE)
        for code, (x, y) in places.items()
    }
    return Spots(width, round(high * scale) + 2 * EDGE, points)
