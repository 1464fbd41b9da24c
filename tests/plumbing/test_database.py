"""The database: one writer at a time, and times that know their zone."""

from __future__ import annotations

import sqlite3
import threading
import time
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import StatementError

from tests.conftest import ON_POSTGRES
from tests.visits import Visitor
from webapp.people.models import SignInAttempt
from webapp.places.models import Region
from webapp.plumbing.database import db, within, writing


def attempt(key: str) -> SignInAttempt:
    return SignInAttempt(phone_key=key, address_key="a", at=datetime.now(UTC), succeeded=False)


def test_a_write_is_there_after_its_context(inside: None) -> None:
    with writing():
        db.session.add(attempt("one"))
    db.session.rollback()
    assert db.session.scalar(select(func.count(SignInAttempt.id))) == 1


def test_an_exception_leaves_nothing(inside: None) -> None:
    with pytest.raises(RuntimeError), writing():
        db.session.add(attempt("one"))
        db.session.flush()
        raise RuntimeError
    assert db.session.scalar(select(func.count(SignInAttempt.id))) == 0


def test_many_writers_at_once_all_get_their_turn(app: Flask) -> None:
    def write(name: str) -> None:
        with app.app_context():
            for turn in range(5):
                with writing():
                    db.session.scalar(select(func.count(SignInAttempt.id)))
                    db.session.add(attempt(f"{name}{turn}"))
            db.session.remove()

    threads = [threading.Thread(target=write, args=(str(n),)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        assert db.session.scalar(select(func.count(SignInAttempt.id))) == 40
        db.session.remove()


@pytest.mark.skipif(ON_POSTGRES, reason="the file's lock is SQLite's")
def test_a_foreign_lock_of_a_second_is_waited_for(app: Flask, stranger: Visitor) -> None:
    path = app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///")
    foreign = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    foreign.execute("BEGIN IMMEDIATE")
    threading.Timer(1, lambda: foreign.execute("COMMIT")).start()
    started = time.monotonic()
    with app.app_context():
        with writing():
            db.session.add(attempt("late"))
        db.session.remove()
    assert time.monotonic() - started > 0.5
    foreign.close()


def test_a_time_comes_back_as_it_went_in(inside: None) -> None:
    moment = datetime(2024, 11, 27, 0, 30, 15, 123456, tzinfo=UTC)
    row = attempt("x")
    row.at = moment
    db.session.add(row)
    db.session.commit()
    db.session.expire_all()
    assert row.at == moment
    assert row.at.tzinfo is not None


def test_a_time_without_zone_is_refused(inside: None) -> None:
    row = attempt("x")
    row.at = datetime(2024, 11, 27)
    db.session.add(row)
    with pytest.raises((ValueError, StatementError)):
        db.session.flush()
    db.session.rollback()


def test_a_subtree_is_one_range_of_the_index(inside: None) -> None:
    found = db.session.scalars(select(Region.code).where(within(Region.code, "31.73.01"))).all()
    assert set(found) == {"31.73.01", "31.73.01.1001", "31.73.01.1005"}
    assert db.session.scalar(select(func.count(Region.code)).where(within(Region.code, "ID"))) == 8


def test_the_database_says_so_when_it_is_gone(
    app: Flask, stranger: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert stranger.get("/healthz").text.strip().startswith("{")
    with app.app_context():
        engine = db.engine
        engine.dispose()

        def away(*_: object, **__: object) -> None:
            raise engine.dialect.loaded_dbapi.OperationalError("unable to open database file")

        monkeypatch.setattr(engine.dialect, "connect", away)
    assert stranger.client.get("/healthz").status_code == 503


def test_sqlite_keeps_what_it_acknowledged(inside: None) -> None:
    if ON_POSTGRES:
        assert db.session.execute(text("SHOW statement_timeout")).scalar() == "15s"
        assert db.session.execute(text("SHOW synchronous_commit")).scalar() == "on", (
            "the tests' server says off"
        )
    else:
        assert db.session.execute(text("PRAGMA synchronous")).scalar() == 2
        assert db.session.execute(text("PRAGMA journal_mode")).scalar() == "wal"
