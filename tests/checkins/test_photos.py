"""Photos of check-ins: named at once, seen by those who may see the check-in, and by nobody else."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from flask import Flask

from tests.cast import ANI, BUDI, KAPUK, Actor
from tests.checkins.rows import check_in
from tests.checkins.taps import tap
from tests.pictures import photo, sha
from tests.visits import Visitor
from webapp.checkins.models import CheckIn, CheckInPhoto
from webapp.places.rules.elections import KEEP_POSITION, RESULT_DAYS
from webapp.places.rules.scope import everywhere
from webapp.plumbing import files
from webapp.plumbing.database import db, writing
from webapp.plumbing.files import Blob

HERE = {"jenis": "posko", "tempat": KAPUK}
POLLING = date(2024, 11, 27)
LAST = datetime(2024, 11, 27, 5, tzinfo=UTC) + timedelta(days=RESULT_DAYS) + KEEP_POSITION


def bring(app: Flask, who: Actor, content: bytes) -> str:
    """What the phone of `who` sends, judged; its name."""
    with app.app_context():
        with writing():
            files.take(who.id, sha(content), 0, len(content), content)
        files.judge(who.id, sha(content), writing)
        db.session.remove()
    return sha(content)


def send(who: Visitor, *names: str, **more: Any) -> str:
    """A check-in that names photos, as the outbox sends it; the id of its tap."""
    made = tap(HERE)
    item = {key: made.pop(key) for key in ("id", "happened_at", "offset", "clock")}
    item |= {"kind": "checkin", "fields": made | {"foto": list(names)} | more, "offset": 420}
    page = who.post("/kirim", json={"items": [item]}, status=200)
    (verdict,) = page.response.get_json()["verdicts"]
    assert verdict["verdict"] == "diterima", verdict
    return str(item["id"])


def named(app: Flask) -> list[tuple[str, int]]:
    with app.app_context():
        return [(one.sha256, one.place) for one in db.session.query(CheckInPhoto).order_by(CheckInPhoto.id)]


def test_a_check_in_is_taken_at_once_and_its_photo_may_come_later(app: Flask, budi: Visitor) -> None:
    content = photo()
    tapped = send(budi, sha(content))
    assert "foto belum sampai" in budi.get("/check-in/riwayat").words("main")
    assert "Foto 1 belum sampai" in budi.get(f"/check-in/{tapped}/foto").words("main")
    budi.get(f"/check-in/{tapped}/foto/0", 404)
    bring(app, BUDI, content)
    history = budi.get("/check-in/riwayat")
    assert "Foto (1)" in history.words("main")
    assert "belum sampai" not in history.words("main")
    small = budi.client.get(history.one("a.photos img")["src"])
    large = budi.client.get(budi.get(f"/check-in/{tapped}/foto").one("figure img")["src"])
    assert small.status_code == large.status_code == 200
    assert len(small.data) < 20_000 < len(large.data)


def test_a_photo_is_served_as_nothing_but_a_picture(app: Flask, budi: Visitor) -> None:
    content = photo()
    tapped = send(budi, bring(app, BUDI, content))
    page = budi.get(f"/check-in/{tapped}/foto/0")
    assert page.headers["Content-Type"] == "image/jpeg"
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"].startswith("private")
    assert page.response.data[:3] == b"\xff\xd8\xff"
    assert b"Rahasia" not in page.response.data
    again = {"If-None-Match": page.headers["ETag"]}
    budi.get(f"/check-in/{tapped}/foto/0", 304, headers=again)


def test_the_same_photo_twice_is_one_and_a_repeated_sending_changes_nothing(
    app: Flask, budi: Visitor
) -> None:
    one, two = "a" * 64, "b" * 64
    tapped = tap(HERE, foto=[one, two, one])
    for _ in range(2):
        budi.post("/check-in", tapped)
    assert named(app) == [(one, 0), (two, 1)]


def test_a_batch_names_the_photos_of_each_check_in(app: Flask, budi: Visitor) -> None:
    items = []
    for number in range(3):
        made = tap(HERE, at=datetime.now(UTC) - timedelta(hours=number))
        item = {key: made.pop(key) for key in ("id", "happened_at", "offset", "clock")}
        items.append(
            item
            | {"kind": "checkin", "fields": made | {"foto": [f"{number}{n}" * 32 for n in range(number)]}}
        )
    for _ in range(2):
        told = budi.post("/kirim", json={"items": items}, status=200).response.get_json()["verdicts"]
        assert {verdict["verdict"] for verdict in told} <= {"diterima", "sudah ada"}
    assert sorted(named(app)) == [("10" * 32, 0), ("20" * 32, 0), ("21" * 32, 1)]
    with app.app_context(), everywhere("a test looks"):
        mine = {str(one.id): one.submission_id for one in db.session.query(CheckIn)}
        owners = [str(mine[str(one.check_in_id)]) for one in db.session.query(CheckInPhoto)]
    assert sorted(map(owners.count, [str(item["id"]) for item in items])) == [0, 1, 2]


@pytest.mark.parametrize(
    ("told", "says"),
    [
        (["../../etc/passwd"], "tidak terbaca"),
        (["A" * 64], "tidak terbaca"),
        (["a" * 63], "tidak terbaca"),
        ([f"{n:064x}" for n in range(4)], "Paling banyak 3 foto"),
    ],
)
def test_what_is_no_photo_is_said_at_the_form(app: Flask, budi: Visitor, told: list[str], says: str) -> None:
    page = budi.post("/check-in", tap(HERE, foto=told), 422)
    assert says in page.words("main")
    assert named(app) == []


def test_only_who_may_see_the_check_in_sees_its_photos(
    app: Flask, budi: Visitor, ani: Visitor, citra: Visitor, eko: Visitor, kartika: Visitor, stranger: Visitor
) -> None:
    tapped = send(budi, bring(app, BUDI, photo()))
    for who in (ani, citra, kartika):  # coordinators see no check-ins of others
        who.get(f"/check-in/{tapped}/foto", 404)
        who.get(f"/check-in/{tapped}/foto/0", 404)
    stranger.get(f"/check-in/{tapped}/foto/0", 302)
    for place in ("1", "3", "2147483647", "-1", "x"):
        eko.get(f"/check-in/{tapped}/foto/{place}", 404)
    eko.get(f"/check-in/{uuid4()}/foto", 404)
    shown = eko.get("/check-in/wilayah").one("a.photos")
    assert shown.get_text(strip=True) == "Foto (1)"
    eko.get(eko.get(str(shown["href"])).one("figure img")["src"])


def test_naming_the_photo_of_another_shows_nothing_of_it(app: Flask, ani: Visitor) -> None:
    name = bring(app, BUDI, photo())
    tapped = send(ani, name)
    assert "belum sampai" in ani.get(f"/check-in/{tapped}/foto").words("main")
    ani.get(f"/check-in/{tapped}/foto/0", 404)


def test_a_photo_that_was_refused_says_why(app: Flask, budi: Visitor) -> None:
    tapped = send(budi, bring(app, BUDI, b"bukan foto " * 50))
    assert "tidak bisa diterima" in budi.get(f"/check-in/{tapped}/foto").words("main")


def test_a_photo_whose_file_is_gone_is_not_found(app: Flask, budi: Visitor) -> None:
    tapped = send(budi, bring(app, BUDI, photo()))
    with app.app_context():
        files.store().delete(db.session.query(Blob).one().key)
    budi.get(f"/check-in/{tapped}/foto/0", 404)


Watch = Callable[[], AbstractContextManager[Any]]


def test_lists_ask_once_for_all_photos(app: Flask, budi: Visitor, eko: Visitor, statements: Watch) -> None:
    with app.app_context():
        for number in range(100):
            row = check_in(BUDI.id, KAPUK)
            db.session.add_all(
                CheckInPhoto(check_in_id=row.id, sha256=f"{number:063x}{place}", place=place)
                for place in range(3)
            )
        db.session.commit()
    with statements() as seen:
        assert len(eko.get("/check-in/wilayah").soup.select("a.photos")) == 100
    assert len(seen.work) <= 4, seen.work
    with statements() as seen:
        assert len(budi.get("/check-in/riwayat").soup.select("a.photos")) == 50
    assert len(seen.work) <= 4, seen.work


def test_photos_cost_one_statement_more(budi: Visitor, statements: Watch) -> None:
    with statements() as seen:
        budi.post("/check-in", tap(HERE), 303)
    plain = len(seen.work)
    with statements() as seen:
        budi.post("/check-in", tap(HERE, foto=["a" * 64, "b" * 64]), 303)
    assert plain <= 6
    assert len(seen.work) <= plain + 2, seen.work


def retention(app: Flask, moment: datetime, *more: str) -> str:
    with time_machine.travel(moment, tick=False):
        answer = app.test_cli_runner().invoke(args=["retention", *(more or ("run",))])
    assert answer.exit_code == 0, answer.output
    return answer.output


def test_photos_are_forgotten_on_the_day_of_the_coordinates(app: Flask) -> None:
    polling = datetime(2024, 11, 27, 5, tzinfo=UTC)
    with time_machine.travel(polling, tick=False):
        old, kept = bring(app, BUDI, photo(1)), bring(app, ANI, photo(2))
    with app.app_context():
        keys = [blob.key for blob in db.session.query(Blob).order_by(Blob.id)]
        for who, name, at in ((BUDI, old, polling), (ANI, kept, LAST - timedelta(days=1))):
            row = check_in(who.id, KAPUK, at)
            db.session.add(CheckInPhoto(check_in_id=row.id, sha256=name, place=0))
        db.session.commit()
    assert "photos of check-ins deleted: 0\nfiles deleted: 0" in retention(app, LAST)
    assert "photos of check-ins deleted: 1\nfiles deleted: 1" in retention(app, LAST + timedelta(days=1))
    assert named(app) == [(kept, 0)]
    with app.app_context():
        assert [files.store().get(key) is not None for key in keys] == [False, True]
        with everywhere("a test looks"):
            assert db.session.query(CheckIn).count() == 2
    assert "files deleted: 0" in retention(app, LAST + timedelta(days=1))


def test_whoever_asks_to_be_forgotten_leaves_no_photo(app: Flask, budi: Visitor) -> None:
    content = photo()
    send(budi, bring(app, BUDI, content))
    other = bring(app, ANI, content)
    assert retention(app, datetime.now(UTC), "photos", str(BUDI.id)) == "files deleted: 1\n"
    assert named(app) == []
    with app.app_context():
        assert files.find(ANI.id, other) is not None
        assert files.find(BUDI.id, sha(content)) is None
