"""The first page, what stands behind "Lainnya", and the bar that every page carries."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_babel import gettext as _
from flask_login import current_user

from webapp.home.views import room
from webapp.people.rules.permissions import Permission
from webapp.people.rules.viewer import Viewer
from webapp.people.views.door import viewer
from webapp.plumbing.render import render


@room.get("/", needs=Permission.ENTER)
def front() -> Response:
    """What is due now, one big action, and what one did last."""
    return render("home/front.html", who=viewer())


@room.get("/lainnya", needs=Permission.ENTER)
def more() -> Response:
    """Everything that does not stand in the bar."""
    return render("home/more.html", who=viewer())


@room.app_context_processor
def bar() -> dict[str, Any]:
    """The bar: (key, url, icon, word, whether it stands behind "Lainnya" on a phone)."""
    if not current_user or not current_user.is_authenticated:
        return {}
    return {"nav": _entries(viewer()), "lang": "id"}


def _entries(who: Viewer) -> list[tuple[str, str, str, str, bool]]:
    entries = [
        ("beranda", "/", "home", _("Beranda"), False, Permission.ENTER),
        ("check-in", "/check-in", "pin", _("Check-in"), False, Permission.CHECK_IN),
        ("rapat", "/rapat", "people", _("Rapat"), False, Permission.SEE_MEETINGS),
        ("cakupan", "/cakupan", "map", _("Cakupan"), False, Permission.SEE_COVERAGE),
        ("tinjauan", "/tinjauan", "check", _("Tinjauan"), True, Permission.REVIEW_ATTENDANCE),
        ("pengguna", "/pengguna", "person", _("Pengguna"), True, Permission.MANAGE_USERS),
        ("lainnya", "/lainnya", "more", _("Lainnya"), False, Permission.ENTER),
    ]
    return [entry[:5] for entry in entries if who.may(entry[5])]
