"""Cards with a QR code: one's own, and those of a list to be printed."""

from __future__ import annotations

from flask import Response

from webapp.attendance.figures.cards import card_of, cards_of
from webapp.attendance.forms.codes import key_for
from webapp.attendance.room import room
from webapp.attendance.rules.finding import kept_sheet
from webapp.attendance.rules.lines import lines_of
from webapp.people.rules.permissions import Permission
from webapp.people.views.door import viewer
from webapp.plumbing.render import render


@room.get("/kartu", needs=Permission.ENTER, kept=True)
def own_card() -> Response:
    """One's own card, to be shown at the door; kept, for there may be no network there."""
    who = viewer()
    offices = ", ".join(f"{held.role.word} {held.region_name}" for held in who.mandates)
    card = card_of(who.person_id, who.name, offices, key_for("card"))
    return render("attendance/card.html", card=card)


@room.get("/lembar/<int:sheet_id>/kartu", needs=Permission.KEEP_ATTENDANCE)
def cards(sheet_id: int) -> Response:
    """The cards of everybody on a list."""
    kept = kept_sheet(sheet_id)
    return render("attendance/cards.html", held=kept, cards=cards_of(lines_of(kept.sheet), key_for("card")))
