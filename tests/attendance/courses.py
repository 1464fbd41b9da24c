"""Scenes for the tests of trainings: a bimtek of the kota over several days and two sites."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update

from tests.attendance.scenes import NINE, meeting_of
from tests.cast import CENGKARENG, GROGOL, KAPUK, KARTIKA, KOTA
from webapp.attendance.models import Invitation, Meeting, MeetingSession, Sheet, SheetState, Site, Verdict
from webapp.attendance.rules.laying import lay
from webapp.attendance.rules.training import judge
from webapp.people.models import Person, Training
from webapp.places.rules.scope import everywhere
from webapp.plumbing.clock import now
from webapp.plumbing.database import db, writing


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
