"""Somebody with a seat at two sites of a meeting: her home, the agenda and the meeting say the same of her."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.attendance.scenes import NINE, meeting_of, stamp
from tests.cast import ANI, BUDI, CENGKARENG, GROGOL, KARTIKA, KOTA
from tests.visits import Visitor
from webapp.attendance.figures import agenda
from webapp.attendance.figures.totals import totals_of
from webapp.attendance.models import AttendanceRecord, Invitation, Sheet, Site, Verdict
from webapp.attendance.rules.arranging import Span, add_session
from webapp.attendance.rules.inviting import Guest, invite
from webapp.attendance.rules.siting import Spot, add_site
from webapp.attendance.rules.standing import Sent, send
from webapp.places.rules.scope import Scope, everywhere, narrowed
from webapp.plumbing.database import db, writing
from webapp.plumbing.refusal import Refusal

SOON = NINE + timedelta(minutes=5)


@pytest.fixture
def meeting(app: Flask) -> int:
    """The kota's rakor with a site of Ani's beside it, where nobody is invited."""
    with app.app_context():
        scene = meeting_of(2, by=KARTIKA, code=KOTA)
        with writing(), everywhere("a scene is set"):
            add_site(scene.meeting, Spot(CENGKARENG, place="Aula Kecamatan"))
        return scene.meeting


def seated(app: Flask, meeting: int, code: str, *people: int) -> int:
    """Seats at the site of a region; its list."""
    with app.app_context(), writing(), everywhere("a scene is set"):
        site = db.session.scalars(
            select(Site).where(Site.meeting_id == meeting, Site.region_code == code)
        ).one()
        invite(meeting, [Guest(one) for one in people], KARTIKA.id, site.id)
        return db.session.scalars(select(Sheet.id).where(Sheet.site_id == site.id)).one()


def entry(app: Flask, scope: Scope) -> agenda.Entry:
    with app.app_context(), narrowed(scope):
        (found,) = agenda.ahead(scope)
        return found


def test_ones_own_seat_elsewhere_is_not_counted_on_ones_list(app: Flask, meeting: int) -> None:
    seated(app, meeting, KOTA, ANI.id)
    seated(app, meeting, CENGKARENG, BUDI.id)
    seen = entry(app, Scope((CENGKARENG,), ANI.id))
    assert (seen.seats, seen.done, seen.lists) == (1, 0, 1)
    assert entry(app, Scope((KOTA,), KARTIKA.id)).seats == 4
    assert entry(app, Scope((GROGOL,), BUDI.id)).seats == 0


def test_who_came_to_the_other_site_reads_everywhere_that_she_came(
    app: Flask, ani: Visitor, budi: Visitor, meeting: int
) -> None:
    seated(app, meeting, KOTA, BUDI.id)
    here = seated(app, meeting, CENGKARENG)
    with time_machine.travel(SOON, tick=False):
        assert entry(app, Scope((), BUDI.id)).own == "belum"
        told = {"rapat": meeting, "lembar": here, "orang": BUDI.id, "nama": "", **stamp(SOON)}
        ani.send("attendance.walk-in", told)
        seen = entry(app, Scope((), BUDI.id))
        assert (seen.own, seen.place) == ("hadir", "Aula Kecamatan")
        assert "Hadir" in budi.get("/rapat").words("main")
        assert "Hadir" in budi.get(f"/rapat/{meeting}").words("main")


def test_whose_delegate_came_to_one_of_two_sessions_was_represented(app: Flask) -> None:
    with app.app_context():
        scene = meeting_of(1)
        later = NINE + timedelta(hours=4)
        with writing(), everywhere("a scene is set"):
            afternoon = add_session(scene.meeting, Span(later, later + timedelta(hours=2))).id
            delegate = send(
                scene.seats[0], Sent(None, "Pak Wakil"), db.session.get_one(Sheet, scene.sheet), ANI.id
            )
            said = {
                (scene.seats[0], scene.session): "izin",
                (scene.seats[0], afternoon): "alpa",
                (delegate, afternoon): "hadir",
            }
            for key, status in said.items():
                db.session.get_one(Verdict, key).status = status
        with everywhere("a test looks"):
            persons = totals_of(scene.meeting).persons
    assert (persons.seats, persons.izin, persons.represented, persons.walk_ins) == (1, 1, 1, 1)


def test_a_guest_who_waited_on_an_old_page_stands_on_the_list_of_then(app: Flask, ani: Visitor) -> None:
    with app.app_context():
        scene = meeting_of(1)
        later = NINE + timedelta(hours=4)
        with writing(), everywhere("a scene is set"):
            add_session(scene.meeting, Span(later, later + timedelta(hours=2)))
    with time_machine.travel(later, tick=False):
        ani.send(
            "attendance.walk-in", {"rapat": scene.meeting, "nama": "Pak Tamu", **stamp(SOON, clock=later)}
        )
    with app.app_context(), everywhere("a test looks"):
        assert db.session.scalars(select(AttendanceRecord.session_id)).all() == [scene.session]


@pytest.mark.parametrize("how", ["invited", "sent"])
def test_who_has_a_part_at_one_site_is_sent_for_nobody_at_another(app: Flask, meeting: int, how: str) -> None:
    there = seated(app, meeting, CENGKARENG, ANI.id)
    with app.app_context(), writing(), narrowed(Scope((KOTA,), KARTIKA.id)):
        here = db.session.scalars(select(Sheet).where(Sheet.meeting_id == meeting, Sheet.id != there)).one()
        ours = db.session.scalars(select(Invitation.id).where(Invitation.site_id == here.site_id)).first()
        theirs = db.session.get_one(Sheet, there)
        (seat,) = db.session.scalars(select(Invitation.id).where(Invitation.site_id == theirs.site_id))
        busy = ANI.id if how == "invited" else BUDI.id
        if how == "sent":
            send(seat, Sent(BUDI.id), theirs, KARTIKA.id)
        with pytest.raises(Refusal):
            send(ours or 0, Sent(busy), here, KARTIKA.id)
