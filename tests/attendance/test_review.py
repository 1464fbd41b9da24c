"""The supervisor's side: what was handed in is approved, returned or locked, by somebody who did not record it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import text

from tests.attendance.scenes import NINE, NOON, Scene, also_invited, meeting_of, stamp, verdict_of
from tests.attendance.scenes import hand_in as hand_in_list
from tests.attendance.test_marking import ON_TIME, tap
from tests.cast import DEWI, EKO, KARTIKA, KOTA
from tests.visits import Visitor
from webapp.attendance.figures import sheets
from webapp.people.models import Mandate
from webapp.plumbing.database import db, writing


@pytest.fixture
def scene(app: Flask) -> Scene:
    with app.app_context():
        return meeting_of(4)


def hand_in(who: Visitor, scene: Scene, version: int = 1, status: int = 303) -> Any:
    return hand_in_list(who, scene.sheet, version, status)


def decide(who: Visitor, scene: Scene, word: str, version: int, status: int = 303, **more: str) -> Any:
    return who.post(f"/tinjauan/{scene.sheet}", {"putusan": word, "versi": version, **more}, status)


def locked(ani: Visitor, eko: Visitor, scene: Scene) -> None:
    tap(ani, scene, scene.seats[0])
    hand_in(ani, scene)
    decide(eko, scene, "setujui", 2)
    decide(eko, scene, "kunci", 3)


def test_handing_in_closes_the_list_and_silence_becomes_a_computed_absence(
    app: Flask, ani: Visitor, scene: Scene
) -> None:
    tap(ani, scene, scene.seats[0])
    tap(ani, scene, scene.seats[1], "izin")
    hand_in(ani, scene)
    hand_in(ani, scene)  # the answer was lost, the same phone sends again
    page = ani.get(scene.url)
    assert "dihitung" in page.words(f"#seat-{scene.seats[2]}") and not page.soup.select(".tap")
    assert page.words(".sticky .count").startswith("1/4 hadir"), "as on every other page"
    assert page.words(".seg") == "Semua 4 Hadir 1 Tidak hadir 3"
    shown = ani.get(f"{scene.url}?tampil=hadir").soup.select("#daftar li:not([hidden])")
    assert [row["id"] for row in shown] == [f"seat-{scene.seats[0]}"]
    assert "sudah diajukan" in tap(ani, scene, scene.seats[2], verdict="ditolak").says
    with app.app_context():
        assert verdict_of(scene.seats[2]).computed and verdict_of(scene.seats[2]).status == "alpa"
        assert not verdict_of(scene.seats[1]).computed


def test_a_returned_sheet_says_why_opens_again_and_can_be_handed_in_again(
    app: Flask, ani: Visitor, eko: Visitor, scene: Scene
) -> None:
    tap(ani, scene, scene.seats[0])
    hand_in(ani, scene)
    assert "Tulis alasannya" in decide(eko, scene, "kembalikan", 2, 422).words(".note.bad")
    decide(eko, scene, "kembalikan", 2, alasan="Warga 002 tadi ada di depan.")
    for path in (scene.url, f"/rapat/{scene.meeting}"):
        assert "Eko Prasetya: Warga 002 tadi ada di depan." in ani.get(path).words(".note.bad")
    with app.app_context():
        assert verdict_of(scene.seats[1]).status == "belum"
    tap(ani, scene, scene.seats[1])
    hand_in(ani, scene, 3)
    decide(eko, scene, "setujui", 4)


def test_whoever_recorded_on_the_sheet_does_not_review_it(
    app: Flask, ani: Visitor, eko: Visitor, scene: Scene
) -> None:
    from datetime import date

    with app.app_context(), writing():
        db.session.add(
            Mandate(person_id=EKO.id, role="coordinator", region_code=KOTA, since=date(2024, 1, 1))
        )
    tap(eko, scene, scene.seats[0])
    hand_in(ani, scene)
    assert "pengawas lain" in decide(eko, scene, "setujui", 2, 422).words("main")
    assert not eko.get(f"/tinjauan/{scene.sheet}").soup.select("form.verdict")


def test_the_second_of_two_reviewers_is_told_who_was_quicker(
    app: Flask, ani: Visitor, eko: Visitor, dewi: Visitor, scene: Scene
) -> None:
    from datetime import date

    with app.app_context(), writing():
        db.session.add(
            Mandate(person_id=DEWI.id, role="supervisor", region_code=KOTA, since=date(2024, 1, 1))
        )
    hand_in(ani, scene)
    decide(dewi, scene, "setujui", 2)
    decide(dewi, scene, "setujui", 2)  # her own, once more: no mistake
    page = decide(eko, scene, "kembalikan", 2, 409, alasan="Belum lengkap.")
    assert "sudah disetujui oleh Dewi Anggraini pukul" in page.words("main")
    decide(eko, scene, "kunci", 3)


def test_after_the_lock_only_a_correction_that_another_grants_changes_anything(
    app: Flask, ani: Visitor, eko: Visitor, dewi: Visitor, scene: Scene
) -> None:
    locked(ani, eko, scene)
    tap(ani, scene, scene.seats[1], verdict="ditolak")
    decide(eko, scene, "kembalikan", 4, 409, alasan="Ada yang keliru.")
    wish = {
        "kursi": scene.seats[1],
        "menjadi": "sakit",
        "bukti": "Surat di posko.",
        "alasan": "Surat dokter menyusul.",
    }
    ani.post(f"/lembar/{scene.sheet}/koreksi", wish | {"alasan": ""}, 422)
    ani.post(f"/lembar/{scene.sheet}/koreksi", wish | {"kursi": "999"}, 422)
    same = ani.post(f"/lembar/{scene.sheet}/koreksi", wish | {"menjadi": "alpa"}, 422)
    assert "memang sudah begitu" in same.words(".sum")
    assert "Surat dokter menyusul." in same.words("textarea"), "what was typed stays"
    for _ in range(2):
        ani.post(f"/lembar/{scene.sheet}/koreksi", wish)
    page = eko.get(f"/tinjauan/{scene.sheet}")
    assert "alpa menjadi sakit" in page.words("form.wish") and "1 koreksi" in page.words(".rows")
    for _ in range(2):
        eko.post("/tinjauan/koreksi/1", {"putusan": "setujui"})
    eko.post("/tinjauan/koreksi/1", {"putusan": "tolak"}, 409)
    eko.post("/tinjauan/koreksi/99", {"putusan": "tolak"}, 404)
    with app.app_context():
        known = verdict_of(scene.seats[1])
        assert (known.status, known.computed) == ("sakit", False)


def test_nobody_decides_on_a_correction_of_ones_own(ani: Visitor, eko: Visitor, scene: Scene) -> None:
    locked(ani, eko, scene)
    wish = {
        "kursi": scene.seats[1],
        "menjadi": "hadir",
        "bukti": "Surat di posko.",
        "alasan": "Saya melihatnya di sana.",
    }
    eko.post(f"/lembar/{scene.sheet}/koreksi", wish)
    assert "Menunggu putusan pengawas lain" in eko.get(f"/tinjauan/{scene.sheet}").words("form.wish")
    eko.post("/tinjauan/koreksi/1", {"putusan": "setujui"}, 422)


def test_the_queue_shows_what_waits_with_its_rate_and_what_is_done(
    ani: Visitor, eko: Visitor, scene: Scene
) -> None:
    assert "Tidak ada yang menunggu" in eko.get("/tinjauan").words("main")
    tap(ani, scene, scene.seats[0])
    hand_in(ani, scene)
    assert "Rakor Cengkareng" in eko.get("/tinjauan").words(".rows") and "1/4" in eko.get("/tinjauan").words(
        ".rows"
    )
    decide(eko, scene, "setujui", 2)
    assert "Rakor Cengkareng" in eko.get("/tinjauan?tampil=selesai").words(".rows")


def test_a_long_queue_says_that_there_is_more_and_loses_nobody(
    app: Flask, ani: Visitor, eko: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "PAGE", 1)
    with app.app_context():
        first, second = meeting_of(1, start=NINE - timedelta(days=2)), meeting_of(1)
    hand_in(ani, first)
    hand_in(ani, second)
    page = eko.get("/tinjauan")
    assert "Lebih dari 1 lembar menunggu" in page.words("#antrean") and page.soup.select(
        f'.rows a[href$="/{first.sheet}"]'
    )
    assert "Sisanya" in page.words("main")
    for scene in (first, second):
        decide(eko, scene, "setujui", 2)
    done = eko.get("/tinjauan?tampil=selesai")
    assert done.soup.select(f'.rows a[href*="/{second.sheet}?"]'), "the newest stands first"
    decide(eko, second, "kunci", 3)
    done = eko.get("/tinjauan?tampil=selesai")
    assert done.soup.select(f'.rows a[href*="/{first.sheet}?"]'), "what is still to be locked stands first"


def test_the_meeting_before_stands_beside_it(app: Flask, ani: Visitor, eko: Visitor) -> None:
    with app.app_context():
        before, now = meeting_of(2, start=NINE - timedelta(hours=12)), meeting_of(3)
    tap(ani, before, before.seats[0], at=NINE - timedelta(hours=12))
    hand_in(ani, before)
    hand_in(ani, now)
    words = eko.get(f"/tinjauan/{now.sheet}").words(".rates")
    assert "0/3 0%" in words and "1/2, 50%" in words


def test_every_sheet_of_the_queue_stands_beside_the_meeting_before(
    app: Flask, ani: Visitor, eko: Visitor, statements: Callable[[], Any]
) -> None:
    with app.app_context():
        oldest = meeting_of(1, start=NINE - timedelta(days=2))
        before, now = meeting_of(2, start=NINE - timedelta(hours=12)), meeting_of(3)
        elsewhere = meeting_of(1, code=KOTA, by=KARTIKA, start=NINE - timedelta(hours=6))
    tap(ani, before, before.seats[0], at=NINE - timedelta(hours=12))
    for scene in (oldest, before, now):
        hand_in(ani, scene)
    with statements() as seen:
        page = eko.get("/tinjauan")
    assert len(seen.work) <= 4
    rows = {
        row.a["href"].rpartition("/")[2]: " ".join(row.get_text(" ").split())
        for row in page.soup.select(".rows li")
    }
    assert "0/3" in rows[str(now.sheet)]
    assert "1/2 hadir, 0 izin dan sakit, 1 alpa" in rows[str(now.sheet)]
    assert "0/1 hadir" in rows[str(before.sheet)]
    assert "Sebelumnya" not in rows[str(oldest.sheet)]
    assert str(elsewhere.sheet) not in rows


def test_the_neighbours_and_those_without_the_right_see_no_sheet(
    ani: Visitor, citra: Visitor, budi: Visitor, kartika: Visitor, scene: Scene
) -> None:
    hand_in(ani, scene)
    for who in (ani, citra, budi, kartika):
        who.get("/tinjauan", 404)
        who.get(f"/tinjauan/{scene.sheet}", 404)
        decide(who, scene, "setujui", 2, 404)
    hand_in(citra, scene, 2, 404)


def test_a_supervisor_elsewhere_does_not_find_it(app: Flask, ani: Visitor, eko: Visitor) -> None:
    with app.app_context():
        other = meeting_of(1, code="31", by=KARTIKA)
    eko.get(f"/tinjauan/{other.sheet}", 404)
    assert "Rakor" not in eko.get("/tinjauan").words(".rows")


@pytest.mark.parametrize("table", ["attendance_record", "review_event"])
def test_the_database_itself_refuses_to_change_what_was_recorded(
    app: Flask, ani: Visitor, scene: Scene, table: str
) -> None:
    tap(ani, scene, scene.seats[0])
    hand_in(ani, scene)
    for change in (f"UPDATE {table} SET region_code = '11'", f"DELETE FROM {table}"):
        with app.app_context(), pytest.raises(Exception, match="append-only"):
            db.session.execute(text(change))


def test_rebuilding_finds_nothing_to_put_right(app: Flask, ani: Visitor, eko: Visitor, scene: Scene) -> None:
    locked(ani, eko, scene)
    ani.post(
        f"/lembar/{scene.sheet}/koreksi",
        {"kursi": scene.seats[1], "menjadi": "hadir", "bukti": "Surat di posko.", "alasan": "Ada di foto."},
    )
    eko.post("/tinjauan/koreksi/1", {"putusan": "setujui"})
    runner = app.test_cli_runner()
    assert "4 verdicts, 0 differed" in runner.invoke(args=["attendance", "rebuild"]).output
    with app.app_context():
        db.session.execute(text("UPDATE verdict SET status = 'izin' WHERE invitation_id = 1"))
        db.session.commit()
    assert "4 verdicts, 1 differed" in runner.invoke(args=["attendance", "rebuild"]).output
    assert "4 verdicts, 0 differed" in runner.invoke(args=["attendance", "rebuild"]).output


def test_a_deciding_page_is_cheap_however_long_the_list(
    app: Flask, ani: Visitor, eko: Visitor, statements: Callable[[], Any]
) -> None:
    with app.app_context():
        scene = meeting_of(200)
        also_invited(scene, EKO)
    hand_in(ani, scene)
    eko.get("/tinjauan")
    with statements() as seen:
        eko.get("/tinjauan")
    assert len(seen.work) <= 4, seen.work
    with statements() as seen:
        eko.get(f"/tinjauan/{scene.sheet}")
    assert len(seen.work) <= 13, seen.work
    with statements() as seen:
        eko.get(f"/rapat/{scene.meeting}/hadir.csv")
    assert len(seen.work) <= 5, seen.work


def test_a_tap_that_waited_on_a_phone_until_the_sheet_was_closed_is_explained_and_kept(
    app: Flask, ani: Visitor, kartika: Visitor, scene: Scene
) -> None:
    hand_in(ani, scene)
    item = {"kind": "attendance.mark", "fields": {"rapat": str(scene.meeting), "hadir": str(scene.seats[0])}}
    told = stamp(ON_TIME)
    with time_machine.travel(NOON, tick=False):
        page = kartika.post(
            "/kirim",
            json={
                "items": [{**item, "id": told["id"], "happened_at": told["happened_at"], "offset": 420}],
                "clock": NOON.isoformat(),
            },
            status=200,
        )
    (verdict,) = page.response.get_json()["verdicts"]
    assert (verdict["verdict"], verdict["reason"][:26]) == ("ditolak", "Lembar ini sudah diajukan,")
