"""Minutes: what was agreed, who promised what by when, whether it is done; and the text that goes to WhatsApp."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select

from tests.attendance.scenes import NINE, NOON, Scene, also_invited, hand_in, meeting_of, stamp
from tests.attendance.test_marking import ON_TIME, tap
from tests.cast import ANI, BUDI, CANARY, CITRA, KARTIKA, KOTA, LONG_AGO
from tests.visits import Visitor
from webapp.attendance.models import Decision, FollowUp, Meeting, Sheet
from webapp.people.models import Person
from webapp.places.rules.scope import everywhere
from webapp.plumbing.clock import day_short, day_words
from webapp.plumbing.database import db, writing

DAY = NINE.date()
WEEK = DAY + timedelta(days=7)
DONE = "attendance.follow-up-done"


@pytest.fixture
def rakor(app: Flask) -> Scene:
    """Ani's rakor tomorrow, with Budi and three others invited."""
    with app.app_context():
        scene = meeting_of(3, place="Aula Kapuk", agenda="Laporan\nJadwal bimtek")
        also_invited(scene, BUDI)
        return scene


def page_of(scene: Scene) -> str:
    return f"/rapat/{scene.meeting}/notulen"


def typed(**changes: Any) -> dict[str, Any]:
    return {"pemilik": BUDI.id, "tugas": "Siapkan daftar saksi", "tenggat": WEEK.isoformat()} | changes


def promised(ani: Visitor, scene: Scene, **changes: Any) -> int:
    """Let Ani write one down; its id."""
    ani.post(f"/rapat/{scene.meeting}/tindak-lanjut", typed(**changes))
    return newest(ani).id


def newest(visitor: Visitor) -> FollowUp:
    """The one that was written down last, as it is kept now."""
    with visitor.app.app_context(), everywhere("a test looks"):
        found = db.session.scalars(select(FollowUp).order_by(FollowUp.id.desc()).limit(1)).one()
        db.session.expunge(found)
        return found


def lock(scene: Scene, app: Flask, state: str = "dikunci") -> None:
    with app.app_context(), writing(), everywhere("a scene is set"):
        for sheet in db.session.scalars(select(Sheet).where(Sheet.meeting_id == scene.meeting)):
            sheet.state = state


def said(follow_up: int, state: str, at: Any = ON_TIME, **more: Any) -> dict[str, Any]:
    return {"tindak": str(follow_up), "keadaan": state, **stamp(at, **more)}


def test_what_was_promised_stands_on_the_owners_home_until_it_is_done(
    rakor: Scene, ani: Visitor, budi: Visitor
) -> None:
    promised(ani, rakor)
    row = budi.get("/").one("#tindak-lanjut li")
    assert row.a["href"] == page_of(rakor) and row.a.text == "Rakor Cengkareng"
    assert f"Siapkan daftar saksi {day_words(WEEK)} " in " ".join(row.get_text(" ").split())
    assert not ani.get("/").soup.select("#tindak-lanjut")
    budi.post("/tindak-lanjut", {"tindak": row["data-promise"], "keadaan": "selesai"})
    home = budi.get("/")
    assert not home.soup.select("#tindak-lanjut")
    undo = home.one(".toast form")
    assert "Selesai: Siapkan daftar saksi" in home.words(".toast")
    budi.post(undo["action"], {field["name"]: field["value"] for field in undo.select("input")})
    assert budi.get("/").words("#tindak-lanjut .who > span") == "Siapkan daftar saksi"


def test_the_longest_overdue_comes_first_and_says_so_in_words(
    rakor: Scene, ani: Visitor, budi: Visitor
) -> None:
    for tugas, days in (("Nanti", 9), ("Besok", 5), ("Hari ini", 4), ("Sudah lewat", 1)):
        promised(ani, rakor, tugas=f"{tugas}.", tenggat=(DAY + timedelta(days=days)).isoformat())
    with time_machine.travel(NINE + timedelta(days=4), tick=False):
        rows = [
            " ".join(row.get_text(" ").split()) for row in budi.get("/").soup.select("#tindak-lanjut .who")
        ]
    assert [row.split(".")[0] for row in rows] == ["Sudah lewat", "Hari ini", "Besok", "Nanti"]
    assert (
        "· lewat 3 hari" in rows[0]
        and "· hari ini" in rows[1]
        and "· besok" in rows[2]
        and "·" not in rows[3]
    )


