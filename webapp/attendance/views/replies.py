"""Who has answered and who has not; and asking one of them again, or the whole group."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from flask import Response, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from webapp.attendance.figures import answers
from webapp.attendance.figures.given import given_by
from webapp.attendance.forms.codes import key_for
from webapp.attendance.models import Invitation
from webapp.attendance.room import room
from webapp.attendance.rules.answering import may_answer, token_of
from webapp.attendance.rules.finding import Kept, kept_meeting, most_wanted, sheets_of
from webapp.attendance.rules.lines import named
from webapp.attendance.rules.seating import places_of
from webapp.people.figures.people import person_ids_above
from webapp.people.rules.contacts import TooManyContacts, contact, look_up
from webapp.people.rules.permissions import Permission
from webapp.people.views.door import viewer
from webapp.places.rules.scope import current
from webapp.plumbing.database import db
from webapp.plumbing.fields import page_number
from webapp.plumbing.refusal import NotThere
from webapp.plumbing.render import render


@room.get("/rapat/<int:meeting_id>/jawaban", needs=Permission.KEEP_ATTENDANCE)
def replies(meeting_id: int) -> Response:
    """Counts, and the invited: who has not answered comes first. Four statements."""
    lists = sheets_of(meeting_id)
    if not lists:
        raise NotThere
    query, shown = request.args.get("cari", "")[:80], request.args.get("tampil", "")
    return render(
        "attendance/replies.html",
        held=most_wanted(lists),
        told=answers.replies(meeting_id, shown, query, page_number(request.args.get("hal"))),
        given=given_by(one for one in places_of(meeting_id) if current().covers(one.region_code)),
        query=query,
        per_page=answers.PAGE,
        may_ask=_may_ask(lists),
    )


@room.get("/rapat/<int:meeting_id>/jawaban/teks", needs=Permission.KEEP_ATTENDANCE)
def reminder_text(meeting_id: int) -> Response:
    """What to paste into the group, with the names of those who have not answered and no personal link."""
    kept = kept_meeting(meeting_id)
    page = url_for("attendance.meeting", meeting_id=meeting_id, _external=True)
    text = answers.group_text(kept, answers.silent_names(meeting_id), page)
    return render("attendance/reminder_text.html", held=kept, text=text, link=_whatsapp(text))


@room.post("/undangan/<int:invitation_id>/ingatkan", needs=Permission.KEEP_ATTENDANCE)
def remind(invitation_id: int) -> Response:
    """One person's WhatsApp with her own link in the text; the reading of her number is on record.

    Whose number one may not read, or not now, gets the text all the same: to be sent from one's own contacts.
    """
    seat, lists = _asked(invitation_id)
    if not _may_ask(lists):
        raise NotThere
    kept = most_wanted(lists)
    name, phone, says = _reach(seat)
    token = token_of(seat.id, seat.person_id or 0, key_for("rsvp"))
    text = answers.reminder(kept, name, url_for("attendance.link", token=token, _external=True))
    response = render(
        "attendance/remind.html",
        "attendance/_reminder.html",
        held=kept,
        seat=seat.id,
        name=name,
        link=_whatsapp(text, phone),
        known=bool(phone),
        says=says,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _reach(seat: Invitation) -> tuple[str, str, str]:
    """Name, number for WhatsApp and, without one, why."""
    who = viewer()
    name = db.session.execute(select(named.c.name).where(named.c.id == seat.person_id)).scalar_one()
    try:
        found = contact(who, look_up(who, seat.person_id or 0, person_ids_above(who)))
    except NotThere:
        return name, "", _("Nomornya di luar wilayah Anda. Kirim lewat kontak di HP Anda sendiri.")
    except TooManyContacts as refusal:
        return name, "", refusal.says
    return name, found.whatsapp, "" if found.phone else _("Nomornya belum dicatat. Kirim lewat kontak Anda.")


def _asked(invitation_id: int) -> tuple[Invitation, list[Kept]]:
    """A seat of somebody we know by more than her name, and the lists with it that one keeps."""
    found = select(Invitation).join(named, named.c.id == Invitation.person_id)
    found = found.where(
        Invitation.id == invitation_id, Invitation.walk_in.is_(False), named.c.withdrawn_at.is_(None)
    )
    seat = db.session.scalars(found).one_or_none()
    lists = sheets_of(seat.meeting_id) if seat else []
    mine = [one for one in lists if seat and one.site.id == seat.site_id]
    if seat is None or not mine:
        raise NotThere
    return seat, mine


def _may_ask(lists: Sequence[Kept]) -> bool:
    return may_answer(lists[0].meeting, min(one.session.starts_at for one in lists))


def _whatsapp(text: str, phone: str = "") -> str:
    return f"https://wa.me/{phone}?text={quote(text)}"
