"""A meeting every week again, and a copy of an earlier one: each a meeting of its own, made once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.attendance.province import KEEPERS, PUTRI, build, rakor
from tests.attendance.scenes import NINE, also_invited, meeting_of, stamp
from tests.attendance.test_arranging import hours, place, rows
from tests.attendance.test_meetings import typed
from tests.cast import ANI, BUDI, CENGKARENG, CITRA, GROGOL, KARTIKA, KOTA, Actor
from tests.visits import Visitor
from webapp.attendance.models import (
    Invitation,
    InvitationRule,
    Meeting,
    MeetingSession,
    Sheet,
    Site,
    Verdict,
)
from webapp.attendance.rules import laying, series
from webapp.attendance.rules.laying import MOST_ROWS, rows_of
from webapp.people.models import Person
from webapp.places.rules.scope import everywhere
from webapp.plumbing.budget import SenderBudget
from webapp.plumbing.clock import now
from webapp.plumbing.database import db, writing

WEEK = timedelta(weeks=1)


def seats(app: Flask, meeting: int) -> set[int | None]:
    with app.app_context(), everywhere("a test looks"):
        return set(db.session.scalars(select(Invitation.person_id).where(Invitation.meeting_id == meeting)))


def test_a_meeting_is_repeated_every_week_and_made_once(app: Flask, ani: Visitor) -> None:
    sent = typed(ulangi="3") | stamp(NINE - timedelta(days=1), id=uuid4())
    for _ in range(2):
        ani.post("/rapat/baru", sent)
    meetings, sessions = rows(app, Meeting), rows(app, MeetingSession)
    assert len(meetings) == 4 and len({one.series for one in meetings}) == 1 and meetings[0].series
    assert [b.starts_at - a.starts_at for a, b in pairwise(sessions)] == [WEEK] * 3
    assert len(rows(app, Sheet)) == 4
    assert ani.get("/rapat").words(".day").count("Bimtek saksi") == 4


def test_an_old_phone_that_knows_no_series_still_calls_a_meeting(app: Flask, ani: Visitor) -> None:
    sent = typed() | stamp(NINE - timedelta(days=1), id=uuid4())
    ani.send("attendance.call", sent)
    ani.send("attendance.call", typed(ulangi="2") | stamp(NINE - timedelta(days=1), id=uuid4()))
    assert [bool(one.series) for one in rows(app, Meeting)] == [False, True, True, True]


@pytest.mark.parametrize("weeks", ["27", "-1", "dua", "1.5", "9" * 40])
def test_more_weeks_than_there_are_is_told(app: Flask, ani: Visitor, weeks: str) -> None:
    assert "0 sampai 26" in ani.post("/rapat/baru", typed(ulangi=weeks), 422).words(".sum")
    assert not rows(app, Meeting)


def test_later_meetings_get_what_the_first_one_has_and_keep_what_is_theirs(
    app: Flask, kartika: Visitor
) -> None:
    kartika.post("/rapat/baru", typed(wilayah=KOTA, ulangi="2"))
    first, second, third = (one.id for one in rows(app, Meeting))
    kartika.post(f"/rapat/{first}/susunan/sesi", hours(tanggal=rows(app, MeetingSession)[0].starts_at.date()))
    kartika.post(f"/rapat/{first}/susunan/lokasi", place(CENGKARENG, tempat="Aula"))
    kartika.post(f"/rapat/{first}/undangan", {"peran": "coordinator", "tingkat": "3"})
    kartika.post(f"/rapat/{first}/undangan", {"orang": BUDI.id})
    kartika.post(f"/rapat/{third}/batal", {"alasan": "Libur"})
    for _ in range(2):
        kartika.post(f"/rapat/{first}/susunan/samakan", {})
    with app.app_context(), everywhere("a test looks"):
        for model, many in ((MeetingSession, 2), (Site, 2), (InvitationRule, 1)):
            found = select(func.count()).select_from(model)
            assert db.session.scalar(found.where(model.meeting_id == second)) == many, model
            assert db.session.scalar(found.where(model.meeting_id == third)) == (model is not InvitationRule)
    assert seats(app, second) == seats(app, first) and BUDI.id in seats(app, second)
    assert seats(app, third) == set()
    assert "1 rapat berikutnya" in kartika.get(f"/rapat/{first}/susunan").words("#sesi")


def test_a_copy_takes_sites_sessions_and_invitations_along(app: Flask, kartika: Visitor) -> None:
    with app.app_context():
        scene = meeting_of(1, by=KARTIKA, code=KOTA, place="Aula lama", agenda="Laporan")
    old = scene.meeting
    kartika.post(f"/rapat/{old}/susunan/sesi", hours())
    kartika.post(f"/rapat/{old}/susunan/lokasi", place(GROGOL, titik="-6.1, 106.7"))
    kartika.post(f"/rapat/{old}/undangan", {"peran": "coordinator", "tingkat": "3"})
    with app.app_context():
        also_invited(scene, BUDI)
    form = kartika.get(f"/rapat/baru?salin={old}")
    assert form.one("input[name=judul]")["value"] == "Rakor Cengkareng"
    assert form.one("input[name=tempat]")["value"] == "Aula lama"
    assert "2 lokasi, 2 sesi" in form.words(".note")
    day = (NINE + timedelta(days=9)).date().isoformat()
    sent = typed(wilayah=KOTA, salin=old, tanggal=day, mulai="10:00", ulangi="1") | stamp(now(), id=uuid4())
    for _ in range(2):
        kartika.post("/rapat/baru", sent)
    new = [one.id for one in rows(app, Meeting)][1:]
    assert len(new) == 2
    with app.app_context(), everywhere("a test looks"):
        for meeting in new:
            sessions = db.session.scalars(
                select(MeetingSession)
                .where(MeetingSession.meeting_id == meeting)
                .order_by(MeetingSession.starts_at)
            ).all()
            assert sessions[1].starts_at - sessions[0].starts_at == timedelta(hours=4)
            there = db.session.scalars(select(Site).where(Site.meeting_id == meeting)).all()
            assert {(site.region_code, site.latitude) for site in there} == {(KOTA, None), (GROGOL, -6.1)}
            rule = db.session.scalars(
                select(InvitationRule).where(InvitationRule.meeting_id == meeting)
            ).one()
            assert rule.role == "coordinator"
            verdicts = select(func.count()).select_from(Verdict).join(Invitation)
            many = db.session.scalar(verdicts.where(Invitation.meeting_id == meeting))
            assert many == 2 * len(seats(app, meeting))
    assert seats(app, new[0]) == seats(app, old)


def test_who_has_withdrawn_or_lives_elsewhere_is_not_copied(app: Flask, ani: Visitor) -> None:
    with app.app_context():
        scene = meeting_of(2)
        also_invited(scene, BUDI, CITRA)
        with writing(), everywhere("somebody withdraws"):
            db.session.get_one(Person, BUDI.id).withdrawn_at = now()
    ani.post("/rapat/baru", typed(salin=scene.meeting))
    copied = seats(app, rows(app, Meeting)[-1].id)
    assert len(copied) == 2 and not copied & {BUDI.id, CITRA.id}


def test_a_meeting_of_others_is_not_there_to_be_copied(
    app: Flask, ani: Visitor, citra: Visitor, kartika: Visitor
) -> None:
    with app.app_context():
        ours, theirs = meeting_of(1).meeting, meeting_of(1, by=KARTIKA, code=KOTA).meeting
    for who, number in ((citra, ours), (ani, theirs), (ani, 999), (ani, "x")):
        who.get(f"/rapat/baru?salin={number}", 404)
    for who, number, code in ((citra, ours, GROGOL), (ani, theirs, CENGKARENG), (ani, 999, CENGKARENG)):
        who.post("/rapat/baru", typed(wilayah=code, salin=number), 404)
        sent = typed(wilayah=code, salin=number) | stamp(now(), id=uuid4())
        who.send("attendance.call", sent, "ditolak|perlu diperiksa")
    assert "tidak terbaca" in ani.post("/rapat/baru", typed(salin="x"), 422).words(".sum")
    assert len(rows(app, Meeting)) == 2


def test_the_rakor_of_a_province_is_copied_with_all_its_cities(
    app: Flask, visit: Callable[[Any], Visitor]
) -> None:
    build(app)
    putri = visit(PUTRI)
    old = rakor(app, putri, link="https://zoom.example/r")
    putri.post("/rapat/baru", typed(wilayah="31", salin=old, tempat="", tautan="https://zoom.example/r"))
    new = rows(app, Meeting)[-1].id
    sites = [site for site in rows(app, Site) if site.meeting_id == new]
    assert len(sites) == 7 and {site.pic_id for site in sites[1:]} >= {one.id for one in KEEPERS.values()}


def spent(app: Flask, actor: Actor) -> int:
    with app.app_context():
        return db.session.scalar(select(SenderBudget.items).where(SenderBudget.sender_id == actor.id)) or 0


def test_a_weekly_rakor_and_a_training_for_a_whole_kabupaten_are_far_from_any_limit() -> None:
    assert 4 * 27 * rows_of(sessions=1, sites=1, people=63) < MOST_ROWS
    assert 10 * rows_of(sessions=1, sites=21, people=700) < MOST_ROWS


def test_copies_that_would_hold_everybody_up_are_refused_with_a_way_out(
    app: Flask, ani: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        old = meeting_of(9).meeting
    monkeypatch.setattr(series, "MOST_ROWS", 30)
    many = typed(salin=old, ulangi="3") | stamp(now(), id=uuid4())
    assert "Kurangi ulangannya" in ani.send("attendance.call", many, "ditolak")["reason"]
    page = ani.post("/rapat/baru", typed(salin=old, ulangi="3"), 422)
    assert "Kurangi ulangannya" in page.words(".sum") and page.one("[name=ulangi]")["value"] == "3"
    assert len(rows(app, Meeting)) == 1
    ani.post("/rapat/baru", typed(salin=old, ulangi="2"))
    assert len(rows(app, Meeting)) == 4


def test_a_series_is_brought_into_line_by_what_it_lacks_only(
    app: Flask, ani: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        old = meeting_of(9).meeting
    ani.post("/rapat/baru", typed(salin=old, ulangi="3"))
    first = rows(app, Meeting)[1].id
    monkeypatch.setattr(series, "MOST_ROWS", 5)
    ani.post(f"/rapat/{first}/undangan", {"orang": BUDI.id})
    ani.post(f"/rapat/{first}/susunan/samakan", {})
    assert BUDI.id in seats(app, rows(app, Meeting)[-1].id)
    ani.post(f"/rapat/{first}/susunan/sesi", hours(tanggal=(NINE + timedelta(days=1)).date()))
    page = ani.post(f"/rapat/{first}/susunan/samakan", {}, 422)
    assert "3 rapat berikutnya" in page.text and "Undang langsung di tiap rapat" in page.text


def test_what_one_form_lays_out_counts_against_the_budget(
    app: Flask, kartika: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(laying, "ROWS", 2)
    with app.app_context():
        old = meeting_of(3, by=KARTIKA, code=KOTA).meeting
    kartika.post("/rapat/baru", typed(wilayah=KOTA, salin=old, ulangi="1"))
    assert spent(app, KARTIKA) == 2 + 4, "two meetings, with a list and three names each"
    kartika.post(f"/rapat/{old}/susunan/tiap-bagian", {})
    assert spent(app, KARTIKA) == 6 + 1 + 1, "two kecamatan"
    kartika.post(f"/rapat/{old}/undangan", {"peran": "coordinator", "tingkat": "3"})
    assert spent(app, KARTIKA) == 8 + 1 + 1, "who leads them"


def test_whoever_has_no_budget_left_for_the_copies_is_told_to_wait(
    app: Flask, ani: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        old = meeting_of(3).meeting
    monkeypatch.setattr(laying, "ROWS", 2)
    monkeypatch.setitem(app.config, "SIMPUL", replace(app.config["SIMPUL"], budget_items=5))
    ani.post("/rapat/baru", typed())
    page = ani.post("/rapat/baru", typed(salin=old, ulangi="2"), 429)
    assert int(page.headers["Retry-After"]) > 0
    assert len(rows(app, Meeting)) == 2 and spent(app, ANI) == 1
