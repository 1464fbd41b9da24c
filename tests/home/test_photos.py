"""Photos on their way: cut anywhere, sent twice, by the wrong person, in pieces that are too large."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any
from unittest.mock import Mock

import pytest
import time_machine
from flask import Flask

from tests.cast import ANI, BUDI, CITRA
from tests.clock import NOW
from tests.pictures import photo, sha
from tests.visits import SAME_SITE, Visitor
from webapp.plumbing import files
from webapp.plumbing.database import db
from webapp.plumbing.files import Blob
from webapp.plumbing.files.pictures import NoHands, Picture, TooSlow, made_anew
from webapp.plumbing.files.receiving import MOST_BYTES, MOST_UNFINISHED, PART_BYTES
from webapp.plumbing.files.stores import StoreAway

BYTES = {"Content-Type": "application/octet-stream"}


def ask(who: Visitor, name: str, status: int = 200, user: object = None) -> dict[str, Any]:
    path = f"/kirim/foto/{name}" + (f"?user={user}" if user is not None else "")
    told: dict[str, Any] = who.get(path, status).response.get_json()
    return told


def part(
    who: Visitor,
    name: str,
    begins_at: object,
    total: object,
    content: bytes,
    status: int = 200,
    user: object = BUDI.id,
) -> dict[str, Any]:
    path = f"/kirim/foto/{name}?user={user}&mulai={begins_at}&panjang={total}"
    told: dict[str, Any] = who.post(path, content, status, headers=BYTES).response.get_json()
    return told


def go_on(who: Visitor, content: bytes, until: int | None = None) -> dict[str, Any]:
    """Send from where the server is, as the phone does, until the line is cut after `until` bytes in all."""
    name = sha(content)
    told = ask(who, name)
    stop = len(content) if until is None else until
    while told["state"] == "kurang" and told["have"] < stop:
        start = told["have"]
        told = part(who, name, start, len(content), content[start : min(start + PART_BYTES, stop)])
    return told


def test_a_photo_arrives_in_parts(budi: Visitor) -> None:
    content = photo(size=(1600, 1200))
    assert len(content) > 2 * PART_BYTES
    assert ask(budi, sha(content)) == {"sha256": sha(content), "have": 0, "state": "kurang", "reason": None}
    told = go_on(budi, content)
    assert told == {"sha256": sha(content), "have": len(content), "state": "lengkap", "reason": None}
    assert ask(budi, sha(content)) == told
    assert part(budi, sha(content), 0, len(content), content[:100]) == told


@pytest.mark.parametrize("percent", range(10, 100, 10))
def test_cut_anywhere_it_goes_on_and_its_hash_is_right(app: Flask, budi: Visitor, percent: int) -> None:
    content = photo(size=(1600, 1200))
    cut = len(content) * percent // 100
    assert go_on(budi, content, until=cut)["have"] == cut
    assert ask(budi, sha(content))["have"] == cut
    with app.app_context():
        rows = db.session.query(files.BlobPart).order_by(files.BlobPart.begins_at)
        assert b"".join(row.bytes for row in rows) == content[:cut]
    assert go_on(Visitor(app, BUDI), content)["state"] == "lengkap"  # complete only when the hash agrees


def test_an_answer_that_was_lost_is_made_up_for(budi: Visitor) -> None:
    content = photo(size=(1600, 1200))
    name, size = sha(content), len(content)
    for start in (0, 0, PART_BYTES * 2, PART_BYTES // 2, 0):
        told = part(budi, name, start, size, content[start : start + PART_BYTES])
        assert told["have"] == PART_BYTES
        assert told["state"] == "kurang"
    assert go_on(budi, content)["state"] == "lengkap"


def test_every_percent_may_be_lost_and_nothing_is_damaged(budi: Visitor) -> None:
    content = photo()
    name, size = sha(content), len(content)
    step = size // 37
    for start in range(0, size, step):
        for again in (start, max(0, start - step), start):
            told = part(budi, name, again, size, content[again : again + step])
    assert told["state"] == "lengkap"


def test_another_hash_begins_anew(budi: Visitor) -> None:
    content = photo(size=(320, 240))
    told = part(budi, sha(content), 0, len(content), bytes(len(content)))
    assert (told["state"], told["have"]) == ("kurang", 0)
    assert go_on(budi, content)["state"] == "lengkap"


def test_what_is_no_photo_stops_the_phone_with_a_reason(budi: Visitor) -> None:
    content = b"<svg onload=alert(1)>" * 100
    told = part(budi, sha(content), 0, len(content), content)
    assert told["state"] == "ditolak"
    assert "bukan foto" in told["reason"]
    assert ask(budi, sha(content)) == told


def test_what_is_too_long_stops_the_phone_at_its_first_part(budi: Visitor) -> None:
    told = part(budi, "c" * 64, 0, MOST_BYTES + 1, b"x")
    assert told["state"] == "ditolak"
    assert "5 MB" in told["reason"]


@pytest.mark.parametrize("size", [PART_BYTES + 1, 3 * 1024 * 1024])
def test_a_part_that_is_too_large_is_answered_in_our_own_words(budi: Visitor, size: int) -> None:
    assert "terlalu besar" in part(budi, "c" * 64, 0, MOST_BYTES, bytes(size), 413)["error"]


@pytest.mark.parametrize(
    ("begins_at", "total"),
    [
        ("", "10"),
        ("0", ""),
        ("-1", "10"),
        ("0", "-5"),
        ("0", "0"),
        ("1e3", "10"),
        ("0", "9" * 12),
        ("٣", "10"),
    ],
)
def test_numbers_that_are_none_are_said_to_be_unreadable(budi: Visitor, begins_at: str, total: str) -> None:
    assert "tidak terbaca" in part(budi, "c" * 64, begins_at, total, b"x", 422)["error"]


@pytest.mark.parametrize("name", ["x", "c" * 63, "C" * 64, "c" * 65, "..%2F..%2Fetc%2Fpasswd", "g" * 64])
def test_what_is_no_hash_is_not_found(budi: Visitor, name: str) -> None:
    budi.get(f"/kirim/foto/{name}", 404)
    budi.post(f"/kirim/foto/{name}?mulai=0&panjang=1", b"x", 404, headers=BYTES)


def test_nothing_goes_out_under_the_wrong_name(app: Flask, ani: Visitor) -> None:
    content = photo()
    assert "orang lain" in part(ani, sha(content), 0, len(content), content, 401)["error"]
    assert "orang lain" in ask(ani, sha(content), 401, user=BUDI.id)["error"]
    assert ask(ani, sha(content), user=ANI.id)["have"] == 0
    with app.app_context():
        assert db.session.query(Blob).count() == 0


def test_nobody_learns_what_another_has_sent(budi: Visitor, citra: Visitor) -> None:
    content = photo()
    go_on(budi, content)
    assert ask(citra, sha(content), user=CITRA.id)["state"] == "kurang"
    assert ask(citra, sha(content), user=CITRA.id)["have"] == 0


def test_strangers_and_other_sites_bring_nothing(app: Flask, stranger: Visitor, budi: Visitor) -> None:
    fetched = {"Sec-Fetch-Dest": "empty"}
    stranger.get("/kirim/foto/" + "c" * 64, 401, headers=fetched)
    stranger.post("/kirim/foto/" + "c" * 64, b"x", 401, headers=fetched)
    foreign = budi.client.post(
        "/kirim/foto/" + "c" * 64, data=b"x", headers=SAME_SITE | {"Sec-Fetch-Site": "cross-site"}
    )
    assert foreign.status_code == 400


def test_beginnings_are_limited_and_say_so(budi: Visitor) -> None:
    for number in range(MOST_UNFINISHED):
        part(budi, f"{number:064x}", 0, 1000, b"x")
    path = f"/kirim/foto/{'f' * 64}?mulai=0&panjang=1000"
    page = budi.post(path, b"x", 429, headers=BYTES)
    assert "belum selesai" in page.response.get_json()["error"]
    assert page.headers["Retry-After"]


def test_all_that_send_the_same_photo_at_the_same_moment_end_well(app: Flask) -> None:
    content = photo(size=(1600, 1200))
    gate = threading.Barrier(4)
    ends: list[str] = []

    def phone() -> None:
        visitor = Visitor(app, BUDI)
        gate.wait()
        for start in range(0, len(content), PART_BYTES):
            path = f"/kirim/foto/{sha(content)}?mulai={start}&panjang={len(content)}"
            sent = visitor.client.post(
                path, data=content[start : start + PART_BYTES], headers=SAME_SITE | BYTES
            )
            assert sent.status_code == 200 or sent.headers["Retry-After"], sent.get_data()
        gate.wait()
        ends.append(ask(visitor, sha(content))["state"])
        with app.app_context():
            db.session.remove()

    phones = [threading.Thread(target=phone) for _ in range(4)]
    for one in phones:
        one.start()
    for one in phones:
        one.join()
    assert ends == ["lengkap"] * 4
    with app.app_context():
        assert db.session.query(files.BlobPart).count() == 0
        assert files.store().get(db.session.query(Blob).one().key)


def meanwhile(app: Flask, monkeypatch: pytest.MonkeyPatch, what: Callable[[], None]) -> list[bytes]:
    """While a picture is being opened, somebody else does `what`; the pictures that were opened."""
    opened: list[bytes] = []

    def slowly(sent: bytes) -> Picture:
        opened.append(sent)
        other = threading.Thread(target=what)
        other.start()
        other.join()
        return made_anew(sent)

    monkeypatch.setattr("webapp.plumbing.files.judging.made_anew", slowly)
    return opened


def test_a_second_look_meanwhile_opens_nothing_and_says_come_again(
    app: Flask, budi: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    content, heard = photo(), []

    def look() -> None:
        other, path, size = Visitor(app, BUDI), f"/kirim/foto/{sha(content)}", len(content)
        asked = other.client.get(path, headers=SAME_SITE)
        sent = other.client.post(f"{path}?mulai={size}&panjang={size}", data=b"", headers=SAME_SITE | BYTES)
        alive = other.client.get("/healthz")
        heard.extend((one.status_code, one.headers.get("Retry-After")) for one in (asked, sent, alive))
        with app.app_context():
            db.session.remove()

    opened = meanwhile(app, monkeypatch, look)
    assert go_on(budi, content)["state"] == "lengkap"
    assert heard == [(202, "10"), (503, "30"), (200, None)]
    assert len(opened) == 1


def test_no_more_than_a_few_threads_ever_wait_for_their_turn(
    app: Flask, budi: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = photo(seed=2, size=(320, 240))
    monkeypatch.setattr("webapp.plumbing.files.judging._places", threading.BoundedSemaphore(1))
    answers = []

    def send_another() -> None:
        path = f"/kirim/foto/{sha(content)}?mulai=0&panjang={len(content)}"
        answers.append(
            Visitor(app, ANI).client.post(path, data=content, headers=SAME_SITE | BYTES).status_code
        )
        with app.app_context():
            db.session.remove()

    with monkeypatch.context() as patch:
        opened = meanwhile(app, patch, send_another)
        assert go_on(budi, photo())["state"] == "lengkap"
    assert answers == [503]
    assert len(opened) == 1
    ani = Visitor(app, ANI)
    assert part(ani, sha(content), len(content), len(content), b"", user=ANI.id)["state"] == "lengkap"


def test_who_was_killed_while_it_looked_leaves_one_more_try(
    app: Flask, budi: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that is killed writes nothing down: what it marked before is all that is left of it."""

    class Killed(BaseException):
        pass

    def die(_sent: bytes) -> None:
        raise Killed

    content = photo(size=(320, 240))
    size = len(content)
    monkeypatch.setattr("webapp.plumbing.files.judging.made_anew", die)
    with time_machine.travel(NOW, tick=False) as clock:
        for begun in (0, size):
            with pytest.raises(Killed):
                part(budi, sha(content), begun, size, content[begun:])
            part(budi, sha(content), size, size, b"", 503)
            clock.shift(120)
            assert ask(budi, sha(content), 202)["state"] == "kurang"
        told = part(budi, sha(content), size, size, b"")
    assert told["state"] == "ditolak"
    assert "terlalu berat" in told["reason"]


