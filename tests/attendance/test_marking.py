"""Taking attendance at the door: one tap a name, a status out of the menu, an undo, guests."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import brotli
import pytest
import time_machine
from bs4 import Tag
from flask import Flask

from tests.attendance.scenes import NINE, NOON, Scene, also_invited, meeting_of, stamp, verdict_of
from tests.cast import ANI, BUDI, CANARY, CITRA, KARTIKA, KOTA
from tests.visits import Visitor
from webapp.people.models import Mandate
from webapp.places.models import Region
from webapp.plumbing.database import db, writing

ON_TIME, LATE = NINE + timedelta(minutes=5), NINE + timedelta(minutes=16)


@pytest.fixture
def scene(app: Flask) -> Scene:
    with app.app_context():
        return meeting_of()


REFUSED = "ditolak|perlu diperiksa"


@dataclass(frozen=True)
class Tapped:
    """One tap that was sent: what the phone was told, and the row of the sheet as it stands after it."""

    who: Visitor
    scene: Scene
    seat: int
    at: datetime
    told: dict[str, Any]

    @property
    def row(self) -> Tag:
        with time_machine.travel(self.at, tick=False):
            return self.who.get(self.scene.url).one(f"#seat-{self.seat}")

    @property
    def status(self) -> str:
        """The letter of the row."""
        return str(self.row["data-status"])

    @property
    def says(self) -> str:
        """Hadir 09.05, or why it was not taken."""
        said = self.told["reason"] or " ".join(part.get_text(" ") for part in self.row.select(".end > span"))
        return " ".join(said.split())


def tap(who: Visitor, scene: Scene, seat: int, word: str = "hadir", **more: Any) -> Tapped:
    """A tap as a phone sends it."""
    at = more.get("at", ON_TIME)
    received = more.get("received", at)
    fields = {"rapat": scene.meeting, word: seat, **more.get("stamped", stamp(at)), **more.get("also", {})}
    with time_machine.travel(received, tick=False):
        told = who.send("attendance.mark", fields, more.get("verdict", "diterima|ganda"))
    return Tapped(who, scene, seat, received, told)


def undo(who: Visitor, scene: Scene, record: UUID, seat: int) -> None:
    """Batalkan, as a phone sends it."""
    with time_machine.travel(LATE, tick=False):
        told = {"urung": str(record), "rapat": scene.meeting, "kursi": seat, **stamp(LATE)}
        who.send("attendance.void", told)


def test_one_tap_marks_a_person_present(ani: Visitor, scene: Scene) -> None:
    tapped = tap(ani, scene, scene.seats[0])
    assert (tapped.status, tapped.says) == ("h", "Hadir 09.05")


def test_who_comes_after_the_limit_is_late_by_itself(ani: Visitor, scene: Scene) -> None:
    assert tap(ani, scene, scene.seats[0], at=NINE + timedelta(minutes=15)).status == "h"
    assert tap(ani, scene, scene.seats[1], at=LATE).status == "t"


@pytest.mark.parametrize("status", ["terlambat", "izin", "sakit", "alpa"])
def test_the_menu_says_another_status(ani: Visitor, scene: Scene, status: str) -> None:
    assert tap(ani, scene, scene.seats[0], status).status == status[0]


def test_undo_takes_back_that_tap_and_no_other(app: Flask, ani: Visitor, scene: Scene) -> None:
    first, second = uuid4(), uuid4()
    seat = scene.seats[0]
    tap(ani, scene, seat, stamped=stamp(ON_TIME, id=first))
    tapped = tap(ani, scene, seat, stamped=stamp(LATE, id=second), at=LATE)
    undo(ani, scene, first, seat)
    assert tapped.status == "t"
    undo(ani, scene, second, seat)
    assert tapped.status == "b"


def test_without_script_a_tap_comes_back_to_its_row_with_a_way_to_undo(ani: Visitor, scene: Scene) -> None:
    with time_machine.travel(ON_TIME, tick=False):
        answer = ani.post(scene.url, {"rapat": scene.meeting, "hadir": scene.seats[1]})
        assert answer.headers["Location"].endswith(f"/hadir#seat-{scene.seats[1]}")
        page = ani.get(scene.url)
        assert page.words("main > .toast") == "Warga 002: hadir"
        assert page.words("#daftar .undo") == "Hadir Batalkan , Warga 002"
        record = page.one(f"#seat-{scene.seats[1]} .undo")["value"]
        ani.post(scene.url, {"urung": record})
        assert ani.get(scene.url).one(f"#seat-{scene.seats[1]}")["data-status"] == "b"


def test_without_script_the_list_is_filtered_by_its_address(ani: Visitor, scene: Scene) -> None:
    tap(ani, scene, scene.seats[0])
    assert len(ani.get(f"{scene.url}?cari=warga+00").soup.select("#daftar li:not([hidden])")) == 3
    assert len(ani.get(f"{scene.url}?cari=kapuk").soup.select("#daftar li:not([hidden])")) == 3
    assert len(ani.get(f"{scene.url}?cari=Pak+Warga+001").soup.select("#daftar li:not([hidden])")) == 1
    assert ani.get(f"{scene.url}?tampil=done").words("#daftar li:not([hidden]) .who b") == "Warga 001"
    page = ani.get(f"{scene.url}?tampil=b")
    assert page.words("#daftar li:not([hidden]) .who b") == "Warga 002 Warga 003"
    assert len(page.soup.select("#daftar li")) == 3, "the phone counts and sifts all of them"
    assert "Tidak ada nama yang cocok" in ani.get(f"{scene.url}?cari=zzz").words("[data-none]:not([hidden])")


def test_before_the_doors_open_nothing_is_recorded(ani: Visitor, scene: Scene) -> None:
    early = NINE - timedelta(minutes=61)
    page = tap(ani, scene, scene.seats[0], at=early, verdict=REFUSED)
    assert "mulai pukul 08.00" in page.says
    assert tap(ani, scene, scene.seats[0], at=NINE - timedelta(minutes=60)).status == "h"


def test_after_the_end_it_asks_once_whether_they_were_on_time(ani: Visitor, scene: Scene) -> None:
    after = NOON + timedelta(minutes=1)
    assert "Pilih dulu" in tap(ani, scene, scene.seats[0], at=after, verdict=REFUSED).says
    with time_machine.travel(after, tick=False):
        assert len(ani.get(scene.url).soup.select("input[name=waktu]")) == 2
    assert tap(ani, scene, scene.seats[0], at=after, also={"waktu": "tepat"}).status == "h"
    page = tap(ani, scene, scene.seats[1], at=after, also={"waktu": "terlambat"})
    assert page.status == "t" and "susulan" in page.says


def test_a_tap_in_time_that_arrives_after_the_end_counts_as_it_happened(ani: Visitor, scene: Scene) -> None:
    much_later = NOON + timedelta(hours=5)
    fields = stamp(ON_TIME, clock=much_later)
    page = tap(ani, scene, scene.seats[0], stamped=fields, received=much_later)
    assert "Hadir 09.05" in page.says


@pytest.mark.parametrize(("province", "east"), [("52", 8), ("81", 9)], ids=["WITA", "WIT"])
def test_the_window_opens_and_closes_by_the_hour_of_the_place(
    app: Flask, ani: Visitor, province: str, east: int
) -> None:
    nine = NINE - timedelta(hours=east - 7)
    with app.app_context():
        scene = _meeting_far_east(province, nine)
    edges = {
        nine - timedelta(minutes=60, seconds=1): "Belum waktunya. Kehadiran bisa dicatat mulai pukul 08.00.",
        nine - timedelta(minutes=60): "Hadir 08.00",
        nine + timedelta(minutes=15): "Hadir 09.15",
        nine + timedelta(minutes=15, seconds=1): "Terlambat 09.15",
        nine + timedelta(hours=3): "Terlambat 12.00",
        nine + timedelta(hours=3, seconds=1): "Rapat sudah selesai.",
    }
    for seat, (at, says) in zip(scene.seats, edges.items(), strict=True):
        told = stamp(at) | {"offset": "420"}  # the phone itself is still set to WIB
        page = tap(
            ani,
            scene,
            seat,
            at=at,
            stamped=told,
            verdict="diterima" if says[:3] in ("Had", "Ter") else "ditolak",
        )
        assert says in page.says


def _meeting_far_east(province: str, start: datetime) -> Scene:
    with writing():
        for code in (province, f"{province}.71"):
            parent = "ID" if code == province else province
            place = Region(code=code, name=code, search_name=code, level=len(code) // 2, parent_code=parent)
            db.session.add(place)
            db.session.flush()
        db.session.add(
            Mandate(person_id=ANI.id, role="coordinator", region_code=province, since=date(2024, 1, 1))
        )
    return meeting_of(6, code=f"{province}.71", start=start)


def test_a_phone_that_lives_in_1970_marks_at_the_right_minute(app: Flask, ani: Visitor, scene: Scene) -> None:
    birth = datetime(1970, 1, 1, 0, 3, tzinfo=UTC)
    tap(ani, scene, scene.seats[0], stamped=stamp(birth, clock=birth), received=ON_TIME)
    lost = stamp(birth)
    del lost["clock"]
    tap(ani, scene, scene.seats[1], stamped=lost, received=ON_TIME)
    with app.app_context():
        for seat in scene.seats[:2]:
            known = verdict_of(seat)
            assert (known.status, known.first_in, known.odd_clock) == ("hadir", ON_TIME, True)


@pytest.mark.parametrize(
    "fields",
    [{}, {"hadir": "x"}, {"hadir": "-1"}, {"hadir": "9" * 30}, {"hadir": "1", "alpa": "1"}, {"hadir": "²"}],
)
def test_what_makes_no_sense_is_explained(ani: Visitor, scene: Scene, fields: dict[str, str]) -> None:
    with time_machine.travel(ON_TIME, tick=False):
        told = ani.send("attendance.mark", {"rapat": scene.meeting, **fields, **stamp(ON_TIME)}, "ditolak")
        assert told["reason"]
        ani.send("attendance.void", {"rapat": scene.meeting, "urung": "kapan", **stamp(ON_TIME)}, "ditolak")
        ani.post(scene.url, {"rapat": scene.meeting, **fields})
        assert ani.get(scene.url).words("[role=alert]")


def test_ids_of_others_are_not_there(
    app: Flask, ani: Visitor, citra: Visitor, kartika: Visitor, scene: Scene
) -> None:
    with app.app_context():
        kota = meeting_of(by=KARTIKA, code=KOTA, title=f"Rakor {CANARY}")
    tap(citra, scene, scene.seats[0], verdict=REFUSED)
    tap(ani, kota, kota.seats[0], verdict=REFUSED)
    tap(ani, scene, kota.seats[0], verdict=REFUSED)
    tap(ani, scene, 999_999, verdict=REFUSED)
    citra.get(scene.url, status=404)
    ani.get(kota.url, status=404)
    tap(kartika, kota, kota.seats[0])


def test_an_invitation_does_not_open_the_list(
    app: Flask, ani: Visitor, budi: Visitor, citra: Visitor, scene: Scene
) -> None:
    with app.app_context():
        seats = also_invited(scene, CITRA, BUDI)
    citra.get(scene.url, status=404)
    citra.get(f"/rapat/{scene.meeting}/hadir.csv", status=404)
    budi.get(scene.url, status=404)
    tap(citra, scene, seats[1], verdict=REFUSED)
    assert "Warga" not in citra.get(f"/rapat/{scene.meeting}").words("body")
    assert CANARY in ani.get(scene.url).text  # the invited are named to whoever keeps the list


def test_two_phones_that_mark_the_same_person_are_both_kept(
    app: Flask, ani: Visitor, kartika: Visitor, scene: Scene
) -> None:
    tap(kartika, scene, scene.seats[0], at=LATE)
    page = tap(ani, scene, scene.seats[0], at=ON_TIME, received=LATE, stamped=stamp(ON_TIME, clock=LATE))
    assert page.says == "Hadir 09.05 ganda"
    with app.app_context():
        assert verdict_of(scene.seats[0]).doubled


def test_a_stale_queue_cannot_revive_anybody(
    app: Flask, ani: Visitor, kartika: Visitor, scene: Scene
) -> None:
    tap(kartika, scene, scene.seats[0], "izin", at=LATE)
    stale = stamp(ON_TIME, clock=NOON)
    assert tap(ani, scene, scene.seats[0], stamped=stale, received=NOON).status == "i"


def test_a_guest_is_named_and_stands_apart_from_the_seats(app: Flask, ani: Visitor, scene: Scene) -> None:
    with time_machine.travel(ON_TIME, tick=False):
        ani.get(f"/lembar/{scene.sheet}/tamu")
        assert "Budi" in ani.get(f"/lembar/{scene.sheet}/tamu?cari=budi", hx=True).text
        assert CANARY not in ani.get(f"/lembar/{scene.sheet}/tamu?cari=citra").text
        sent = {"rapat": scene.meeting, "nama": "  Pak   Lurah ", **stamp(ON_TIME)}
        for _ in range(2):
            ani.post(f"/lembar/{scene.sheet}/tamu", sent)
        for _ in range(2):
            ani.post(f"/lembar/{scene.sheet}/tamu", {"rapat": scene.meeting, "orang": BUDI.id})
        ani.post(f"/lembar/{scene.sheet}/tamu", {"rapat": scene.meeting, "orang": CITRA.id}, status=404)
        assert "Ketik nama" in ani.post(
            f"/lembar/{scene.sheet}/tamu", {"rapat": scene.meeting, "nama": " "}, status=422
        ).words(".err")
        page = ani.get(scene.url)
        assert page.words("#daftar .who b").count("Pak Lurah") == 1
        assert page.words("#daftar .who small").count("Tamu") == 2
        assert len(page.soup.select("#daftar li")) == 5
        assert "0/3" in ani.get(f"/rapat/{scene.meeting}").words(".count")


def test_the_invited_says_to_be_there_and_waits_for_the_coordinator(
    app: Flask, ani: Visitor, budi: Visitor, scene: Scene
) -> None:
    with app.app_context():
        (seat,) = also_invited(scene, BUDI)
    claim = f"/rapat/{scene.meeting}/saya-hadir"
    with time_machine.travel(NINE - timedelta(minutes=8), tick=False):
        assert "Saya hadir" in budi.get(f"/rapat/{scene.meeting}").words("main")
        budi.post(claim, {})
        assert "Menunggu persetujuan" in budi.get(f"/rapat/{scene.meeting}").words("main")
    with time_machine.travel(LATE, tick=False):
        page = ani.get(scene.url)
        assert page.one(f"#seat-{seat}")["data-status"] == "b"
        assert "menyatakan hadir 08.52, tanpa posisi Setujui" in page.words(f"#seat-{seat}")
        assert "Hadir 08.52" in tap(ani, scene, seat, at=LATE).says
        assert "Hadir" in budi.get(f"/rapat/{scene.meeting}").words(".chip")


def test_nobody_claims_a_seat_that_is_not_hers_or_outside_the_hours(
    app: Flask, budi: Visitor, scene: Scene
) -> None:
    claim = f"/rapat/{scene.meeting}/saya-hadir"
    with time_machine.travel(ON_TIME, tick=False):
        budi.post(claim, {}, status=404)
    with app.app_context():
        also_invited(scene, BUDI)
    for wrong in (NINE - timedelta(minutes=61), NOON + timedelta(minutes=1)):
        with time_machine.travel(wrong, tick=False):
            budi.send("attendance.self", {"rapat": scene.meeting, **stamp(wrong)}, "ditolak")
    with time_machine.travel(NOON, tick=False):
        budi.post(claim, {})


def without_contact(seen: Any) -> list[str]:
    """What a tap costs; that the phone was heard of is written once for a whole batch."""
    return [one for one in seen.work if not one.startswith("UPDATE device_session")]


def test_a_mark_costs_six_statements_and_its_undo_too(
    ani: Visitor, scene: Scene, statements: Callable[[], Any]
) -> None:
    tap(ani, scene, scene.seats[1])
    record = uuid4()
    with statements() as seen:
        tap(ani, scene, scene.seats[0], stamped=stamp(ON_TIME, id=record))
    assert len(without_contact(seen)) <= 6, seen.work
    with statements() as seen:
        undo(ani, scene, record, scene.seats[0])
    assert len(without_contact(seen)) <= 6, seen.work


@pytest.mark.parametrize("people", [10, 200])
def test_the_list_costs_the_same_few_statements_however_long(
    app: Flask, ani: Visitor, people: int, statements: Callable[[], Any]
) -> None:
    with app.app_context():
        scene = meeting_of(people)
    ani.get("/rapat")
    with statements() as seen:
        ani.get(scene.url)
    assert len(seen.work) <= 4, seen.work
    with statements() as seen:
        ani.get(f"/rapat/{scene.meeting}")
    assert len(seen.work) <= 4, seen.work
    with statements() as seen:
        ani.get("/rapat")
    assert len(seen.work) <= 4, seen.work


def test_sixty_three_names_and_one_mark_are_light(app: Flask, ani: Visitor) -> None:
    with app.app_context():
        scene = meeting_of(63)
    for seat in scene.seats[:30]:
        tapped = tap(ani, scene, seat)
    assert len(json.dumps(tapped.told)) <= 400
    with time_machine.travel(ON_TIME, tick=False):
        page = ani.get(scene.url)
    size = len(brotli.compress(page.text.encode(), quality=5))
    assert size + len(str(page.headers)) <= 12_000


def test_nobody_else_may_open_these_pages(dewi: Visitor, eko: Visitor, budi: Visitor, scene: Scene) -> None:
    for who in (dewi, eko, budi):
        who.get(scene.url, status=404)
        who.get(f"/lembar/{scene.sheet}/tamu", status=404)
        who.get(f"/rapat/{scene.meeting}/undangan", status=404)
        tap(who, scene, scene.seats[0], verdict=REFUSED)


# --- without script ------------------------------------------------------------------------------------


def press(who: Visitor, scene: Scene, seconds: float, **fields: Any) -> Tag:
    """A button of the bare page; the row of the first seat as the next page shows it."""
    with time_machine.travel(ON_TIME + timedelta(seconds=seconds), tick=False):
        who.post(f"/lembar/{scene.sheet}/hadir", {"rapat": scene.meeting, "lembar": scene.sheet, **fields})
        return who.get(scene.url).one(f"#seat-{scene.seats[0]}")


def test_a_name_that_is_pressed_twice_without_script_is_taken_back_by_one_more(
    ani: Visitor, scene: Scene
) -> None:
    for seconds in (0, 0.2):
        row = press(ani, scene, seconds, hadir=scene.seats[0])
    back = row.select_one("button.undo")
    assert back, "the way back stands where the finger was"
    assert press(ani, scene, 2, urung=back["value"])["data-status"] == "b"
    assert press(ani, scene, 3, hadir=scene.seats[0])["data-status"] == "h", "it can be said anew at once"
    press(ani, scene, 4, izin=scene.seats[0])
    assert press(ani, scene, 5, hadir=scene.seats[0])["data-status"] == "h"


def test_a_guest_who_is_let_in_by_a_button_pressed_twice_is_one(ani: Visitor, scene: Scene) -> None:
    told = {"rapat": scene.meeting, "lembar": scene.sheet, "nama": "Pak Toha"}
    for seconds in (0, 0.2):
        with time_machine.travel(ON_TIME + timedelta(seconds=seconds), tick=False):
            ani.post(f"/lembar/{scene.sheet}/tamu", told)
    with time_machine.travel(ON_TIME + timedelta(seconds=1), tick=False):
        page = ani.get(scene.url)
    (guest,) = [row for row in page.soup.select("#daftar > li") if "Pak Toha" in row.get_text()]
    assert guest.select_one("button.undo")
