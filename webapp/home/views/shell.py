"""The app's shell: service worker, manifest, offline page, and the sign of life for whoever runs it."""

from __future__ import annotations

import json
from hashlib import blake2s

from flask import Response, jsonify, make_response, render_template, request
from flask_babel import gettext as _
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from webapp.home.room import room
from webapp.plumbing import assets
from webapp.plumbing.assets import SOURCE as STATIC
from webapp.plumbing.assets import WORKER
from webapp.plumbing.database import db
from webapp.plumbing.doors import PUBLIC

ENGINE = "vendor/qr-scanner-worker-1.4.2.min.js"


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
    """The worker with this build's files; asked for at every page, so that a new version is found."""
    told = {"VERSION": build(), "FILES": _files(), "SCRIPTS": assets.assets().shared_scripts()}
    names = ",".join(f"{name}={json.dumps(value)}" for name, value in told.items())
    response = make_response(f"const {names};{assets.assets().text(WORKER)}")
    response.headers["Content-Type"] = "text/javascript; charset=utf-8"
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response


@room.get("/manifest.webmanifest", needs=PUBLIC)
def manifest() -> Response:
    """What the phone needs to install the app."""
    told = {
        "id": "/",
        "name": _("Simpul, buku lapangan saksi"),
        "short_name": "Simpul",
        "description": _("Kehadiran, check-in dan cakupan TPS, juga tanpa sinyal."),
        "lang": "id",
        "dir": "ltr",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "orientation": "any",
        "categories": ["productivity", "utilities"],
        "background_color": "#f5f1e7",
        "theme_color": "#0a4f4b",
        "icons": [_icon("192"), _icon("512"), _icon("maskable-512") | {"purpose": "maskable"}],
        "shortcuts": [
            {"name": _("Check-in"), "url": "/check-in", "icons": [_icon("check-in-96")]},
            {"name": _("Rapat hari ini"), "url": "/#hari-ini", "icons": [_icon("rapat-96")]},
        ],
    }
    response = make_response(json.dumps(told, ensure_ascii=False))
    response.headers["Content-Type"] = "application/manifest+json"
    response.headers["Cache-Control"] = "max-age=3600"
    return response


def _icon(name: str) -> dict[str, str]:
    size = name.rpartition("-")[2]
    source = assets.asset(f"icons/icon-{name}.png")
    return {"src": source, "sizes": f"{size}x{size}", "type": "image/png"}


@room.get("/luring", needs=PUBLIC)
def offline() -> str:
    """What is shown when neither the network nor the phone has the page; the same for everybody."""
    return render_template("offline.html")


def build() -> str:
    """Changes with every build of the static files."""
    names = "|".join([*_files(), assets.asset(WORKER)])
    return blake2s(names.encode(), digest_size=6).hexdigest()


def _files() -> list[str]:
    """What the worker keeps: our scripts, the libraries, the sheet and the drawings.

    Not the engine that reads QR codes: a browser that needs it keeps it (static/attendance/camera.js).
    """
    vendored = sorted(path.relative_to(STATIC).as_posix() for path in (STATIC / "vendor").glob("*.js"))
    library = [name for name in vendored if name != ENGINE]
    others = ("house/house.css", "icons/icons.svg", "icons/favicon.svg", *library, *assets.scripts_apart())
    return [*assets.assets().scripts(), *map(assets.asset, others)]
