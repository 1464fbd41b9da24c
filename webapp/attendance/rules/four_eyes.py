"""Four eyes: whoever has a part in keeping a list does not review it, whatever roles she holds.

Who is expected, when and where is part of the list; its minutes are not: they stay open when it is locked, and whoever
writes them reviews the list all the same.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Integer, Select, bindparam, exists, func, or_, select
from sqlalchemy.orm import aliased

from webapp.attendance.models import (
    TAKEN_BACK,
    AttendanceRecord,
    Correction,
    Invitation,
    InvitationRule,
    Meeting,
    ReviewEvent,
    Sheet,
    SheetState,
    Site,
)
from webapp.attendance.models.guests import is_expected
from webapp.attendance.rules.verdicts import SAID_ONESELF
from webapp.people.models import AuditEntry
from webapp.plumbing.database import db
from webapp.plumbing.refusal import Refusal

PERSON = bindparam("reader", type_=Integer)
KEEPERS_STEPS = (SheetState.SUBMITTED, TAKEN_BACK)


class Part(StrEnum):
    """What a person has done for a list, the weightiest first."""

    RECORDED = "recorded"
    HANDED_IN = "handed in"
    COUNTED = "counted heads"
    CALLED = "called the meeting"
    IN_CHARGE = "in charge of the site"
    ARRANGED = "arranged the meeting"
    INVITED = "invited somebody"
    DEPUTED = "named who stands for somebody"
    CORRECTED = "asked for a correction"

    @property
    def says(self) -> str:
        """What the reader is told of her own part."""
        return {
            Part.RECORDED: _("Anda ikut mencatat di lembar ini, jadi pengawas lain yang harus meninjaunya."),
            Part.HANDED_IN: _("Anda yang mengajukan lembar ini, jadi pengawas lain yang harus meninjaunya."),
            Part.COUNTED: _("Anda yang menghitung orang di lembar ini, jadi pengawas lain yang meninjaunya."),
            Part.CALLED: _("Anda yang membuat rapat ini, jadi pengawas lain yang harus meninjaunya."),
            Part.IN_CHARGE: _("Anda penanggung jawab lokasi ini, jadi pengawas lain yang harus meninjaunya."),
            Part.ARRANGED: _("Anda ikut mengatur rapat ini, jadi pengawas lain yang harus meninjaunya."),
            Part.INVITED: _("Anda ikut mengundang ke daftar ini, jadi pengawas lain yang harus meninjaunya."),
            Part.DEPUTED: _("Anda yang mencatat wakil di daftar ini, jadi pengawas lain yang meninjaunya."),
            Part.CORRECTED: _("Anda meminta koreksi di lembar ini, jadi pengawas lain yang memutuskannya."),
        }[self]


class OwnPart(Refusal):
    """Whoever has a part in keeping a list does not review it."""

    def __init__(self, part: Part) -> None:
        super().__init__(part.says)


def part_in(sheet: Sheet, person_id: int) -> Part | None:
    """The weightiest part that this person has in keeping the sheet. One statement."""
    row = db.session.execute(_parts_in_one(), {"sheet": sheet.id, **reader(person_id)}).one()
    return next((part for part, is_so in zip(_parts(), row, strict=True) if is_so), None)


def refuse_part(sheet: Sheet, actor: int) -> None:
    """Raise `OwnPart` for whoever has one."""
    part = part_in(sheet, actor)
    if part is not None:
        raise OwnPart(part)


@cache
def has_part() -> ColumnElement[bool]:
    """Whether whoever is told by `reader` has any part in keeping the row's sheet."""
    return or_(*_parts().values())


def reader(person_id: int | None) -> dict[str, int]:
    """What a statement with `has_part` is told."""
    return {"reader": person_id or 0}


@cache
def _parts_in_one() -> Select[*tuple[Any, ...]]:
    return select(*_parts().values()).where(Sheet.id == bindparam("sheet"))


@cache
def _parts() -> dict[Part, ColumnElement[bool]]:
    """Conditions on the row's sheet. Other tables are aliases: the statement around may speak of them too."""
    step, wish = aliased(ReviewEvent), aliased(Correction)
    meeting, site = aliased(Meeting), aliased(Site)
    handed = step.sheet_id == Sheet.id, step.actor_id == PERSON, step.state.in_(KEEPERS_STEPS)
    asked = wish.sheet_id == Sheet.id, wish.asked_by == PERSON, wish.accepted.is_not(False)
    return {
        Part.RECORDED: _recorded(),
        Part.HANDED_IN: or_(func.coalesce(Sheet.submitted_by, 0) == PERSON, exists().where(*handed)),
        Part.COUNTED: or_(func.coalesce(Sheet.head_count_by, 0) == PERSON, _counted()),
        Part.CALLED: exists().where(meeting.id == Sheet.meeting_id, meeting.created_by == PERSON),
        Part.IN_CHARGE: exists().where(site.id == Sheet.site_id, site.pic_id == PERSON),
        Part.ARRANGED: _arranged(),
        Part.INVITED: _invited(),
        Part.DEPUTED: _deputed(),
        Part.CORRECTED: exists().where(*asked),
    }


def _counted() -> ColumnElement[bool]:
    """Also who counted before somebody else did."""
    entry = aliased(AuditEntry)
    told = entry.act == "sheet.heads", entry.subject == "sheet", entry.subject_id == Sheet.id
    return exists().where(*told, entry.actor_id == PERSON)


def _arranged() -> ColumnElement[bool]:
    """Who changed, arranged, called off or called again the meeting; sessions and sites do not say who made them."""
    entry = aliased(AuditEntry)
    told = entry.subject == "meeting", entry.subject_id == Sheet.meeting_id
    return exists().where(*told, entry.actor_id == PERSON)


def _invited() -> ColumnElement[bool]:
    """By name or by a rule. A seat that was made at the door is no invitation."""
    seat, rule = aliased(Invitation), aliased(InvitationRule)
    by_name = seat.site_id == Sheet.site_id, seat.invited_by == PERSON, seat.walk_in.is_(False)
    by_rule = rule.site_id == Sheet.site_id, rule.added_by == PERSON
    return or_(exists().where(*by_name), exists().where(*by_rule))


def _deputed() -> ColumnElement[bool]:
    """Who named beforehand who comes instead; at the door it is a record."""
    seat = aliased(Invitation)
    return exists().where(seat.site_id == Sheet.site_id, seat.invited_by == PERSON, is_expected(seat))


def _recorded() -> ColumnElement[bool]:
    """What the invited says of herself is no record of a keeper's."""
    record, seat = aliased(AttendanceRecord), aliased(Invitation)
    return exists().where(
        record.session_id == Sheet.session_id,
        record.recorder_id == PERSON,
        record.method.not_in(SAID_ONESELF),
        record.invitation_id == seat.id,
        seat.site_id == Sheet.site_id,
    )
