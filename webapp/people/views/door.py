"""The guard at every door: who is it, have they agreed, may they, and which part of the country is theirs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import Flask, Response, abort, g, make_response, redirect, request, session, url_for
from flask_login import LoginManager, current_user

from webapp.people.models import CONSENT_VERSION
from webapp.people.rules.permissions import Permission
from webapp.people.rules.trail import act_as
from webapp.people.rules.viewer import Viewer, load_viewer, note_seen
from webapp.places.rules.scope import bind
from webapp.plumbing import budget, submissions
from webapp.plumbing.doors import counted
from webapp.plumbing.headers import SAFE
from webapp.plumbing.render import see_other
from webapp.plumbing.submissions import Sender, Verdict

READER: Final = "X-Simpul-User"
NOBODY: Final = "0"
ALWAYS_OPEN = frozenset(
    f"people.{name}" for name in ("consent", "agree", "renew", "keep_secret", "leave", "sign_out")
)


def viewer() -> Viewer:
    """Who is signed in. Only behind a door."""
    user: Viewer = current_user._get_current_object()  # noqa: SLF001
    return user


class Keeper:
    """The guard that `plumbing.doors` asks."""

    def knock(self) -> Response | None:
        """Turn away whoever brings no cookie, before a body is read or a lock is taken."""
        return None if "_user_id" in session else ask_to_sign_in()

    def admit(self, needs: Permission) -> Response | None:
        """Judge the viewer for `needs` and bind the scope; 404 without the permission, never a hint."""
        g.pop("_login_user", None)  # judged anew: a view that hashes first is admitted twice
        if not current_user.is_authenticated:
            session.clear()
            return ask_to_sign_in()
        who = viewer()
        if request.method in SAFE:
            note_seen(who)
        if request.endpoint not in ALWAYS_OPEN and (detour := _unfinished(who)):
            return make_response(redirect(detour, code=303))
        needs = Permission(needs)
        if not who.may(needs):
            abort(404)
        bind(who.scope(needs))
        act_as(who)
        return None

    def count(self) -> None:
        """Count one thing against the viewer's hourly budget; leaving, and one's own secret, are always free."""
        if current_user.is_authenticated and request.endpoint not in ALWAYS_OPEN:
            size = request.content_length or 0
            budget.spend_at_the_end(viewer().person_id, budget.Cost(1, size))


def guard(app: Flask) -> None:
    """Put the keeper at the doors of `app`."""
    app.extensions["guard"] = Keeper()
    manager = LoginManager(app)
    manager.session_protection = None
    manager.user_loader(_known)
    app.jinja_env.globals["viewer"] = lambda: viewer() if current_user.is_authenticated else None
    app.jinja_env.globals["Permission"] = Permission
    app.after_request(_name_reader)


def _name_reader(response: Response) -> Response:
    """Say whose page this is, and under which mandates: a phone drops the pages that it kept under any other.

    Only of a reader who was asked for anyway; the sign-in page says `NOBODY` itself.
    """
    reader = g.get("_login_user")
    if isinstance(reader, Viewer) and response.mimetype in ("text/html", "application/json"):
        response.headers.setdefault(READER, f"{reader.person_id}.{reader.version}")
    return response


def _known(device_session_id: str) -> Viewer | None:
    """Who this device belongs to; nobody on the page that says that the database is away."""
    return None if g.get("database_away") else load_viewer(device_session_id)


def ask_to_sign_in() -> Response:
    """A redirect for a navigation, 401 for anything a script fetched."""
    if _is_fetch():
        return make_response(
            "Masuk dulu untuk melanjutkan.", 401, {"Content-Type": "text/plain; charset=utf-8"}
        )
    onward = request.full_path.rstrip("?") if request.method == "GET" and request.path != "/" else None
    return make_response(redirect(url_for("people.sign_in", lanjut=onward)))


def signed_out(**told: Any) -> Response:
    """The answer after which this device is nobody's; `told` lets the sign-in page say why."""
    session.clear()
    response = see_other(url_for("people.sign_in", **told))
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def onward(path: str | None) -> str:
    """Where to go after signing in: a path of our own, else home."""
    if not path or not path.startswith("/") or path.startswith("//"):
        return "/"
    if "\\" in path or not path.isprintable():
        return "/"
    return path


def sender() -> Sender:
    """The viewer, as submissions know them."""
    who = viewer()
    return Sender(who.person_id, who.region_code, who.device_session_id, who.served, who.serves)


def received(kind: str, form: Mapping[str, Any] | None = None) -> Verdict:
    """Take the posted form, or `form` in its place, as one submission of the viewer."""
    counted()
    told, by = form or request.form, sender()
    item = submissions.item_from_form(kind, told)
    return submissions.receive(item if told.get("id") else submissions.as_just_said(item, by), by)


def _unfinished(who: Viewer) -> str | None:
    if who.consent_version != CONSENT_VERSION:
        return url_for("people.consent")
    return url_for("people.renew") if who.temporary else None


def _is_fetch() -> bool:
    headers: Any = request.headers
    if headers.get("HX-Request") == "true" or request.is_json:
        return True
    return headers.get("Sec-Fetch-Dest", "document") != "document"
