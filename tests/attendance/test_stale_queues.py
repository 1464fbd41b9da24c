"""What phones send late, twice, at once or broken, of every kind: one effect each, and one bad thing holds up none."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.attendance.codes import screen_token
from tests.attendance.doors import KINDS, Door
from tests.attendance.scenes import invite_strangers, stamp
from tests.attendance.test_bars import Worlds, rows
from tests.attendance.worlds import EARLY, build
from tests.cast import ANI
from tests.visits import SAME_SITE, Visitor
from webapp.attendance.models import AttendanceRecord, Sheet, Verdict
from webapp.attendance.rules.inviting import Guest, invite
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import db, writing

TIMES, MOST = 5, 50
TAKEN = {"diterima", "ganda"}
SPOILT = {
    "nothing": lambda fields: {},
    "lists": lambda fields: {name: [[[value]]] for name, value in fields.items()},
    "too long": lambda fields: dict.fromkeys(fields, "9" * 10_000),
    "no text": lambda fields: {name: {"a": None} for name in fields},
}
Item = dict[str, Any]


@pytest.fixture
def worlds(app: Flask) -> Worlds:
    """The worlds, with a seat for Ani at her own meeting."""
    made = build(app)
    with app.app_context(), writing(), everywhere("a scene is set"):
        invite(made["own"].ids["meeting"], [Guest(ANI.id)], ANI.id)
        sheet = db.session.get_one(Sheet, made["own"].ids["sheet"])
        made["own"].ids["token"] = screen_token(sheet.id, sheet.secret, EARLY)
    return made


def ways() -> list[Door]:
    return [*KINDS, Door("attendance.screen", {"kode": "{token}"})]


def item_of(kind: str, fields: Mapping[str, Any]) -> Item:
    told = stamp(EARLY)
    return {
        "id": told["id"],
        "kind": kind,
        "fields": fields,
        "happened_at": told["happened_at"],
        "offset": 420,
    }


def brought(who: Visitor, items: list[Item]) -> list[str]:
    """The words on each of them."""
    body = {"items": items, "clock": EARLY.isoformat()}
    answer = who.client.post("/kirim", json=body, headers=SAME_SITE)
    assert answer.status_code == 200, answer.text
    return [one["verdict"] for one in answer.get_json()["verdicts"]]


def test_each_kind_brought_five_times_at_once_happens_once(app: Flask, worlds: Worlds) -> None:
    for door in ways():
        kind, fields = door.filled(dict.fromkeys(door.slots, worlds["own"]))
        item, visitors = item_of(kind, fields), [Visitor(app, ANI) for _ in range(TIMES)]
        with time_machine.travel(EARLY, tick=False), ThreadPoolExecutor(TIMES) as pool:
            words = [word for [word] in pool.map(brought, visitors, [[item]] * TIMES)]
            once = rows(app)
            again = brought(visitors[0], [item, item])
        assert sorted(word in TAKEN for word in words) == [False] * (TIMES - 1) + [True], (door, words)
        assert set(words) - TAKEN == set(again) == {"sudah ada"}, door
        assert rows(app) == once, door


def test_one_spoilt_thing_of_each_kind_is_explained_and_the_others_are_kept(
    app: Flask, ani: Visitor, worlds: Worlds
) -> None:
    ids, sent = worlds["own"].ids, 0
    here = {"rapat": str(ids["meeting"]), "lembar": str(ids["sheet"])}
    with app.app_context(), writing(), everywhere("a scene is set"):
        seats = invite_strangers(ids["meeting"], 12)  # nobody is tapped without end
    for number, door in enumerate(ways()):
        kind, fields = door.filled(dict.fromkeys(door.slots, worlds["own"]))
        for name, spoil in SPOILT.items():
            size = MOST if (name, number) == ("lists", 0) else 6
            mark = here | {"hadir": str(ids["seat"] if size == MOST else seats[sent % len(seats)])}
            items = [item_of("attendance.mark", mark) for _ in range(size - 1)]
            items.insert(size // 2, item_of(kind, spoil(fields)))
            with time_machine.travel(EARLY, tick=False):
                words = brought(ani, items)
            bad = words.pop(size // 2)
            assert set(words) <= TAKEN, (door, name)
            assert bad in ("perlu diperiksa", "ditolak"), (door, name, bad)
            sent += size - 1
    with app.app_context(), everywhere("a test looks"):
        kept = select(AttendanceRecord.id).where(AttendanceRecord.invitation_id.in_([ids["seat"], *seats]))
        assert len(db.session.scalars(kept).all()) == sent


def test_two_sessions_and_two_sites_keep_their_own_taps_in_whatever_order_they_come(
    app: Flask, ani: Visitor, worlds: Worlds
) -> None:
    own = worlds["own"].ids
    with app.app_context(), writing(), everywhere("a scene is set"):
        sheets = db.session.scalars(
            select(Sheet).where(Sheet.site_id == own["site"]).order_by(Sheet.id)
        ).all()
        for sheet in sheets:
            sheet.state = "draf"
        lists = {sheet.id: sheet.session_id for sheet in sheets}
    first, second, _third = lists
    late = EARLY.replace(hour=EARLY.hour + 10)
    tap, undo = str(uuid4()), str(uuid4())
    here = {"rapat": str(own["meeting"]), "kursi": str(own["seat"])}

    def at(kind: str, number: str, listed: int | None, **fields: str) -> Item:
        told = here | ({"lembar": str(listed)} if listed else {}) | fields
        return item_of(kind, told) | {"id": number, "happened_at": late.isoformat()}

    with time_machine.travel(late, tick=False):
        items = [
            at("attendance.void", undo, first, urung=tap),
            at("attendance.mark", tap, first, izin=str(own["seat"])),
            at("attendance.mark", str(uuid4()), second, sakit=str(own["seat"])),
            at(
                "attendance.mark", str(uuid4()), None, alpa=str(own["other"])
            ),  # of a page that knew one list only
            at("attendance.void", str(uuid4()), second, urung=tap),  # the undo of another session's tap
        ]
        body = {"items": items, "clock": late.isoformat()}
        told = ani.post("/kirim", json=body, status=200).response.get_json()["verdicts"]
    assert {one["verdict"] for one in told} <= TAKEN
    with app.app_context(), everywhere("a test looks"):
        found = select(AttendanceRecord.session_id, AttendanceRecord.status).where(
            AttendanceRecord.kind == "status", AttendanceRecord.recorder_id == ANI.id
        )
        kept = {status: session for session, status in db.session.execute(found)}
        assert kept == {"izin": lists[first], "sakit": lists[second], "alpa": lists[first]}
        said = {
            session: db.session.get_one(Verdict, (own["seat"], session)).status for session in lists.values()
        }
        assert list(said.values()) == ["belum", "sakit", "belum"]