def test_the_same_sending_twice_is_one_follow_up(rakor: Scene, ani: Visitor, app: Flask) -> None:
    sent = typed(rapat=str(rakor.meeting), pemilik=str(BUDI.id)) | stamp(ON_TIME)
    ani.send("attendance.follow-up", sent)
    ani.send("attendance.follow-up", sent, "sudah ada")
    with app.app_context(), everywhere("a test looks"):
        assert len(db.session.scalars(select(FollowUp)).all()) == 1


def test_pressing_twice_without_script_writes_it_down_once(rakor: Scene, ani: Visitor, app: Flask) -> None:
    for _ in range(2):
        ani.post(f"/rapat/{rakor.meeting}/keputusan", {"butir": "Dua saksi tiap TPS."})
        promised(ani, rakor)
    ani.post(f"/rapat/{rakor.meeting}/keputusan", {"butir": "Tiga saksi tiap TPS."})
    promised(ani, rakor, tenggat=(WEEK + timedelta(days=1)).isoformat())
    with app.app_context(), everywhere("a test looks"):
        assert len(db.session.scalars(select(Decision)).all()) == 2
        assert len(db.session.scalars(select(FollowUp)).all()) == 2


def test_somebody_of_ones_own_people_may_own_it_without_an_invitation(
    rakor: Scene, ani: Visitor, budi: Visitor
) -> None:
    here = page_of(rakor)
    assert "Kartika Sari" in ani.get(f"{here}?cari=kartika", hx=True).words("#owners")
    assert CANARY not in ani.get(f"{here}?cari=citra").text
    assert "Tidak ada orang bernama" in ani.get(f"{here}?cari=Zulkarnain").words("#owners")
    promised(ani, rakor, orang=KARTIKA.id, pemilik=BUDI.id)
    assert newest(ani).owner_id == KARTIKA.id
    assert "Tambah" not in budi.get(f"{here}?cari=kartika").text and "Kartika" not in budi.get(here).text


def test_an_owner_who_may_not_open_the_meeting_still_has_it_on_her_home(
    rakor: Scene, ani: Visitor, app: Flask
) -> None:
    with app.app_context(), writing(), everywhere("a scene is set"):
        db.session.get_one(Person, CITRA.id).region_code = ANI.home
    promised(ani, rakor, orang=CITRA.id)
    citra = Visitor(app, CITRA)
    citra.get(page_of(rakor), 404)
    row = citra.get("/").one("#tindak-lanjut li")
    assert not row.select("a") and "Rakor" not in row.text
    citra.post("/tindak-lanjut", {"tindak": row["data-promise"], "keadaan": "selesai"})
    assert newest(ani).done_by == CITRA.id


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"tugas": ""}, "Tulis apa yang harus dilakukan"),
        ({"tugas": "ya"}, "3 sampai 300"),
        ({"tugas": "x" * 301}, "3 sampai 300"),
        ({"pemilik": ""}, "Pilih siapa"),
        ({"pemilik": "Budi"}, "tidak terbaca"),
        ({"tenggat": ""}, "Pilih tanggalnya"),
        ({"tenggat": "besok"}, "tidak terbaca"),
        ({"tenggat": "1999-01-01"}, "terlalu jauh"),
        ({"tenggat": (DAY - timedelta(days=1)).isoformat()}, "sebelum rapat"),
        ({"tenggat": (DAY + timedelta(days=400)).isoformat()}, "lebih dari setahun"),
    ],
)
def test_a_mistake_is_told_in_a_sentence_and_what_was_typed_stays(
    rakor: Scene, ani: Visitor, app: Flask, changes: dict[str, str], says: str
) -> None:
    told = typed(tugas="Cetak surat tugas") | changes
    page = ani.post(f"/rapat/{rakor.meeting}/tindak-lanjut", told, 422)
    assert says in page.words("#tindak-baru .sum")
    assert page.one("#tindak-baru input[name=tugas]").get("value", "") == told["tugas"]
    with app.app_context(), everywhere("a test looks"):
        assert not db.session.scalars(select(FollowUp)).all()


