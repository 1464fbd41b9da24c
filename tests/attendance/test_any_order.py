"""Two sites and two sessions, and whatever may happen at them in any order: what is kept follows from the records."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.attendance.scenes import NINE, meeting_of
from tests.cast import ANI, CENGKARENG, EKO, KARTIKA, KOTA
from tests.effort import a_few
from webapp.attendance.figures.totals import totals_of
from webapp.attendance.models import AttendanceRecord, Invitation, Sheet, Status, Verdict
from webapp.attendance.rules import claiming, paper, recording, review, scanning, screens, together, vouching
from webapp.attendance.rules.arranging import Span, add_session
from webapp.attendance.rules.inviting import Guest, invite
from webapp.attendance.rules.rebuilding import rebuild
from webapp.attendance.rules.siting import Spot, add_site
from webapp.attendance.rules.tokens import read, screen_token
from webapp.people.models import Training
from webapp.places.rules.scope import everywhere
from webapp.plumbing.clock import now
from webapp.plumbing.database import db, writing
from webapp.plumbing.refusal import Refusal
from webapp.plumbing.submissions import Stamp

ACTS = 120
SAID = ("hadir", "hadir", "terlambat", "izin", "sakit", "alpa")


class Day:
    """A bimtek at two sites, and what is done to it."""

    def __init__(self, dice: Random) -> None:
        self.dice = dice
        self.meeting = meeting_of(5, by=KARTIKA, code=KOTA, kind="bimtek").meeting
        with writing():
            site = add_site(self.meeting, Spot(CENGKARENG, place="Aula"))
            later = NINE + timedelta(hours=4)
            add_session(self.meeting, Span(later, later + timedelta(hours=2), title="Siang"))
            people = list(db.session.scalars(select(Invitation.person_id)))
            invite(self.meeting, [Guest(ANI.id)], KARTIKA.id, site.id)
        self.people = [one for one in (*people, ANI.id) if one]
        self.guests = 0

    def act(self) -> None:
        """One thing; what is refused leaves nothing behind."""
        acts: tuple[Callable[[], Any], ...] = (
            self._mark, self._mark, self._marks, self._void, self._walk_in, self._scan, self._claim, self._screen,
            self._vouch, self._paper, self._review,
        )  # fmt: skip
        with suppress(Refusal), writing(), db.session.begin_nested():
            self.dice.choice(acts)()

    def _stamp(self, sender: int = 0) -> Stamp:
        """Heard now, of just now or of hours ago, from one of three phones."""
        heard = now()
        at = heard - timedelta(minutes=self.dice.choice((0, 0, 0, 5, 90)))
        phone = UUID(int=sender or self.dice.randrange(1, 4))
        return Stamp(uuid4(), sender or self.dice.choice((KARTIKA.id, ANI.id)), at, at, heard, 420, 0, phone)

    def _one(self, model: Any, *which: Any) -> Any:
        found = db.session.scalars(
            select(model).where(*which).execution_options(populate_existing=True)
        ).all()
        if not found:
            raise Refusal("nothing there yet")
        return self.dice.choice(found)

    def _tap(self) -> dict[str, Any]:
        sheet = self._one(Sheet)
        seat = self._one(Invitation, Invitation.site_id == sheet.site_id).id
        return {
            "rapat": self.meeting, "lembar": self.dice.choice((sheet.id, sheet.id, None)), "kursi": seat,
            "status": self.dice.choice(SAID), "waktu": self.dice.choice(("tepat", "lambat")),
        }  # fmt: skip

    def _mark(self) -> None:
        recording.mark(self._tap(), self._stamp())

    def _marks(self) -> None:
        together.mark_all([(self._tap(), self._stamp()) for _ in range(4)])

    def _void(self) -> None:
        record = self._one(AttendanceRecord)
        told = {"urung": record.id, "rapat": None, "kursi": None}
        recording.void(told, self._stamp())

    def _walk_in(self) -> None:
        who = self.dice.choice((None, *self.people))
        self.guests += 1
        told = {
            "rapat": self.meeting,
            "lembar": self._one(Sheet).id,
            "orang": who,
            "nama": f"Tamu {self.guests}",
        }
        recording.walk_in({**told, "mewakili": None, "waktu": "tepat"}, self._stamp())

    def _scan(self) -> None:
        told = {"lembar": self._one(Sheet).id, "orang": self.dice.choice(self.people), "cara": "kartu"}
        scanning.scan({**told, "waktu": "tepat"}, self._stamp())

    def _claim(self) -> None:
        claiming.claim({"rapat": self.meeting, "position": None}, self._stamp(self.dice.choice(self.people)))

    def _screen(self) -> None:
        sheet, stamp = self._one(Sheet), self._stamp(self.dice.choice(self.people))
        shown = read(screen_token(sheet.id, sheet.secret, stamp.happened_at))
        screens.come({"shown": shown, "seen": None, "position": None}, stamp)

    def _vouch(self) -> None:
        sheet = self._one(Sheet)
        seats = db.session.scalars(select(Invitation.id).where(Invitation.site_id == sheet.site_id)).all()
        vouching.vouch(sheet.id, list(seats), self._stamp())

    def _paper(self) -> None:
        sheet = self._one(Sheet)
        seats = db.session.scalars(select(Invitation.id).where(Invitation.site_id == sheet.site_id)).all()
        signs = {seat: self.dice.choice("hhisa") for seat in seats if self.dice.random() < 0.5}
        told = {
            "lembar": sheet.id,
            "tanda": signs,
            "jam": {},
            "nomor": {},
            "tamu": ["Pak Tamu"],
            "kepala": None,
        }
        paper.type_in({**told, "foto": []}, self._stamp())

    def _review(self) -> None:
        sheet = self._one(Sheet)
        if sheet.stage.is_open and self.dice.random() < 0.6:
            raise Refusal("not yet")
        if sheet.stage.is_open:
            review.submit(sheet, sheet.version, KARTIKA.id)
        elif self.dice.random() < 0.7:
            review.send_back(sheet, sheet.version, EKO.id, "Cek lagi")
        else:
            review.approve(sheet, sheet.version, EKO.id)


def kept() -> dict[tuple[int, int], tuple[Any, ...]]:
    table = Verdict.__table__
    rows = db.session.execute(select(table)).all()
    return {(row.invitation_id, row.session_id): tuple(row) for row in rows}


def trained() -> set[int]:
    return set(db.session.scalars(select(Training.person_id).where(Training.revoked_at.is_(None))))


def persons_who_came() -> tuple[int, int]:
    """Of the invited, and guests: each person once, by hand."""
    came: dict[Any, bool] = {}
    invited = set()
    found = select(Invitation.id, Invitation.person_id, Invitation.walk_in, Verdict.status)
    for seat, person, walk_in, status in db.session.execute(found.join(Verdict)):
        key = ("person", person) if person else ("seat", seat)
        came[key] = came.get(key, False) or Status(status).came
        invited |= set() if walk_in else {key}
    return sum(came[key] for key in invited), sum(came[key] for key in came.keys() - invited)


@pytest.mark.parametrize("seed", a_few(range(8), 3))
def test_what_is_kept_is_what_the_records_say(app: Flask, seed: int) -> None:
    begin = NINE - timedelta(minutes=20)
    acting = everywhere("a test acts for everybody")
    with time_machine.travel(begin, tick=False) as clock, app.app_context(), acting:
        day = Day(Random(seed))
        for _ in range(ACTS):
            clock.shift(timedelta(minutes=3))
            day.act()
        before, certified = kept(), trained()
        assert len(before) > 12
        assert rebuild() == (len(before), 0)
        assert (kept(), trained()) == (before, certified)
        whole = totals_of(day.meeting).persons
        assert (whole.came, whole.walk_ins) == persons_who_came()
        assert sum(whole.counts.values()) == whole.seats
        db.session.rollback()
