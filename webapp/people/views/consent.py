"""The agreement before the first step inside, and the page that says what is kept of whom."""

from __future__ import annotations

from flask import Response, request, url_for

from webapp.people.models import CONSENT_VERSION
from webapp.people.room import room
from webapp.people.rules import consent as rules
from webapp.people.rules.permissions import Permission
from webapp.people.views.door import onward, signed_out, viewer
from webapp.plumbing.doors import PUBLIC
from webapp.plumbing.render import render, see_other


@room.get("/privasi", needs=PUBLIC)
def privacy() -> Response:
    """What is kept, for how long, who sees it, and which rights everybody has."""
    return render("people/privacy.html", version=CONSENT_VERSION)


@room.get("/persetujuan", needs=Permission.SIGNED_IN)
def consent() -> Response:
    """Ask once, before anything else; later the same page takes the agreement back."""
    given = viewer().consent_version == CONSENT_VERSION
    return render("people/consent.html", given=given, version=CONSENT_VERSION)


@room.post("/persetujuan", needs=Permission.SIGNED_IN)
def agree() -> Response:
    """Keep the answer. A no signs out everywhere."""
    who = viewer()
    match request.form.get("jawaban"):
        case "setuju":
            rules.agree(who.account_id)
            return see_other(onward(request.form.get("lanjut")))
        case "tidak":
            rules.refuse(who.account_id)
            return signed_out(tidak=1)
    return see_other(url_for("people.consent"))
