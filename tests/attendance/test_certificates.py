"""Certificates: anybody may verify one, which dies when the attendance is corrected."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import delete, select, update

from tests.attendance.courses import Course
from tests.attendance.scenes import NINE, NOON, Scene, also_invited, meeting_of
from tests.attendance.test_marking import tap
from tests.attendance.test_review import decide, hand_in
from tests.cast import ANI, BUDI, EKO, KAPUK, station_id
from tests.visits import SAME_SITE, Visitor
from webapp.attendance.models import Meeting, SheetState
from webapp.coverage.rules import recount
from webapp.people.models import Person, Slot, Training
from webapp.people.rules import seats
from webapp.places.models import Station, StationCount
from webapp.places.rules.scope import everywhere
from webapp.plumbing.clock import now
from webapp.plumbing.database import db, writing

FIRST = station_id(KAPUK, 1)


@pytest.fixture
def code(app: Flask) -> UUID:
    """Budi's, of a bimtek of the kota at the site of Cengkareng."""
    with app.app_context():
        course = Course()
        course.mark(course.seat(BUDI.id), "hadir", "hadir")
        course.put(SheetState.APPROVED)
        return course.holders()[BUDI.id]


def test_a_stranger_reads_name_training_and_date_and_nothing_else(stranger: Visitor, code: UUID) -> None:
    page = stranger.get(f"/sertifikat/{code}")
    said = page.words("main")
    day = (NINE + timedelta(days=1)).day
    assert "Budi Santoso" in said and "Bimtek saksi" in said and f" {day} " in said and "Berlaku" in said
    for hidden in ("Kapuk", "Cengkareng", "31.73", "8400", "saksi utama", str(code)):
        assert hidden not in said
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert "no-store" in page.headers["Cache-Control"] and "private" in page.headers["Cache-Control"]
    assert "X-Simpul-Keep" not in page.headers


def test_unknown_and_unreadable_codes_are_not_found(stranger: Visitor, code: UUID) -> None:
    unknown = stranger.get(f"/sertifikat/{uuid4()}", 404)
    assert "Tidak ada sertifikat dengan nomor ini" in unknown.words("main")
    assert "noindex" in unknown.headers["X-Robots-Tag"]
    for nonsense in ("1", "x" * 36, str(code)[:-1], "%00"):
        assert "Budi" not in stranger.get(f"/sertifikat/{nonsense}", 404).text


@pytest.fixture
def attended(app: Flask, ani: Visitor, eko: Visitor) -> Scene:
    """Budi, witness of TPS 001, came to a bimtek of Cengkareng, whose list is approved and locked."""
    with app.app_context(), everywhere("a test seats"):
        scene = meeting_of(0, kind="bimtek", title="Bimtek saksi")
        seats_of_budi = also_invited(scene, BUDI)
        with writing():
            db.session.execute(update(Meeting).values(required_for="witness"))
            first = db.session.get_one(Station, FIRST)
            seats.assign(first, db.session.get_one(Person, BUDI.id), Slot.MAIN, seats.Act(ANI.id, now()))
    scene = Scene(scene.meeting, scene.session, scene.sheet, seats_of_budi)
    tap(ani, scene, scene.seats[0])
    hand_in(ani, scene)
    assert trained(app) == 0
    decide(eko, scene, "setujui", 2)
    assert trained(app) == 1
    decide(eko, scene, "kunci", 3)
    return scene


