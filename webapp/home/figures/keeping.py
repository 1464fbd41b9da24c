"""What is worth having on a phone today: the pages that this viewer will want where there is no network."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from webapp.attendance.figures.agenda import lists_today, today
from webapp.people.figures.seats import stations_of
from webapp.people.rules.permissions import Permission
from webapp.people.rules.viewer import Viewer
from webapp.places.models import Region
from webapp.places.rules.codes import KECAMATAN, is_code, level_of
from webapp.plumbing.database import db

VILLAGES = 12


def worth_keeping(who: Viewer) -> list[str]:
    """Addresses, the most important first. Four statements at most."""
    return ["/", *_of_the_day(who), "/lainnya", *_of_the_place(who)]


def _of_the_day(who: Viewer) -> Iterator[str]:
    """The forms, and today's meetings with their lists and minutes."""
    if who.may(Permission.CHECK_IN):
        yield "/check-in"
    yield "/antrean"
    yield "/kartu"
    if not who.may(Permission.SEE_MEETINGS):
        return
    yield "/rapat"
    meetings = today(who.scope(Permission.SEE_MEETINGS), who.offset)
    yield from (f"/rapat/{meeting.meeting_id}" for meeting in meetings)
    if meetings:
        yield "/pindai"
    if who.may(Permission.KEEP_ATTENDANCE):
        lists = lists_today(who.scope(Permission.KEEP_ATTENDANCE), who.offset)
        for _meeting, sheet in lists:
            yield from (f"/lembar/{sheet}/{page}" for page in ("hadir", "tamu", "pindai", "layar", "kertas"))
        yield from (f"/rapat/{meeting}/notulen" for meeting in dict.fromkeys(one[0] for one in lists))


def _of_the_place(who: Viewer) -> Iterator[str]:
    """The own TPS, the own region, and for whoever leads a kecamatan its kelurahan."""
    if not who.may(Permission.SEE_COVERAGE):
        return
    scope = who.scope(Permission.SEE_COVERAGE)
    yield from (f"/tps/{station}" for station, code in stations_of(who.person_id) if scope.covers(code))
    top = scope.top
    if top is None:
        return
    yield "/cakupan"  # leads on to the region's page, and is kept under both names
    yield f"/cakupan/{top}"
    if is_code(top) and level_of(top) == KECAMATAN:
        below = select(Region.code).where(Region.parent_code == top, Region.retired.is_(False))
        codes = db.session.scalars(below.order_by(Region.code).limit(VILLAGES))
        yield from (f"/cakupan/{code}" for code in codes)
