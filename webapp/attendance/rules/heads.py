"""The head count of one list: typed by whoever keeps it, beside the marks and never instead of them.

Of two who typed, whoever counted later holds; both stand in the trail since 0.4, as neither reviews the list.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from webapp.attendance.models import Sheet, SheetState
from webapp.people.rules import trail
from webapp.places.rules.scope import current
from webapp.plumbing.database import db
from webapp.plumbing.refusal import NotThere, Refusal
from webapp.plumbing.submissions import Stamp

MOST = 9999
CLOSED = (SheetState.APPROVED, SheetState.LOCKED)


def count_heads(data: Mapping[str, Any], stamp: Stamp) -> Sheet:
    """Keep how many were counted, until the list is approved. Raises `NotThere` outside of one's region."""
    found = select(Sheet).where(Sheet.id == data["lembar"]).with_for_update()
    sheet = db.session.scalars(found.execution_options(populate_existing=True)).one_or_none()
    if sheet is None or not current().covers(sheet.region_code):
        raise NotThere
    if sheet.stage in CLOSED:
        raise Refusal(_("Lembar ini sudah disetujui, jadi hitungan kepalanya tidak bisa diubah lagi."))
    counted = {"head_count": data["jumlah"], "counted_by": stamp.sender_id}
    held = {"head_count": sheet.head_count, "counted_by": sheet.head_count_by}
    if sheet.head_count_at is not None and stamp.happened_at < sheet.head_count_at:
        _note(sheet, counted, held)
        return sheet
    _note(sheet, held, counted)
    sheet.head_count, sheet.head_count_by = data["jumlah"], stamp.sender_id
    sheet.head_count_at = stamp.happened_at
    db.session.flush()
    return sheet


def _note(sheet: Sheet, earlier: dict[str, Any], later: dict[str, Any]) -> None:
    """Whoever counted first, and then who counted again; once more the same by the same hand is nothing."""
    if earlier != later:
        trail.note("sheet.heads", "sheet", sheet.id, sheet.region_code, earlier, later)
