"""Corrections of a locked sheet as whoever decides reads them: before and after, both names, and what bears it out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select

from webapp.attendance.models import Correction, Invitation, Sheet, SheetPhoto, Status
from webapp.attendance.rules.lines import named
from webapp.plumbing.database import db
from webapp.plumbing.files import Blob

ASKER, DECIDER = named.alias("asker"), named.alias("decider")


@dataclass(frozen=True)
class Shot:
    """A photo that was named: its row, and what has come of its bytes (None: nothing yet)."""

    id: int
    state: str | None
    reason: str | None


@dataclass(frozen=True)
class Wish:
    """One correction. Times are UTC; `after` is a status or `NO_GUEST`; `accepted` None: nobody has decided yet."""

    id: int
    name: str
    before: Status
    after: str
    reason: str
    evidence: str | None
    asked_by: int
    asker: str
    asked_at: datetime
    accepted: bool | None
    decider: str | None
    decided_at: datetime | None
    photos: Sequence[Shot]


def wishes_of(sheet: Sheet) -> list[Wish]:
    """The corrections of a sheet: those that wait first, then the newest. Two statements at most.

    Also those of a guest who is on the list no more: what was decided of her stays told, with her name.
    """
    found = (
        select(
            Correction, func.coalesce(named.c.name, Invitation.guest_name, ""), ASKER.c.name, DECIDER.c.name
        )
        .join(Invitation, Invitation.id == Correction.invitation_id)
        .outerjoin(named, named.c.id == Invitation.person_id)
        .join(ASKER, ASKER.c.id == Correction.asked_by)
        .outerjoin(DECIDER, DECIDER.c.id == Correction.decided_by)
        .where(Correction.sheet_id == sheet.id)
        .order_by(Correction.accepted.is_not(None), Correction.id.desc())
    )
    rows = db.session.execute(found).all()
    photos = photos_of(sheet) if rows else {}
    return [_wish(kept, name, asker, decider, photos.get(kept.id, ())) for kept, name, asker, decider in rows]


def photos_of(sheet: Sheet) -> dict[int | None, list[Shot]]:
    """The photos of a sheet by the correction that they bear out; under None those of the sheet. One statement."""
    found = (
        select(SheetPhoto.correction_id, SheetPhoto.id, Blob.state, Blob.reason)
        .outerjoin(Blob, and_(Blob.owner_id == SheetPhoto.owner_id, Blob.sha256 == SheetPhoto.sha256))
        .where(SheetPhoto.sheet_id == sheet.id)
        .order_by(SheetPhoto.id)
    )
    by_wish: dict[int | None, list[Shot]] = defaultdict(list)
    for wish, photo, state, reason in db.session.execute(found):
        by_wish[wish].append(Shot(photo, state, reason))
    return dict(by_wish)


def _wish(kept: Correction, name: str, asker: str, decider: str | None, photos: Sequence[Shot]) -> Wish:
    return Wish(
        kept.id,
        name,
        Status(kept.before),
        kept.after,
        kept.reason,
        kept.evidence,
        kept.asked_by,
        asker,
        kept.asked_at,
        kept.accepted,
        decider,
        kept.decided_at,
        photos,
    )