class Away:
    """A storage that does not answer."""

    def put(self, *_: object) -> None:
        raise StoreAway("disk full")


def test_while_the_storage_is_away_the_phone_keeps_the_photo_and_comes_back(
    app: Flask, budi: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = photo(size=(320, 240))
    path = f"/kirim/foto/{sha(content)}?mulai=0&panjang={len(content)}"
    with monkeypatch.context() as patch:
        patch.setitem(app.extensions, "files", Away())
        page = budi.post(path, content, 503, headers=BYTES)
        assert "mencoba lagi" in page.response.get_json()["error"]
        assert page.headers["Retry-After"]
        assert ask(budi, sha(content), 202)["state"] == "kurang"
    for _ in range(2):
        assert ask(budi, sha(content), 202)["have"] == len(content), "asking judges nothing"
    assert part(budi, sha(content), len(content), len(content), b"")["state"] == "lengkap"


@pytest.mark.parametrize(("fault", "ends"), [(NoHands("no python"), "lengkap"), (TooSlow(), "ditolak")])
def test_our_own_faults_are_no_tries_but_slowness_is(
    budi: Visitor, monkeypatch: pytest.MonkeyPatch, fault: Exception, ends: str
) -> None:
    content = photo(size=(320, 240))
    with monkeypatch.context() as patch:
        patch.setattr("webapp.plumbing.files.judging.made_anew", Mock(side_effect=fault))
        for start in (0, len(content)):
            path = f"/kirim/foto/{sha(content)}?mulai={start}&panjang={len(content)}"
            assert budi.post(path, content[start:], 503, headers=BYTES).headers["Retry-After"]
    assert part(budi, sha(content), len(content), len(content), b"")["state"] == ends


def test_where_it_is_kept_is_never_what_was_sent(app: Flask, budi: Visitor) -> None:
    content = photo()
    go_on(budi, content)
    with app.app_context():
        key = db.session.query(Blob).one().key
    assert sha(content)[:8] not in key
    assert key.startswith("foto/")
    assert str(BUDI.id) not in key.split("/")
