"""One's own account: roles, secret, devices."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, flash, request, url_for
from flask_babel import gettext as _

from webapp.config import settings
from webapp.people.figures.account import my_account
from webapp.people.figures.people import own_line
from webapp.people.forms.account import RenewForm
from webapp.people.room import room
from webapp.people.rules import devices as rules
from webapp.people.rules import renewing
from webapp.people.rules.permissions import Permission
from webapp.people.views.door import signed_out, viewer
from webapp.plumbing.doors import writing_again
from webapp.plumbing.refusal import Refusal
from webapp.plumbing.render import render, see_other


@room.get("/akun", needs=Permission.SIGNED_IN)
def account() -> Response:
    """Who one is here, and what one may do about it."""
    who = viewer()
    line = own_line(who) if who.may(Permission.ENTER) else []
    line = [holder for holder in line if holder.person_id != who.person_id]
    return render("people/account.html", account=my_account(who), line=line)


@room.get("/ganti-pin", needs=Permission.SIGNED_IN)
def renew() -> Response:
    """The form for a secret of one's own."""
    return _renew_page(_renew_form())


@room.post("/ganti-pin", needs=Permission.SIGNED_IN, writing=False)
def keep_secret() -> Response:
    """Hash first, then keep the new secret."""
    form = _renew_form()
    if not form.validate():
        return _renew_page(form, 422)
    typed = renewing.Renewal(form.lama.data or "", form.baru.data or "", form.to_password)
    try:
        judged = renewing.judge(viewer(), typed, settings().pin_pepper)
    except Refusal as refusal:
        _blame(form, refusal)
        return _renew_page(form, refusal.status)
    with writing_again(Permission.SIGNED_IN):
        renewing.keep(viewer(), judged)
    flash(_("Tersimpan. Perangkat lain sudah dikeluarkan."))
    return see_other("/")


@room.get("/perangkat", needs=Permission.SIGNED_IN)
def devices() -> Response:
    """Where one is signed in."""
    return render("people/devices.html", devices=rules.own_devices(viewer().account_id))


@room.post("/perangkat/<uuid:device_id>/keluar", needs=Permission.SIGNED_IN, counted=False)
def revoke_device(device_id: UUID) -> Response:
    """Sign one of one's own devices out; this one too, if one likes."""
    who = viewer()
    rules.revoke(who.account_id, device_id)
    if device_id == who.device_session_id:
        return signed_out()
    flash(_("Perangkat itu sudah dikeluarkan."))
    return see_other(url_for("people.devices"))


@room.post("/perangkat/keluar", needs=Permission.SIGNED_IN, counted=False)
def revoke_everywhere() -> Response:
    """Sign out everywhere, here too."""
    rules.revoke_all(viewer().account_id)
    return signed_out()


def _renew_form() -> RenewForm:
    who = viewer()
    to_password = who.by_password or request.values.get("cara") == "sandi"
    return RenewForm(request.form, to_password=to_password)


def _renew_page(form: RenewForm, status: int = 200) -> Response:
    who = viewer()
    none_yet = renewing.no_password_yet() if form.to_password and not who.has_password else ""
    asks_old = renewing.asks_old(who, to_password=form.to_password)
    told: dict[str, Any] = {
        "form": form,
        "temporary": who.temporary,
        "asks_old": asks_old,
        "none_yet": none_yet,
    }
    return render("people/renew.html", status=status, **told)


def _blame(form: RenewForm, refusal: Refusal) -> None:
    field = form.lama if refusal.field == "lama" else form.baru if refusal.field == "secret" else None
    if field is None:
        form.form_errors.append(refusal.says)
    else:
        field.errors = [*field.errors, refusal.says]
