"""The photos of a check-in: only for whoever sent them, and for whoever may see check-ins there."""

from __future__ import annotations

from contextlib import AbstractContextManager
from uuid import UUID

from flask import Response

from webapp.checkins.room import room
from webapp.checkins.rules.photos import photo_at, photographed
from webapp.people.rules.permissions import Permission
from webapp.people.views.door import viewer
from webapp.places.rules.scope import narrowed
from webapp.plumbing.render import render
from webapp.plumbing.showing import picture


@room.get("/check-in/<uuid:check_in_id>/foto", needs=Permission.CHECK_IN)
def photos(check_in_id: UUID) -> Response:
    """All photos of one check-in, or the word that they have not come yet."""
    with _as_supervisor():
        row, shown = photographed(check_in_id)
    own = row.person_id == viewer().person_id
    return render("checkins/photos.html", row=row, photos=[(p.place, blob) for p, blob in shown], own=own)


@room.get("/check-in/<uuid:check_in_id>/foto/<int:place>", needs=Permission.CHECK_IN)
def photo(check_in_id: UUID, place: int) -> Response:
    """One photo (the first is 0) as we have drawn it; `?kecil=1` the small one of a list."""
    with _as_supervisor():
        blob = photo_at(check_in_id, place)
    return picture(blob)


def _as_supervisor() -> AbstractContextManager[None]:
    """Own rows, and those of the regions whose check-ins one may see."""
    return narrowed(viewer().scope(Permission.SEE_CHECKINS))
