"""Trainings: who came to a bimtek gets a certificate, which dies when the attendance is corrected."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import delete, select, update

from tests.attendance.scenes import NINE, NOON, Scene, also_invited, meeting_of
from tests.attendance.test_marking import tap
from tests.attendance.test_review import decide, hand_in
from tests.cast import ANI, BUDI, CANARY, CENGKARENG, CITRA, EKO, GROGOL, KAPUK, KARTIKA, KOTA, station_id
from tests.visits import SAME_SITE, Visitor
from webapp.attendance.models import Invitation, Meeting, MeetingSession, Sheet, SheetState, Site, Verdict
from webapp.attendance.rules.laying import lay
from webapp.attendance.rules.meetings import rename_meeting
from webapp.attendance.rules.training import Demand, demand, judge
from webapp.coverage.rules import recount
from webapp.people.figures.training import certificate
from webapp.people.models import Person, Slot, Training
from webapp.people.rules import seats
from webapp.people.rules.permissions import Role
from webapp.people.rules.training import trained_among
from webapp.places.models import Station, StationCount
from webapp.places.rules.scope import Scope, bind, everywhere
from webapp.plumbing.clock import now
from webapp.plumbing.database import db, writing
from webapp.plumbing.refusal import NotThere, Refusal

FIRST = station_id(KAPUK, 1)


class Course:
    """A bimtek for witnesses of the kota: sessions on two days, sites in Cengkareng and in Grogol Petamburan."""

    def __init__(self, sessions: int = 2, absences: int = 0, role: str | None = "witness") -> None:
        scene = meeting_of(0, by=KARTIKA, code=KOTA, kind="bimtek", title="Bimtek saksi")
        self.id = scene.meeting
        with writing(), everywhere("a scene is set"):
            meeting = db.session.get_one(Meeting, self.id)
            meeting.required_for, meeting.absences_allowed = role, absences
            db.session.execute(update(Site).where(Site.meeting_id == self.id).values(region_code=CENGKARENG))
            db.session.execute(
                update(Sheet).where(Sheet.meeting_id == self.id).values(region_code=CENGKARENG)
            )
            db.session.add(Site(meeting_id=self.id, region_code=GROGOL, offset=420))
            for day in range(1, sessions):
                start = NINE + timedelta(days=day)
                db.session.add(
                    MeetingSession(
                        meeting_id=self.id, region_code=KOTA, starts_at=start, offset=420,
                        ends_at=start + timedelta(hours=3), late_after=start,
                    )
                )  # fmt: skip
            lay(self.id)
            found = select(Site.id).where(Site.meeting_id == self.id).order_by(Site.id)
            self.sites = tuple(db.session.scalars(found))
            dated = select(MeetingSession.id).where(MeetingSession.meeting_id == self.id)
            self.sessions = tuple(db.session.scalars(dated.order_by(MeetingSession.starts_at)))

    def seat(self, person: int, site: int = 0) -> int:
        """A seat at one of the sites."""
        with writing(), everywhere("a scene is set"):
            code = db.session.scalars(select(Site.region_code).where(Site.id == self.sites[site])).one()
            seat = Invitation(meeting_id=self.id, site_id=self.sites[site], region_code=code, person_id=person,
                              invited_by=KARTIKA.id, invited_at=now())  # fmt: skip
            db.session.add(seat)
            lay(self.id)
            return seat.id

    def mark(self, seat: int, *words: str) -> None:
        """What the lists say of a seat, session by session."""
        with writing(), everywhere("a scene is set"):
            for session, word in zip(self.sessions, words, strict=False):
                row = update(Verdict).where(Verdict.invitation_id == seat, Verdict.session_id == session)
                db.session.execute(row.values(status=word))

    def put(
        self, state: SheetState, sites: Iterable[int] = (0, 1), sessions: Iterable[int] = (0, 1, 2)
    ) -> None:
        """Take the lists of these sites and sessions to a state, and judge."""
        with writing(), everywhere("a scene is set"):
            of_sites = [self.sites[n] for n in sites]
            dated = [one for n, one in enumerate(self.sessions) if n in sessions]
            lists = update(Sheet).where(Sheet.site_id.in_(of_sites), Sheet.session_id.in_(dated))
            db.session.execute(lists.values(state=state))
            judge(self.id)

    def holders(self) -> dict[int, UUID]:
        """Who holds a certificate that is valid."""
        with everywhere("a test looks"):
            valid = select(Training).where(Training.meeting_id == self.id, Training.revoked_at.is_(None))
            found = db.session.scalars(valid.execution_options(populate_existing=True))
            return {one.person_id: one.code for one in found}


@pytest.fixture
def course(app: Flask, inside: None) -> Course:
    return Course()


def test_who_came_to_all_sessions_gets_a_certificate_once_the_lists_are_approved(course: Course) -> None:
    seat = course.seat(BUDI.id)
    course.mark(seat, "hadir", "terlambat")
    course.put(SheetState.SUBMITTED)
    assert course.holders() == {}
    course.put(SheetState.APPROVED, sessions=[0])
    assert course.holders() == {}
    course.put(SheetState.APPROVED)
    code = course.holders()[BUDI.id]
    with everywhere("a test looks"):
        assert trained_among([BUDI.id]) == {BUDI.id}
    course.put(SheetState.LOCKED)
    assert course.holders() == {BUDI.id: code}


@pytest.mark.parametrize("missed", ["izin", "sakit", "alpa", "belum"])
def test_who_missed_a_session_has_not_completed_it(course: Course, missed: str) -> None:
    course.mark(course.seat(BUDI.id), "hadir", missed)
    course.put(SheetState.APPROVED)
    assert course.holders() == {}


def test_some_sessions_may_be_missed_but_never_all(app: Flask, inside: None) -> None:
    course = Course(sessions=3, absences=1)
    course.mark(course.seat(BUDI.id), "hadir", "alpa", "hadir")
    course.mark(course.seat(ANI.id), "hadir", "alpa", "sakit")
    course.put(SheetState.APPROVED)
    assert set(course.holders()) == {BUDI.id}
    with writing():
        db.session.execute(update(Meeting).values(absences_allowed=9))
    course.mark(course.seat(EKO.id), "izin", "izin", "izin")
    course.put(SheetState.APPROVED)
    assert set(course.holders()) == {BUDI.id, ANI.id}


def test_a_person_at_two_sites_counts_once_with_the_strongest_word_of_each_session(course: Course) -> None:
    here, there = course.seat(BUDI.id, 0), course.seat(BUDI.id, 1)
    course.mark(here, "hadir", "alpa")
    course.mark(there, "alpa", "hadir")
    course.put(SheetState.APPROVED, sites=[0])
    assert course.holders() == {}, "the word that is missing stands on a list that is not approved yet"
    course.put(SheetState.APPROVED, sites=[1])
    assert set(course.holders()) == {BUDI.id}


def test_the_lists_of_another_site_do_not_keep_anybody_waiting(course: Course) -> None:
    course.mark(course.seat(BUDI.id, 0), "hadir", "hadir")
    course.mark(course.seat(CITRA.id, 1), "hadir", "hadir")
    course.put(SheetState.APPROVED, sites=[0])
    assert set(course.holders()) == {BUDI.id}


def test_an_open_list_at_another_site_takes_nothing_away_and_may_add(course: Course) -> None:
    course.mark(course.seat(BUDI.id, 0), "hadir", "hadir")
    course.put(SheetState.APPROVED, sites=[0])
    code = course.holders()[BUDI.id]
    course.mark(course.seat(BUDI.id, 1), "alpa", "alpa")
    course.put(SheetState.SUBMITTED, sites=[1])
    course.put(SheetState.APPROVED, sites=[1])
    assert course.holders() == {BUDI.id: code}


def test_who_may_miss_a_session_still_waits_until_all_of_them_were_held(app: Flask, inside: None) -> None:
    course = Course(sessions=3, absences=1)
    course.mark(course.seat(BUDI.id), "hadir", "hadir")
    course.put(SheetState.APPROVED, sessions=[0, 1])
    assert course.holders() == {}
    course.put(SheetState.APPROVED)
    assert set(course.holders()) == {BUDI.id}


def test_another_title_stands_on_the_certificates_at_once_and_another_kind_ends_them(course: Course) -> None:
    course.mark(course.seat(BUDI.id), "hadir", "hadir")
    course.put(SheetState.APPROVED, sites=[0])
    code = course.holders()[BUDI.id]
    with writing():
        rename_meeting(course.id, "bimtek", "Bimtek saksi TPS")
    found = certificate(code)
    assert found is not None and found.title == "Bimtek saksi TPS" and found.valid
    with writing():
        rename_meeting(course.id, "rapat", "Bimtek saksi TPS")
    assert course.holders() == {}


def test_a_list_that_is_sent_back_takes_the_certificate_and_brings_it_back(course: Course) -> None:
    course.mark(course.seat(BUDI.id), "hadir", "hadir")
    course.put(SheetState.APPROVED)
    code = course.holders()[BUDI.id]
    course.put(SheetState.RETURNED, sessions=[1])
    assert course.holders() == {}
    course.put(SheetState.APPROVED)
    assert course.holders() == {BUDI.id: code}


def test_a_cancelled_bimtek_trains_nobody(course: Course) -> None:
    course.mark(course.seat(BUDI.id), "hadir", "hadir")
    course.put(SheetState.APPROVED)
    with writing():
        db.session.execute(update(Meeting).values(cancelled_at=now()))
    course.put(SheetState.APPROVED)
    assert course.holders() == {}


def test_a_rakor_gives_no_certificate_and_a_bimtek_for_nobody_trains_no_seat(
    app: Flask, inside: None
) -> None:
    course = Course(role=None)
    course.mark(course.seat(BUDI.id), "hadir", "hadir")
    course.put(SheetState.APPROVED)
    assert set(course.holders()) == {BUDI.id}
    assert trained_among([BUDI.id]) == set()
    with writing():
        db.session.execute(update(Meeting).values(kind="rakor"))
    course.put(SheetState.APPROVED)
    assert course.holders() == {}


def test_two_lists_approved_at_the_same_moment_are_both_seen(app: Flask, course: Course) -> None:
    course.mark(course.seat(BUDI.id, 0), "hadir", "alpa")
    course.mark(course.seat(BUDI.id, 1), "alpa", "hadir")
    db.session.commit()
    start = threading.Barrier(2)

    def approve(site: int) -> None:
        with app.app_context():
            start.wait()
            course.put(SheetState.APPROVED, sites=[site])
            db.session.remove()

    threads = [threading.Thread(target=approve, args=(site,)) for site in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(course.holders()) == {BUDI.id}


def test_judging_five_hundred_asks_no_more_than_judging_five(
    course: Course, statements: Callable[[], Any]
) -> None:
    def asked() -> int:
        with statements() as seen:
            course.put(SheetState.APPROVED)
        return len(seen.work)

    enrol(course, 5)
    few = asked()
    enrol(course, 500)
    assert asked() <= few + 1 and len(course.holders()) == 505


def enrol(course: Course, many: int) -> None:
    """So many people who came to everything."""
    with writing(), everywhere("a scene is set"):
        last = db.session.scalar(select(Person.id).order_by(Person.id.desc()).limit(1)) or 0
        people = [Person(id=last + 1000 + n, name=f"Warga {last + n:04}", search_name="warga", region_code=KAPUK,
                         created_at=now()) for n in range(many)]  # fmt: skip
        db.session.add_all(people)
        db.session.flush()
        db.session.add_all(
            Invitation(meeting_id=course.id, site_id=course.sites[0], region_code=CENGKARENG, person_id=one.id,
                       invited_by=KARTIKA.id, invited_at=now())
            for one in people
        )  # fmt: skip
        lay(course.id)
        db.session.execute(update(Verdict).values(status="hadir"))


# What a bimtek asks for


def test_the_coordinator_of_the_meeting_says_what_it_asks_for(app: Flask, kartika: Visitor) -> None:
    with app.app_context():
        course = Course(role=None)
    path = f"/rapat/{course.id}/pelatihan"
    mark = kartika.get(path).one("input[name=dasar]")["value"]
    for _ in range(2):
        kartika.post(path, {"peran": "witness", "boleh": "1", "dasar": mark})
    page = kartika.get(path)
    assert page.one("select[name=peran] option[selected]")["value"] == "witness"
    assert page.one("input[name=boleh]")["value"] == "1"
    stale = kartika.post(path, {"peran": "coordinator", "boleh": "0", "dasar": mark}, 409)
    assert "baru saja diubah orang lain" in stale.words(".sum")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"peran": "presiden"}, "Pilih salah satu"),
        ({"peran": "admin"}, "Pilih salah satu"),
        ({"peran": "witness", "boleh": "dua"}, "Isi dengan angka"),
        ({"peran": "witness", "boleh": "-1"}, "Isi dengan angka"),
        ({"peran": "witness", "boleh": "99999999999999999999"}, "Isi dengan angka"),
        ({"peran": "witness", "boleh": "2"}, "paling banyak 1"),
    ],
)
def test_what_cannot_be_asked_for_is_explained_and_changes_nothing(
    app: Flask, kartika: Visitor, wrong: dict[str, str], says: str
) -> None:
    with app.app_context():
        course = Course(role=None)
    page = kartika.post(f"/rapat/{course.id}/pelatihan", wrong, 422)
    assert says in page.words(".sum")
    with app.app_context(), everywhere("a test looks"):
        kept = Demand.of(db.session.get_one(Meeting, course.id))
        assert kept == Demand(None, 0)


def test_after_the_first_approved_list_nothing_is_asked_anew(course: Course) -> None:
    course.put(SheetState.APPROVED, sites=[0], sessions=[0])
    with pytest.raises(Refusal, match="tidak bisa diubah lagi"):
        demand(course.id, Demand(Role.COORDINATOR))
    demand(course.id, Demand(Role.WITNESS))  # the same as before is no change
    course.put(SheetState.RETURNED)
    demand(course.id, Demand(Role.COORDINATOR, 1))


def test_only_the_region_that_holds_it_says_what_it_asks_for(course: Course) -> None:
    bind(Scope((CENGKARENG,), ANI.id))
    with pytest.raises(NotThere):
        demand(course.id, Demand(None))


def test_whoever_keeps_one_site_sees_its_people_and_no_form(app: Flask, ani: Visitor) -> None:
    with app.app_context():
        course = Course()
        course.mark(course.seat(BUDI.id, 0), "hadir", "hadir")
        course.seat(CITRA.id, 1)
        course.put(SheetState.APPROVED, sites=[0])
    page = ani.get(f"/rapat/{course.id}/pelatihan")
    assert "Budi Santoso" in page.text and CANARY not in page.text
    assert not page.soup.select("main form") and "Wajib untuk: Saksi" in page.words("main")
    ani.post(f"/rapat/{course.id}/pelatihan", {"peran": "", "dasar": ""}, 404)


def test_the_page_says_who_completed_it_and_what_the_others_lack(
    app: Flask, eko: Visitor, budi: Visitor
) -> None:
    with app.app_context():
        course = Course()
        course.mark(course.seat(BUDI.id), "hadir", "hadir")
        course.mark(course.seat(ANI.id), "hadir", "alpa")
        course.seat(CITRA.id, 1)
        course.put(SheetState.APPROVED, sites=[0])
    page = eko.get(f"/rapat/{course.id}/pelatihan")
    assert page.words(".keys").startswith("sudah selesai 1 dari peserta 3")
    rows = {row.select_one(".who > *").text: row.get_text(" ") for row in page.soup.select("main .rows li")}
    assert "2 dari 2 sesi" in rows["Budi Santoso"] and "PDF" in rows["Budi Santoso"]
    assert "1 dari 2 sesi · kurang 1" in " ".join(rows["Ani Lestari"].split())
    assert "menunggu lembar disetujui" in rows[CITRA.name]
    budi.get(f"/rapat/{course.id}/pelatihan", 404)


def test_no_such_page_for_a_rakor_or_next_door(app: Flask, ani: Visitor, citra: Visitor) -> None:
    with app.app_context():
        rakor, bimtek = meeting_of(1), meeting_of(1, kind="bimtek")
    ani.get(f"/rapat/{rakor.meeting}/pelatihan", 404)
    ani.get(f"/rapat/{bimtek.meeting}/pelatihan")
    citra.get(f"/rapat/{bimtek.meeting}/pelatihan", 404)
    citra.post(f"/rapat/{bimtek.meeting}/pelatihan", {"peran": "witness"}, 404)


def test_the_list_asks_the_same_for_any_number_of_people(
    app: Flask, kartika: Visitor, statements: Callable[[], Any]
) -> None:
    def asked() -> int:
        with statements() as seen:
            kartika.get(f"/rapat/{course.id}/pelatihan")
        return len(seen.work)

    with app.app_context():
        course = Course()
        enrol(course, 3)
        course.put(SheetState.APPROVED)
    kartika.get("/")  # the first visit of the hour is noted
    few = asked()
    with app.app_context():
        enrol(course, 200)
    assert asked() == few <= 4
    last = kartika.get(f"/rapat/{course.id}/pelatihan?hal=99")
    assert "201–203 dari 203" in last.words("nav.tools")


# Certificates


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
    told = {"kursi": scene.seats[0], "menjadi": word, "alasan": "Salah orang waktu itu."}
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
