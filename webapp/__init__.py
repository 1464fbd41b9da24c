"""Simpul: the field office of an organisation that guards an election."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

import click
from flask import Flask
from flask_compress import Compress
from werkzeug.middleware.proxy_fix import ProxyFix

from webapp.config import ROOT, BadSetting, Config, read
from webapp.home.rules.demo.apart import refuse_to_serve
from webapp.people.views.door import guard
from webapp.plumbing import (
    assets,
    clock,
    database,
    doors,
    faults,
    files,
    headers,
    language,
    logs,
    render,
    submissions,
)

GIVE_UP = 3  # the one exit code at which gunicorn stops, and does not start the next worker for ever
ROOMS = ("people", "places", "checkins", "attendance", "coverage", "home")
COMMANDS = ("plumbing", "places", "people", "attendance", "coverage", "home")


def create_app(config: Config | None = None) -> Flask:
    """The application: settings, plumbing, then the rooms.

    Raises `BadSetting`; where the settings come from the environment, the process ends with the sentence.
    """
    if config is not None:
        return _app_of(config)
    try:
        return _app_of(read())
    except BadSetting as mistakes:
        print(f"Simpul cannot start:\n{mistakes}", file=sys.stderr)  # noqa: T201 - whoever starts it reads it there
        sys.exit(GIVE_UP)


def _app_of(config: Config) -> Flask:
    app = Flask(
        "webapp",
        root_path=str(Path(__file__).parent),
        template_folder=str(ROOT / "templates"),
        static_folder=None,
        instance_path=str(ROOT / "instance"),
    )
    app.config.from_mapping(config.for_flask())
    app.config["SIMPUL"] = config
    logs.begin(config.log_level)
    _lay_plumbing(app, config)
    _open_rooms(app)
    if _is_to_serve():
        with app.app_context():
            refuse_to_serve(config)
    return app


def _is_to_serve() -> bool:
    """Whether requests will come in, and not only a command from the shell, as `flask db upgrade`."""
    context = click.get_current_context(silent=True)
    return context is None or context.info_name == "run"


def _lay_plumbing(app: Flask, config: Config) -> None:
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    Compress(app)
    headers.add_security_headers(app, assets.inline_sheet_hash, https=not config.insecure_cookies)
    headers.guard_against_other_sites(app)
    render.add_vary(app)
    language.speak(app)
    app.extensions["kinds"] = submissions.kinds
    (ROOT / "instance").mkdir(exist_ok=True)
    database.connect(app)
    files.connect(app, config.files_url)
    clock.add_filters(app)
    faults.answer(app)
    doors.number_rows(app)
    guard(app)
    assets.serve_static(app)
    if config.trusted_proxies:
        hops = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]


def _open_rooms(app: Flask) -> None:
    for name in ROOMS:
        import_module(f"webapp.{name}.views")  # whose routes the blueprint then has
        app.register_blueprint(import_module(f"webapp.{name}.room").room)
    for name in COMMANDS:
        for group in import_module(f"webapp.{name}.commands").groups:
            app.cli.add_command(group)
