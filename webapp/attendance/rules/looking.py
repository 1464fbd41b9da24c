"""A reviewer looks at something odd and lets it stand: once, by whom and when, on the version that she saw."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select

from webapp.attendance.models import Look, MeetingSession, Sheet, SheetState
from webapp.attendance.rules.four_eyes import refuse_part
from webapp.attendance.rules.review import OverTaken
from webapp.people.rules.naming import names_of
from webapp.plumbing.clock import WIB, hour, now
from webapp.plumbing.database import db, upsert


def look(sheet: Sheet, key: str, version: int, actor: int) -> Look:
    """Let one oddity of a waiting sheet stand; the same by the same hand once more changes nothing.

    The unique key is the judge. Raises `OverTaken` when the sheet has moved, or somebody else was quicker.
    """
    refuse_part(sheet, actor)
    if sheet.version != version or sheet.stage is not SheetState.SUBMITTED:
        raise OverTaken(_("Lembar ini sudah berubah. Muat ulang untuk melihat keadaan terbaru."))
    told = {"sheet_id": sheet.id, "region_code": sheet.region_code, "key": key[:80]}
    new = upsert(Look).values(**told, looked_by=actor, looked_at=now())
    db.session.execute(new.on_conflict_do_nothing())
    kept = db.session.scalars(select(Look).where(Look.sheet_id == sheet.id, Look.key == key[:80])).one()
    if kept.looked_by != actor:
        raise _overtaken(kept, sheet)
    return kept


def _overtaken(kept: Look, sheet: Sheet) -> OverTaken:
    zone = select(MeetingSession.offset).where(MeetingSession.id == sheet.session_id)
    offset = db.session.scalars(zone).one_or_none() or WIB
    name = names_of([kept.looked_by]).get(kept.looked_by, "")
    time = hour(kept.looked_at, offset)
    return OverTaken(_("Tanda ini sudah diterima oleh %(name)s pukul %(time)s.", name=name, time=time))