def test_a_decision_with_a_mistake_stays_on_the_page_too(rakor: Scene, ani: Visitor) -> None:
    page = ani.post(f"/rapat/{rakor.meeting}/keputusan", {"butir": "ya"}, 422)
    assert "3 sampai 300" in page.words("#butir-baru .sum")
    assert page.one("#butir-baru input[name=butir]")["value"] == "ya"


def test_strangers_write_and_see_nothing(
    rakor: Scene, ani: Visitor, citra: Visitor, budi: Visitor, eko: Visitor, stranger: Visitor
) -> None:
    follow_up = promised(ani, rakor)
    add = f"/rapat/{rakor.meeting}/tindak-lanjut"
    for tail in ("", ".txt", ".pdf"):
        citra.get(page_of(rakor) + tail, 404)
    for who in (citra, budi, eko):
        who.post(add, typed(), 404)
        who.post(add, {"hapus": follow_up}, 404)
    for who in (citra, eko):
        who.post("/tindak-lanjut", {"tindak": follow_up, "keadaan": "selesai"}, 404)
    assert "/masuk" in stranger.post(add, typed(), 302).headers["Location"]
    ani.post(add, typed(pemilik=CITRA.id), 404)
    ani.post(add, typed(orang=99999), 404)
    ani.post(add, typed(pemilik="2147483648"), 422)
    assert newest(ani).done_at is None


def test_the_invited_read_what_was_agreed_and_only_their_own_follow_ups(
    rakor: Scene, ani: Visitor, budi: Visitor, eko: Visitor
) -> None:
    ani.post(f"/rapat/{rakor.meeting}/keputusan", {"butir": "Dua saksi tiap TPS."})
    promised(ani, rakor)
    promised(ani, rakor, orang=KARTIKA.id, tugas="Cetak surat tugas")
    for path in (page_of(rakor), page_of(rakor) + ".txt"):
        own, keeper = budi.get(path).text, ani.get(path).text
        assert "Dua saksi tiap TPS." in own and "Laporan" in own and "Siapkan daftar saksi" in own
        assert "Cetak surat tugas" not in own and "Kartika" not in own and "Warga" not in own
        assert "Budi Santoso" in keeper and "Kartika Sari" in keeper and "undangan hadir" in keeper
    assert "Budi" not in budi.get(page_of(rakor) + ".txt").text
    assert "Kartika Sari" in eko.get(page_of(rakor)).text
    assert not eko.get(page_of(rakor)).soup.select("#tindak-baru, [data-promise] form, #butir-baru")
    budi.get(page_of(rakor) + ".pdf", 404)


def test_the_newest_word_holds_in_whatever_order_they_come(rakor: Scene, ani: Visitor, budi: Visitor) -> None:
    one = promised(ani, rakor)
    with time_machine.travel(NOON, tick=False):
        ani.send(DONE, said(one, "belum", NINE + timedelta(minutes=30), clock=NOON))
        budi.send(DONE, said(one, "selesai", NINE, clock=NOON))
        assert newest(ani).done_at is None
        budi.send(DONE, said(one, "selesai", NINE + timedelta(minutes=40), clock=NOON))
        assert (newest(ani).done_at, newest(ani).done_by) == (NINE + timedelta(minutes=40), BUDI.id)


def test_done_twice_is_done_once_and_keeps_who_was_first(rakor: Scene, ani: Visitor, budi: Visitor) -> None:
    one = promised(ani, rakor)
    sent = said(one, "selesai", NINE, clock=NOON)
    with time_machine.travel(NOON, tick=False):
        budi.send(DONE, sent)
        budi.send(DONE, sent, "sudah ada")
        ani.send(DONE, said(one, "selesai", NINE + timedelta(minutes=5), clock=NOON))
    assert (newest(ani).done_at, newest(ani).done_by) == (NINE, BUDI.id)
    assert "Selesai" in ani.get(page_of(rakor)).words("[data-promise] .who")


