"""Two phones without network mark the same list: neither reads of an error, and the supervisor sees both records."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from tests.attendance.scenes import NINE, NOON, Scene, meeting_of
from tests.attendance.test_review import hand_in
from tests.visits import Visitor
from webapp.attendance.models import AttendanceRecord, Verdict
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import db

MINUTE = timedelta(minutes=1)
ANIS = ("hadir", "hadir", "izin", "hadir", "sakit")
KARTIKAS = ("hadir", "alpa", "sakit", "terlambat", "hadir")


def brought(
    who: Visitor, scene: Scene, statuses: tuple[str, ...], at: datetime, clock: datetime
) -> list[str]:
    """One phone comes back at `clock` with a tap a minute from `at` on; the verdicts on them."""
    items = [
        {
            "id": str(uuid4()), "kind": "attendance.mark", "offset": "420",
            "happened_at": (at + MINUTE * n).isoformat(),
            "fields": {"rapat": str(scene.meeting), status: str(seat)},
        }
        for n, (seat, status) in enumerate(zip(scene.seats, statuses, strict=True))
    ]  # fmt: skip
    with time_machine.travel(clock, tick=False):
        page = who.post("/kirim", json={"items": items, "clock": clock.isoformat()}, status=200)
    return [one["verdict"] for one in page.response.get_json()["verdicts"]]


@pytest.mark.parametrize("kartika_first", [False, True])
def test_both_are_taken_and_the_supervisor_sees_what_each_of_them_said(
    app: Flask, ani: Visitor, kartika: Visitor, eko: Visitor, kartika_first: bool
) -> None:
    with app.app_context():
        scene = meeting_of(5)
    phones = [(ani, ANIS, NINE), (kartika, KARTIKAS, NINE + MINUTE * 5)]
    verdicts = []
    for n, (who, statuses, at) in enumerate(reversed(phones) if kartika_first else phones):
        verdicts.append(brought(who, scene, statuses, at, NINE + MINUTE * (60 + n)))
    assert verdicts == [["diterima"] * 5, ["ganda"] * 5]
    with app.app_context(), everywhere("a test looks"):
        assert db.session.scalar(select(func.count()).select_from(AttendanceRecord)) == 10
        assert db.session.scalars(select(Verdict.doubled)).all() == [True] * 5
    with time_machine.travel(NOON, tick=False):
        hand_in(ani, scene)
        page = eko.get(f"/tinjauan/{scene.sheet}")
        assert "5 ganda" in eko.get("/tinjauan").words(".rows")
    rows = [" ".join(row.get_text(" ").split()) for row in page.soup.select("#ganda .who")]
    assert len(rows) == 5 and "5 nama dicatat dua HP" in page.words("#judul-ganda")
    assert rows[0] == "Warga 001 Hadir 09.00 · Ani Lestari · dipakai Hadir 09.05 · Kartika Sari"
    assert rows[1] == "Warga 002 Hadir 09.01 · Ani Lestari Alpa 09.06 · Kartika Sari · dipakai"
    assert rows[2] == "Warga 003 Izin 09.02 · Ani Lestari Sakit 09.07 · Kartika Sari · dipakai"
    assert "Terlambat 09.08 · Kartika Sari · dipakai" in rows[3]
    assert rows[4] == "Warga 005 Sakit 09.04 · Ani Lestari Hadir 09.09 · Kartika Sari · dipakai"
    assert len(page.soup.select("tbody .chip:-soup-contains('ganda')")) == 5


def test_a_list_that_one_phone_kept_shows_no_doubles(app: Flask, ani: Visitor, eko: Visitor) -> None:
    with app.app_context():
        scene = meeting_of(5)
    brought(ani, scene, ANIS, NINE, NINE + MINUTE * 60)
    with time_machine.travel(NOON, tick=False):
        hand_in(ani, scene)
        assert not eko.get(f"/tinjauan/{scene.sheet}").soup.select("#ganda")


def test_a_sheet_full_of_doubles_costs_no_statement_more(
    app: Flask, ani: Visitor, kartika: Visitor, eko: Visitor, statements: Callable[[], Any]
) -> None:
    with app.app_context():
        scene = meeting_of(40)
    brought(ani, scene, ("hadir",) * 40, NINE, NINE + MINUTE * 60)
    brought(kartika, scene, ("hadir",) * 40, NINE + MINUTE, NINE + MINUTE * 61)
    with time_machine.travel(NOON, tick=False):
        hand_in(ani, scene)
        eko.get(f"/tinjauan/{scene.sheet}")
        with statements() as seen:
            page = eko.get(f"/tinjauan/{scene.sheet}")
    assert len(page.soup.select("#ganda li")) == 40
    assert len(seen.work) <= 13, seen.work
