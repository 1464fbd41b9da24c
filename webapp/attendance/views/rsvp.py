"""What the invited answer: signed in at the meeting's own page, or by the link that a coordinator sent.

The link's page is for whoever holds it, and for nothing else: it is in no search engine and no cache. Its policy stays
`same-origin`: nobody outside hears the address either, and with `no-referrer` a phone whose browser sends no
Sec-Fetch-Site could not answer, because its Origin would be "null".
"""

from __future__ import annotations

from flask import Response, flash, request, url_for
from flask_babel import gettext as _

from webapp.attendance import kinds
from webapp.attendance.forms.codes import key_for
from webapp.attendance.forms.invitations import AnswerForm
from webapp.attendance.models import Invitation
from webapp.attendance.room import room
from webapp.attendance.rules import answering
from webapp.attendance.rules.changing import Limits, TooOften, refuse_spent
from webapp.attendance.rules.finding import meeting_of
from webapp.attendance.views.answers import refused, tried
from webapp.config import settings
from webapp.people.rules.limits import address_key
from webapp.people.rules.permissions import Permission
from webapp.people.views.door import received
from webapp.plumbing.budget import seconds_left
from webapp.plumbing.clock import now
from webapp.plumbing.database import writing
from webapp.plumbing.doors import PUBLIC
from webapp.plumbing.render import render, see_other


@room.get("/u/<string:token>", needs=PUBLIC)
def link(token: str) -> Response:
    """One invitation and its three answers, for whoever holds the link."""
    return _page(token, AnswerForm())


@room.post("/u/<string:token>", needs=PUBLIC)
def answer_link(token: str) -> Response:
    """Keep the answer; the same once more changes nothing."""
    form, seat = AnswerForm(request.form), answering.seat_by(token, key_for("rsvp"))
    if not form.validate():
        return _page(token, form, 422)
    answer = answering.Answer.of(form.data, now())
    status = 0 if answering.was_just_said(seat, answer) else _kept(token, form, seat, answer)
    if status:
        return _page(token, form, status)
    return _unseen(see_other(url_for("attendance.link", token=token)))


@room.post("/rapat/<int:meeting_id>/jawab", needs=Permission.SEE_MEETINGS)
def rsvp(meeting_id: int) -> Response:
    """The answer of somebody who is signed in; phones send theirs to /kirim."""
    here = url_for("attendance.meeting", meeting_id=meeting_id)
    verdict = received(kinds.RSVP, {**request.form, "rapat": str(meeting_id)})
    if verdict.status != 200:
        meeting_of(meeting_id)
        return refused(verdict, here)
    flash(_("Jawaban Anda tercatat. Terima kasih."))
    return see_other(here)


def _kept(token: str, form: AnswerForm, seat: Invitation, answer: answering.Answer) -> int:
    """Keep it: 0, or the status of what was refused. Whoever has changed too much makes nobody wait for the lock."""
    limits = _limits()
    spent = answering.changes(seat, answer) and tried(form, lambda: refuse_spent(seat.id, limits))
    if spent:
        return spent
    with writing():
        return tried(form, lambda: answering.answer_by(token, key_for("rsvp"), answer, limits))


def _limits() -> Limits:
    told = settings()
    network = address_key(request.remote_addr or "", told.pin_pepper)
    return Limits(network, told.budget_answers, told.budget_network)


def _page(token: str, form: AnswerForm, status: int = 200) -> Response:
    asked = answering.asked_by(token, key_for("rsvp"))
    page = _unseen(render("attendance/link.html", status=status, asked=asked, form=form, token=token))
    if status == TooOften.status:
        page.headers["Retry-After"] = str(seconds_left())
    return page


def _unseen(response: Response) -> Response:
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response
