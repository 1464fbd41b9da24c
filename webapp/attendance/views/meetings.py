"""The agenda, calling a meeting, and the page of one: facts, own seat, what was agreed, what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from webapp.attendance import kinds
from webapp.attendance.figures import agenda
from webapp.attendance.figures.sheets import reasons_of
from webapp.attendance.figures.totals import once, totals_among
from webapp.attendance.forms.meetings import KINDS, CallForm, NameForm
from webapp.attendance.models import Meeting, MeetingSession, SheetState, Site
from webapp.attendance.room import room
from webapp.attendance.rules import meetings as rules
from webapp.attendance.rules.answering import may_answer
from webapp.attendance.rules.cancelling import has_begun
from webapp.attendance.rules.finding import (
    Held,
    Kept,
    kept_meeting,
    led_meeting,
    lists_among,
    most_wanted,
    parts_of,
)
from webapp.attendance.rules.lines import Line, lines_at
from webapp.attendance.rules.series import copied
from webapp.attendance.rules.verdicts import Hours
from webapp.attendance.views.answers import refused, say_odd_day, tried
from webapp.attendance.views.heads import names_for
from webapp.people.rules.permissions import Permission
from webapp.people.views.door import received, viewer
from webapp.places.figures.search import Choice, choose, place_from
from webapp.places.figures.tree import names_of
from webapp.places.rules.scope import current
from webapp.plumbing.clock import as_local, now
from webapp.plumbing.fields import page_number, row_number
from webapp.plumbing.refusal import NotThere
from webapp.plumbing.render import render, retarget, see_other, wants_part

SOUGHT = ("cari", "di")


@room.get("/rapat", needs=Permission.SEE_MEETINGS, kept=True)
def meetings() -> Response:
    """What runs, what comes, what was."""
    page = page_number(request.args.get("hal"))
    before, more = agenda.past(current(), page)
    return render(
        "attendance/meetings.html",
        ahead=agenda.ahead(current()) if page == 1 else [],
        past=before,
        number=page,
        more=more,
        may_call=bool(viewer().scope(Permission.KEEP_ATTENDANCE).codes),
    )


@room.get("/rapat/baru", needs=Permission.KEEP_ATTENDANCE)
def new_meeting() -> Response:
    """The form of a new meeting, for the region that one leads; or after one that is to be copied."""
    today = as_local(now(), viewer().offset).date()
    told: dict[str, object] = {"wilayah": current().top, "tanggal": today}
    if "salin" in request.args:
        source = copied(row_number(request.args["salin"]) or 0)
        told = _as_typed(source.meeting, source.sessions[0], source.sites[0])
        told |= {"tanggal": today, "salin": source.meeting.id}
    return _form_page(CallForm(data=told))


@room.post("/rapat/baru", needs=Permission.KEEP_ATTENDANCE)
def call_meeting() -> Response:
    """Call it; the same form sent twice is one meeting."""
    verdict = received(kinds.CALL)
    if verdict.status == 422:
        form = CallForm(request.form)
        if form.validate():
            form.form_errors = [verdict.reason or ""]
        return _form_page(form, 422)
    if verdict.status != 200:
        return refused(verdict, url_for("attendance.new_meeting"))
    return _to_invite(verdict.id)


@room.get("/rapat/kiriman/<uuid:submission_id>", needs=Permission.KEEP_ATTENDANCE)
def called(submission_id: UUID) -> Response:
    """From what a phone sent to the meeting that it made, to invite people to it."""
    return _to_invite(submission_id)


@room.get("/rapat/<int:meeting_id>/ubah", needs=Permission.KEEP_ATTENDANCE)
def edit_meeting(meeting_id: int) -> Response:
    """Correct a title, an hour or a place; of several sessions or sites each has its own form."""
    kept = led_meeting(meeting_id)
    if not kept.alone:
        return _form_page(NameForm(data=_names_of(kept)), held=kept)
    return _form_page(CallForm(data=_as_typed(kept.meeting, kept.session, kept.site)), held=kept)


@room.post("/rapat/<int:meeting_id>/ubah", needs=Permission.KEEP_ATTENDANCE)
def change_meeting(meeting_id: int) -> Response:
    """Keep the change; its region stays."""
    kept = led_meeting(meeting_id)
    form = _changed_form(kept)
    if not form.validate():
        return _form_page(form, 422, kept)
    status = tried(form, lambda: _change(meeting_id, form))
    if status:
        return _form_page(form, status, kept)
    flash(_("Perubahan rapat disimpan."))
    now_on = kept_meeting(meeting_id).session
    say_odd_day(now_on.starts_at, now_on.offset)
    return see_other(url_for("attendance.meeting", meeting_id=meeting_id))


@room.get("/rapat/<int:meeting_id>", needs=Permission.SEE_MEETINGS, kept=True)
def meeting(meeting_id: int) -> Response:
    """One meeting, for its keeper, its reviewer and its invited alike."""
    return _page(meeting_id)


@room.post("/rapat/<int:meeting_id>/saya-hadir", needs=Permission.SEE_MEETINGS)
def claim(meeting_id: int) -> Response:
    """Saya hadir; it waits for the coordinator."""
    here = url_for("attendance.meeting", meeting_id=meeting_id)
    verdict = received(kinds.SELF, {**request.form, "rapat": str(meeting_id)})
    if verdict.status != 200:
        return refused(verdict, here)
    flash(_("Pernyataan hadir Anda tercatat. Koordinator akan menyetujuinya."))
    return see_other(here)


def _to_invite(submission_id: UUID) -> Response:
    meeting = agenda.meeting_sent_as(submission_id)
    if meeting is None:
        raise NotThere
    first = kept_meeting(meeting.id).session
    say_odd_day(first.starts_at, first.offset)
    if meeting.series is not None:
        flash(
            _(
                "Rapat dibuat, berulang tiap minggu. Setelah mengundang, samakan rapat berikutnya lewat Susunan."
            )
        )
    return see_other(url_for("attendance.invitations", meeting_id=meeting.id))


def _changed_form(kept: Kept) -> CallForm | NameForm:
    if not kept.alone:
        return NameForm(request.form)
    return CallForm(MultiDict({**request.form, "wilayah": kept.meeting.region_code}))


def _change(meeting_id: int, form: CallForm | NameForm) -> None:
    seen = request.form.get("dasar", "")
    if isinstance(form, NameForm):
        return rules.rename_meeting(meeting_id, form.jenis.data, form.judul.data or "", seen)
    return rules.change_meeting(meeting_id, form.plan, seen)


def _page(meeting_id: int) -> Response:
    parts, lines = parts_of(meeting_id), lines_at(meeting_id)
    held, lists = most_wanted(parts), lists_among(parts)
    who, work = viewer(), _work(held, lists)
    code = work.site.region_code
    totals = totals_among(lists, lines) if lists else None
    hours = Hours.of(held.session)
    reasons = reasons_of([one.sheet.id for one in lists if one.stage is SheetState.RETURNED])
    off = held.meeting.cancelled_at is not None
    leads = who.may_at(Permission.KEEP_ATTENDANCE, held.meeting.region_code)
    return render(
        "attendance/meeting.html",
        held=held,
        work=work,
        totals=totals,
        rates=totals.persons if totals else None,
        own=_own(held, lines, who.person_id),
        decisions=agenda.decisions_of(held.meeting.id),
        leads=leads,
        may_cancel=off or (leads and not has_begun(meeting_id)),
        keeps=who.may_at(Permission.KEEP_ATTENDANCE, code),
        reviews=who.may_at(Permission.REVIEW_ATTENDANCE, code),
        returned=[(one, reasons[one.sheet.id]) for one in lists if one.sheet.id in reasons],
        may_claim=not off and hours.opens_at <= now() <= hours.ends_at and held.stage.is_open,
        may_answer=may_answer(held.meeting, min(part.session.starts_at for part in parts)),
        opens_at=hours.opens_at,
        over=now() > hours.ends_at,
        phase=_phase(Hours.of(work.session)),
        kinds=dict(KINDS),
        sites=len({part.site.id for part in parts}),
        names=names_for(totals.parts) if totals else {},
        places=names_of(kept.site.region_code for kept in lists) if len(lists) > 1 else {},
        taps=_taps(lines) if off else 0,
    )


def _work(held: Held, lists: Sequence[Kept]) -> Held:
    """The list on which the reader has something to do.

    Of those that she keeps one at whose door people stand, one that came back, one that is open; or else one that waits
    for her review.
    """
    who = viewer()
    mine = [one for one in lists if who.may_at(Permission.KEEP_ATTENDANCE, one.site.region_code)]
    still = [one for one in mine if one.stage.is_open]
    running = [one for one in still if Hours.of(one.session).opens_at <= now() <= one.session.ends_at]
    back = [one for one in running or still if one.stage is SheetState.RETURNED]
    seen = [one for one in lists if who.may_at(Permission.REVIEW_ATTENDANCE, one.site.region_code)]
    waiting = [one for one in seen if one.stage is SheetState.SUBMITTED]
    chosen = back or running or still or waiting
    return most_wanted(chosen) if chosen else held


def _taps(lines: Sequence[Line]) -> int:
    """Seats that a phone marked which had not heard that the meeting is off."""
    return len({line.seat for line in lines if line.record_id or line.claims_since})


def _phase(hours: Hours) -> str:
    """Which work comes first on the page."""
    if now() < hours.opens_at:
        return "before"
    return "during" if now() <= hours.ends_at else "after"


def _own(held: Held, lines: Sequence[Line], person_id: int) -> Line | None:
    """What is known of the reader at this session: of several seats the strongest."""
    mine = (one for one in lines if (one.person_id, one.session_id) == (person_id, held.session.id))
    return next(iter(once(mine)), None)


def _form_page(form: CallForm | NameForm, status: int = 200, held: Held | None = None) -> Response:
    asked = isinstance(form, CallForm) and not held
    place = place_from(form.wilayah.data) if isinstance(form, CallForm) else None
    source = form.salin.data if isinstance(form, CallForm) else None
    response = render(
        "attendance/meeting_form.html",
        "attendance/_region.html" if asked else None,
        status=status,
        form=form,
        held=held,
        fixed=held is not None and rules.has_records(held.session.id),
        basis=_basis(held, form, status) if held else "",
        place=choose(request.args, within=current(), chosen=place) if asked else Choice(()),
        sought=any(name in request.args for name in SOUGHT),
        copied=copied(source) if source else None,
    )
    return retarget(response, "#region") if asked and wants_part() else response


def _basis(held: Held, form: CallForm | NameForm, status: int) -> str:
    """The mark of what the form was made from; after being overtaken, of what stands there now."""
    if status not in (200, rules.Overtaken.status):
        return request.form.get("dasar", "")
    return rules.name_mark(held.meeting) if isinstance(form, NameForm) else rules.mark_of(held)


def _names_of(held: Held) -> dict[str, object]:
    return {"jenis": held.meeting.kind, "judul": held.meeting.title}


def _as_typed(meeting: Meeting, session: MeetingSession, site: Site) -> dict[str, object]:
    start, end = as_local(session.starts_at, session.offset), as_local(session.ends_at, session.offset)
    return {
        "wilayah": meeting.region_code,
        "jenis": meeting.kind,
        "judul": meeting.title,
        "tanggal": start.date(),
        "mulai": start.time(),
        "selesai": end.time(),
        "toleransi": int((session.late_after - session.starts_at).total_seconds() // 60),
        "tempat": site.place,
        "tautan": site.link,
        "agenda": session.agenda,
    }
