"""One meeting, several sessions and sites: who arranges them, who keeps which list, and that nothing gets lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from tests.attendance import racing
from tests.attendance.province import CITIES, EVERY, KEEPERS, PUTRI, build, lists_of, rakor, seat_at
from tests.attendance.scenes import NINE, also_invited, hand_in, meeting_of, stamp
from tests.attendance.test_marking import ON_TIME
from tests.attendance.test_replays import together
from tests.cast import ANI, BUDI, CANARY, CENGKARENG, CITRA, GROGOL, KAPUK, KARTIKA, KOTA, TOMANG
from tests.holding import overtaken
from tests.visits import SAME_SITE, Visitor
from webapp.attendance.models import AttendanceRecord, Invitation, MeetingSession, Sheet, Site, Verdict
from webapp.people.models import AuditEntry
from webapp.places.rules.scope import everywhere
from webapp.plumbing.clock import now
from webapp.plumbing.database import db, writing

DAY = NINE.date().isoformat()
MAP = (
    "https://www.google.com/maps/place/Kantor+Camat+Cengkareng/@-6.2,106.8,17z/data=!3m1!4b1!4m6!3m5!8m2"
    "!3d-6.1513!4d106.7379!16s?entry=ttu"
)


def hours(**changes: Any) -> dict[str, Any]:
    return {
        "judul": "Hari kedua", "tanggal": DAY, "mulai": "13:00", "selesai": "15.30", "toleransi": "15",
        "agenda": "Lanjutan",
    } | changes  # fmt: skip


def place(code: str = GROGOL, **changes: Any) -> dict[str, Any]:
    return {"wilayah": code, "cara": "tatap muka", "tempat": "Balai", "radius": "150"} | changes


def form_of(page: Any) -> dict[str, str]:
    """What a browser would post of the form "ubah"."""
    told = {one["name"]: one.get("value", "") for one in page.soup.select("#ubah input[name]")}
    told |= {one["name"]: one.text for one in page.soup.select("#ubah textarea[name]")}
    for one in page.soup.select("#ubah select[name]"):
        told[one["name"]] = (one.select_one("option[selected]") or one.option)["value"]
    return told


def rows(app: Flask, model: Any) -> list[Any]:
    with app.app_context(), everywhere("a test looks"):
        return list(db.session.scalars(select(model).order_by(model.id)))


def mark(who: Visitor, meeting: int, seat: int, verdict: str = "diterima", **told: Any) -> dict[str, Any]:
    at = told.pop("at", ON_TIME)
    with time_machine.travel(at, tick=False):
        return who.send("attendance.mark", {"rapat": meeting, "hadir": seat, **told, **stamp(at)}, verdict)


@pytest.fixture
def wide(app: Flask, kartika: Visitor) -> int:
    """A meeting of the kota, held in Cengkareng and in Grogol Petamburan."""
    with app.app_context():
        meeting = meeting_of(1, by=KARTIKA, code=KOTA, title="Rakor kota").meeting
    here = f"/rapat/{meeting}/susunan/lokasi"
    kartika.post(here, place(CENGKARENG, tempat="Aula Cengkareng", pj=str(ANI.id)))
    kartika.post(here, place(GROGOL, tempat=f"Balai {CANARY}", cara="zoom", tautan="https://zoom.example/1"))
    return meeting


def test_a_session_is_added_once_and_every_seat_has_a_place_on_its_list(app: Flask, kartika: Visitor) -> None:
    with app.app_context():
        scene = meeting_of(3, by=KARTIKA, code=KOTA)
    here = f"/rapat/{scene.meeting}/susunan/sesi"
    for _ in range(2):
        kartika.post(here, hours())
    page = kartika.get(f"/rapat/{scene.meeting}/susunan")
    assert "Sesi · 2" in page.words("h2") and "13.00–15.30 WIB" in page.words("#sesi")
    with app.app_context(), everywhere("a test looks"):
        assert db.session.scalar(select(func.count()).select_from(Verdict)) == 6
        assert db.session.scalar(select(func.count()).select_from(Sheet)) == 2


def test_a_session_past_midnight_ends_on_the_next_day_and_says_so(app: Flask, kartika: Visitor) -> None:
    with app.app_context():
        scene = meeting_of(1, by=KARTIKA, code=KOTA)
    kartika.post(f"/rapat/{scene.meeting}/susunan/sesi", hours(mulai="22:00", selesai="01:00"))
    assert "22.00–01.00 hari berikutnya WIB" in kartika.get(f"/rapat/{scene.meeting}/susunan").words("#sesi")
    session = rows(app, MeetingSession)[-1]
    assert session.ends_at - session.starts_at == timedelta(hours=3)
    page = kartika.post(f"/rapat/{scene.meeting}/susunan/sesi", hours(selesai="13:00"), 422)
    assert "sama dengan jam mulai" in page.words(".sum")
    assert page.one("textarea[name=agenda]").text.strip() == "Lanjutan"


def test_hours_change_until_somebody_was_marked_and_the_title_after_that(
    app: Flask, kartika: Visitor
) -> None:
    with app.app_context():
        scene = meeting_of(1, by=KARTIKA, code=KOTA)
    edit = f"/rapat/{scene.meeting}/susunan/sesi/{scene.session}"
    form = form_of(kartika.get(edit))
    assert (form["mulai"], form["selesai"]) == ("09:00", "12:00")
    kartika.post(edit, form | {"mulai": "09:30"})
    mark(kartika, scene.meeting, scene.seats[0], lembar=scene.sheet)
    page = kartika.post(edit, form | {"mulai": "10:00", "dasar": ""}, 422)
    assert "kehadiran sudah dicatat" in page.words(".sum")
    kartika.post(edit, form | {"mulai": "09:30", "judul": "Pembukaan", "dasar": ""})
    assert "Pembukaan" in kartika.get(f"/rapat/{scene.meeting}/susunan").words("#sesi")


def test_two_who_change_the_same_session_or_site_do_not_undo_each_other(
    app: Flask, kartika: Visitor, wide: int
) -> None:
    site = rows(app, Site)[1].id
    for path, name, one, other in (
        (f"/rapat/{wide}/susunan/sesi/1", "judul", "Pagi", "Subuh"),
        (f"/rapat/{wide}/susunan/lokasi/{site}", "tempat", "Aula A", "Aula B"),
    ):
        form = form_of(kartika.get(path))
        kartika.post(path, form | {name: one})
        kartika.post(path, form | {name: one})
        page = kartika.post(path, form | {name: other}, 409)
        assert "baru saja diubah orang lain" in page.words(".sum")
        kartika.post(path, form | {name: other, "dasar": page.one("input[name=dasar]")["value"]})


def test_what_is_empty_is_taken_away_and_what_is_not_stays(app: Flask, kartika: Visitor, wide: int) -> None:
    here = f"/rapat/{wide}/susunan"
    first, ours, theirs = rows(app, Site)
    assert "satu-satunya sesi" in kartika.post(f"{here}/sesi/1/hapus", {}, 422).words(".sum")
    kartika.post(f"{here}/sesi", hours())
    kartika.post(f"{here}/sesi/2/hapus", {})
    kartika.post(f"{here}/sesi/2/hapus", {}, 404)
    kartika.post(f"{here}/lokasi/{theirs.id}/hapus", {})
    assert "Masih ada undangan" in kartika.post(f"{here}/lokasi/{first.id}/hapus", {}, 422).words(".sum")
    seat = seat_at(app, wide, CENGKARENG, BUDI)
    mark(kartika, wide, seat)
    page = kartika.post(f"{here}/lokasi/{ours.id}/hapus", {}, 422)
    assert "sudah dicatat" in page.words(".sum")
    kartika.post(f"{here}/sesi", hours())
    assert "sudah dicatat" in kartika.post(f"{here}/sesi/1/hapus", {}, 422).words(".sum")
    assert len(rows(app, Sheet)) == 4 and len(rows(app, AttendanceRecord)) == 1


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"wilayah": "3173"}, "Pilih wilayah"),
        ({"wilayah": "52.71"}, "di wilayah rapat"),
        ({"cara": "kereta"}, "Pilih salah satu"),
        ({"tautan": "http://x"}, "https://"),
        ({"titik": "di sana"}, "lintang"),
        ({"titik": "-96.1, 106.7"}, "lintang"),
        ({"radius": "3"}, "20 sampai 5000"),
        ({"pj": "999"}, "Pilih salah satu"),
        ({"pj": str(CITRA.id)}, "Pilih salah satu"),
        ({"tempat": "x" * 121}, "120 huruf"),
    ],
)
def test_a_mistake_at_a_site_is_told_and_nothing_typed_is_lost(
    app: Flask, kartika: Visitor, wide: int, changes: dict[str, str], says: str
) -> None:
    page = kartika.post(f"/rapat/{wide}/susunan/lokasi", place(CENGKARENG, agenda="x") | changes, 422)
    assert says in page.words(".sum")
    assert len(rows(app, Site)) == 3


def test_a_foreign_region_that_is_typed_names_nobody_there(app: Flask, ani: Visitor) -> None:
    with app.app_context():
        meeting = meeting_of(1, by=ANI, code=CENGKARENG).meeting
    here = f"/rapat/{meeting}/susunan/lokasi"
    for path in (here, f"{here}/{rows(app, Site)[0].id}"):
        for code in (GROGOL, TOMANG):
            page = ani.post(path, place(code), 422)
            assert CANARY not in page.text and KARTIKA.name not in page.text
    assert [site.region_code for site in rows(app, Site)] == [CENGKARENG]


def test_a_position_is_typed_or_taken_from_the_phone(app: Flask, kartika: Visitor, wide: int) -> None:
    path = f"/rapat/{wide}/susunan/lokasi/{rows(app, Site)[1].id}"
    form = form_of(kartika.get(path))
    kartika.post(path, form | {"titik": "-6.1412 106.7301", "radius": "80"})
    assert [(s.latitude, s.longitude, s.radius) for s in rows(app, Site)][1] == (-6.1412, 106.7301, 80)
    form = form_of(kartika.get(path))
    assert form["titik"] == "-6.14120, 106.73010"
    for pasted in ("6°09'04.7\"S 106°44'16.4\"E", "6,1513 LS, 106,7379 BT", MAP):
        kartika.post(path, form_of(kartika.get(path)) | {"titik": pasted})
        found = rows(app, Site)[1]
        assert (round(found.latitude or 0, 4), round(found.longitude or 0, 4)) == (-6.1513, 106.7379)
    kartika.post(path, form_of(kartika.get(path)) | {"lat": "-6.2", "lng": "106.8", "accuracy": "12"})
    assert [(s.latitude, s.longitude) for s in rows(app, Site)][1] == (-6.2, 106.8)
    kartika.post(path, form_of(kartika.get(path)) | {"titik": ""})
    assert rows(app, Site)[1].latitude is None


def test_a_site_moves_to_another_region_only_while_nobody_is_invited_there(
    app: Flask, kartika: Visitor, wide: int
) -> None:
    site = rows(app, Site)[1]
    path = f"/rapat/{wide}/susunan/lokasi/{site.id}"
    kartika.post(path, form_of(kartika.get(path)) | {"wilayah": KAPUK})
    assert rows(app, Site)[1].region_code == KAPUK
    assert {sheet.region_code for sheet in rows(app, Sheet) if sheet.site_id == site.id} == {KAPUK}
    seat_at(app, wide, KAPUK, BUDI)
    page = kartika.post(path, form_of(kartika.get(path)) | {"wilayah": CENGKARENG}, 422)
    assert "Masih ada undangan" in page.words(".sum")


def test_while_one_list_is_handed_in_the_others_stay_open(app: Flask, kartika: Visitor, wide: int) -> None:
    seat, other = seat_at(app, wide, CENGKARENG, BUDI), seat_at(app, wide, GROGOL, CITRA)
    lists = lists_of(app, wide)
    hand_in(kartika, lists[CENGKARENG])
    mark(kartika, wide, seat, "ditolak|perlu diperiksa", lembar=lists[CENGKARENG])
    mark(kartika, wide, other, lembar=lists[GROGOL])
    ours, theirs = rows(app, Site)[1:]
    page = kartika.post(f"/rapat/{wide}/susunan/lokasi/{ours.id}", place(CENGKARENG, tempat="Lain"), 422)
    assert "sudah diajukan" in page.words(".sum")
    kartika.post(f"/rapat/{wide}/susunan/lokasi/{theirs.id}", place(GROGOL, tempat="Lain"))
    assert "sudah pernah diajukan" in kartika.post(f"/rapat/{wide}/susunan/sesi/1", hours(), 422).words(
        ".sum"
    )


def test_an_old_tap_lands_where_it_was_made_though_sessions_and_sites_came_later(
    app: Flask, kartika: Visitor
) -> None:
    with app.app_context():
        scene = meeting_of(1, by=KARTIKA, code=KOTA)
    for told in (hours(mulai="07:00", selesai="09:00"), hours(mulai="12:30", selesai="14:00")):
        kartika.post(f"/rapat/{scene.meeting}/susunan/sesi", told)
    kartika.post(f"/rapat/{scene.meeting}/susunan/lokasi", place(CENGKARENG))
    for minutes in (-20, 5, 100):
        mark(kartika, scene.meeting, scene.seats[0], at=NINE + timedelta(minutes=minutes))
    assert {record.session_id for record in rows(app, AttendanceRecord)} == {scene.session}
    new = lists_of(app, scene.meeting)[CENGKARENG]
    mark(kartika, scene.meeting, scene.seats[0], "ditolak|perlu diperiksa", lembar=new)
    assert len(rows(app, AttendanceRecord)) == 3


def test_only_who_leads_the_region_of_the_meeting_arranges_it(
    app: Flask, wide: int, ani: Visitor, citra: Visitor, budi: Visitor, eko: Visitor, dewi: Visitor
) -> None:
    here = f"/rapat/{wide}/susunan"
    for who in (ani, citra, budi, eko, dewi):
        for path in (here, f"{here}/sesi", f"{here}/lokasi", f"{here}/sesi/1", f"{here}/lokasi/1"):
            who.get(path, 404)
            who.post(path, hours() | place(), 404) if path != here else None
        for path in (
            f"{here}/sesi/1/hapus",
            f"{here}/lokasi/1/hapus",
            f"{here}/tiap-bagian",
            f"{here}/samakan",
        ):
            who.post(path, {}, 404)


def test_a_session_of_another_meeting_is_not_there(app: Flask, kartika: Visitor, wide: int) -> None:
    with app.app_context():
        other = meeting_of(1, by=KARTIKA, code=KOTA)
    here = f"/rapat/{wide}/susunan"
    for path in (f"{here}/sesi/{other.session}", f"{here}/sesi/99", f"{here}/lokasi/99"):
        kartika.get(path, 404)
        kartika.post(path, hours() | place(), 404)
        kartika.post(f"{path}/hapus", {}, 404)


def test_every_keeper_sees_the_meeting_and_the_own_list_and_nothing_of_the_others(
    app: Flask, wide: int, ani: Visitor, citra: Visitor
) -> None:
    seat_at(app, wide, GROGOL, CITRA)
    mine = seat_at(app, wide, CENGKARENG, BUDI)
    lists = lists_of(app, wide)
    assert BUDI.name in ani.get(f"/lembar/{lists[CENGKARENG]}/hadir").words("#daftar")
    for path in ("hadir", "kepala", "tamu"):
        ani.get(f"/lembar/{lists[GROGOL]}/{path}", 404)
        citra.get(f"/lembar/{lists[CENGKARENG]}/{path}", 404)
    assert CITRA.name not in ani.get(f"/rapat/{wide}").text
    assert BUDI.name not in citra.get(f"/rapat/{wide}").text
    mark(citra, wide, mine, "ditolak|perlu diperiksa", lembar=lists[CENGKARENG])
    mark(citra, wide, mine, "ditolak|perlu diperiksa", lembar=lists[GROGOL])
    assert not rows(app, AttendanceRecord)


def test_the_province_opens_a_rakor_for_all_its_cities_in_one_go(
    app: Flask, visit: Callable[[Any], Visitor], statements: Any
) -> None:
    build(app)
    putri = visit(PUTRI)
    meeting = rakor(app, putri, link="https://zoom.example/rakor")
    page = putri.get(f"/rapat/{meeting}/susunan")
    assert "Lokasi · 7" in page.words("h2") and "Satu lokasi tiap kabupaten/kota" in page.words("#lokasi")
    putri.post(f"/rapat/{meeting}/susunan/tiap-bagian", {})
    sites = rows(app, Site)
    assert [site.region_code for site in sites] == ["31", *sorted([*CITIES, KOTA])]
    assert {site.region_code: site.pic_id for site in sites[1:]} == {
        code: one.id for code, one in EVERY.items()
    }
    assert {(site.mode, site.link) for site in sites[1:]} == {("zoom", "https://zoom.example/rakor")}
    assert "7 lokasi" in putri.get("/rapat").words(".day")
    with statements() as seen:
        putri.get(f"/rapat/{meeting}/susunan")
    assert len(seen.work) <= 4


def test_the_pages_of_a_meeting_cost_the_same_for_two_sites_and_for_seven(
    app: Flask, visit: Callable[[Any], Visitor], statements: Any
) -> None:
    build(app)
    putri = visit(PUTRI)
    with app.app_context():
        meeting = meeting_of(0, by=PUTRI, code="31").meeting
    putri.post(f"/rapat/{meeting}/susunan/lokasi", place(KOTA, pj=str(KARTIKA.id)))
    seat_at(app, meeting, KOTA, BUDI)
    costs: dict[str, list[int]] = {}
    for _ in range(2):
        for path in ("/rapat", f"/rapat/{meeting}", f"/rapat/{meeting}/susunan", f"/rapat/{meeting}/batal"):
            putri.get(path)
            with statements() as seen:
                putri.get(path)
            costs.setdefault(path, []).append(len(seen.work))
        putri.post(f"/rapat/{meeting}/susunan/tiap-bagian", {})
        putri.post(f"/rapat/{meeting}/susunan/sesi", hours())
    assert all(few == many for few, many in costs.values()), costs


def test_a_person_counts_once_however_many_sites_have_a_seat_for_her(
    app: Flask, visit: Callable[[Any], Visitor], kartika: Visitor
) -> None:
    build(app)
    putri = visit(PUTRI)
    meeting = rakor(app, putri)
    here, there = "31.71", "31.72"
    keeper = visit(KEEPERS[here])
    seats = {code: seat_at(app, meeting, code, BUDI) for code in (here, there)}
    seat_at(app, meeting, KOTA, CITRA)
    lists = lists_of(app, meeting)
    mark(keeper, meeting, seats[here], lembar=lists[here])
    page = putri.get(f"/rapat/{meeting}")
    assert "1/2" in page.text, "two persons, three seats, one came"
    for city, actor in KEEPERS.items():
        own = visit(actor)
        assert own.get(f"/rapat/{meeting}").status == 200
        own.get(f"/rapat/{meeting}/susunan", 404)
        for code, sheet in lists.items():
            own.get(f"/lembar/{sheet}/hadir", 200 if code == city else 404)
    own = kartika.get(f"/rapat/{meeting}")
    assert BUDI.name not in own.text and "0/1" in own.text


def test_nothing_is_offered_that_would_be_refused(
    app: Flask, kartika: Visitor, ani: Visitor, wide: int
) -> None:
    here = f"/rapat/{wide}/susunan"
    with app.app_context(), everywhere("a test looks"):
        site = db.session.scalars(select(Site).where(Site.region_code == CENGKARENG)).one().id
        session = db.session.scalars(select(MeetingSession)).one().id
    kartika.post(f"{here}/sesi", hours())
    hours_of = "#tanggal, #mulai, #selesai, #toleransi"
    assert "Hapus lokasi ini" in kartika.get(f"{here}/lokasi/{site}").text
    page = kartika.get(f"{here}/sesi/{session}")
    assert "Hapus sesi ini" in page.text and not any(
        one.has_attr("readonly") for one in page.soup.select(hours_of)
    )
    seat = seat_at(app, wide, CENGKARENG, BUDI)
    page = kartika.get(f"{here}/lokasi/{site}")
    assert "Hapus lokasi ini" not in page.text and "Masih ada undangan di lokasi ini" in page.words("main")
    mark(ani, wide, seat, lembar=lists_of(app, wide)[CENGKARENG])
    assert "undangan di lokasi" not in kartika.get(f"{here}/lokasi/{site}").text, (
        "nor would that help any more"
    )
    page = kartika.get(f"{here}/sesi/{session}")
    assert "Hapus sesi ini" not in page.text and "sudah dicatat" in page.words(".note")
    assert all(one.has_attr("readonly") for one in page.soup.select(hours_of))
    kartika.post(f"{here}/sesi/{session}", form_of(page) | {"judul": "Pembukaan"})
    assert "Pembukaan" in kartika.get(here).text, "what is offered is taken"


def test_the_hours_of_a_meeting_are_offered_until_somebody_was_marked(app: Flask, ani: Visitor) -> None:
    with app.app_context():
        scene = meeting_of(1)
    fields = [f"#{name}" for name in ("tanggal", "mulai", "selesai", "toleransi")]
    page = ani.get(f"/rapat/{scene.meeting}/ubah")
    assert not any(page.one(name).has_attr("readonly") for name in fields)
    mark(ani, scene.meeting, scene.seats[0])
    page = ani.get(f"/rapat/{scene.meeting}/ubah")
    assert all(page.one(name).has_attr("readonly") for name in fields) and "sudah dicatat" in page.words(
        ".note"
    )


def test_a_site_of_another_zone_shows_its_own_hours(
    app: Flask, ani: Visitor, kartika: Visitor, wide: int
) -> None:
    seat_at(app, wide, CENGKARENG, BUDI)
    with app.app_context(), writing(), everywhere("one site lies in another zone"):
        site = db.session.scalars(select(Site).where(Site.region_code == CENGKARENG)).one()
        site.offset = 480
    assert "WITA" in kartika.get(f"/rapat/{wide}/susunan").words("#lokasi")
    assert "10.00" in ani.get("/rapat").words(".day .when")
    assert "09.00" in kartika.get("/rapat").words(".day .when")
    assert "10.00–13.00 WITA" in kartika.get(f"/rapat/{wide}").words("main")


def test_a_site_that_comes_later_takes_the_seats_of_its_region_along(app: Flask, kartika: Visitor) -> None:
    with app.app_context():
        scene = meeting_of(0, by=KARTIKA, code=KOTA)
        also_invited(scene, BUDI)
    kartika.post(f"/rapat/{scene.meeting}/undangan", {"peran": "coordinator", "tingkat": "3", "sebar": "1"})
    kartika.post(f"/rapat/{scene.meeting}/susunan/lokasi", place(GROGOL))
    with app.app_context(), everywhere("a test looks"):
        seats = {s.person_id: s.region_code for s in db.session.scalars(select(Invitation))}
    assert seats[BUDI.id] == KOTA and set(seats.values()) <= {KOTA, GROGOL}


@pytest.mark.slow
def test_several_who_arrange_and_count_at_the_same_moment_make_it_once(app: Flask, kartika: Visitor) -> None:
    with app.app_context():
        scene = meeting_of(2, by=KARTIKA, code=KOTA, start=now() - timedelta(minutes=5))
    kartika.post(f"/rapat/{scene.meeting}/susunan/lokasi", place(CENGKARENG))
    ours, here = lists_of(app, scene.meeting)[CENGKARENG], f"/rapat/{scene.meeting}/susunan"
    work = [
        (True, f"/lembar/{ours}/kepala", {"jumlah": "40"}),
        (False, f"/lembar/{ours}/kepala", {"jumlah": "45"}),
        *[(False, f"{here}/tiap-bagian", {})] * 2,
        *[(False, f"{here}/sesi", hours())] * 2,
    ]
    assert together(app, racing.tap, work) == [303] * 6
    assert sorted(site.region_code for site in rows(app, Site)) == [KOTA, CENGKARENG, GROGOL]
    assert (len(rows(app, MeetingSession)), len(rows(app, Sheet))) == (2, 6)
    assert {sheet.head_count for sheet in rows(app, Sheet) if sheet.id == ours} <= {40, 45}
    with app.app_context(), everywhere("a test looks"):
        assert db.session.scalar(select(func.count()).select_from(Verdict)) == 4
        told = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "sheet.heads")).all()
        assert len(told) == 2, "both counts are in the trail"


@pytest.mark.parametrize("order", ["the removal first", "the tap first"])
def test_a_tap_and_the_removal_of_its_session_never_both_hold(
    app: Flask, kartika: Visitor, order: str
) -> None:
    with app.app_context():
        scene = meeting_of(1, by=KARTIKA, code=KOTA, start=now() - timedelta(minutes=5))
    kartika.post(f"/rapat/{scene.meeting}/susunan/sesi", hours())
    tapped = {"rapat": str(scene.meeting), "lembar": str(scene.sheet), "hadir": str(scene.seats[0])}
    gone = f"/rapat/{scene.meeting}/susunan/sesi/{scene.session}/hapus"

    def tap() -> int:
        return kartika.client.post(f"/lembar/{scene.sheet}/hadir", data=tapped, headers=SAME_SITE).status_code

    def remove() -> int:
        return Visitor(app, KARTIKA).client.post(gone, headers=SAME_SITE).status_code

    if order == "the tap first":
        assert overtaken(app, "INSERT INTO attendance_record", tap, remove) == (303, 422)
    else:
        assert overtaken(app, "DELETE FROM meeting_session", remove, tap) == (303, 404)
    kept = scene.session in {one.id for one in rows(app, MeetingSession)}
    assert kept == bool(rows(app, AttendanceRecord))
