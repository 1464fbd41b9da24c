"""Trainings: who came to enough of a bimtek has completed it, whichever sites that was at."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from tests.attendance.courses import Course, enrol
from tests.cast import ANI, BUDI, CITRA, EKO
from webapp.attendance.models import Meeting, SheetState
from webapp.attendance.rules.meetings import rename_meeting
from webapp.people.figures.training import certificate
from webapp.people.rules.training import trained_among
from webapp.places.rules.scope import everywhere
from webapp.plumbing.clock import now
from webapp.plumbing.database import db, writing


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
    course.put(SheetState.RETURNED)
    enrol(course, 500)
    assert asked() <= few + 1 and len(course.holders()) == 505
