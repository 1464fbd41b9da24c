"""Seats: who stands at a TPS, changing over, and two who fill the same seat at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from tests.cast import (
    ANI,
    BUDI,
    CANARY,
    CENGKARENG_BARAT,
    CITRA,
    KAPUK,
    KARTIKA,
    LONG_AGO,
    TOMANG,
    station_id,
)
from tests.visits import Page, Visitor
from webapp.people.models import Person, Seat
from webapp.places.models import StationCount, VillageCount
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import db

FIRST, SECOND = station_id(KAPUK, 1), station_id(KAPUK, 2)
NEXT_DOOR = station_id(TOMANG, 1)


def add_person(
    app: Flask, name: str, village: str = KAPUK, birth_year: int | None = None, phone: str = "+628400009999"
) -> int:
    with app.app_context(), everywhere("a test adds somebody"):
        person = Person(
            name=name, search_name=name.lower(), region_code=village, birth_year=birth_year,
            created_at=LONG_AGO, phone=phone,
        )  # fmt: skip
        db.session.add(person)
        db.session.commit()
        return person.id


def seats(app: Flask) -> list[tuple[int, int, str, str | None]]:
    with app.app_context(), everywhere("a test looks"):
        rows = db.session.scalars(select(Seat).order_by(Seat.id)).all()
        return [(s.station_id, s.person_id, s.slot, s.end_reason) for s in rows]


def counts(app: Flask, station: int = FIRST, village: str = KAPUK) -> tuple[int, ...]:
    """Witnesses and volunteers of the TPS; TPS with one and two witnesses, full, and volunteers of the kelurahan."""
    with app.app_context(), everywhere("a test looks"):
        at = db.session.scalars(select(StationCount).where(StationCount.station_id == station)).first()
        of = db.session.scalars(select(VillageCount).where(VillageCount.region_code == village)).one()
        own = (at.witnesses, at.volunteers) if at else (0, 0)
        return (*own, of.one_witness, of.two_witnesses, of.full, of.volunteers)


def fill(
    visitor: Visitor, person: int, slot: str = "utama", station: int = FIRST, status: int = 303, **more: Any
) -> Page:
    return visitor.post(f"/tps/{station}/isi", {"slot": slot, "orang": person, **more}, status=status)


def seat_of(app: Flask, person: int) -> int:
    with app.app_context(), everywhere("a test looks"):
        active = select(Seat.id).where(Seat.person_id == person, Seat.ended_at.is_(None))
        return db.session.execute(active.order_by(Seat.id.desc())).scalars().first() or 0


def test_a_coordinator_fills_both_witness_seats_and_the_numbers_follow(app: Flask, ani: Visitor) -> None:
    fill(ani, BUDI.id)
    assert counts(app) == (1, 1, 1, 0, 0, 1)
    fill(ani, ANI.id, "pengganti")
    assert counts(app) == (2, 2, 0, 1, 0, 2)
    fill(ani, add_person(app, "Rahmat Hidayat"), "luar")
    assert counts(app) == (2, 3, 0, 1, 1, 3)
    page = ani.get(f"/tps/{FIRST}")
    assert "Budi Santoso" in page.text and "Rahmat Hidayat" in page.text


def test_no_phone_number_stands_on_any_of_the_pages(app: Flask, ani: Visitor) -> None:
    fill(ani, BUDI.id)
    for path in (f"/tps/{FIRST}", f"/tps/{FIRST}/isi?cari=a", f"/kursi/{seat_of(app, BUDI.id)}/lepas"):
        assert "8400" not in ani.get(path).text


def test_a_witness_who_leaves_leaves_a_reason_and_a_free_seat(app: Flask, ani: Visitor) -> None:
    fill(ani, BUDI.id)
    seat = seat_of(app, BUDI.id)
    assert "Pilih alasannya dulu." in ani.post(f"/kursi/{seat}/lepas", {"alasan": ""}, status=422).text
    ani.post(f"/kursi/{seat}/lepas", {"alasan": "sakit"})
    assert seats(app) == [(FIRST, BUDI.id, "utama", "sakit")]
    assert counts(app) == (0, 0, 0, 0, 0, 0)
    assert "sakit" in ani.get(f"/tps/{FIRST}").text


def test_leaving_twice_is_told_and_counted_once(app: Flask, ani: Visitor) -> None:
    fill(ani, BUDI.id)
    seat = seat_of(app, BUDI.id)
    ani.post(f"/kursi/{seat}/lepas", {"alasan": "sakit"})
    again = ani.post(f"/kursi/{seat}/lepas", {"alasan": "pindah"}, status=409)
    assert "Budi Santoso sudah dilepas" in again.text
    assert counts(app) == (0, 0, 0, 0, 0, 0)


def test_replacing_is_one_act_with_a_history(app: Flask, ani: Visitor) -> None:
    fill(ani, BUDI.id)
    seat, rahmat = seat_of(app, BUDI.id), add_person(app, "Rahmat Hidayat")
    step = ani.post(f"/kursi/{seat}/lepas", {"alasan": "sakit", "lanjut": "1"})
    assert step.headers["Location"].endswith(f"/tps/{FIRST}/isi?ganti={seat}&alasan=sakit")
    assert "Menggantikan Budi Santoso" in ani.get(step.headers["Location"]).text
    fill(ani, rahmat, ganti=seat, alasan="sakit")
    assert seats(app) == [(FIRST, BUDI.id, "utama", "sakit"), (FIRST, rahmat, "utama", None)]
    assert counts(app) == (1, 1, 1, 0, 0, 1)


def test_a_replacement_without_a_reason_is_asked_for_one(app: Flask, ani: Visitor) -> None:
    fill(ani, BUDI.id)
    rahmat = add_person(app, "Rahmat Hidayat")
    page = fill(ani, rahmat, ganti=seat_of(app, BUDI.id), status=422)
    assert "Pilih dulu alasan pergantiannya." in page.text
    assert len(seats(app)) == 1


def test_taking_back_a_slip_puts_the_replaced_person_back(app: Flask, ani: Visitor) -> None:
    fill(ani, BUDI.id)
    rahmat = add_person(app, "Rahmat Hidayat")
    answer = fill(ani, rahmat, ganti=seat_of(app, BUDI.id), alasan="sakit")
    toast = ani.get(answer.headers["Location"]).one("#urung")
    assert "Rahmat Hidayat menjadi saksi utama" in toast.get_text()
    ani.post(f"/tps/{FIRST}/urung", {"urung": toast.select_one("button")["value"]})  # type: ignore[index]
    assert seats(app)[1:] == [(FIRST, rahmat, "utama", "salah catat"), (FIRST, BUDI.id, "utama", None)]
    assert counts(app) == (1, 1, 1, 0, 0, 1)


def test_a_phone_takes_back_its_slip_by_the_id_of_the_sending(
    app: Flask, ani: Visitor, citra: Visitor
) -> None:
    sending, at = str(uuid4()), {"happened_at": "2024-11-09T09:12:03", "offset": 420}
    give = {"tps": str(FIRST), "slot": "utama", "orang": str(BUDI.id)}
    item = {"id": sending, "kind": "seat.assign", "fields": give, **at}
    ani.post("/kirim", status=200, json={"items": [item]})
    slip = {"id": str(uuid4()), "kind": "seat.end", "fields": {"urung": sending}, **at}
    citra.post("/kirim", status=200, json={"items": [slip]})
    assert seats(app)[0][3] is None
    ani.post("/kirim", status=200, json={"items": [slip | {"id": str(uuid4())}]})
    assert seats(app) == [(FIRST, BUDI.id, "utama", "salah catat")]


def test_a_reserve_steps_up_at_the_same_tps(app: Flask, ani: Visitor) -> None:
    fill(ani, BUDI.id, "pengganti")
    answer = fill(ani, BUDI.id, "utama")
    assert seats(app) == [(FIRST, BUDI.id, "pengganti", "pindah"), (FIRST, BUDI.id, "utama", None)]
    assert counts(app) == (1, 1, 1, 0, 0, 1)
    fresh = answer.headers["Location"].rpartition("=")[2]
    ani.post(f"/tps/{FIRST}/urung", {"urung": fresh})
    assert seats(app)[-1] == (FIRST, BUDI.id, "pengganti", None)
    assert counts(app) == (1, 1, 1, 0, 0, 1)


def test_nobody_is_main_witness_twice_in_one_election(app: Flask, ani: Visitor) -> None:
    fill(ani, BUDI.id)
    page = fill(ani, BUDI.id, station=SECOND, status=409)
    assert "Budi Santoso sudah menjadi saksi utama di TPS 001 Kapuk" in page.text
    fill(ani, BUDI.id, "luar", station=SECOND)
    assert counts(app, SECOND) == (0, 1, 1, 0, 0, 2)


def test_where_somebody_sits_out_of_reach_is_not_told(app: Flask, ani: Visitor, kartika: Visitor) -> None:
    fill(kartika, BUDI.id, station=NEXT_DOOR)
    page = fill(ani, BUDI.id, status=409)
    assert "di TPS lain" in page.text and CANARY not in page.text and "Tomang" not in page.text


def test_a_taken_seat_says_who_sits_there(app: Flask, ani: Visitor) -> None:
    fill(ani, BUDI.id)
    page = fill(ani, add_person(app, "Rahmat Hidayat"), status=409)
    assert "Budi Santoso" in page.words(".note") and "saksi utama di TPS 001" in page.words(".note")
    assert counts(app) == (1, 1, 1, 0, 0, 1)


@pytest.mark.parametrize(("year", "status"), [(2008, 422), (2007, 303), (None, 303)])
def test_a_witness_is_seventeen_on_election_day(
    app: Flask, ani: Visitor, year: int | None, status: int
) -> None:
    page = fill(ani, add_person(app, "Rahmat Hidayat", birth_year=year), status=status)
    assert ("belum 17 tahun" in page.text) is (status == 422)


def test_the_same_form_sent_again_changes_nothing(app: Flask, ani: Visitor) -> None:
    sent = {"id": str(uuid4()), "happened_at": "2024-11-09T09:12:03.123+07:00", "offset": "420"}
    fill(ani, BUDI.id, **sent)
    fill(ani, BUDI.id, **sent)
    assert len(seats(app)) == 1 and counts(app) == (1, 1, 1, 0, 0, 1)


def test_seats_that_were_filled_without_signal_come_in_later(app: Flask, ani: Visitor) -> None:
    rahmat = add_person(app, "Rahmat Hidayat")

    def send(kind: str, **fields: Any) -> str:
        item = {"id": str(uuid4()), "kind": kind, "fields": fields, "offset": 420,
                "happened_at": "2024-11-09T12:00:00+07:00"}  # fmt: skip
        body = {"items": [item, item], "clock": "2024-11-09T15:00:00+07:00"}
        told = ani.post("/kirim", json=body, status=200).response.get_json()["verdicts"]
        assert told[1]["verdict"] in ("sudah ada", told[0]["verdict"])
        return str(told[0]["verdict"])

    assert send("seat.assign", tps=FIRST, slot="utama", orang=BUDI.id) == "diterima"
    assert send("seat.assign", tps=FIRST, slot="utama", orang=rahmat) == "ditolak"
    assert send("seat.assign", tps=NEXT_DOOR, slot="utama", orang=rahmat) == "perlu diperiksa"
    assert send("seat.end", kursi=seat_of(app, BUDI.id), alasan="nonsense") == "ditolak"
    assert send("seat.end", kursi=seat_of(app, BUDI.id), alasan="pindah") == "diterima"
    assert send("seat.assign", tps=FIRST, slot="utama", nama="Siti Aminah", telepon="") == "diterima"
    assert counts(app) == (1, 1, 1, 0, 0, 1)


def test_the_number_of_somebody_new_may_be_the_link_that_opens_a_chat(app: Flask, ani: Visitor) -> None:
    link = "https://api.whatsapp.com/send?text=Assalamualaikum+Bu+Siti%2C+ini+Ani&phone=6281299990001"
    told = {"slot": "utama", "nama": "Siti Aminah", "telepon": link}
    ani.post(f"/tps/{FIRST}/isi", told)
    with app.app_context(), everywhere("a test looks"):
        assert db.session.scalar(select(Person.phone).where(Person.name == "Siti Aminah")) == "+6281299990001"


def test_the_neighbour_finds_neither_the_tps_nor_its_seats(app: Flask, ani: Visitor, citra: Visitor) -> None:
    fill(ani, BUDI.id)
    seat = seat_of(app, BUDI.id)
    for path in (f"/tps/{FIRST}", f"/tps/{FIRST}/isi", f"/kursi/{seat}/lepas", "/tps/99999", "/tps/0"):
        citra.get(path, status=404)
    fill(citra, CITRA.id, "luar", status=404)
    citra.post(f"/kursi/{seat}/lepas", {"alasan": "sakit"}, status=404)
    citra.post(f"/tps/{FIRST}/urung", {"urung": seat}, status=404)
    citra.post(f"/tps/{NEXT_DOOR}/urung", {"urung": seat}, status=404)
    page = fill(citra, CITRA.id, station=NEXT_DOOR, ganti=seat, alasan="sakit", status=404)
    assert "Budi" not in page.text
    assert len(seats(app)) == 1


def test_nobody_from_next_door_can_be_seated(app: Flask, ani: Visitor) -> None:
    page = fill(ani, CITRA.id, status=404)
    assert CANARY not in page.text
    assert CANARY not in ani.get(f"/tps/{FIRST}/isi?cari=citra").text


def test_who_only_looks_sees_no_button_and_may_not_change(app: Flask, ani: Visitor, eko: Visitor) -> None:
    fill(ani, BUDI.id)
    page = eko.get(f"/tps/{FIRST}")
    assert "Budi Santoso" in page.text and "/isi" not in page.text and "/lepas" not in page.text
    fill(eko, ANI.id, "pengganti", status=404)


def test_a_witness_finds_no_tps_page(budi: Visitor) -> None:
    budi.get(f"/tps/{FIRST}", status=404)
    fill(budi, BUDI.id, status=404)


def test_the_search_finds_people_and_says_where_they_sit(app: Flask, ani: Visitor) -> None:
    add_person(app, "Rahmat Hidayat", CENGKARENG_BARAT)
    fill(ani, BUDI.id)
    part = ani.get(f"/tps/{SECOND}/isi?slot=utama&cari=budi", hx=True)
    assert not part.is_whole and "saksi utama di TPS 001 Kapuk" in part.text
    assert "Rahmat" in ani.get(f"/tps/{SECOND}/isi?cari=hidayat").text
    assert "Tidak ada orang bernama" in ani.get(f"/tps/{SECOND}/isi?cari=%25").text


def test_somebody_new_is_registered_and_seated_in_one_act(app: Flask, ani: Visitor) -> None:
    ani.post(f"/tps/{FIRST}/isi", {"slot": "utama", "nama": " Siti  Aminah ", "telepon": "0840 0001 2345"})
    assert "Siti Aminah" in ani.get(f"/tps/{FIRST}").text
    assert counts(app) == (1, 1, 1, 0, 0, 1)


def test_a_new_person_without_a_name_is_asked_for_it_and_nothing_is_lost(app: Flask, ani: Visitor) -> None:
    page = ani.post(f"/tps/{FIRST}/isi", {"slot": "utama", "nama": "", "telepon": "0840 77"}, status=422)
    assert "nama lengkap" in page.text and "0840 77" in page.text
    assert seats(app) == []


def test_a_tps_page_asks_the_same_number_of_questions_for_any_number_of_people(
    app: Flask, ani: Visitor, statements: Callable[[], Any]
) -> None:
    def asked() -> int:
        with statements() as seen:
            ani.get(f"/tps/{FIRST}")
        return len(seen.work)

    fill(ani, BUDI.id)
    ani.get(f"/tps/{FIRST}")  # the first visit of the hour is noted
    one = asked()
    for n in range(9):
        fill(ani, add_person(app, f"Relawan {n}"), "luar")
    assert asked() == one <= 7


def test_of_two_who_fill_one_seat_at_once_one_wins_and_the_other_reads_who_sits_there(app: Flask) -> None:
    people = {ANI: add_person(app, "Rahmat Hidayat"), KARTIKA: add_person(app, "Siti Aminah")}
    for slot, station in (("utama", FIRST), ("pengganti", SECOND)):
        answers = at_once(app, people, slot, station)
        assert sorted(page.status for page in answers) == [303, 409], [page.status for page in answers]
        refused = next(page for page in answers if page.status == 409)
        won = [person for at, person, held, _r in seats(app) if (at, held) == (station, slot)]
        assert len(won) == 1
        name = "Rahmat Hidayat" if won[0] == people[ANI] else "Siti Aminah"
        assert name in refused.words(".note")
        assert counts(app, station)[:2] == (1, 1)
        for person in people.values():
            if held := seat_of(app, person):
                Visitor(app, ANI).post(f"/kursi/{held}/lepas", {"alasan": "lain"})


def at_once(app: Flask, people: dict[Any, int], slot: str, station: int) -> list[Any]:
    gate, answers = threading.Barrier(2), []

    def send(actor: Any, person: int) -> None:
        visitor = Visitor(app, actor)
        gate.wait(180)
        response = visitor.client.post(
            f"/tps/{station}/isi",
            data={"slot": slot, "orang": person},
            headers={"Sec-Fetch-Site": "same-origin"},
        )
        answers.append(Page(response))

    threads = [threading.Thread(target=send, args=pair) for pair in people.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(180)
    return answers
