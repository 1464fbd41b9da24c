"""Which election a page is about, from the first register on."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.places import lists
from webapp.places.models import Election
from webapp.plumbing.database import db

pytestmark = pytest.mark.usefixtures("inside")


def bring(app: Flask, folder: Path, code: str) -> None:
    db.session.commit()
    told = app.test_cli_runner().invoke(
        args=["places", "import-register", str(lists.write(folder, lists.RANGES)), "--election", code,
              "--name", code.title(), "--date", "2029-02-14"],
    )  # fmt: skip
    assert told.exit_code == 0, told.output
    db.session.expire_all()


def current() -> list[str]:
    return list(db.session.scalars(select(Election.code).where(Election.current)))


def test_the_first_election_is_current_by_itself_and_a_later_one_is_not(app: Flask, tmp_path: Path) -> None:
    db.session.execute(update(Election).values(current=False))
    bring(app, tmp_path, "pemilu-2029")
    assert current() == ["pemilu-2029"]
    bring(app, tmp_path, "ulangan-2029")
    assert current() == ["pemilu-2029"]
    made = db.session.scalars(select(Election).where(Election.code == "pemilu-2029")).one()
    assert (made.date, made.volunteer_target) == (date(2029, 2, 14), 10)


def test_another_one_is_made_current_by_its_code(app: Flask, tmp_path: Path) -> None:
    bring(app, tmp_path, "pemilu-2029")
    runner = app.test_cli_runner()
    assert "current: pemilu-2029" in runner.invoke(args=["places", "set-current", "pemilu-2029"]).output
    db.session.expire_all()
    assert current() == ["pemilu-2029"]
    assert "* pemilu-2029" in runner.invoke(args=["places", "elections"]).output
    assert runner.invoke(args=["places", "set-current", "x"]).exit_code == 1
    assert current() == ["pemilu-2029"]
