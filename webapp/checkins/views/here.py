"""Checking in, taking it back, and one's own list."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import Any
from uuid import UUID

from flask import Response, flash, request, url_for
from flask_babel import gettext as _

from webapp.checkins.figures.own import PAGE, Offer, first_place, own_page, own_station
from webapp.checkins.figures.photos import photos_of
from webapp.checkins.forms import ICONS, CheckInForm
from webapp.checkins.models import CheckIn, EarlyVoid, Kind
from webapp.checkins.room import room
from webapp.checkins.rules.checking_in import may_take_back, own_check_in
from webapp.people.rules.permissions import Permission
from webapp.people.views.door import received, viewer
from webapp.places.figures.search import TPS, Choice, choose, place_from, place_of
from webapp.places.rules.codes import KABKOTA, is_village
from webapp.plumbing.clock import now
from webapp.plumbing.fields import page_number
from webapp.plumbing.refusal import NotThere
from webapp.plumbing.render import render, see_other, wants_part
from webapp.plumbing.submissions import Verdict

SOUGHT = ("cari", "di")


@room.get("/check-in", needs=Permission.CHECK_IN, kept=True)
def start() -> Response:
    """The one screen; `?jenis=` and `?tempat=` choose beforehand, `?baru=` says what was just taken."""
    if wants_part() and any(name in request.args for name in SOUGHT):
        return render("checkins/_place.html", **_places(None, None))
    offer = first_place(viewer().person_id, viewer().station_id)
    form = CheckInForm(jenis=request.args.get("jenis") or (offer.kind if offer else Kind.TPS))
    return render("checkins/start.html", **_screen(form, offer), row=_just_taken())


@room.post("/check-in", needs=Permission.CHECK_IN)
def take() -> Response:
    """Take a check-in: a receipt with its undo, or the form again with what is missing."""
    verdict = received("checkin")
    if verdict.status == 200:
        return see_other(url_for("checkins.start", baru=_row(verdict).submission_id))
    form = CheckInForm(request.form)
    form.validate()
    if not form.errors:
        form.form_errors.append(verdict.reason or "")
    offer = first_place(viewer().person_id, viewer().station_id)
    return render("checkins/start.html", status=verdict.status, **_screen(form, offer))


@room.post("/check-in/batal", needs=Permission.CHECK_IN)
def take_back() -> Response:
    """Void one's own check-in, from the receipt or from one's list."""
    verdict = received("checkin.void")
    if verdict.status != 200:
        flash(verdict.reason or "", "bad")
        return see_other(url_for("checkins.own"))
    if isinstance(verdict.row, EarlyVoid):
        raise NotThere
    row: CheckIn = verdict.row or own_check_in(UUID(request.form["urung"]), viewer().person_id)
    flash(_("Check-in di %(place)s dibatalkan.", place=row.place))
    return see_other(url_for("checkins.own"))


@room.get("/check-in/riwayat", needs=Permission.CHECK_IN)
def own() -> Response:
    """One's own check-ins, the newest first; those of today can be taken back."""
    page = page_number(request.args.get("hal"))
    rows, total = own_page(viewer().person_id, page)
    moment = now()
    may = {row.id for row in rows if may_take_back(row, moment)}
    days = [(day, list(some)) for day, some in groupby(rows, key=lambda row: row.day)]
    return render(
        "checkins/own.html", days=days, may=may, photos=photos_of(rows), at=page, total=total, size=PAGE
    )


def _row(verdict: Verdict) -> CheckIn:
    """What was taken now or, when it is sent again, what was taken then."""
    row: CheckIn = verdict.row or own_check_in(verdict.id, viewer().person_id)
    return row


def _just_taken() -> CheckIn | None:
    """The check-in whose receipt a page without JavaScript shows."""
    try:
        return own_check_in(UUID(request.args["baru"]), viewer().person_id)
    except (KeyError, ValueError, NotThere):
        return None


def _screen(form: CheckInForm, offer: Offer | None) -> dict[str, Any]:
    return {"form": form, "offer": offer, "icons": ICONS} | _places(form.tempat.data, offer)


def _places(chosen: str | None, offer: Offer | None) -> dict[str, Any]:
    """The picker: what was chosen, what is offered, and the parts of the place that is open."""
    asked = {name: request.args[name] for name in SOUGHT if name in request.args}
    picked = place_from(chosen or request.args.get("tempat"))
    choice: Choice = choose(
        asked or {"di": viewer().region_code},
        down_to=TPS,
        at_least=KABKOTA,
        chosen=picked,
        last=offer.place if offer else None,
        near=viewer().region_code,
    )
    return {"place": _with_village(choice if asked else _with_own(choice))}


def _with_own(choice: Choice) -> Choice:
    """One's own TPS stands there before anybody searches: without network nobody can."""
    own = own_station(viewer().person_id, viewer().station_id)
    return replace(choice, choices=[own, *choice.choices]) if own else choice


def _with_village(choice: Choice) -> Choice:
    """Among the TPS of a kelurahan it may be chosen itself, for a posko or an activity."""
    open_at = choice.trail[-1][0] if choice.trail else ""
    village = place_of(region_code=open_at) if is_village(open_at) else None
    if village is None:
        return choice
    return replace(choice, choices=[replace(village, deeper=False), *choice.choices])
