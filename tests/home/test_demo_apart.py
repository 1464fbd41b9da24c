"""The demo and the invented country never mix with a real organisation, and open nothing where DEMO is off."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import click
import pytest
from flask import Flask
from sqlalchemy import select

from tests.cast import ANI, DEWI, LONG_AGO
from tests.clock import NOW
from tests.conftest import config_for
from tests.visits import Visitor
from webapp import create_app
from webapp.config import BadSetting
from webapp.home.rules.demo import apart
from webapp.home.rules.demo.staff import LOGINS
from webapp.people.models import BY_DEMO, Account, Consent, Person
from webapp.people.rules import secrets
from webapp.places.models import Election, Region
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import db

PEPPER = "p" * 32
PIN = "386042"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Flask]:
    """The app of a demo over a database of its own, in which nothing is yet."""
    app = create_app(config_for(f"sqlite:///{tmp_path / 'own.sqlite3'}", demo=True))
    with app.app_context():
        db.create_all()
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def as_a_demo(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The cast's organisation with DEMO=1, as if somebody had typed the command in the wrong folder."""
    monkeypatch.setitem(app.config, "SIMPUL", replace(app.config["SIMPUL"], demo=True))
    return app


def election(code: str, *, sample: bool = False) -> None:
    db.session.add(Election(code=code, name=code, kind="pilkada", date=date(2026, 11, 27), sample=sample))
    db.session.commit()


def somebody(*, of_the_demo: bool, account: bool = True, phone: str | None = None) -> None:
    with everywhere("test"):
        db.session.merge(Region(code="ID", name="Indonesia", search_name="indonesia", level=0))
        db.session.flush()
        told = {"name": "Sri", "search_name": "sri", "region_code": "ID", "created_at": LONG_AGO}
        person = Person(phone=phone, **told)
        db.session.add(person)
        db.session.flush()
        if account:
            number = f"+62840000009{person.id}"
            db.session.add(Account(person_id=person.id, phone=number, created_at=LONG_AGO))
        if of_the_demo:
            db.session.add(Consent(person_id=person.id, version="1", at=NOW, channel=BY_DEMO))
        db.session.commit()


def run(app: Flask, *words: str) -> tuple[int, str]:
    said = app.test_cli_runner().invoke(args=["demo", *words])
    return said.exit_code, said.output


# --- where they may go ---------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["load", "nation"])
def test_no_such_command_touches_a_database_with_people(as_a_demo: Flask, command: str) -> None:
    code, said = run(as_a_demo, command)
    assert code != 0 and "of its own" in said
    with as_a_demo.app_context():
        known = select(Election.code, Election.current)
        assert db.session.execute(known).all() == [("pilkada-2024", True)]


@pytest.mark.parametrize("command", ["load", "nation"])
def test_nor_one_with_an_election_and_nobody_in_it(elsewhere: Flask, command: str) -> None:
    election("pilkada-2027")
    code, said = run(elsewhere, command)
    assert code != 0 and "of its own" in said
    assert list(db.session.scalars(select(Election.code))) == ["pilkada-2027"]


@pytest.mark.parametrize("command", ["load", "nation"])
def test_nor_any_where_the_demo_is_off(app: Flask, command: str) -> None:
    code, said = run(app, command)
    assert code != 0 and "DEMO=1" in said


def test_an_empty_database_and_the_demos_own_are_theirs(elsewhere: Flask) -> None:
    assert apart.is_empty() and not apart.has_its_own()
    election("contoh")
    election("negeri-contoh", sample=True)
    somebody(of_the_demo=True)
    somebody(of_the_demo=False, account=False, phone="+6284012345678")  # a witness of the demo
    assert not apart.is_empty() and not apart.has_its_own()
    somebody(of_the_demo=False, account=False, phone="+6281234567890")
    assert apart.has_its_own()


