"""A button pressed twice: every form of the house, posted once more before its first answer could be seen.

No script stands before these forms, so nothing but the server keeps the second from doing the same again.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from tests.cast import ANI, BUDI, EKO, Actor
from tests.clock import NOW
from tests.house.own import Own
from tests.house.test_foreign_codes import RATNA, SIGNS_OUT, Form, _endpoint, walk, world  # noqa: F401
from tests.visits import ON_POSTGRES, SAME_SITE, Visitor
from webapp.plumbing import submissions
from webapp.plumbing.database import db

pytestmark = pytest.mark.skipif(ON_POSTGRES, reason="whatever keeps the rows, the forms are the same")
JUST_AFTER = NOW + timedelta(seconds=0.2)
TELLS_OF_IT = {"audit_entry", "submission", "sender_budget", "device_session", "contact_view"}
GUESSES = {
    "nama": "Uji Ketuk", "telepon": "0840 1000 9999", "tugas": "Cetak kartu", "alasan": "Ada di foto.",
    "bukti": "Foto", "butir": "Cetak kartu saksi", "tenggat": (NOW + timedelta(days=3)).date().isoformat(),
    "tanggal": (NOW + timedelta(days=3)).date().isoformat(), "mulai": "09.00", "selesai": "12.00",
}  # fmt: skip
OTHER_BUTTONS = {"baris", "tepat", "terlambat", "izin", "sakit", "alpa", "urung"}  # of a row with "hadir"


def filled(form: Form) -> dict[str, list[str]]:
    """The form as it stands, with something in what is empty and must not be."""
    left_out = set(submissions.items.NOT_SENT) | (OTHER_BUTTONS if "hadir" in form.fields else set())
    told = {name: value for name, value in form.fields.items() if name not in left_out}
    return {name: value if value[0].strip() else [GUESSES.get(name, "")] for name, value in told.items()}


def rows(file: Path) -> dict[str, int]:
    """How many there are of everything but what only tells of a sending."""
    with closing(sqlite3.connect(file)) as line:
        names = [name for (name,) in line.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        kept = [name for name in names if name not in TELLS_OF_IT]
        return {name: line.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in kept}


def doubled_by(app: Flask, forms: list[Form], actor: Actor, folder: Path) -> tuple[list[str], set[str]]:
    """What a second press makes, each time over the same database; and the doors that took the first."""
    with app.app_context():
        file = Path(db.engine.url.database or "")
        db.session.remove()
        db.engine.dispose()
    saved, before = shutil.copyfile(file, folder / f"{actor.id}.sqlite3"), rows(file)
    found, took = [], set()
    for form in forms:
        path, told = re.sub(r"^https?://[^/]+", "", form.action), filled(form)
        first = Visitor(app, actor).client.post(path, data=told, headers=SAME_SITE)
        once = rows(file)
        if first.status_code < 400 and once != before:
            took.add(str(_endpoint(app, path, "POST")))
            with time_machine.travel(JUST_AFTER, tick=False):
                Visitor(app, actor).client.post(path, data=told, headers=SAME_SITE)
            twice = rows(file)
            found += [f"{actor.name}: {path} {told}: {name}" for name in once if once[name] != twice[name]]
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        for left in (Path(f"{file}-wal"), Path(f"{file}-shm")):
            left.unlink(missing_ok=True)
        shutil.copyfile(saved, file)
    return found, took


@pytest.mark.full
def test_no_form_does_twice_what_was_pressed_twice(app: Flask, world: Own, tmp_path: Path) -> None:  # noqa: F811
    found, took = [], set[str]()
    for actor in (ANI, EKO, RATNA, BUDI):
        forms = [
            form
            for form in walk(world, actor).forms.values()
            if _endpoint(app, form.action, "POST") not in SIGNS_OUT
        ]
        more, doors = doubled_by(app, forms, actor, tmp_path)
        found += more
        took |= doors
    assert not found, "\n".join(found)
    assert len(took) > 20, sorted(took)
