"""Who has answered an invitation and who has not, and the words by which the others are asked again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, case, func, select

from webapp.attendance.models import Invitation, Rsvp
from webapp.attendance.rules.finding import Kept
from webapp.attendance.rules.lines import named, office_words, region_words
from webapp.people.rules.naming import holding, words_of
from webapp.places.models import Region
from webapp.plumbing.clock import date_words, hour
from webapp.plumbing.database import db

PAGE = 50
MOST_NAMES = 100
SILENT = "belum"
SHOWN = (SILENT, *(str(one) for one in Rsvp))
ZONES = {420: "WIB", 480: "WITA", 540: "WIT"}


@dataclass(frozen=True)
class Reply:
    """One seat and what was answered for it. `person_id` None: nobody whom one may ask again."""

    seat: int
    person_id: int | None
    name: str
    office: str
    rsvp: str
    reason: str | None
    late: bool


@dataclass(frozen=True)
class Replies:
    """One page of the seats of a meeting that one keeps; `counts` by answer, of all of them."""

    rows: Sequence[Reply]
    counts: Mapping[str, int]
    shown: str
    page: int
    more: bool

    @property
    def seats(self) -> int:
        """How many are invited."""
        return sum(self.counts.values())

    @property
    def total(self) -> int:
        """How many the chosen part holds, before a search."""
        return self.counts.get(self.shown, self.seats)


def replies(meeting_id: int, shown: str, query: str, page: int) -> Replies:
    """The seats in one's own region: who has not answered comes first. Two statements."""
    told = {row[0] or SILENT: row[1] for row in db.session.execute(_counts(meeting_id))}
    counts = dict.fromkeys(SHOWN, 0) | told
    shown = shown if shown in SHOWN else ""
    found = _seats(meeting_id)
    if shown:
        found = found.where(_answer() == shown)
    found = found.where(*holding(words_of(query), named.c.search_name))
    rows = db.session.execute(found.offset((page - 1) * PAGE).limit(PAGE + 1)).all()
    return Replies([_reply(row) for row in rows[:PAGE]], counts, shown, page, len(rows) > PAGE)


def silent_names(meeting_id: int) -> list[str]:
    """Who has not answered, by name. One statement."""
    found = (
        _seats(meeting_id).where(Invitation.rsvp.is_(None), named.c.withdrawn_at.is_(None)).limit(MOST_NAMES)
    )
    return [row[2] for row in db.session.execute(found)]


def reminder(kept: Kept, name: str, url: str) -> str:
    """What to send to one person: what, when, where, and her own link."""
    asked = _("Halo %(name)s, mohon jawab undangan ini:", name=name.split()[0])
    told = _("Jawab datang, izin atau ragu di tautan ini, khusus untuk Anda:")
    return "\n".join([asked, *_about(kept), told, url])


def group_text(kept: Kept, names: Sequence[str], url: str) -> str:
    """What to send to the whole group; no personal link stands in it."""
    asked = _("Mohon jawab undangan ini di tautan masing-masing, atau di Simpul:")
    told = [_("Belum menjawab (%(n)s):", n=len(names)), *(f"- {name}" for name in names)] if names else []
    return "\n".join([asked, *_about(kept), url, *told])


def _about(kept: Kept) -> list[str]:
    session, site = kept.session, kept.site
    hours = f"{hour(session.starts_at, kept.offset)}–{hour(session.ends_at, kept.offset)}"
    when = f"{date_words(session.starts_at, kept.offset)}, {hours} {ZONES.get(kept.offset, '')}".strip()
    return [f"*{kept.meeting.title}*", when, site.called(site.region.name)]


def _answer() -> Any:
    return func.coalesce(Invitation.rsvp, SILENT)


def _counts(meeting_id: int) -> Select[*tuple[Any, ...]]:
    found = select(Invitation.rsvp, func.count(Invitation.id)).where(*_invited(meeting_id))
    return found.group_by(Invitation.rsvp)


def _invited(meeting_id: int) -> tuple[Any, ...]:
    return Invitation.meeting_id == meeting_id, Invitation.walk_in.is_(False)


def _seats(meeting_id: int) -> Select[*tuple[Any, ...]]:
    order = {SILENT: 0, Rsvp.MAYBE: 1, Rsvp.NO: 2, Rsvp.YES: 3}
    name = func.coalesce(named.c.name, Invitation.guest_name, "")
    return (
        select(
            Invitation.id,
            case((named.c.withdrawn_at.is_(None), Invitation.person_id)),
            name,
            Invitation.role,
            Region.name,
            Region.level,
            Region.kind,
            _answer(),
            Invitation.rsvp_reason,
            Invitation.rsvp_late,
        )
        .outerjoin(named, named.c.id == Invitation.person_id)
        .outerjoin(Region, Region.code == func.coalesce(Invitation.seat_code, named.c.region_code))
        .where(*_invited(meeting_id))
        .order_by(case(order, value=_answer(), else_=4), func.lower(name), Invitation.id)
    )


def _reply(row: Any) -> Reply:
    seat, person, name, role, place, level, kind, answer, reason, late = row
    region = region_words(place, level, kind) if place else None
    return Reply(seat, person, name, office_words(role, region), answer, reason, late)
