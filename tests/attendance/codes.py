"""Cards and screens for the tests: what a camera would read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import select

from tests.attendance.scenes import Scene
from webapp.attendance.models import AttendanceRecord, Invitation, Sheet
from webapp.attendance.rules.tokens import card_code, key_for, screen_token
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import db


def card(person_id: int) -> str:
    """The code of a person's card."""
    return card_code(person_id, key_for("card", current_app.config["SECRET_KEY"]))


def person_at(seat: int) -> int:
    """Who has this seat."""
    with everywhere("a test looks"):
        return db.session.scalars(select(Invitation.person_id).where(Invitation.id == seat)).one() or 0


def token(scene: Scene, at: datetime) -> str:
    """What the screen of a list shows at this moment."""
    with everywhere("a test looks"):
        secret = db.session.scalars(select(Sheet.secret).where(Sheet.id == scene.sheet)).one()
    return screen_token(scene.sheet, secret, at)


def scanned(scene: Scene, person_id: int, way: str = "kartu") -> dict[str, Any]:
    """The fields of a card that was read at the door of a list."""
    return {"rapat": str(scene.meeting), "lembar": str(scene.sheet), "kode": card(person_id), "cara": way}


def records() -> list[AttendanceRecord]:
    """All that was recorded, in its order."""
    with everywhere("a test looks"):
        found = select(AttendanceRecord).order_by(AttendanceRecord.received_at, AttendanceRecord.id)
        return list(db.session.scalars(found.execution_options(populate_existing=True)))


def seats_of(scene: Scene, person_id: int) -> list[Invitation]:
    """The seats of a person at a meeting."""
    with everywhere("a test looks"):
        own = select(Invitation).where(
            Invitation.meeting_id == scene.meeting, Invitation.person_id == person_id
        )
        return list(db.session.scalars(own.order_by(Invitation.id)))