def test_what_makes_no_sense_is_refused_with_a_sentence(rakor: Scene, ani: Visitor, budi: Visitor) -> None:
    one = promised(ani, rakor)
    for fields in ({"tindak": str(one), "keadaan": "mungkin"}, {"tindak": "x", "keadaan": "selesai"}, {}):
        verdict = budi.send(DONE, fields | stamp(ON_TIME), "ditolak")
        assert verdict["reason"]
        budi.post("/tindak-lanjut", fields)
        assert budi.get("/").words(".note.bad")
    budi.send(DONE, said(99999, "selesai"), "perlu diperiksa")
    assert newest(ani).done_at is None


def test_it_is_struck_out_while_it_is_not_done(rakor: Scene, ani: Visitor, app: Flask) -> None:
    one, other = promised(ani, rakor), promised(ani, rakor, tugas="Cetak surat tugas")
    add = f"/rapat/{rakor.meeting}/tindak-lanjut"
    with app.app_context():
        elsewhere = meeting_of(1)
    ani.post(f"/rapat/{elsewhere.meeting}/tindak-lanjut", {"hapus": one}, 404)
    for _ in range(2):
        ani.post(add, {"hapus": one})
    assert "Siapkan" not in ani.get(page_of(rakor)).words("#tindak-lanjut li")
    ani.post("/tindak-lanjut", {"tindak": other, "keadaan": "selesai"})
    ani.post(add, {"hapus": other})
    assert "Yang sudah selesai tidak dihapus" in ani.get(page_of(rakor)).words(".note.bad")
    ani.send(DONE, said(one, "selesai"), "perlu diperiksa")


def close(who: Visitor, scene: Scene, status: int = 303, **told: str) -> None:
    who.post(page_of(scene), told, status)


def refused(ani: Visitor, scene: Scene, one: int) -> None:
    """Nothing is written any more, and that is said."""
    page = ani.get(page_of(scene))
    assert "sudah ditutup" in page.words("main .note") and not page.soup.select("#tindak-baru, #butir-baru")
    for path, told in (("tindak-lanjut", typed()), ("keputusan", {"butir": "Terlambat."})):
        assert "sudah ditutup" in ani.post(f"/rapat/{scene.meeting}/{path}", told, 422).text
        ani.post(f"/rapat/{scene.meeting}/{path}", {"hapus": one})
        assert "sudah ditutup" in ani.get(page_of(scene)).words(".note.bad")


def test_a_locked_list_is_no_end_of_the_minutes(rakor: Scene, ani: Visitor, app: Flask) -> None:
    lock(rakor, app)
    promised(ani, rakor, tugas="Masih bisa")
    ani.post(f"/rapat/{rakor.meeting}/keputusan", {"butir": "Masih bisa."})
    words = ani.get(page_of(rakor)).words("main")
    assert "Masih bisa." in words and "setelah daftar hadir dikunci" in words


def test_minutes_are_written_until_whoever_leads_closes_them(
    rakor: Scene, ani: Visitor, budi: Visitor, citra: Visitor
) -> None:
    one = promised(ani, rakor)
    for who in (budi, citra):
        close(who, rakor, 404)
    for _ in range(2):
        close(ani, rakor)
    refused(ani, rakor, one)
    budi.post("/tindak-lanjut", {"tindak": one, "keadaan": "selesai"})
    assert "Selesai" in ani.get(page_of(rakor)).words(f"#tindak-{one}")
    close(ani, rakor, buka="1")
    promised(ani, rakor, tugas="Lagi")


def test_minutes_close_by_themselves_a_week_after_a_meeting_whose_lists_are_locked(
    rakor: Scene, ani: Visitor, app: Flask
) -> None:
    one = promised(ani, rakor)
    with time_machine.travel(NOON + timedelta(days=8), tick=False):
        promised(ani, rakor, tugas="Daftarnya masih ditinjau")
        lock(rakor, app)
        refused(ani, rakor, one)
        assert not ani.get(page_of(rakor)).soup.select(f'main form[action="{page_of(rakor)}"] button')
        close(ani, rakor, 422, buka="1")