def test_an_organisation_may_call_its_own_election_an_example(elsewhere: Flask) -> None:
    election("contoh")
    assert not apart.is_loaded() and apart.has_its_own()
    somebody(of_the_demo=False, account=False, phone="+6281234567890")
    for command in ("load", "nation"):
        code, said = run(elsewhere, command)
        assert code != 0 and "of its own" in said
    create_app(config_for(elsewhere.config["SIMPUL"].database_url))  # and is served without the demo


def test_people_who_came_before_any_election_are_people(elsewhere: Flask) -> None:
    somebody(of_the_demo=False)
    assert apart.has_its_own()


def test_the_demo_is_loaded_once_and_told_again(elsewhere: Flask) -> None:
    election("contoh")
    somebody(of_the_demo=True)
    for _ in range(2):
        code, said = run(elsewhere, "load")
        assert code == 0 and len(said.splitlines()) == len(LOGINS)
    assert len(list(db.session.scalars(select(Election.code)))) == 1


# --- where they may not run ----------------------------------------------------------------------


def test_without_demo_nothing_starts_over_the_demos_database(
    elsewhere: Flask, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = elsewhere.config["SIMPUL"].database_url
    create_app(config_for(url))  # somebody else's database is fine
    election("contoh")
    somebody(of_the_demo=True)
    with pytest.raises(BadSetting, match="holds the demo"):
        create_app(config_for(url))
    create_app(config_for(url, demo=True))
    told = {
        "DATABASE_URL": url,
        "SECRET_KEY": os.urandom(16).hex(),
        "PIN_PEPPER": os.urandom(16).hex(),
        "DEMO": "0",
    }
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit, match="3"):
        create_app()
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "Simpul cannot start:" and len(said) == 2
    with click.Context(click.Command("db"), info_name="db"):
        create_app()  # what is no server may look after it
    with click.Context(click.Command("run"), info_name="run"), pytest.raises(SystemExit):
        create_app()


def test_a_database_that_is_not_there_is_not_made_by_looking(tmp_path: Path) -> None:
    create_app(config_for(f"sqlite:///{tmp_path / 'none.sqlite3'}"))
    assert not (tmp_path / "none.sqlite3").exists()


def sign_in(app: Flask, status: int, **form: str) -> None:
    Visitor(app).post("/masuk", form, status=status)


@pytest.mark.parametrize("off", [True, False])
def test_whom_the_demo_made_signs_in_only_where_it_is_on(
    app: Flask, monkeypatch: pytest.MonkeyPatch, off: bool
) -> None:
    with app.app_context():
        db.session.get_one(Account, ANI.id).pin_hash = secrets.hash_pin(PIN, PEPPER)
        db.session.add(Consent(person_id=ANI.id, version="1", at=NOW, channel=BY_DEMO))
        db.session.commit()
    monkeypatch.setitem(app.config, "SIMPUL", replace(app.config["SIMPUL"], demo=not off))
    sign_in(app, 422 if off else 303, telp=ANI.phone, pin=PIN)


def test_what_the_demo_publishes_opens_nobody_else(app: Flask) -> None:
    with app.app_context():
        db.session.get_one(Account, ANI.id).pin_hash = secrets.hash_pin(secrets.DEMO_PIN, PEPPER)
        db.session.get_one(Account, DEWI.id).password_hash = secrets.hash_password(secrets.DEMO_PASSWORD)
        db.session.commit()
    sign_in(app, 422, telp=ANI.phone, pin=secrets.DEMO_PIN)
    sign_in(app, 422, telp=DEWI.phone, cara="sandi", sandi=secrets.DEMO_PASSWORD)


@pytest.mark.parametrize(
    ("check", "secret"),
    [(secrets.check_new_pin, secrets.DEMO_PIN), (secrets.check_new_password, secrets.DEMO_PASSWORD)],
)
def test_nobody_chooses_what_the_demo_publishes(check: Any, secret: str) -> None:
    with pytest.raises(secrets.WeakSecret):
        check(secret)
