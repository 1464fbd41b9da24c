"""The minutes: what was agreed and promised, its text for WhatsApp and its paper; and whether a promise was kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from webapp.attendance import kinds
from webapp.attendance.figures.minutes import record_of
from webapp.attendance.figures.papers.minutes import minutes_pdf
from webapp.attendance.figures.summary import (
    paper_of,
    places_of,
    rate_words,
    share_link,
    summary_of,
    when_words,
)
from webapp.attendance.forms.following import FollowUpForm
from webapp.attendance.forms.meetings import KINDS, DecisionForm
from webapp.attendance.models import FollowUp, MeetingKind
from webapp.attendance.room import room
from webapp.attendance.rules import following
from webapp.attendance.rules import meetings as rules
from webapp.attendance.rules.finding import kept_meeting
from webapp.attendance.views.answers import house, number, refused
from webapp.people.figures.search import Found
from webapp.people.figures.search import search as search_people
from webapp.people.rules.permissions import Permission
from webapp.people.views.door import received, viewer
from webapp.places.rules.scope import narrowed
from webapp.places.rules.zones import word
from webapp.plumbing.clock import date_words, hour, local_day, now
from webapp.plumbing.fields import row_number
from webapp.plumbing.forms import Form
from webapp.plumbing.refusal import refusal_of
from webapp.plumbing.render import render, see_other
from webapp.plumbing.submissions import Verdict

Typed = TypeVar("Typed", bound=Form)
FEW = 10  # of those who were found


@room.get("/rapat/<int:meeting_id>/notulen", needs=Permission.SEE_MEETINGS, kept=True)
def minutes(meeting_id: int) -> Response:
    """Agenda, decisions, follow-ups and the summary, for keepers, reviewers and the invited alike."""
    return _page(meeting_id)


@room.get("/rapat/<int:meeting_id>/notulen.txt", needs=Permission.SEE_MEETINGS)
def minutes_text(meeting_id: int) -> Response:
    """The summary alone."""
    return Response(summary_of(record_of(meeting_id)), mimetype="text/plain")


@room.get("/rapat/<int:meeting_id>/notulen.pdf", needs=Permission.READ_SHEETS)
def minutes_paper(meeting_id: int) -> Response:
    """The same on one page, for those who keep or review a list of it."""
    held = kept_meeting(meeting_id)
    when = f"{date_words(now(), held.offset)} {hour(now(), held.offset)} {word(held.offset)}"
    foot = _("Diunduh oleh %(name)s, %(when)s", name=viewer().name, when=when)
    kind = str(dict(KINDS).get(MeetingKind(held.meeting.kind), ""))
    name = f'inline; filename="notulen-{local_day(held.session.starts_at, held.offset)}-{meeting_id}.pdf"'
    page = minutes_pdf(paper_of(record_of(meeting_id), kind, foot), house())
    return Response(page, mimetype="application/pdf", headers={"Content-Disposition": name})


@room.post("/rapat/<int:meeting_id>/keputusan", needs=Permission.KEEP_ATTENDANCE)
def agree(meeting_id: int) -> Response:
    """Add an agreed point, or take one back."""
    kept_meeting(meeting_id)
    here = url_for("attendance.minutes", meeting_id=meeting_id, _anchor="keputusan")
    if "hapus" in request.form:
        return _struck(lambda: rules.drop_decision(meeting_id, number("hapus")), here)
    typed = MultiDict({**request.form, "rapat": str(meeting_id)})
    verdict = received(kinds.AGREE, typed)
    if verdict.status in (200, 404):
        return refused(verdict, here) if verdict.status == 404 else see_other(here)
    return _page(meeting_id, decision=_mended(DecisionForm(typed), verdict), status=verdict.status)


@room.post("/rapat/<int:meeting_id>/tindak-lanjut", needs=Permission.KEEP_ATTENDANCE)
def promise(meeting_id: int) -> Response:
    """Write down who does what by when, or strike it out."""
    kept_meeting(meeting_id)
    here = url_for("attendance.minutes", meeting_id=meeting_id, _anchor="tindak-lanjut")
    if "hapus" in request.form:
        return _struck(lambda: following.drop(meeting_id, number("hapus")), here)
    typed = MultiDict({**request.form, "rapat": str(meeting_id)})
    verdict = received(kinds.FOLLOW_UP, typed)
    if verdict.status in (200, 404):
        return refused(verdict, here) if verdict.status == 404 else see_other(here)
    return _page(meeting_id, form=_mended(FollowUpForm(typed), verdict), status=verdict.status)


@room.post("/rapat/<int:meeting_id>/notulen", needs=Permission.KEEP_ATTENDANCE)
def close(meeting_id: int) -> Response:
    """Close the minutes, or go on writing."""
    if "buka" in request.form:
        following.reopen_minutes(meeting_id)
        flash(_("Notulen dibuka lagi."))
    else:
        following.close_minutes(meeting_id, viewer().person_id)
        flash(_("Notulen ditutup. Keliru? Buka lagi di bawah."))
    return see_other(url_for("attendance.minutes", meeting_id=meeting_id))


@room.post("/tindak-lanjut", needs=Permission.SEE_MEETINGS)
def say_done() -> Response:
    """Done, or not done after all; back to the minutes that were open, else home."""
    meeting = row_number(request.args.get("rapat"))
    verdict = received(kinds.FOLLOW_UP_DONE)
    back = url_for("attendance.minutes", meeting_id=meeting, _anchor="tindak-lanjut") if meeting else "/"
    if verdict.status != 200:
        return refused(verdict, back)
    if verdict.row is not None:
        _say(verdict.row)
    return see_other(back)


def _say(row: FollowUp) -> None:
    """Without script: what was done, and for eight seconds a way back."""
    if row.done_at is None:
        flash(_("Belum selesai: %(words)s", words=row.words))
    else:
        flash(f"{row.id} belum {_('Selesai: %(words)s', words=row.words)}", "tindak")


def _struck(strike: Callable[[], object], here: str) -> Response:
    refusal = refusal_of(strike)
    if refusal:
        flash(refusal.says, "bad")
    return see_other(here)


def _mended(form: Typed, verdict: Verdict) -> Typed:
    """What was typed, with what is wrong about it."""
    if form.validate():
        form.form_errors = [verdict.reason or ""]
    return form


def _page(
    meeting_id: int,
    form: FollowUpForm | None = None,
    decision: DecisionForm | None = None,
    status: int = 200,
) -> Response:
    who, record = viewer(), record_of(meeting_id)
    held = record.held
    kept = [one for one in record.lists if who.may_at(Permission.KEEP_ATTENDANCE, one.site.region_code)]
    off = held.meeting.cancelled_at is not None
    is_open = following.are_open(kept) and not off
    leads = bool(kept) and who.may_at(Permission.KEEP_ATTENDANCE, held.meeting.region_code)
    query = request.args.get("cari", "")[:80]
    text = summary_of(record)
    return render(
        "attendance/minutes.html",
        "attendance/_owners.html",
        status=status,
        held=held,
        record=record,
        form=form or FollowUpForm(),
        decision_form=decision or DecisionForm(),
        keeps=bool(kept),
        assigns=is_open,
        writes=is_open and leads,
        closes=leads and not off and not following.are_past(kept),
        says={one.id for one in record.promises if _may_say(one.owner_id, one.region_code)},
        hours=when_words(record),
        places=places_of(record),
        rates=rate_words(record.persons) if record.persons else "",
        query=query,
        found=_found(query) if query and is_open else None,
        text=text,
        link=share_link(text),
        paper=held.sheet is not None and who.may_at(Permission.READ_SHEETS, held.sheet.region_code),
    )


def _may_say(owner: int, code: str) -> bool:
    who = viewer()
    return owner == who.person_id or who.may_at(Permission.KEEP_ATTENDANCE, code)


def _found(query: str) -> list[Found]:
    with narrowed(viewer().scope(Permission.KEEP_ATTENDANCE)):
        return search_people(query, FEW)
