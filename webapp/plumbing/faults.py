"""Faults: what a user reads when something went wrong, and what a phone may rely on."""

from __future__ import annotations

import logging

from flask import Flask, Response, g, make_response, render_template, request
from flask_babel import gettext as _
from sqlalchemy.exc import DataError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from webapp.plumbing.database import Busy, db
from webapp.plumbing.refusal import Refusal
from webapp.plumbing.render import wants_part

RETRY_SECONDS = 5
log = logging.getLogger(__name__)


def answer(app: Flask) -> None:
    """Register what is answered to refusals, wrong addresses, a database that is away, and our own defects."""
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(HTTPException, _known)
    for fault in (OperationalError, InterfaceError, PoolTimeout, Busy):
        app.register_error_handler(fault, _away)
    app.register_error_handler(DataError, _unreadable)
    app.register_error_handler(Exception, _defect)


def _sentence(status: int) -> tuple[str, str]:
    match status:
        case 404:
            return _("Tidak ditemukan"), _("Halaman ini tidak ada, atau bukan wilayah Anda.")
        case 413:
            return _("Terlalu besar"), _("Kiriman ini terlalu besar. Kecilkan lalu coba lagi.")
        case 429:
            return _("Tunggu sebentar"), _("Terlalu banyak percobaan. Tunggu sebentar lalu coba lagi.")
        case 503:
            return _("Sebentar lagi"), _(
                "Server sedang sibuk. Yang sudah tersimpan aman; coba lagi sebentar lagi."
            )
        case status if status >= 500:
            return _("Ada yang rusak"), _(
                "Ini kesalahan kami. Yang sudah tersimpan aman; coba lagi sebentar lagi."
            )
    return _("Tidak bisa"), _("Permintaan ini tidak bisa dipenuhi. Kembali dan coba lagi.")


def page(status: int, says: str | None = None) -> Response:
    """The page of a fault, or the notice alone for a script; `says` instead of the usual sentence."""
    title, sentence = _sentence(status)
    if wants_part():
        return make_response(render_template("parts/_notice.html", says=says or sentence), status)
    whole = render_template("layout/fault.html", title=title, says=says or sentence, status=status)
    return make_response(whole, status)


def _refused(refusal: Refusal) -> Response:
    response = page(refusal.status, refusal.says)
    if refusal.retry_after is not None:
        response.headers["Retry-After"] = str(refusal.retry_after)
    return response


def _known(fault: HTTPException) -> Response:
    if fault.response is not None:
        return make_response(fault.response)
    if fault.code is not None and 300 <= fault.code < 400:
        return make_response(fault.get_response())
    response = page(fault.code or 500)
    for name, value in fault.get_headers():
        if name.lower() in ("retry-after", "allow"):
            response.headers[name] = value
    return response


def _away(fault: Exception) -> Response:
    db.session.rollback()
    g.database_away = True  # the page of this fault must not ask the database who is looking
    log.warning("the database is away or busy: %s %s", request.path, type(fault).__name__)
    response = page(503)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _unreadable(fault: DataError) -> Response:
    """A form let a value through that no column takes: what was typed is at fault, not the server."""
    db.session.rollback()
    log.warning("a value that the database refuses: %s %s", request.method, request.path, exc_info=fault)
    return page(422)


def _defect(fault: Exception) -> Response:
    db.session.rollback()
    log.exception("a defect in %s %s", request.method, request.path)
    return page(500)
