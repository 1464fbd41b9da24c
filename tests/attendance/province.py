"""A province with six cities and who leads each of them: the rakor of case E is opened there and joined over Zoom."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from tests import cast
from tests.attendance.scenes import NINE, meeting_of
from tests.cast import CENGKARENG_BARAT, KARTIKA, KOTA, Actor
from tests.visits import Visitor
from webapp.attendance.models import Invitation, Sheet, Site
from webapp.attendance.rules.moving import follow
from webapp.people.rules.permissions import Role
from webapp.places.models import Region
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import db, writing

PROVINCE = "31"
CITIES = {
    "31.01": "Kep. Seribu", "31.71": "Jakarta Pusat", "31.72": "Jakarta Utara", "31.74": "Jakarta Selatan",
    "31.75": "Jakarta Timur",
}  # fmt: skip
PUTRI = Actor(50, "Putri Provinsi", "+628400000050", Role.COORDINATOR, PROVINCE, CENGKARENG_BARAT)
KEEPERS = {
    code: Actor(60 + n, f"Ketua {name}", f"+62840000006{n}", Role.COORDINATOR, code, CENGKARENG_BARAT)
    for n, (code, name) in enumerate(CITIES.items())
}
EVERY = {**KEEPERS, KOTA: KARTIKA}


def build(app: Flask) -> None:
    """Add the five cities that the register of the tests lacks, and who leads them."""
    with app.app_context():
        with writing(), everywhere("the province is made"):
            for code, name in CITIES.items():
                db.session.add(
                    Region(
                        code=code, name=name, search_name=name.lower(), level=2, parent_code=PROVINCE, kind="kota",
                        lat=-6.2, lng=106.8,
                    )
                )  # fmt: skip
            db.session.flush()
            for actor in (PUTRI, *KEEPERS.values()):
                cast._person(actor)
            cast._count_on()
        db.session.remove()


def rakor(app: Flask, putri: Visitor, **plan: Any) -> int:
    """The province's rakor with a site for each of its six cities; nobody is invited by then."""
    with app.app_context():
        scene = meeting_of(0, by=PUTRI, code=PROVINCE, start=NINE, title="Rakor provinsi", **plan)
    putri.post(f"/rapat/{scene.meeting}/susunan/tiap-bagian", {})
    return scene.meeting


def lists_of(app: Flask, meeting: int) -> dict[str, int]:
    """The list of each region's site, of the first session."""
    with app.app_context(), everywhere("a test looks"):
        found = select(Site.region_code, Sheet.id).join(Sheet, Sheet.site_id == Site.id)
        rows = db.session.execute(found.where(Site.meeting_id == meeting).order_by(Sheet.id.desc()))
        return {row[0]: row[1] for row in rows}


def seat_at(app: Flask, meeting: int, code: str, actor: Actor) -> int:
    """A seat for somebody at a region's site."""
    with app.app_context(), writing(), everywhere("a scene is set"):
        site = db.session.scalars(
            select(Site).where(Site.meeting_id == meeting, Site.region_code == code)
        ).first()
        assert site is not None
        seat = Invitation(
            meeting_id=meeting, site_id=site.id, region_code=code, person_id=actor.id, invited_by=KARTIKA.id,
            invited_at=NINE - timedelta(days=1),
        )  # fmt: skip
        db.session.add(seat)
        from webapp.attendance.rules.laying import lay

        lay(meeting)
        follow(meeting)
        return seat.id