def test_a_reviewer_is_told_what_the_meeting_still_lacks(
    rakor: Scene, ani: Visitor, eko: Visitor, app: Flask
) -> None:
    hand_in(ani, rakor.sheet)
    for path in (f"/tinjauan/{rakor.sheet}", "/tinjauan"):
        words = eko.get(path).words("main")
        assert "Notulen masih kosong" in words and "Rapat belum selesai" in words
    assert f"sampai {day_short(NOON)} 12.00" in eko.get(f"/tinjauan/{rakor.sheet}").words("main .note.bad")
    ani.post(f"/rapat/{rakor.meeting}/keputusan", {"butir": "Bimtek pekan depan."})
    with time_machine.travel(NOON + timedelta(minutes=1), tick=False):
        for path in (f"/tinjauan/{rakor.sheet}", "/tinjauan"):
            words = eko.get(path).words("main")
            assert "Notulen masih kosong" not in words and "belum selesai" not in words


def test_the_minutes_of_a_meeting_that_is_off_say_so_and_are_not_written(
    rakor: Scene, ani: Visitor, app: Flask
) -> None:
    with app.app_context(), writing(), everywhere("a scene is set"):
        meeting = db.session.get_one(Meeting, rakor.meeting)
        meeting.cancelled_at, meeting.cancelled_by, meeting.cancel_reason = (
            NINE,
            ANI.id,
            "Aula terendam banjir.",
        )
    page = ani.get(page_of(rakor))
    assert "dibatalkan. Aula terendam banjir." in page.words("main .note.bad")
    assert not page.soup.select("#tindak-baru, #butir-baru")
    text = ani.get(page_of(rakor) + ".txt").text
    assert "Dibatalkan: Aula terendam banjir." in text
    assert "undangan hadir" not in text + page.words("main"), "nobody was to come"
    (paper,) = PdfReader(BytesIO(ani.client.get(page_of(rakor) + ".pdf").data)).pages
    printed = " ".join(paper.extract_text().split())
    assert "Dibatalkan: Aula terendam banjir." in printed and "undangan hadir" not in printed


def test_thirty_are_enough(rakor: Scene, ani: Visitor) -> None:
    for number in range(30):
        promised(ani, rakor, tugas=f"Tugas {number}")
    page = ani.post(f"/rapat/{rakor.meeting}/tindak-lanjut", typed(), 422)
    assert "Sudah ada 30" in page.words("#tindak-baru .sum")


def test_the_summary_is_made_for_whatsapp(rakor: Scene, ani: Visitor, app: Flask) -> None:
    with time_machine.travel(ON_TIME, tick=False):
        tap(ani, rakor, rakor.seats[0])
        ani.post(f"/rapat/{rakor.meeting}/keputusan", {"butir": "Hubungi 0812-3456-7890 bila *ragu*."})
        promised(ani, rakor)
        text = ani.get(page_of(rakor) + ".txt")
        page = ani.get(page_of(rakor))
    assert text.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert text.text.splitlines()[0] == "*Rakor Cengkareng*"
    assert "09.00–12.00 WIB\nAula Kapuk" in text.text
    assert "*Kehadiran*\n- 1 dari 4 undangan hadir (25%)" in text.text
    assert "*Agenda*\n1. Laporan\n2. Jadwal bimtek" in text.text
    assert "1. Hubungi (nomor disembunyikan) bila *ragu*." in text.text and "7890" not in page.words(
        "textarea"
    )
    assert f"- Siapkan daftar saksi (Budi Santoso, paling lambat {day_words(WEEK)})" in text.text
    assert page.one("textarea").text.strip() == text.text.strip()
    link = page.one('a[href^="https://wa.me/?text="]')["href"]
    assert unquote(link.partition("=")[2]) == text.text.strip()


def test_a_long_summary_is_shortened_for_the_link_alone(rakor: Scene, ani: Visitor) -> None:
    for number in range(30):
        ani.post(f"/rapat/{rakor.meeting}/keputusan", {"butir": f"{number} " + "kata " * 50})
    page = ani.get(page_of(rakor))
    link = page.one('a[href^="https://wa.me/?text="]')["href"]
    assert len(link) <= 3000 and unquote(link).endswith("… selengkapnya di Simpul")
    assert "30. 29 kata" in page.one("textarea").text


