"""Signing in and out: the only pages that strangers see."""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID

import brotli
from flask import Response, current_app, make_response, request, session, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user, login_user

from webapp.config import settings
from webapp.people.forms.sign_in import PasswordForm, PinForm
from webapp.people.room import room
from webapp.people.rules.devices import handset_of, label_of, revoke
from webapp.people.rules.limits import Locked, TooFast
from webapp.people.rules.permissions import Permission
from webapp.people.rules.sign_in import Attempt
from webapp.people.rules.sign_in import sign_in as admit
from webapp.people.rules.viewer import Viewer
from webapp.people.views.door import NOBODY, READER, onward, signed_out, viewer
from webapp.plumbing import assets
from webapp.plumbing.database import writing
from webapp.plumbing.doors import PUBLIC
from webapp.plumbing.refusal import Refusal
from webapp.plumbing.render import render, see_other

SignInForm = PinForm | PasswordForm
HANDSET = "hp"
REFUSED = _l(
    "Anda tidak setuju, jadi data Anda tidak dipakai lagi dan tidak ada yang akan mengundang atau menghubungi Anda. "
    "Berubah pikiran? Masuk lagi dan setujui. Ada pertanyaan? Hubungi koordinator Anda."
)
COOKIES = _l(
    "Peramban ini menolak kuki, jadi Anda belum bisa masuk. Izinkan kuki untuk situs ini di setelan peramban, "
    "atau keluar dari mode samaran, lalu masuk lagi."
)


class Drawn(NamedTuple):
    """A page as it is sent, and as it is sent to whom can unpack it."""

    page: bytes
    squeezed: bytes


@room.get("/masuk", needs=PUBLIC)
def sign_in() -> Response:
    """The form, and in demo mode the logins that may be tried."""
    if current_user.is_authenticated:
        return see_other(onward(request.args.get("lanjut")))
    form = _form_for(request.args.get("cara"), request.args)
    return _page(form) if request.args.keys() - {"cara"} else _first_page(form)


@room.post("/masuk", needs=PUBLIC)
def enter() -> Response:
    """Check number and secret, make a device session, go where the visitor was going."""
    form = _form_for(request.form.get("cara"), request.form)
    if not form.validate():
        return _page(form, 422)
    handset = handset_of(request.cookies.get(HANDSET))
    try:
        who = admit(_attempt(form, handset), settings().pin_pepper, demo=settings().demo)
    except Refusal as refusal:
        return _refused(form, refusal)
    cookies_come = bool(request.cookies)
    _remember(who)
    return _named(see_other(_way_in(cookies_come)), handset)


@room.get("/keluar", needs=Permission.SIGNED_IN)
def leave() -> Response:
    """The button: a link alone must not sign anybody out."""
    return render("people/leave.html")


@room.post("/keluar", needs=Permission.SIGNED_IN)
def sign_out() -> Response:
    """Sign this device out, and let the browser forget what it kept."""
    who = viewer()
    revoke(who.account_id, who.device_session_id)
    return signed_out()


def demo_logins() -> list[tuple[str, str, str, str]]:
    """Role word, name, phone and secret of each login that the demo offers; none outside a demo."""
    if not settings().demo:
        return []
    logins: Any = current_app.extensions.get("demo_logins", ())
    return [(one.role.word, one.name, one.phone, one.secret) for one in logins]


def _way_in(cookies_come: bool) -> str:
    """Straight to where the visitor was going; by the door once more where no cookie was ever seen to come back."""
    there, way = onward(request.form.get("lanjut")), request.form.get("cara")
    asked: dict[str, Any] = {
        "lanjut": there if there != "/" else None,
        "cara": way if way == "sandi" else None,
    }
    return there if cookies_come else url_for("people.sign_in", kuki=1, **asked)


def _refuses_cookies() -> bool:
    """Whether somebody who has just signed in is back without any of our cookies."""
    return "kuki" in request.args and not request.cookies


def _form_for(way: str | None, data: Any) -> SignInForm:
    return PasswordForm(data) if way == "sandi" else PinForm(data)


def _attempt(form: SignInForm, handset: UUID) -> Attempt:
    return Attempt(
        phone=form.telp.data or "",
        secret=form.secret.data or "",
        by_password=form.by_password,
        address=request.remote_addr or "",
        device=label_of(request.headers.get("User-Agent", "")),
        handset=handset,
    )


def _named(response: Response, handset: UUID) -> Response:
    """The browser keeps its name after signing out, so that a review sees who shared it."""
    response.set_cookie(
        HANDSET,
        handset.hex,
        max_age=settings().session_seconds,
        secure=not settings().insecure_cookies,
        httponly=True,
        samesite="Lax",
        path="/masuk",
    )
    return response


def _remember(who: Viewer) -> None:
    """A session that nobody could have known before, kept for a year, revocable at any time."""
    if current_user.is_authenticated:
        _leave_as(viewer())
    session.clear()
    login_user(who)
    session.permanent = True


def _leave_as(who: Viewer) -> None:
    """Whoever was signed in on this device is not any more."""
    with writing():
        revoke(who.account_id, who.device_session_id)


def _refused(form: SignInForm, refusal: Refusal) -> Response:
    form.form_errors.append(refusal.says)
    response = _page(form, refusal.status)
    if isinstance(refusal, TooFast):
        response.headers["Retry-After"] = str(refusal.seconds)
    if isinstance(refusal, Locked):
        response.headers["Retry-After"] = str(refusal.minutes * 60)
    return response


def _first_page(form: SignInForm) -> Response:
    """What all strangers get who come without a wish: on election morning they are many, so it is drawn once."""
    drawn: dict[tuple[bool, str], Drawn] = current_app.extensions.setdefault("first_pages", {})
    key = (form.by_password, str(get_locale()))
    if key not in drawn or not assets.assets().manifest:
        page = _page(form).get_data()
        drawn[key] = Drawn(page, brotli.compress(page))
    squeezed = request.accept_encodings.quality("br") > 0
    response = make_response(drawn[key].squeezed if squeezed else drawn[key].page)
    if squeezed:
        response.headers["Content-Encoding"] = "br"
    response.headers["X-Inline-Sheet"] = "1"
    response.headers[READER] = NOBODY
    return response


def _why(there: str) -> str:
    """What a visitor has just done, or wanted to open, in words; nothing for a plain visit."""
    if "tidak" in request.args:
        return str(REFUSED)
    if there.startswith("/hadir/"):
        return _("Kode layar terbaca. Masuk dulu, lalu nyatakan hadir.")
    return "" if there == "/" else _("Masuk dulu untuk membuka halaman itu.")


def _page(form: SignInForm, status: int = 200) -> Response:
    lanjut = onward(request.values.get("lanjut"))
    if _refuses_cookies():
        form.form_errors.append(str(COOKIES))
    told: dict[str, Any] = {"onward": lanjut, "why": _why(lanjut), "demo": demo_logins()}
    response = render("people/sign_in.html", status=status, form=form, **told)
    response.headers[READER] = NOBODY
    return response
