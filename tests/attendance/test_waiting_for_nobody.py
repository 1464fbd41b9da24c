"""While names are matched, or a long page says why nothing was taken, others write: that needs no lock."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update

from tests import databases
from tests.attendance.scenes import Scene, meeting_of
from tests.attendance.test_review import hand_in
from tests.attendance.test_zoom import ENGLISH, EVENING, chosen, confirm, records, upload, url
from tests.conftest import ON_POSTGRES
from tests.visits import Visitor
from webapp.attendance.models import Meeting, MeetingSession
from webapp.attendance.views import corrections, invitations, marking, paper, review, scanning, zoom
from webapp.places.rules.scope import everywhere
from webapp.plumbing.clock import now
from webapp.plumbing.database import db, writing


@pytest.fixture(autouse=True)
def evening(ani: Visitor, citra: Visitor, eko: Visitor) -> Iterator[None]:
    with time_machine.travel(EVENING, tick=False):
        yield


@pytest.fixture
def scene(app: Flask) -> Scene:
    with app.app_context():
        return meeting_of(4)


@pytest.fixture
def watch(store: databases.Store, monkeypatch: pytest.MonkeyPatch) -> Callable[[Any, str], list[bool]]:
    """Note at each call of a view's function whether another could write meanwhile."""

    def over(view: Any, name: str) -> list[bool]:
        act, free = getattr(view, name), []

        def noted(*args: Any, **told: Any) -> Any:
            free.append("writing" not in db.session.info and _another_writes(store))
            return act(*args, **told)

        monkeypatch.setattr(view, name, noted)
        return free

    return over


def _another_writes(store: databases.Store) -> bool:
    """Whether the file's only write lock is free; PostgreSQL has none."""
    if ON_POSTGRES:
        return True
    with closing(sqlite3.connect(store.url.removeprefix("sqlite:///"), timeout=0)) as other:
        try:
            other.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        return True


def test_names_are_matched_while_others_write(ani: Visitor, scene: Scene, watch: Any) -> None:
    page = upload(ani, scene, ENGLISH)
    nothing = {name: "" for name in chosen(page) if name.startswith("pilih-")}
    gathered, matched = watch(zoom, "gather"), watch(zoom, "suggest")
    confirm(ani, scene, page, 422, **nothing)
    confirm(ani, scene, page, 422, satu="surel")
    assert matched == [True, True] and gathered and all(gathered)
    gathered.clear()
    taken = watch(zoom, "take")
    confirm(ani, scene, page)
    assert (gathered, taken) == ([True], [False]), "only taking needs it"


def _move(scene: Scene) -> None:
    later = {"starts_at": MeetingSession.starts_at, "late_after": MeetingSession.late_after}
    at = timedelta(minutes=30)
    with everywhere("a test moves it"):
        row = db.session.get_one(MeetingSession, scene.session)
        told = {name: getattr(row, name) + at for name in later}
        db.session.execute(update(MeetingSession).where(MeetingSession.id == scene.session).values(**told))


def _call_off(scene: Scene) -> None:
    with everywhere("a test calls it off"):
        off = {"cancelled_at": now(), "cancel_reason": "Banjir"}
        db.session.execute(update(Meeting).where(Meeting.id == scene.meeting).values(**off))


@pytest.mark.parametrize(
    ("change", "says"), [(_move, "Jam rapat ini baru saja diubah"), (_call_off, "dibatalkan")]
)
def test_what_changed_while_they_were_matched_is_judged_again(
    app: Flask,
    ani: Visitor,
    scene: Scene,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Scene], None],
    says: str,
) -> None:
    page, gather = upload(ani, scene, ENGLISH), zoom.gather

    def gathered(*told: Any) -> Any:
        monkeypatch.setattr(zoom, "gather", gather)
        with app.app_context(), writing():
            change(scene)
        return gather(*told)

    monkeypatch.setattr(zoom, "gather", gathered)
    again = confirm(ani, scene, page, 422)
    assert says in again.words(".sum") and records(app) == 0


def test_a_file_that_is_no_longer_of_this_meeting_says_so_when_it_is_saved(
    app: Flask, ani: Visitor, scene: Scene
) -> None:
    page = upload(ani, scene, ENGLISH)
    with app.app_context(), writing(), everywhere("a test moves it"):
        row = db.session.get_one(MeetingSession, scene.session)
        for name in ("starts_at", "late_after", "ends_at"):
            setattr(row, name, getattr(row, name) - timedelta(days=3))
    again = confirm(ani, scene, page, 422)
    assert "Tidak seorang pun di berkas ini" in again.words("main") and again.one("input[type=file]")


@pytest.mark.parametrize(
    ("view", "name", "path", "told"),
    [
        (paper, "_page", "/lembar/{sheet}/kertas", {}),
        (scanning, "_scanner_page", "/lembar/{sheet}/pindai", {"kode": "x"}),
        (marking, "_guest_page", "/lembar/{sheet}/tamu", {"rapat": "{meeting}", "lembar": "{sheet}"}),
        (corrections, "_page", "/lembar/{sheet}/koreksi", {}),
        (invitations, "_page", "/rapat/{meeting}/undangan", {"peran": "x"}),
    ],
)
def test_the_page_of_a_whole_list_is_drawn_while_others_write(
    ani: Visitor, scene: Scene, watch: Any, view: Any, name: str, path: str, told: dict[str, str]
) -> None:
    ids, free = {"sheet": scene.sheet, "meeting": scene.meeting}, watch(view, name)
    filled = {field: value.format(**ids) for field, value in told.items()}
    page = ani.post(path.format(**ids), filled, 422)
    assert free == [True] and page.is_whole


def test_so_is_that_of_a_reviewer(ani: Visitor, eko: Visitor, scene: Scene, watch: Any) -> None:
    hand_in(ani, scene)
    free = watch(review, "_sheet_page")
    for told in ({}, {"putusan": "kembalikan", "alasan": "x"}):
        eko.post(f"/tinjauan/{scene.sheet}", {"versi": 2} | told, 422)
        assert free.pop(), told


def test_nothing_is_left_of_what_was_refused(app: Flask, ani: Visitor, scene: Scene) -> None:
    ani.post(f"{url(scene)}/simpan", {"daftar": "x"}, 303)
    assert records(app) == 0
