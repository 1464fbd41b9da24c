"""The one screen of a check-in, with and without JavaScript."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import brotli
import pytest
import time_machine
from flask import Flask

from tests.cast import ANI, BUDI, CENGKARENG, KAPUK, TOMANG, station_id
from tests.checkins.taps import AT_TPS, TPS_1, tap
from tests.clock import NOW
from tests.visits import Visitor
from webapp.checkins.models import CheckIn
from webapp.places.models import StationDay, VillageDay
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import db


def rows(app: Flask) -> list[CheckIn]:
    with app.app_context(), everywhere("a test looks"):
        return list(db.session.query(CheckIn).order_by(CheckIn.id))


def test_a_witness_is_offered_his_own_tps_before_the_first_check_in(budi: Visitor) -> None:
    page = budi.get("/check-in")
    assert page.one("button[name=lagi]").get_text(strip=True) == "Check-in di TPS 001 Kapuk"
    assert len(page.soup.select(".btn.main")) == 1


def test_the_last_place_is_one_tap(app: Flask, ani: Visitor) -> None:
    assert not ani.get("/check-in").soup.select("button[name=lagi]")
    ani.post("/check-in", {"jenis": "lapangan", "kegiatan": "deklarasi", "tempat": CENGKARENG})
    button = ani.get("/check-in").one("button[name=lagi]")
    assert (
        button.get_text(strip=True) == "Check-in lagi di kegiatan di Cengkareng"
        or "Cengkareng" in button.text
    )
    ani.post("/check-in", {"lagi": button["value"]})
    first, second = rows(app)
    assert (second.kind, second.activity, second.region_code) == ("lapangan", "deklarasi", CENGKARENG)
    assert first.submission_id != second.submission_id


def test_without_javascript_the_receipt_stands_on_the_next_page(app: Flask, budi: Visitor) -> None:
    answer = budi.post("/check-in", AT_TPS)
    page = budi.get(answer.headers["Location"])
    [row] = rows(app)
    assert row.receipt in page.words(".toast") and "TPS 001 Kapuk" in page.words(".toast")
    undo = page.one(".toast form")
    done = budi.post(undo["action"], {"urung": page.one(".toast button")["value"]})
    page = budi.get(done.headers["Location"])
    assert page.one("s").get_text() == "TPS 001 Kapuk"
    assert "dibatalkan" in page.words(".thread")


def test_the_answer_to_a_phone_is_small(budi: Visitor) -> None:
    sent = tap()
    stamp = {name: sent[name] for name in ("id", "happened_at", "offset")}
    asked = {
        "user": str(BUDI.id),
        "clock": sent["clock"],
        "items": [{"kind": "checkin", "fields": AT_TPS, **stamp}],
    }
    page = budi.post("/kirim", json=asked, status=200)
    body = page.text.encode()
    small = min(len(body) if len(body) < 500 else 10**6, len(brotli.compress(body, quality=5)))
    assert small <= 400
    headers = sum(len(name) + len(value) + 4 for name, value in page.headers.items())
    assert (
        small + headers + len(json.dumps(asked)) + 600 <= 2048
    )  # 600: what a browser sends in its own headers


def test_six_statements_for_a_check_in_and_for_taking_it_back(
    budi: Visitor, statements: Callable[[], Any]
) -> None:
    with statements() as seen:
        budi.post("/check-in", tap())
    assert len(seen.work) <= 6, seen.work
    last = tap()
    with statements() as seen:
        budi.post("/check-in", last)  # twice in minutes: both are flagged
    assert len(seen.work) <= 6, seen.work
    with statements() as seen:
        budi.post("/check-in/batal", tap(urung=last["id"]))
    assert len(seen.work) <= 6, seen.work


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"jenis": ""}, "Pilih Anda sedang di mana."),
        ({"jenis": "kantor"}, "Pilih Anda sedang di mana."),
        ({"tempat": ""}, "Pilih tempatnya."),
        ({"tempat": "tps-999999"}, "tidak ada di daftar"),
        ({"tempat": "tps-99999999999999999"}, "bukan hanya kelurahannya"),
        ({"tempat": KAPUK}, "bukan hanya kelurahannya"),
        ({"jenis": "posko", "tempat": "Kapuk"}, "tidak ada di daftar"),
        ({"jenis": "posko", "tempat": "99.99"}, "tidak ada di daftar"),
        ({"jenis": "posko", "tempat": "ID"}, "tidak ada di daftar"),
        ({"jenis": "posko", "tempat": "31"}, ""),
        ({"jenis": "lapangan", "kegiatan": "tidur", "tempat": KAPUK}, "Pilih kegiatannya."),
        ({"orang": "banyak"}, "dengan angka"),
        ({"orang": "-1"}, "dengan angka"),
        ({"orang": "100001"}, "dengan angka"),
        ({"catatan": "x" * 501}, "paling panjang 500"),
        ({"lat": "999", "lng": "106"}, "tidak masuk akal"),
        ({"lat": "NaN", "lng": "106"}, "tidak masuk akal"),
        ({"lat": "-6.1", "lng": "inf"}, "tidak masuk akal"),
        ({"lat": "barat", "lng": "106"}, "tidak masuk akal"),
        ({"lat": "-6.1", "lng": "106.7", "accuracy": "-3"}, "tidak masuk akal"),
        ({"lagi": "tps::tps-999999"}, "tidak ada di daftar"),
        ({"lagi": "hadir"}, ""),
        ({"lagi": ":::"}, "Pilih Anda sedang di mana."),
    ],
)
def test_what_is_missing_is_said_and_nothing_typed_is_lost(
    app: Flask, budi: Visitor, changed: dict[str, str], says: str
) -> None:
    sent = AT_TPS | {"orang": "3", "catatan": "dekat <masjid>"} | changed
    status = 422 if says else 303
    page = budi.post("/check-in", sent, status=status)
    if says:
        assert says in page.words(".sum")
        assert page.one("[name=catatan]").get_text().strip() == sent["catatan"]
        assert page.one("[name=orang]")["value"] == sent["orang"]
        told = budi.send("checkin", tap(sent), "ditolak")
        assert says in " ".join([told["reason"], *told.get("errors", {}).values()])
        assert rows(app) == []


def test_a_note_of_ten_megabytes_is_refused_and_the_site_goes_on(app: Flask, budi: Visitor) -> None:
    budi.post("/check-in", AT_TPS | {"catatan": "x" * 10_000_000}, status=413)
    assert rows(app) == []


def test_signs_that_a_database_refuses_are_left_out(app: Flask, budi: Visitor) -> None:
    budi.post("/check-in", AT_TPS | {"catatan": "a\x00b\x07 c"})
    assert rows(app)[0].note == "ab c"


def test_position_and_people_met_are_kept_only_when_given(app: Flask, budi: Visitor) -> None:
    budi.post("/check-in", AT_TPS)
    budi.post(
        "/check-in", AT_TPS | {"lat": "-6.1401234", "lng": "106.7309876", "accuracy": "12.4", "orang": "30"}
    )
    budi.post("/check-in", AT_TPS | {"lat": "-6.1401234", "lng": ""})
    none, given, half = rows(app)
    assert (none.lat, none.lng, none.accuracy, none.people_met) == (None, None, None, None)
    assert (given.lat, given.lng, given.accuracy, given.people_met) == (-6.14012, 106.73099, 12, 30)
    assert (half.lat, half.lng) == (None, None)


def test_a_witness_checks_in_at_his_own_tps_only_but_at_any_posko(
    app: Flask, budi: Visitor, ani: Visitor
) -> None:
    other = f"tps-{station_id(KAPUK, 2)}"
    page = budi.post("/check-in", AT_TPS | {"tempat": other}, status=422)
    assert "bukan TPS Anda" in page.words(".sum")
    budi.post("/check-in", {"jenis": "posko", "tempat": TOMANG})
    ani.post("/check-in", AT_TPS | {"tempat": other})
    far = f"tps-{station_id(TOMANG, 1)}"
    ani.post("/check-in", AT_TPS | {"tempat": far}, status=422)
    assert [row.region_code for row in rows(app)] == [TOMANG, KAPUK]


def test_a_posko_may_be_named_by_the_tps_beside_it(app: Flask, budi: Visitor) -> None:
    budi.post("/check-in", {"jenis": "posko", "tempat": f"tps-{station_id(KAPUK, 2)}"})
    [row] = rows(app)
    assert (row.kind, row.station_id, row.region_code) == ("posko", None, KAPUK)
    with app.app_context(), everywhere("a test looks"):
        assert db.session.query(StationDay).count() == 0


def test_counters_move_with_check_in_and_undo(app: Flask, budi: Visitor) -> None:
    sent = tap()
    budi.post("/check-in", sent)
    assert counted(app) == (1, 1)
    budi.post("/check-in", tap())
    assert counted(app) == (2, 1)
    for _ in range(2):
        budi.post("/check-in/batal", tap(urung=sent["id"]))
    assert counted(app) == (1, 1)


def counted(app: Flask) -> tuple[int, int]:
    with app.app_context(), everywhere("a test looks"):
        return db.session.query(StationDay).one().checkins, db.session.query(VillageDay).one().stations


def test_nobody_takes_back_what_is_not_theirs(
    app: Flask, budi: Visitor, ani: Visitor, citra: Visitor
) -> None:
    sent = tap()
    budi.post("/check-in", sent)
    for other in (ani, citra):
        hidden = other.post("/check-in/batal", {"urung": sent["id"]}, status=404)
        unknown = other.post("/check-in/batal", {"urung": str(uuid4())}, status=404)
        assert hidden.text == unknown.text
    [row] = rows(app)
    assert not row.is_voided and row.person_id == BUDI.id


@pytest.mark.parametrize("told", ["", "x", "1 OR 1=1", "00000000-0000-0000-0000"])
def test_an_undo_of_nothing_is_refused_in_words(budi: Visitor, told: str) -> None:
    assert budi.send("checkin.void", tap(urung=told), "ditolak")["reason"]
    budi.post("/check-in/batal", {"urung": told})
    assert budi.get("/check-in/riwayat").words("[role=alert]")


def test_the_same_tap_again_gives_the_same_receipt(app: Flask, budi: Visitor, ani: Visitor) -> None:
    sent = tap()
    first = budi.post("/check-in", sent)
    again = budi.post("/check-in", sent)
    assert first.headers["Location"] == again.headers["Location"]
    assert len(rows(app)) == 1
    budi.post("/check-in", sent | {"catatan": "lain"}, status=409)
    ani.post("/check-in", sent, status=409)
    assert len(rows(app)) == 1


def test_searching_a_place_answers_with_the_picker_alone(ani: Visitor) -> None:
    part = ani.get("/check-in?cari=kapuk", hx=True)
    assert not part.is_whole and part.one("#picker-tempat")
    whole = ani.get("/check-in?cari=kapuk")
    assert "Kapuk" in whole.words("#picker-tempat")


def test_one_s_own_list_shows_codes_and_can_be_paged(app: Flask, budi: Visitor) -> None:
    assert "Belum ada check-in" in budi.get("/check-in/riwayat").words()
    for n in range(51):
        budi.post("/check-in", AT_TPS | {"catatan": f"ke-{n}"})
    page = budi.get("/check-in/riwayat")
    assert len(page.soup.select(".thread li")) == 50
    last = budi.get("/check-in/riwayat?hal=2")
    assert len(last.soup.select(".thread li")) == 1
    assert rows(app)[0].receipt in last.words(".thread")
    for wrong in ("0", "-1", "x", "99999999", ""):
        budi.get(f"/check-in/riwayat?hal={wrong}")
    assert len(budi.get("/check-in/riwayat?hal=2").soup.select("[name=urung]")) == 1


def test_a_button_that_is_pressed_once_more_before_the_script_has_come_is_one_check_in(
    app: Flask, budi: Visitor, ani: Visitor
) -> None:
    for _ in range(2):
        budi.post("/check-in", AT_TPS)
    ani.post("/check-in", AT_TPS)
    assert [row.person_id for row in rows(app)] == [BUDI.id, ANI.id]
    budi.post("/check-in", AT_TPS | {"catatan": "Saksi lengkap"})
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        budi.post("/check-in", AT_TPS)
    assert [row.person_id for row in rows(app)].count(BUDI.id) == 3, (
        "what says more, and what comes later, is another"
    )


def test_what_was_taken_back_can_be_said_again_at_once(app: Flask, budi: Visitor) -> None:
    for seconds, undone in ((0, False), (1, True), (2, False)):
        with time_machine.travel(NOW + timedelta(seconds=seconds), tick=False):
            last = str(rows(app)[-1].submission_id) if undone else ""
            budi.post("/check-in/batal" if undone else "/check-in", {"urung": last} if undone else AT_TPS)
    assert [row.voided_at is None for row in rows(app)] == [False, True]


def test_strangers_are_asked_to_sign_in(stranger: Visitor) -> None:
    for path in ("/check-in", "/check-in/riwayat", "/check-in/wilayah", "/check-in/wilayah.csv"):
        assert "/masuk" in stranger.get(path, status=302).headers["Location"]
    stranger.post("/check-in", AT_TPS, status=302)
    stranger.post("/check-in/batal", {"urung": str(UUID(int=1))}, status=401, hx=True)


def test_the_place_comes_chosen_from_elsewhere(ani: Visitor) -> None:
    page = ani.get(f"/check-in?jenis=tps&tempat={TPS_1}")
    assert page.one("[name=tempat][checked]")["value"] == TPS_1
    assert page.one("[name=jenis][checked]")["value"] == "tps"
