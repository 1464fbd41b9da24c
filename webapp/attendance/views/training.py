"""Trainings: what a bimtek asks for and who completed it, and certificates for the person and for the public."""

from __future__ import annotations

from uuid import UUID

from flask import Response, flash, make_response, request, url_for
from flask_babel import gettext as _

from webapp.attendance.figures.papers.certificate import certificate_pdf
from webapp.attendance.figures.training import is_training_asked, keeps_seat, split, trainees_of
from webapp.attendance.forms.training import ROLES, DemandForm
from webapp.attendance.models import MeetingKind
from webapp.attendance.room import room
from webapp.attendance.rules import training as rules
from webapp.attendance.rules.finding import Kept, sheets_of
from webapp.attendance.views.answers import house, tried
from webapp.people.figures.training import Certificate, certificate, own_certificates
from webapp.people.rules.permissions import Permission
from webapp.people.views.door import viewer
from webapp.places.rules.scope import narrowed
from webapp.plumbing.clock import date_words
from webapp.plumbing.doors import PUBLIC
from webapp.plumbing.fields import page_number
from webapp.plumbing.refusal import NotThere
from webapp.plumbing.render import render, see_other

PAGE = 100
GONE = 410

room.add_app_template_global(is_training_asked, "asks_training")


@room.get("/rapat/<int:meeting_id>/pelatihan", needs=Permission.READ_SHEETS)
def training(meeting_id: int) -> Response:
    """Who completed this bimtek, who has not yet, and what it asks for."""
    lists = _lists(meeting_id)
    wanted = rules.Demand.of(lists[0].meeting)
    return _page(lists, DemandForm(data={"peran": wanted.role or "", "boleh": wanted.absences}))


@room.post("/rapat/<int:meeting_id>/pelatihan", needs=Permission.KEEP_ATTENDANCE)
def demand_training(meeting_id: int) -> Response:
    """Keep what it asks for, until the first list is approved."""
    lists = _lists(meeting_id)
    form = DemandForm(request.form)
    if not form.validate():
        return _page(lists, form, 422)
    status = tried(form, lambda: rules.demand(meeting_id, form.demand, form.dasar.data or ""))
    if status:
        return _page(lists, form, status)
    flash(_("Syarat pelatihan disimpan."))
    return see_other(url_for("attendance.training", meeting_id=meeting_id))


@room.get("/sertifikat/<uuid:certificate_code>", needs=PUBLIC)
def verify(certificate_code: UUID) -> Response:
    """Whether a certificate holds, for anybody who was shown it: name, training and date, nothing else."""
    found = certificate(certificate_code)
    status = 404 if found is None else 200 if found.valid else GONE
    day = date_words(found.held_on) if found else ""
    response = render("attendance/certificate.html", status=status, found=found, day=day)
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@room.get("/sertifikat/<uuid:certificate_code>.pdf", needs=Permission.SEE_MEETINGS)
def certificate_paper(certificate_code: UUID) -> Response:
    """The certificate on paper, for the person herself and for whoever keeps or reviews a list with her on it."""
    found = certificate(certificate_code)
    if found is None or not found.valid or not _may_print(found):
        raise NotThere
    link = url_for("attendance.verify", certificate_code=certificate_code, _external=True)
    response = make_response(
        certificate_pdf(found.name, found.title, found.held_on, str(certificate_code), link, house())
    )
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="sertifikat-{str(certificate_code)[:8]}.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@room.get("/pelatihan-saya", needs=Permission.ENTER)
def own_training() -> Response:
    """The trainings that one has completed."""
    found = own_certificates(viewer().person_id)
    days = {one.code: date_words(one.held_on) for one in found}
    return render("attendance/own_training.html", found=found, days=days)


def _lists(meeting_id: int) -> list[Kept]:
    lists = sheets_of(meeting_id)
    if not lists or lists[0].meeting.kind != MeetingKind.BIMTEK:
        raise NotThere
    return lists


def _may_print(found: Certificate) -> bool:
    who = viewer()
    if found.person_id == who.person_id:
        return True
    with narrowed(who.scope(Permission.READ_SHEETS)):
        return keeps_seat(found.meeting_id, found.person_id)


def _page(lists: list[Kept], form: DemandForm, status: int = 200) -> Response:
    meeting, sessions = lists[0].meeting, len({one.session.id for one in lists})
    missing, done = split(trainees_of(meeting.id))
    everybody = [*missing, *done]
    page = min(page_number(request.args.get("hal")), max(1, -(-len(everybody) // PAGE)))
    wanted = rules.Demand.of(meeting)
    leads = viewer().may_at(Permission.KEEP_ATTENDANCE, meeting.region_code)
    return render(
        "attendance/training.html",
        status=status,
        meeting=meeting,
        form=form,
        wanted=wanted,
        role_words={str(code): words for code, words in ROLES}[wanted.role or ""],
        basis=form.dasar.data if status == 422 and form.dasar.data else wanted.mark,
        sessions=sessions,
        needed=rules.sessions_needed(sessions, wanted.absences),
        may_change=leads and rules.may_change(meeting, (one.stage for one in lists)),
        shown=everybody[(page - 1) * PAGE : page * PAGE],
        done=len(done),
        everybody=len(everybody),
        at=page,
        first=(page - 1) * PAGE + 1,
        last=min(page * PAGE, len(everybody)),
    )
