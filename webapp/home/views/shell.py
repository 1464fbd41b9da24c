"""The app's shell: service worker, manifest, offline page, and the sign of life for whoever runs it."""

from __future__ import annotations

import json
from hashlib import blake2s

from flask import Response, jsonify, make_response, render_template
from flask_babel import gettext as _
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from webapp.config import ROOT
from webapp.home.views import room
from webapp.plumbing import assets
from webapp.plumbing.database import db
from webapp.plumbing.doors import PUBLIC

KEPT = (
    "house/house.css",
    "vendor/htmx-4.0.1.min.js",
    "house/submit.js",
    "house/shell.js",
    "house/marking.js",
    "house/position.js",
    "icons/icons.svg",
    "icons/favicon.svg",
)


@room.get("/healthz", needs=PUBLIC)
def healthz() -> tuple[Response, int]:
    """200 while the database answers, 503 when it does not."""
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        db.session.rollback()
        return jsonify(database="away"), 503
    return jsonify(database="ok", build=build()), 200


@room.get("/sw.js", needs=PUBLIC)
def service_worker() -> Response:
    """The worker, filled with this build's files; never cached, so that a new version is found."""
    files = json.dumps([assets.asset(name) for name in KEPT if _is_there(name)])
    source = (ROOT / "static" / "sw.js").read_text()
    filled = source.replace('"VERSION"', json.dumps(build())).replace('"FILES"', files)
    return make_response(
        filled, {"Content-Type": "text/javascript; charset=utf-8", "Cache-Control": "no-cache"}
    )


@room.get("/manifest.webmanifest", needs=PUBLIC)
def manifest() -> Response:
    """What the phone needs to install the app."""
    told = {
        "id": "/",
        "name": _("Simpul, buku lapangan saksi"),
        "short_name": "Simpul",
        "lang": "id",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#f5f1e7",
        "theme_color": "#0a4f4b",
        "icons": [_icon(192), _icon(512), _icon(512, "maskable-") | {"purpose": "maskable"}],
        "shortcuts": [
            {"name": _("Check-in"), "url": "/check-in"},
            {"name": _("Rapat hari ini"), "url": "/rapat"},
        ],
    }
    response = make_response(json.dumps(told, ensure_ascii=False))
    response.headers["Content-Type"] = "application/manifest+json"
    response.headers["Cache-Control"] = "max-age=3600"
    return response


def _icon(size: int, kind: str = "") -> dict[str, str]:
    source = assets.asset(f"icons/icon-{kind}{size}.png")
    return {"src": source, "sizes": f"{size}x{size}", "type": "image/png"}


@room.get("/luring", needs=PUBLIC)
def offline() -> str:
    """What is shown when the network is away."""
    return render_template("offline.html")


def build() -> str:
    """Changes with every build of the static files."""
    names = "|".join(assets.asset(name) for name in KEPT if _is_there(name))
    source = (ROOT / "static" / "sw.js").read_bytes()
    return blake2s(names.encode() + source, digest_size=6).hexdigest()


def _is_there(name: str) -> bool:
    return (ROOT / "static" / name).exists()
