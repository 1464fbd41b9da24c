"""Headers that keep strangers out: CSP and its kin, and the CSRF guard that needs no token."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from flask import Flask, Request, Response, abort, make_response, request

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(self), microphone=(), payment=(), usb=()",
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'{style}; img-src 'self' data: blob:; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


def from_our_own_pages(request: Request) -> bool:
    """Whether an unsafe request comes from our own origin.

    Tokens die in queues and caches, so the browser's own word is asked: Sec-Fetch-Site, or Origin where the
    browser sends none. Neither is a refusal.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    if origin is None:
        return False
    try:
        ours, theirs = urlsplit(request.host_url), urlsplit(origin)
    except ValueError:  # no browser writes such an address
        return False
    return (ours.scheme, ours.netloc) == (theirs.scheme, theirs.netloc)


def guard_against_other_sites(app: Flask) -> None:
    """Refuse every unsafe method that another site may have caused, before anything is read."""

    @app.before_request
    def refuse() -> None:
        if request.method in SAFE or from_our_own_pages(request):
            return
        response = make_response("Permintaan ini tidak datang dari halaman Simpul. Muat ulang halaman.", 400)
        response.headers["X-Refusal"] = "csrf"
        response.mimetype = "text/plain"
        abort(response)


def add_security_headers(app: Flask, sheet_hash: Callable[[], str], *, https: bool) -> None:
    """Set the fixed headers and the CSP; an answer marked `inline_sheet` may carry the one inlined sheet."""

    @app.after_request
    def secure(response: Response) -> Response:
        for name, value in FIXED.items():
            response.headers.setdefault(name, value)
        inlined = response.headers.pop("X-Inline-Sheet", None)
        style = f" '{sheet_hash()}'" if inlined else ""
        response.headers.setdefault("Content-Security-Policy", POLICY.format(style=style))
        if https:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return response
