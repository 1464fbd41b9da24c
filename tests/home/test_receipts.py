"""Kiriman: a code leads to what was sent, and a supervisor looks at what could not be taken."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from flask import Flask

from tests.attendance.scenes import NINE, also_invited, meeting_of
from tests.cast import ANI, BUDI, CANARY, CITRA, DEWI, KAPUK, KOTA, TOMANG, station_id
from tests.clock import NOW, TODAY
from tests.home.test_contract import POSKO, item, send
from tests.visits import Page, Visitor
from webapp.home.figures.receipts import drift_words, kind_words
from webapp.people.models import ContactView, Mandate
from webapp.places.rules.scope import everywhere
from webapp.plumbing import submissions
from webapp.plumbing.database import db, writing
from webapp.plumbing.submissions import Submission, receipt_of


def sent(who: Visitor, fields: Any = None, kind: str = "checkin", **more: Any) -> dict[str, Any]:
    """The verdict on one item."""
    return dict(send(who, item(fields, kind, **more))["verdicts"][0])


def refused(who: Visitor, note: str = "") -> dict[str, Any]:
    """Something that nobody can take: a check-in at no place."""
    told = sent(who, {"jenis": "posko", "tempat": "31.73.01.9999", "catatan": note})
    assert told["verdict"] == "ditolak"
    return told


def rows(page: Page) -> list[str]:
    return [" ".join(row.get_text(" ").split()) for row in page.soup.select(".thread > li")]


def end_mandate(app: Flask, person_id: int) -> None:
    with app.app_context(), writing(), everywhere("a scene is set"):
        for mandate in db.session.query(Mandate).filter_by(person_id=person_id):
            mandate.until = date(2024, 1, 2)


def second_supervisor(app: Flask) -> None:
    with app.app_context(), writing():
        mandate = Mandate(person_id=DEWI.id, role="supervisor", region_code=KOTA, since=date(2024, 1, 1))
        db.session.add(mandate)


@pytest.mark.parametrize(
    "typed",
    ["{0}", "{1}", " {2} ", "{2}.", "{0} ", "Kode: {0}", "kode {1}", "Kode tanda terima {0}.", "\u200b“{0}”"],
)
def test_a_code_is_found_however_it_was_typed(budi: Visitor, eko: Visitor, typed: str) -> None:
    code = sent(budi, POSKO | {"catatan": "Ramai."})["receipt"]
    wide = code.translate({n: n + 0xFEE0 for n in range(0x21, 0x7F)})
    assert rows(eko.get("/kiriman", query_string={"kode": wide}))
    forms = (code, code.replace("-", "").lower(), code.replace("-", " ").lower())
    (row,) = rows(eko.get(f"/kiriman?kode={typed.format(*forms)}"))
    assert "Check-in" in row and "Budi Santoso" in row and "Diterima" in row and code in row


def test_a_code_leads_to_what_came_of_it(app: Flask, ani: Visitor, budi: Visitor, eko: Visitor) -> None:
    def link(code: str, who: Visitor = eko) -> str:
        return str(who.get(f"/kiriman?kode={code}").one(".thread a")["href"])

    code = sent(budi)["receipt"]
    assert "Budi Santoso" in eko.get(link(code)).words("tbody")
    assert budi.get(link(code, budi)).status == 200
    with app.app_context():
        scene = meeting_of(1)
    with time_machine.travel(NINE, tick=False):
        marked = sent(
            ani, {"rapat": str(scene.meeting), "hadir": str(scene.seats[0])}, "attendance.mark", at=NINE
        )
        assert link(marked["receipt"]) == f"/rapat/{scene.meeting}"
    seat = {"tps": str(station_id(KAPUK, 2)), "slot": "utama", "orang": str(BUDI.id)}
    assert link(sent(ani, seat, "seat.assign")["receipt"]) == f"/tps/{station_id(KAPUK, 2)}"


def test_the_next_kecamatan_finds_neither_the_code_nor_the_list(
    ani: Visitor, budi: Visitor, citra: Visitor, eko: Visitor
) -> None:
    own, theirs = sent(budi)["receipt"], sent(citra)["receipt"]
    for who, code in ((ani, theirs), (citra, own), (budi, theirs), (ani, own)):
        page = who.get(f"/kiriman?kode={code}")
        assert not rows(page) and "tidak ditemukan" in page.words("main")
    assert rows(budi.get(f"/kiriman?kode={own}")) and rows(citra.get(f"/kiriman?kode={theirs}"))
    refused(citra)
    for who in (ani, budi):
        assert CANARY not in who.get("/kiriman").text and not rows(who.get("/kiriman"))
    assert f"Citra {CANARY}" in eko.get("/kiriman").words(".thread")


def test_a_supervisor_of_one_kecamatan_sees_that_kecamatan(
    app: Flask, ani: Visitor, budi: Visitor, citra: Visitor
) -> None:
    with app.app_context(), writing():
        db.session.add_all(
            Mandate(person_id=one.id, role="supervisor", region_code=one.region_code, since=date(2024, 1, 1))
            for one in (ANI, CITRA)
        )
        for one in (ANI, CITRA):  # staff act only behind a password
            _by_password(one)
    told = refused(budi)
    assert len(rows(ani.get("/kiriman"))) == 1 and rows(ani.get(f"/kiriman?kode={told['receipt']}"))
    assert not rows(citra.get("/kiriman")) and not rows(citra.get(f"/kiriman?kode={told['receipt']}"))
    citra.post("/kiriman/dilihat", {"dilihat": told["id"]}, 404)
    citra.post("/kiriman/dilihat", {"urung": told["id"]}, 404)
    ani.post("/kiriman/dilihat", {"dilihat": told["id"]})


def _by_password(one: Any) -> None:
    from webapp.people.models import Account, DeviceSession

    db.session.get_one(DeviceSession, one.device).by_password = True
    db.session.get_one(Account, one.id).password_hash = "x"


def test_what_could_not_be_taken_is_listed_with_its_reason_and_contents(
    ani: Visitor, budi: Visitor, eko: Visitor
) -> None:
    first = refused(budi, "Pintu terkunci.")
    second = sent(budi, {"rapat": "1", "hadir": "1"}, "attendance.mark")
    assert second["verdict"] == "perlu diperiksa"
    page = eko.get("/kiriman")
    newest, oldest = rows(page)
    assert "Mencatat kehadiran" in newest and "Kiriman ini di luar tugas Anda sekarang" in newest
    assert "Check-in" in oldest and first["reason"] in oldest and first["receipt"] in oldest
    assert "Anda sedang: Di posko atau kantor" in oldest and "Catatan: Pintu terkunci." in oldest
    assert "2 perlu dilihat" in page.words(".top")
    assert len(rows(eko.get("/kiriman?tampil=ditolak"))) == len(rows(eko.get("/kiriman?tampil=periksa"))) == 1
    assert len(rows(eko.get("/kiriman?tampil=x&hal=99"))) == 2


def test_a_slip_that_is_mended_in_its_open_form_waits_for_nobody(budi: Visitor, eko: Visitor) -> None:
    slip = sent(budi, {"jenis": "posko"})
    assert slip["errors"] and not rows(eko.get("/kiriman"))
    assert "Sudah dilihat Budi Santoso" in rows(eko.get(f"/kiriman?kode={slip['receipt']}"))[0]
    sent(budi, {"jenis": "posko"}, at=NOW - timedelta(hours=2))  # this one lay in the queue
    assert len(rows(eko.get("/kiriman"))) == 1


def test_what_was_refused_at_the_form_and_sent_right_at_once_is_nobody_elses_work(
    app: Flask, ani: Visitor, eko: Visitor
) -> None:
    with app.app_context():
        scene, other = meeting_of(1), meeting_of(1, title="Rakor lain")
        also_invited(scene, ANI)
        also_invited(other, ANI)
    kind, wrong = (
        "attendance.follow-up",
        {"pemilik": str(ANI.id), "tugas": "Cetak daftar", "tenggat": str(TODAY - timedelta(days=30))},
    )
    right = wrong | {"tenggat": str(TODAY + timedelta(days=19))}
    here, there = {"rapat": str(scene.meeting)}, {"rapat": str(other.meeting)}
    slip = sent(ani, here | wrong, kind)
    assert slip["verdict"] == "ditolak" and "1 Kiriman perlu diperiksa" in eko.get("/").words()
    sent(ani, there | right, kind)
    sent(ani, kind="checkin")
    assert len(rows(eko.get("/kiriman"))) == 1, "that was about something else"
    sent(ani, here | right, kind)
    assert not rows(eko.get("/kiriman")) and "Kiriman perlu diperiksa" not in eko.get("/").words()
    assert "Sudah dilihat Ani Lestari" in rows(eko.get(f"/kiriman?kode={slip['receipt']}"))[0]
    late = sent(ani, here | wrong, kind, at=datetime.now(UTC) - timedelta(hours=2))  # it lay in the queue
    sent(ani, here | right | {"tugas": "Kirim daftar"}, kind)
    assert late["receipt"] in rows(eko.get("/kiriman"))[0]


def test_without_script_a_slip_that_is_corrected_at_once_waits_for_nobody_either(
    app: Flask, ani: Visitor, eko: Visitor
) -> None:
    with app.app_context():
        scene = meeting_of(1)
        (seat,) = scene.seats
    over = NINE + timedelta(hours=4)
    told = {"rapat": scene.meeting, "lembar": scene.sheet, "hadir": seat}
    with time_machine.travel(over, tick=False):
        ani.post(scene.url, told)
        assert len(rows(eko.get("/kiriman"))) == 1
        ani.post(scene.url, told | {"waktu": "tepat"})
        assert not rows(eko.get("/kiriman"))


def test_the_same_number_with_other_contents_is_listed_beside(
    ani: Visitor, budi: Visitor, eko: Visitor
) -> None:
    number = str(uuid4())
    sent(budi, id=number)
    sent(ani, POSKO | {"catatan": "Lain."}, id=number)
    (row,) = rows(eko.get("/kiriman"))
    assert "Ani Lestari" in row and "Nomor ganda" in row and "Catatan: Lain." in row
    assert len(rows(eko.get(f"/kiriman?kode={receipt_of(UUID(number))}"))) == 2
    assert len(rows(ani.get(f"/kiriman?kode={receipt_of(UUID(number))}"))) == 1
    (button,) = eko.get("/kiriman").soup.select("button[name=dilihat]")
    page = eko.get(eko.post("/kiriman/dilihat", {"dilihat": button["value"]}).headers["Location"])
    assert not rows(page)
    eko.post("/kiriman/dilihat", {"urung": page.one("button[name=urung]")["value"]})
    assert len(rows(eko.get("/kiriman"))) == 1


def test_it_is_looked_at_once_and_can_be_taken_back(budi: Visitor, eko: Visitor) -> None:
    told = refused(budi)
    for _ in range(2):  # the answer was lost, the same tap comes again
        page = eko.get(eko.post("/kiriman/dilihat", {"dilihat": told["id"]}).headers["Location"])
        assert not rows(page) and "sudah dilihat" in page.words(".toast")
    assert "Tidak ada yang menunggu" in eko.get("/kiriman").words("main")
    assert "Sudah dilihat Eko Prasetya" in rows(eko.get(f"/kiriman?kode={told['receipt']}"))[0]
    for _ in range(2):
        eko.post("/kiriman/dilihat", {"urung": told["id"]})
    assert len(rows(eko.get("/kiriman"))) == 1


def test_nobody_looks_at_what_she_has_sent_herself(
    app: Flask, ani: Visitor, eko: Visitor, dewi: Visitor
) -> None:
    second_supervisor(app)
    told = refused(eko)
    number = str(uuid4())
    sent(ani, id=number)
    sent(eko, POSKO | {"catatan": "Lain."}, id=number)
    assert not rows(eko.get("/kiriman")) and len(rows(dewi.get("/kiriman"))) == 2
    assert rows(eko.get(f"/kiriman?kode={told['receipt']}")), "by its code she reads what became of it"
    for key in (told["id"], "1"):
        eko.post("/kiriman/dilihat", {"dilihat": key}, 404)
        dewi.post("/kiriman/dilihat", {"dilihat": key})


def test_the_second_of_two_supervisors_reads_who_was_first_and_undoes_nothing(
    app: Flask, budi: Visitor, eko: Visitor, dewi: Visitor
) -> None:
    second_supervisor(app)
    told = refused(budi)
    eko.post("/kiriman/dilihat", {"dilihat": told["id"]})
    page = dewi.get(dewi.post("/kiriman/dilihat", {"dilihat": told["id"]}).headers["Location"])
    assert "Sudah dilihat Eko Prasetya pukul" in page.words(".toast")
    assert not page.soup.select("button[name=urung]")
    dewi.post("/kiriman/dilihat", {"urung": told["id"]})
    assert not rows(eko.get("/kiriman"))


@pytest.mark.parametrize("key", ["", "x", "0", "999999", str(UUID(int=5)), "\0", "9" * 400, "-1"])
def test_what_is_not_there_cannot_be_looked_at(eko: Visitor, key: str) -> None:
    for name in ("dilihat", "urung"):
        eko.post("/kiriman/dilihat", {name: key}, 404)


def test_what_was_taken_needs_no_look_and_only_supervisors_look(
    budi: Visitor, ani: Visitor, eko: Visitor
) -> None:
    taken, told = sent(budi), refused(budi)
    eko.post("/kiriman/dilihat", {"dilihat": taken["id"]}, 404)
    for who in (budi, ani):
        who.post("/kiriman/dilihat", {"dilihat": told["id"]}, 404)


def test_numbers_are_names_where_the_reader_may_know_them(app: Flask, budi: Visitor, eko: Visitor) -> None:
    with app.app_context():
        scene = meeting_of(1)
    sent(budi, {"rapat": str(scene.meeting), "sakit": str(scene.seats[0])}, "attendance.mark")
    seat = {
        "tps": str(station_id(TOMANG, 1)),
        "slot": "utama",
        "orang": str(BUDI.id),
        "telepon": "0812-3456-7890",
    }
    sent(budi, seat, "seat.assign")
    sent(budi, {"urung": str(UUID(int=9))}, "attendance.void")
    void, assign, mark = rows(eko.get("/kiriman"))
    assert "Rapat: Rakor Cengkareng" in mark and "Sakit: Warga 001" in mark
    assert "TPS: TPS 001 Tomang" in assign and "Orang: Budi Santoso" in assign
    assert f"Yang dibatalkan: kode {receipt_of(UUID(int=9))}" in void


def test_a_name_behind_a_number_is_not_given_away_to_whoever_writes_the_number(
    budi: Visitor, citra: Visitor
) -> None:
    told = sent(
        budi, {"tps": "1", "slot": "utama", "orang": str(CITRA.id), "nama": "0812 3456 7890"}, "seat.assign"
    )
    page = budi.get(f"/kiriman?kode={told['receipt']}")
    assert CANARY not in page.text
    assert "Orang: tidak ada lagi, atau di luar wilayah Anda" in rows(page)[0]
    assert "3456" not in page.text and "(nomor disembunyikan)" in rows(page)[0]


@pytest.mark.parametrize("written", ["+62 812-3456-7899", "812 3456 7899", "0812\u20113456\u20117899"])
def test_a_number_is_asked_for_by_hubungi_and_never_stands_in_a_content(
    app: Flask, budi: Visitor, eko: Visitor, dewi: Visitor, written: str
) -> None:
    seat = {"tps": str(station_id(TOMANG, 1)), "slot": "utama", "nama": "Sri", "telepon": written}
    sent(budi, seat, "seat.assign")
    for reader in (eko, dewi):
        page = reader.get("/kiriman")
        assert "7899" not in page.text and "(nomor disembunyikan)" in rows(page)[0]
        assert page.one("main li button[formaction]")["formaction"] == f"/orang/{BUDI.id}/hubungi"
    with app.app_context(), everywhere("test"):
        assert db.session.query(ContactView).count() == 0


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1500, "Jam HP tertinggal 25 menit"),
        (-3 * 3600, "Jam HP terlalu cepat 3 jam"),
        (-86400, "Jam HP terlalu cepat 24 jam"),
        (20_000 * 86400, "Jam HP tertinggal 54 tahun"),
        (5 * 86400, "Jam HP tertinggal 5 hari"),
    ],
)
def test_a_wrong_clock_is_said_in_words(app: Flask, seconds: int, words: str) -> None:
    with app.test_request_context():
        assert drift_words(seconds) == words


def test_the_list_and_the_code_say_how_wrong_the_clock_was(budi: Visitor, eko: Visitor) -> None:
    clock = NOW - timedelta(hours=3, minutes=5)
    fields = {"jenis": "posko", "tempat": "31.73.01.9999"}
    told = send(budi, item(fields, at=clock), clock=clock.isoformat())["verdicts"][0]
    for path in ("/kiriman", f"/kiriman?kode={told['receipt']}"):
        assert "Jam HP tertinggal 3 jam" in rows(eko.get(path))[0]
    right = sent(budi)
    assert "Jam HP" not in rows(eko.get(f"/kiriman?kode={right['receipt']}"))[0]


def test_after_thirty_days_the_contents_are_gone_and_the_receipt_stays(
    app: Flask, budi: Visitor, eko: Visitor
) -> None:
    told = refused(budi, "Rahasia.")
    with app.app_context(), time_machine.travel(NOW + timedelta(days=31)), writing():
        submissions.forget_payloads()
    (row,) = rows(eko.get(f"/kiriman?kode={told['receipt']}"))
    assert "Rahasia" not in row and "dihapus setelah 30 hari" in row


def test_a_hundred_cost_no_more_than_one(
    app: Flask, budi: Visitor, eko: Visitor, statements: Callable[[], Any]
) -> None:
    costs = []
    for many in (1, 110):
        with app.app_context(), writing():
            db.session.add_all(_kept(n) for n in range(many))
        with statements() as seen:
            page = eko.get("/kiriman")
        costs.append(len(seen.work))
    assert costs[0] == costs[1] <= 6, seen.work
    assert len(rows(page)) == 50 and "1–50 dari 111" in page.words(".tools")
    last = eko.get("/kiriman?hal=99")
    assert len(rows(last)) == 11 and "101–111 dari 111" in last.words(".tools")


def _kept(n: int) -> Submission:
    number, at = uuid4(), NOW - timedelta(minutes=n)
    return Submission(
        id=number, kind="checkin", sender_id=BUDI.id, region_code=KAPUK, content_hash="x", state="ditolak",
        reason="Tidak bisa.", receipt=receipt_of(number), claimed_at=at, happened_at=at, received_at=at, offset=420,
        payload=POSKO | {"orang": "3"},
    )  # fmt: skip


def test_every_kind_has_its_words(app: Flask) -> None:
    with app.test_request_context():
        assert set(kind_words()) == set(submissions.kinds)


def test_a_kind_that_this_version_has_unlearned_is_shown_as_it_is(
    budi: Visitor, eko: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields = {"isi": ["a", "b"], "x" * 300: "y" * 9000, "kosong": ""}
    with monkeypatch.context() as version:
        version.setitem(submissions.kinds, "dance", submissions.kinds["seat.assign"])
        told = sent(budi, fields, "dance")
    (row,) = rows(eko.get("/kiriman"))
    assert "dance" in row and "isi: a, b" in row and len(row) < 900 and told["receipt"] in row


@pytest.mark.parametrize("kind", ["attendance.mark", "seat.assign"])
def test_whoever_has_a_task_is_not_told_that_it_has_ended(budi: Visitor, eko: Visitor, kind: str) -> None:
    told = sent(budi, {"rapat": "1", "hadir": "1"}, kind)
    assert told["verdict"] == "perlu diperiksa" and "berakhir" not in told["reason"]
    assert told["reason"] == "Kiriman ini di luar tugas Anda sekarang; pengawas akan memeriksa."
    assert told["reason"] in rows(eko.get("/kiriman"))[0]


def test_whoever_lost_the_mandate_before_the_queue_went_out_is_looked_after(
    app: Flask, ani: Visitor, eko: Visitor, citra: Visitor
) -> None:
    with app.app_context():
        scene = meeting_of(2)
    end_mandate(app, ANI.id)
    with time_machine.travel(NINE, tick=False):
        fields = {"rapat": str(scene.meeting), "hadir": str(scene.seats[0])}
        told = sent(ani, fields, "attendance.mark", at=NINE)
        again = send(ani, item(fields, "attendance.mark", at=NINE, id=told["id"]))["verdicts"][0]
    assert told["verdict"] == again["verdict"] == "perlu diperiksa" and told["receipt"] == again["receipt"]
    (row,) = rows(eko.get("/kiriman"))
    assert "Ani Lestari" in row and "Hadir: Warga 001" in row and "sudah berakhir" in row
    assert not rows(citra.get("/kiriman"))


def test_whoever_is_switched_off_is_told_to_sign_in_and_nothing_is_taken(
    app: Flask, budi: Visitor, dewi: Visitor
) -> None:
    from webapp.people.models import Account

    with app.app_context(), writing():
        db.session.get_one(Account, BUDI.id).active = False
    budi.post("/kirim", json={"items": [item()]}, status=401)
    with app.app_context():
        assert db.session.query(Submission).count() == 0


def test_the_first_page_counts_what_waits_for_whoever_may_see_it(
    budi: Visitor, eko: Visitor, ani: Visitor, dewi: Visitor, citra: Visitor
) -> None:
    assert "perlu diperiksa" not in eko.get("/").words(".ledger")
    for _ in range(3):
        refused(budi)
    budi.post(
        "/kirim", json={"held": {"count": 4, "oldest": (NOW - timedelta(hours=7)).isoformat()}}, status=200
    )
    for who in (eko, dewi):
        words = who.get("/").words(".ledger")
        assert "3 Kiriman perlu diperiksa" in words and "1 Orang belum sinkron" in words
    words = ani.get("/").words(".ledger")
    assert "1 Orang belum sinkron" in words and "Kiriman" not in words
    assert "belum sinkron" not in citra.get("/").words(".ledger")
