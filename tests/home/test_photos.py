"""Photos on their way: cut anywhere, sent twice, by the wrong person, in pieces that are too large."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from flask import Flask

from tests.cast import ANI, BUDI, CITRA
from tests.pictures import photo, sha
from tests.visits import SAME_SITE, Visitor
from webapp.plumbing import files
from webapp.plumbing.database import db
from webapp.plumbing.files import Blob
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


def test_two_that_send_the_same_photo_at_the_same_moment_both_end_well(app: Flask) -> None:
    content = photo(size=(1600, 1200))
    gate = threading.Barrier(4)
    ends: list[str] = []

    def phone() -> None:
        visitor = Visitor(app, BUDI)
        gate.wait()
        for _ in range(20):
            if go_on(visitor, content)["state"] == "lengkap":
                break
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
        ask(budi, sha(content), 503)
    assert ask(budi, sha(content))["state"] == "lengkap"


def test_where_it_is_kept_is_never_what_was_sent(app: Flask, budi: Visitor) -> None:
    content = photo()
    go_on(budi, content)
    with app.app_context():
        key = db.session.query(Blob).one().key
    assert sha(content)[:8] not in key
    assert key.startswith("foto/")
    assert str(BUDI.id) not in key.split("/")
