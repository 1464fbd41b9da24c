"""Apostrophes and unseen signs vanish from the form in which names are compared; before, they parted words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

CHUNK = 1_000
TABLES = (("region", "code"), ("person", "id"), ("volunteer_group", "id"))
APOSTROPHES = "['`´\u2018\u2019\u201b\u2032\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\uff07]"
HIDDEN = (
    "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef"
)


def upgrade() -> None:
    _anew(_now)


def downgrade() -> None:
    _anew(_before)


def _anew(fold: Callable[[str], str]) -> None:
    """Write the names anew that the two ways fold differently.

    Of two groups that would clash the later one keeps what it has.
    """
    for table, key in TABLES:
        taken = _taken() if table == "volunteer_group" else set()
        change = sa.text(f"UPDATE {table} SET search_name = :folded WHERE {key} = :key")
        rows: list[dict[str, object]] = []
        for row in _rows(table, key):
            folded = fold(row.name)
            if (
                _now(row.name) == _before(row.name)
                or folded == row.search_name
                or (row.place, folded) in taken
            ):
                continue
            taken |= {(row.place, folded)} if table == "volunteer_group" else set()
            rows.append({"key": row.key, "folded": folded})
        for start in range(0, len(rows), CHUNK):
            op.get_bind().execute(change, rows[start : start + CHUNK])


def _rows(table: str, key: str) -> Iterator[sa.Row]:
    place = "code" if table == "region" else "region_code"
    told = f"SELECT {key} AS key, name, search_name, {place} AS place FROM {table} ORDER BY {key}"
    return iter(op.get_bind().execute(sa.text(told)).all())


def _taken() -> set[tuple[str, str]]:
    told = "SELECT region_code, search_name FROM volunteer_group WHERE ended_at IS NULL"
    return {(row.region_code, row.search_name) for row in op.get_bind().execute(sa.text(told))}


def _now(name: str) -> str:
    seen = "".join(sign for sign in name if unicodedata.category(sign) != "Cf")
    return _before(re.sub(f"{APOSTROPHES}|[{HIDDEN}]", "", seen))


def _before(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold())
    return " ".join(
        re.findall(r"[^\W_]+", "".join(sign for sign in plain if not unicodedata.combining(sign)))
    )
