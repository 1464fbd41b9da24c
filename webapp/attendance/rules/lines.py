"""The list of a session as its keeper sees it: one line a seat, named through the invitation.

A name may lie outside the keeper's own region: whoever keeps a list knows who was invited to it. So the person's
table is joined bare, without the scope's criterion, to invitations that do carry it; no phone number is read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import Select, bindparam, func, select

from webapp.attendance.models import Invitation, Status, Verdict
from webapp.attendance.rules.verdicts import Outcome
from webapp.people.models import Person
from webapp.places.models import Region
from webapp.places.rules.zones import offset_of
from webapp.plumbing.database import db

named = Person.__table__


@dataclass(frozen=True)
class Line:
    """One seat: who, for what, and the verdict. Times are UTC."""

    seat: int
    person_id: int | None
    name: str
    role: str | None
    region: str | None
    walk_in: bool
    status: Status
    first_in: datetime | None
    said_at: datetime | None
    record_id: UUID | None
    doubled: bool
    odd_clock: bool
    claims_since: datetime | None
    computed: bool
    offset: int

    @property
    def at(self) -> datetime | None:
        """When the person came, or when the status was said."""
        return self.first_in or (None if self.status.came else self.said_at)

    @property
    def office(self) -> str:
        """Koord. Kec. Palmerah; Tamu for whoever is in no list of ours."""
        words = " ".join(word for word in (_short_role(self.role), self.region) if word)
        if self.walk_in:
            return _("Tamu") + (f" · {words}" if words else "")
        return words

    @property
    def odd(self) -> bool:
        """Whether a reviewer should look at it first."""
        return self.doubled or self.odd_clock or self.claims_since is not None

    def judged(self, outcome: Outcome) -> Line:
        """The same line under a new verdict."""
        return replace(self, **vars(outcome))


def lines_of(meeting_id: int, session_id: int) -> list[Line]:
    """Every seat of a session in the viewer's scope, by name. One statement."""
    found = _lines().where(Invitation.meeting_id == meeting_id, Verdict.session_id == session_id)
    return sorted(_read(db.session.execute(found)), key=lambda line: line.name.casefold())


def line_of(meeting_id: int, seat: int, *, lock: bool = False) -> Line | None:
    """One seat; `lock` keeps every other tap on it waiting until this transaction ends (PostgreSQL)."""
    asked = {"meeting": meeting_id, "seat": seat}
    return next(iter(_read(db.session.execute(_one_line(lock), asked))), None)


@cache
def _one_line(lock: bool) -> Select[*tuple[Any, ...]]:
    """Made once: every tap asks this, and making it costs as much as asking."""
    one = _lines().where(Invitation.meeting_id == bindparam("meeting"), Invitation.id == bindparam("seat"))
    return one.with_for_update(of=Invitation) if lock else one


def _lines() -> Select[*tuple[Any, ...]]:
    region = func.coalesce(Invitation.seat_code, named.c.region_code)
    return (
        select(
            Invitation.id,
            Invitation.person_id,
            func.coalesce(named.c.name, Invitation.guest_name, ""),
            Invitation.role,
            Region.name,
            Region.level,
            Region.kind,
            Invitation.walk_in,
            Verdict.status,
            Verdict.first_in,
            Verdict.said_at,
            Verdict.record_id,
            Verdict.doubled,
            Verdict.odd_clock,
            Verdict.claims_since,
            Verdict.computed,
            Invitation.region_code,
        )
        .join(Verdict, Verdict.invitation_id == Invitation.id)
        .outerjoin(named, named.c.id == Invitation.person_id)
        .outerjoin(Region, Region.code == region)
    )


def _read(rows: Iterable[Any]) -> list[Line]:
    found = []
    for seat, person, name, role, place, level, kind, walk_in, status, *rest, code in rows:
        region = region_words(place, level, kind) if place else None
        verdict = (Status(status), *rest, offset_of(code))
        found.append(Line(seat, person, name, role, region, walk_in, *verdict))
    return found


def region_words(name: str, level: int, kind: str | None) -> str:
    """Kec. Palmerah, Kel. Kapuk, Desa Sukamaju; a kota and a province by their own name."""
    if level == 4:
        return (_("Kel.") if kind in (None, "kelurahan") else _("Desa")) + f" {name}"
    return f"{_('Kec.')} {name}" if level == 3 else name


def _short_role(role: str | None) -> str:
    known = {
        "admin": _("Admin"),
        "supervisor": _("Pengawas"),
        "coordinator": _("Koord."),
        "witness": _("Saksi"),
    }
    return known.get(role or "", "")