def test_a_certificate_dies_with_a_correction_and_comes_back_with_the_next(
    app: Flask, eko: Visitor, stranger: Visitor, budi: Visitor, attended: Scene
) -> None:
    link = str(budi.get("/pelatihan-saya").one(".rows .who a")["href"])
    stranger.get(link)
    correct(app, attended, "alpa", 1)
    assert trained(app) == 0
    gone = stranger.get(link, 410)
    assert "tidak berlaku lagi" in gone.words("main") and "Budi" not in gone.text
    assert "noindex" in gone.headers["X-Robots-Tag"] and "no-store" in gone.headers["Cache-Control"]
    budi.get(f"{link}.pdf", 404)
    assert "Tidak berlaku lagi" in budi.get("/pelatihan-saya").words(".rows")
    assert "sertifikat tidak berlaku lagi" in eko.get(f"/rapat/{attended.meeting}/pelatihan").words(".rows")
    correct(app, attended, "hadir", 2)
    assert "Budi Santoso" in stranger.get(link).text and trained(app) == 1


def test_the_rebuild_gives_back_what_was_lost(app: Flask, attended: Scene) -> None:
    with app.app_context(), writing(), everywhere("a test breaks something"):
        db.session.execute(delete(Training))
        recount.rebuild()
    assert trained(app) == 0
    told = app.test_cli_runner().invoke(args=["attendance", "rebuild"])
    assert told.output == "attendance: 1 verdicts, 0 differed\n" and trained(app) == 1


def trained(app: Flask) -> int:
    with app.app_context(), everywhere("a test looks"):
        assert recount.rebuild() == []
        return db.session.scalar(select(StationCount.trained).where(StationCount.station_id == FIRST)) or 0


def correct(app: Flask, scene: Scene, word: str, wish: int) -> None:
    told = {
        "kursi": scene.seats[0],
        "menjadi": word,
        "bukti": "Surat di posko.",
        "alasan": "Salah orang waktu itu.",
    }
    with time_machine.travel(NOON + timedelta(hours=wish), tick=False):
        Visitor(app, ANI).post(f"/lembar/{scene.sheet}/koreksi", told)
        Visitor(app, EKO).post(f"/tinjauan/koreksi/{wish}", {"putusan": "setujui"})


def test_who_took_the_consent_back_is_named_by_no_certificate(
    app: Flask, stranger: Visitor, budi: Visitor, code: UUID
) -> None:
    with app.app_context(), writing(), everywhere("a test withdraws"):
        db.session.get_one(Person, BUDI.id).withdrawn_at = now()
    assert "Budi" not in stranger.get(f"/sertifikat/{code}", 410).text


def test_the_paper_is_for_the_person_and_for_whoever_keeps_or_reviews_the_list(
    app: Flask, code: UUID, budi: Visitor, ani: Visitor, eko: Visitor, kartika: Visitor
) -> None:
    path = f"/sertifikat/{code}.pdf"
    for allowed in (budi, ani, eko, kartika):
        answer = allowed.client.get(path, headers=SAME_SITE)
        assert answer.status_code == 200 and answer.data.startswith(b"%PDF-")
        assert "no-store" in answer.headers["Cache-Control"]
    text = PdfReader(BytesIO(answer.data)).pages[0].extract_text()
    assert "Budi Santoso" in text and "Bimtek saksi" in text and str(code) in text
    assert f"/sertifikat/{code}" in text


def test_the_paper_is_for_nobody_else(code: UUID, citra: Visitor, dewi: Visitor, stranger: Visitor) -> None:
    path = f"/sertifikat/{code}.pdf"
    citra.get(path, 404)
    dewi.get(path, 404)
    stranger.get(path, 302)
    citra.get(f"/sertifikat/{uuid4()}.pdf", 404)


def test_ones_own_trainings_are_listed_and_nobody_elses(
    budi: Visitor, ani: Visitor, code: UUID, statements: Callable[[], Any]
) -> None:
    page = budi.get("/pelatihan-saya")
    assert "Bimtek saksi" in page.words(".rows") and f"/sertifikat/{code}" in page.text
    nothing = ani.get("/pelatihan-saya")
    assert "Belum ada pelatihan" in nothing.words("main") and str(code) not in nothing.text
    assert "/pelatihan-saya" in budi.get("/lainnya").text
    with statements() as seen:
        budi.get("/pelatihan-saya")
    assert len(seen.work) <= 1
