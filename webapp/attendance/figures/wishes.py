"""Corrections of a locked sheet as whoever decides reads them: before and after, both names, and what bears it out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select

from webapp.attendance.models import Correction, Sheet, SheetPhoto, Status
from webapp.attendance.rules.lines import Line, named
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
    """One correction. Times are UTC; `accepted` None: nobody has decided yet."""

    id: int
    name: str
    before: Status
    after: Status
    reason: str
    evidence: str | None
    asked_by: int
    asker: str
    asked_at: datetime
    accepted: bool | None
    decider: str | None
    decided_at: datetime | None
    photos: Sequence[Shot]


def wishes_of(sheet: Sheet, lines: Sequence[Line]) -> list[Wish]:
    """The corrections of a sheet: those that wait first, then the newest. Two statements at most."""
    found = (
        select(Correction, ASKER.c.name, DECIDER.c.name)
        .join(ASKER, ASKER.c.id == Correction.asked_by)
        .outerjoin(DECIDER, DECIDER.c.id == Correction.decided_by)
        .where(Correction.sheet_id == sheet.id)
        .order_by(Correction.accepted.is_not(None), Correction.id.desc())
    )
    rows = db.session.execute(found).all()
    names = {line.seat: line.name for line in lines}
    photos = photos_of(sheet) if rows else {}
    return [_wish(row[0], names, row[1], row[2], photos.get(row[0].id, ())) for row in rows]


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


def _wish(
    kept: Correction, names: dict[int, str], asker: str, decider: str | None, photos: Sequence[Shot]
) -> Wish:
    return Wish(
        kept.id,
        names.get(kept.invitation_id, ""),
        Status(kept.before),
        Status(kept.after),
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
