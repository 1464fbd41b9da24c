"""One user: details, mandates, secret, devices, on and off."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from flask import Response, flash, request, url_for
from flask_babel import gettext as _

from webapp.config import settings
from webapp.people.figures.groups import groups_of
from webapp.people.figures.user import User
from webapp.people.figures.user import user as figure
from webapp.people.forms.users import ChangeForm, GrantForm, UntilForm, blame
from webapp.people.room import room
from webapp.people.rules import users as rules
from webapp.people.rules.registering import Known
from webapp.people.views.door import viewer
from webapp.people.views.users import MANAGE, details_from, grantable, known_in, region_choice, shown_once
from webapp.places.figures.search import place_from, place_of
from webapp.plumbing.clock import now
from webapp.plumbing.database import db
from webapp.plumbing.doors import counted, writing_again
from webapp.plumbing.refusal import NotThere, Refusal, refusal_of
from webapp.plumbing.render import render, see_other


@room.get("/pengguna/<int:person_id>", needs=MANAGE)
def user(person_id: int) -> Response:
    """Everything about one user on one page."""
    return _page(person_id)


@room.get("/pengguna/<int:person_id>/ubah", needs=MANAGE)
def edit_user(person_id: int) -> Response:
    """The form with what is known; the number stays hidden."""
    one = _figure(person_id)
    data = {"nama": one.name, "lahir": one.birth_year}
    return _edit_page(one, ChangeForm(data=data))


@room.post("/pengguna/<int:person_id>/ubah", needs=MANAGE)
def change_user(person_id: int) -> Response:
    """Keep the changed details."""
    one = _figure(person_id)
    form = ChangeForm(request.form)
    place = place_from(request.form.get("wilayah")) or place_of(region_code=one.region_code)
    if not form.validate() or place is None:
        return _edit_page(one, form, 422)
    details = details_from(form, place.region_code)
    seen, pepper = request.form.get("dasar", ""), settings().pin_pepper
    refusal = refusal_of(lambda: rules.change_person(viewer(), person_id, details, seen, pepper))
    if refusal is not None:
        rules.note_taken(viewer(), refusal)
        blame(form, refusal.field, refusal.says)
        return _edit_page(one, form, refusal.status, known_in(refusal))
    return _back(person_id, _("Tersimpan."))


@room.get("/pengguna/<int:person_id>/tugas", needs=MANAGE)
def new_mandate(person_id: int) -> Response:
    """The form for a further mandate; the place picker answers htmx with itself."""
    return _mandate_page(_figure(person_id), GrantForm(roles=grantable()[::-1]))


@room.post("/pengguna/<int:person_id>/tugas", needs=MANAGE)
def grant_mandate(person_id: int) -> Response:
    """Give a role over a region."""
    one = _figure(person_id)
    form = GrantForm(request.form, roles=grantable()[::-1])
    place = place_from(request.form.get("wilayah"))
    if not form.validate() or place is None:
        return _mandate_page(one, form, 422)
    given = (form.role, place.region_code, form.mulai.data, form.sampai.data)
    refusal = refusal_of(lambda: rules.grant(viewer(), person_id, *given))
    if refusal is not None:
        blame(form, refusal.field, refusal.says)
        return _mandate_page(one, form, refusal.status)
    return _back(person_id, _granted(form.sampai.data, place.region_code))


def _granted(until: date | None, region_code: str) -> str:
    """A mandate of a time that is over grants nothing: whoever typed the wrong year is told."""
    over = until is not None and until < rules.today_at(region_code)
    return _("Tugas dicatat, tetapi masanya sudah lewat.") if over else _("Tugas diberikan.")


@room.get("/pengguna/<int:person_id>/tugas/<int:mandate_id>", needs=MANAGE)
def mandate(person_id: int, mandate_id: int) -> Response:
    """One mandate, to end it or to set its last day."""
    one = _figure(person_id)
    office = next((held for held in one.offices if held.id == mandate_id and held.change), None)
    if office is None:
        raise NotThere
    return render("people/mandate.html", user=one, office=office)


@room.post("/pengguna/<int:person_id>/tugas/<int:mandate_id>", needs=MANAGE)
def change_mandate(person_id: int, mandate_id: int) -> Response:
    """End a mandate now or on a day, or let it stand open again."""
    form = UntilForm(request.form)
    if not form.validate():
        return _back(person_id, _("Tanggal ini tidak terbaca. Pilih lagi."), bad=True)
    act = request.form.get("laku")
    if act == "akhiri":
        counted()
        return _done(person_id, lambda: rules.end_now(viewer(), person_id, mandate_id), _("Tugas diakhiri."))
    until: date | None = form.sampai.data if act == "tanggal" else None
    change = lambda: rules.end_mandate(viewer(), person_id, mandate_id, until)  # noqa: E731
    return _done(person_id, change, _("Tersimpan."))


@room.post("/pengguna/<int:person_id>/akun", needs=MANAGE, writing=False)
def open_account(person_id: int) -> Response:
    """An account for somebody who had none; the first secret is shown exactly once."""
    return _with_secret(person_id, lambda secret: rules.open_account(viewer(), person_id, secret))


@room.post("/pengguna/<int:person_id>/rahasia", needs=MANAGE, writing=False)
def reset_secret(person_id: int) -> Response:
    """A new first PIN or password, shown exactly once."""
    seal, pepper = request.form.get("segel", ""), settings().pin_pepper
    reset = lambda secret: rules.reset_secret(viewer(), person_id, secret, seal, pepper)  # noqa: E731
    return _with_secret(person_id, reset, free=True)


@room.post("/pengguna/<int:person_id>/keadaan", needs=MANAGE)
def switch_user(person_id: int) -> Response:
    """Switch the account off or on again."""
    active = request.form.get("aktif") == "1"
    if not active:
        counted()
    words = _("Akun aktif kembali.") if active else _("Akun dinonaktifkan. Semua perangkatnya sudah keluar.")
    return _done(person_id, lambda: rules.switch(viewer(), person_id, active=active), words)


@room.post("/pengguna/<int:person_id>/perangkat", needs=MANAGE, counted=False)
def revoke_user_devices(person_id: int) -> Response:
    """Sign the person out everywhere."""
    words = _("Semua perangkat orang ini sudah keluar.")
    return _done(person_id, lambda: rules.sign_out_everywhere(viewer(), person_id), words)


def _figure(person_id: int) -> User:
    return figure(viewer(), person_id, settings().pin_pepper)


def _page(person_id: int, status: int = 200, says: str = "") -> Response:
    one = _figure(person_id)
    groups, offset = groups_of(person_id), viewer().offset
    return render("people/user.html", status=status, user=one, says=says, groups=groups, offset=offset)


def _edit_page(one: User, form: ChangeForm, status: int = 200, known: Sequence[Known] = ()) -> Response:
    """`known`: whom this may be, too, for they have the number."""
    choice = region_choice(
        chosen=place_from(request.values.get("wilayah")) or place_of(region_code=one.region_code)
    )
    url = url_for("people.edit_user", person_id=one.id)
    basis = one.mark if status in (200, rules.Overtaken.status) else request.form.get("dasar", "")
    context = {"user": one, "form": form, "choice": choice, "url": url, "missing": False}
    told = {"basis": basis, "known": known}
    return render("people/edit_user.html", "people/_region.html", status=status, **context, **told)


def _mandate_page(one: User, form: GrantForm, status: int = 200) -> Response:
    choice = region_choice()
    url = url_for("people.new_mandate", person_id=one.id)
    missing = status == 422 and choice.chosen is None
    context = {"user": one, "form": form, "choice": choice, "url": url, "missing": missing}
    return render("people/new_mandate.html", "people/_region.html", status=status, today=now(), **context)


def _with_secret(person_id: int, act: Callable[[rules.Secret], Any], *, free: bool = False) -> Response:
    """Hash before the lock, act inside it, show the secret once; the same form again leads back to the page."""
    kind = rules.kind_for(rules.mandates_of(rules.person_within_reach(person_id).id))
    secret = rules.new_secret(kind, settings().pin_pepper)
    try:
        with writing_again(MANAGE, counted=not free), db.session.begin_nested():
            person = act(secret)
    except NotThere:
        raise
    except Refusal as refusal:
        with writing_again(MANAGE, counted=not free):
            rules.note_taken(viewer(), refusal)
        return _back(person_id, refusal.says, bad=True)
    return shown_once(person, secret)


def _done(person_id: int, act: Callable[[], Any], words: str) -> Response:
    refusal = refusal_of(act)
    if refusal is not None:
        return _page(person_id, refusal.status, refusal.says)
    return _back(person_id, words)


def _back(person_id: int, words: str, *, bad: bool = False) -> Response:
    flash(words, "bad" if bad else "message")
    return see_other(url_for("people.user", person_id=person_id))
