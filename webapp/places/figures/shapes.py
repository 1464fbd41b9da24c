"""Maps: the outlines that a browser keeps.

A page names each shape of `/peta/<kode>.svg` with `<use>` and says only its class, so that the outlines are
fetched once. A cell is `#k<kode>`, a line around several cells `#g<kode>`; neither has a colour of its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from webapp.places.models import Shape
from webapp.places.rules.codes import is_code
from webapp.plumbing.database import db

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


def map_svg(map_code: str) -> tuple[str, str] | None:
    """The file of outlines and its version, or None without any. One statement."""
    rows = _rows(map_code) if is_code(map_code) else []
    if not rows:
        return None
    paths = "".join(
        f'<path id="{"k" if row.kind == CELL else "g"}{row.code}" d="{row.path}"/>' for row in rows
    )
    box = f"0 0 {rows[0].width} {rows[0].height}"
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}">{paths}</svg>', version_of(rows)


def _rows(map_code: str) -> Sequence[Any]:
    query = select(*COLUMNS).where(Shape.map_code == map_code)
    return db.session.execute(query.order_by(Shape.kind, Shape.code)).all()


def version_of(rows: Sequence[Any]) -> str:
    """Changes when, and only when, a line of the map does."""
    told = "|".join(f"{row.kind}{row.code}{row.path}" for row in rows)
    return hashlib.blake2s(told.encode(), digest_size=5).hexdigest()