def test_the_paper_is_one_page_with_the_same_words(rakor: Scene, ani: Visitor, eko: Visitor) -> None:
    ani.post(f"/rapat/{rakor.meeting}/keputusan", {"butir": "Dua saksi tiap TPS."})
    for number in range(25):
        promised(ani, rakor, tugas=f"Tugas nomor {number} " + "yang panjang " * 10)
    for who in (ani, eko):
        answer = who.client.get(page_of(rakor) + ".pdf")
        assert answer.mimetype == "application/pdf" and "notulen-" in answer.headers["Content-Disposition"]
        (page,) = PdfReader(BytesIO(answer.data)).pages
        words = re.sub(r"\s+", " ", page.extract_text())
        assert "Rakor Cengkareng" in words and "0 dari 4 undangan hadir" in words and "Budi Santoso" in words


def test_a_keeper_of_one_site_keeps_the_follow_ups_of_that_site(
    app: Flask, kartika: Visitor, ani: Visitor, citra: Visitor
) -> None:
    with app.app_context():
        scene = meeting_of(2, by=KARTIKA, code=KOTA, title="Rakor kota")
        _second_site(scene, ANI.region_code, BUDI.id)
    own = f"/rapat/{scene.meeting}"
    ani.post(f"{own}/keputusan", {"butir": "Bukan hak saya."}, 404)
    ani.post(f"{own}/tindak-lanjut", typed())
    assert newest(ani).region_code == ANI.region_code
    kartika.post(f"{own}/tindak-lanjut", typed(orang=KARTIKA.id, pemilik="", tugas="Rekap kota"))
    assert newest(ani).region_code == KOTA
    assert "Rekap kota" not in ani.get(f"{own}/notulen").text
    assert "Siapkan daftar saksi" in kartika.get(f"{own}/notulen").text
    assert "Zoom" in ani.get(f"{own}/notulen.txt").text
    citra.get(f"{own}/notulen", 404)


def test_the_page_asks_the_same_for_one_and_for_many(
    rakor: Scene, ani: Visitor, budi: Visitor, statements: Callable[[], Any]
) -> None:
    counts = []
    for many in (1, 20):
        for number in range(many):
            promised(ani, rakor, tugas=f"Tugas {number}")
            ani.post(f"/rapat/{rakor.meeting}/keputusan", {"butir": f"Butir {number}"})
        for who in (ani, budi):
            who.get(page_of(rakor))
            with statements() as seen:
                who.get(page_of(rakor))
            counts.append(len(seen.work))
    assert counts[:2] == counts[2:] and counts[0] <= 5 and counts[1] <= 4


def test_its_sending_leads_back_to_the_meeting(rakor: Scene, ani: Visitor) -> None:
    sent = typed(rapat=str(rakor.meeting), pemilik=str(BUDI.id)) | stamp(ON_TIME, id=uuid4())
    code = ani.send("attendance.follow-up", sent)["receipt"]
    page = ani.get(f"/kiriman?kode={code}")
    assert "Tindak lanjut rapat" in page.words("main")
    assert page.soup.select(f'a[href="/rapat/{rakor.meeting}"]')


def test_what_could_not_be_taken_is_told_in_words(rakor: Scene, ani: Visitor, eko: Visitor) -> None:
    one = promised(ani, rakor)
    close(ani, rakor)
    sent = typed(rapat=str(rakor.meeting), pemilik=str(BUDI.id)) | stamp(ON_TIME)
    ani.send("attendance.follow-up", sent, "ditolak")
    ani.send(DONE, said(one, "mungkin"), "ditolak")
    words = eko.get("/kiriman").words("main")
    assert "Siapa: Budi Santoso" in words and "Melakukan apa: Siapkan daftar saksi" in words


def _second_site(scene: Scene, code: str, person: int) -> None:
    from webapp.attendance.models import Invitation, Site
    from webapp.attendance.rules.laying import lay

    with writing(), everywhere("a scene is set"):
        site = Site(meeting_id=scene.meeting, region_code=code, mode="zoom", offset=420)
        db.session.add(site)
        db.session.flush()
        seat = Invitation(
            meeting_id=scene.meeting, site_id=site.id, region_code=code, person_id=person, invited_by=KARTIKA.id,
            invited_at=LONG_AGO,
        )  # fmt: skip
        db.session.add(seat)
        lay(scene.meeting)
