"""Trails: who read a number, who agreed to what, who did what: rows are only ever added, never written over."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from tests.cast import ANI, BUDI
from tests.visits import ON_POSTGRES, Visitor
from webapp.people.models import AuditEntry, Consent, ContactView
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import db

TRAILS = (AuditEntry, ContactView, Consent)
CHANGES = ["UPDATE {table} SET id = id", "DELETE FROM {table}"]
OVER = "INSERT OR REPLACE INTO {table} SELECT * FROM {table}"
CHANGES += ["TRUNCATE {table}"] if ON_POSTGRES else [OVER, OVER.replace("INSERT OR ", "")]


@pytest.fixture(autouse=True)
def _rows(app: Flask, ani: Visitor, budi: Visitor) -> None:
    """One row of each: Ani reads Budi's number, Budi withdraws."""
    ani.post(f"/orang/{BUDI.id}/hubungi", status=200)
    budi.post("/persetujuan", {"jawaban": "tidak"})


def kept(app: Flask) -> list[list[int]]:
    with app.app_context(), everywhere("test"):
        return [list(db.session.scalars(select(model.id))) for model in TRAILS]


@pytest.mark.parametrize("table", [model.__tablename__ for model in TRAILS])
def test_a_row_of_a_trail_stays_as_it_is(app: Flask, table: str) -> None:
    before = kept(app)
    assert all(before)
    for change in CHANGES:
        with app.app_context():
            with pytest.raises(DBAPIError, match=r"append-only|only added to"):
                db.session.execute(text(change.format(table=table)))
            db.session.rollback()
        assert kept(app) == before, change


def test_a_trail_still_grows(app: Flask, ani: Visitor) -> None:
    before = kept(app)
    ani.post(f"/orang/{ANI.id}/hubungi", status=200)
    ani.post("/persetujuan", {"jawaban": "tidak"})
    assert len(kept(app)[2]) == len(before[2]) + 1
