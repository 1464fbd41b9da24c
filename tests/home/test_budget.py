"""A budget for each sender: nobody fills the disk or a list, and nobody who works in the field ever notices."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete, func, select

from tests.attendance.scenes import NINE, meeting_of
from tests.cast import BUDI, CENGKARENG, DEWI, KAPUK, LONG_AGO
from tests.checkins.taps import AT_TPS, tap
from tests.holding import as_far_as_it_can, overtaken, waiting
from tests.home.test_contract import POSKO, item
from tests.visits import SAME_SITE, Page, Visitor, cookie_of
from webapp.attendance.models import Meeting
from webapp.checkins.models import CheckIn
from webapp.people.models import AuditEntry, DeviceSession, Group, Mandate
from webapp.people.rules.users import accounts
from webapp.people.views import account, sign_in
from webapp.places.rules.scope import everywhere
from webapp.plumbing.budget import Cost, SenderBudget, spend
from webapp.plumbing.clock import now
from webapp.plumbing.database import Busy, db, writing
from webapp.plumbing.files import Blob
from webapp.plumbing.refusal import NotThere
from webapp.plumbing.submissions import Submission, SubmissionConflict

HOUR = timedelta(hours=1)
Narrow = Callable[..., None]


@pytest.fixture
def narrow(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Narrow:
    """Set another budget than the usual one."""

    def to(**budget: int) -> None:
        monkeypatch.setitem(app.config, "SIMPUL", replace(app.config["SIMPUL"], **budget))

    return to


def kirim(who: Visitor, *items: Any) -> Page:
    body = {"items": list(items), "clock": now().isoformat()}
    answer = who.client.post("/kirim", json=body, headers={"Sec-Fetch-Site": "same-origin"})
    return Page(answer)


def words(page: Page) -> list[str]:
    return [one["verdict"] for one in page.response.get_json()["verdicts"]]


def counted(app: Flask, model: Any) -> int:
    with app.app_context(), everywhere("a test counts"):
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def junk(kind: str = "zzz") -> dict[str, Any]:
    return item({"x": "A" * 100}, kind)


def test_junk_ends_in_429_and_no_list_grows(app: Flask, budi: Visitor, eko: Visitor) -> None:
    before = eko.get("/kiriman").words("main")
    answers = [kirim(budi, *(junk() for _ in range(50))) for _ in range(30)]
    assert [page.status for page in answers] == [200] * 12 + [429] * 18
    assert set(words(answers[0])) == {"belum dikenal"} and set(words(answers[-1])) == {"coba lagi"}
    assert "zzz" in answers[0].response.get_json()["verdicts"][0]["reason"]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 3600
    assert answers[0].headers["X-Simpul-Kinds"] == answers[-1].headers["X-Simpul-Kinds"]
    assert counted(app, Submission) == 0 and eko.get("/kiriman").words("main") == before
    assert counted(app, SenderBudget) == 1


def test_what_cannot_be_read_counts_too(budi: Visitor, narrow: Narrow) -> None:
    narrow(budget_items=100)
    answers = [kirim(budi, *({"id": str(uuid4())} for _ in range(50))) for _ in range(3)]
    assert [page.status for page in answers] == [200, 200, 429]


def test_what_fits_is_taken_and_the_rest_is_put_off(app: Flask, budi: Visitor, narrow: Narrow) -> None:
    narrow(budget_items=5)
    begin = datetime.now(UTC).replace(minute=0, second=5, microsecond=0)
    with time_machine.travel(begin, tick=False) as clock:
        queue = [item(at=begin - HOUR * n) for n in range(8)]
        for _ in range(3):
            page = kirim(budi, *queue)
            assert page.status == 429 and page.headers["Retry-After"] == str(3600 - 5 + 1)
            assert sorted(words(page)) in (
                sorted(["diterima"] * 5 + ["coba lagi"] * 3),
                sorted(["sudah ada"] * 5 + ["coba lagi"] * 3),
            )
        assert counted(app, CheckIn) == 5
        clock.shift(HOUR)
        page = kirim(budi, *queue)
        assert page.status == 200 and sorted(words(page)) == ["diterima"] * 3 + ["sudah ada"] * 5
    assert counted(app, CheckIn) == 8


def test_a_queue_of_days_drains_hour_by_hour_without_loss(app: Flask, budi: Visitor, narrow: Narrow) -> None:
    narrow(budget_items=60)
    begin = datetime.now(UTC).replace(minute=30)
    queue = [item(at=begin - timedelta(minutes=10 * n)) for n in range(200)]
    with time_machine.travel(begin, tick=False) as clock:
        for _hour in range(4):
            while queue:
                page = kirim(budi, *queue[:50])
                done = {one["id"] for one in page.response.get_json()["verdicts"] if one["receipt"]}
                queue = [one for one in queue if one["id"] not in done]
                if page.status == 429:
                    clock.shift(timedelta(seconds=int(page.headers["Retry-After"])))
                    break
    assert not queue and counted(app, CheckIn) == 200


def test_the_same_again_is_free(budi: Visitor, narrow: Narrow) -> None:
    narrow(budget_items=1)
    one = item()
    assert [kirim(budi, one).status for _ in range(5)] == [200] * 5
    assert kirim(budi, item()).status == 429
    assert words(kirim(budi, one)) == ["sudah ada"]


def test_a_form_that_is_posted_plainly_counts_alike(app: Flask, budi: Visitor, narrow: Narrow) -> None:
    narrow(budget_items=2)
    first = tap()
    for told in (first, tap(), first):
        budi.post("/check-in", told)
    page = budi.post("/check-in", tap(), 429)
    assert int(page.headers["Retry-After"]) > 0 and "tetap tersimpan" in page.text
    assert counted(app, CheckIn) == counted(app, Submission) == 2


def test_every_other_door_that_writes_counts_too(app: Flask, ani: Visitor, narrow: Narrow) -> None:
    narrow(budget_items=1)
    told = {"nama": "Simpul Kapuk", "wilayah": KAPUK}
    ani.post("/simpul/baru", told)
    ani.post("/simpul/baru", told | {"nama": "Simpul Lain"}, 429)
    assert counted(app, Group) == 1
    assert "Simpul Lain" not in ani.get("/simpul").text, "nothing says that it was kept"
    ani.post("/keluar", {})


def test_an_owner_without_budget_throws_a_stolen_phone_out(app: Flask, budi: Visitor, narrow: Narrow) -> None:
    narrow(budget_items=1)
    stolen = UUID(int=777)
    with app.app_context(), writing():
        told = {"label": "HP dicuri", "created_at": LONG_AGO, "last_seen_at": now()}
        db.session.add(DeviceSession(id=stolen, account_id=BUDI.id, **told))
    thief = Visitor(app)
    thief.client.set_cookie(*cookie_of(app, stolen))
    assert kirim(thief, junk(), junk(), junk()).status == 429
    budi.post(f"/perangkat/{stolen}/keluar")
    assert thief.client.get("/akun").status_code == 302
    budi.post("/perangkat/keluar")
    assert budi.client.get("/akun").status_code == 302


def test_rights_are_taken_away_without_a_budget_and_given_with_one(
    app: Flask, dewi: Visitor, narrow: Narrow
) -> None:
    narrow(budget_items=1)
    assert kirim(dewi, junk(), junk()).status == 429
    dewi.post("/kalender", {})
    dewi.post("/kalender", {"hapus": "1"})
    page = dewi.get(f"/pengguna/{BUDI.id}")
    seal = str(page.one("[name=segel]")["value"])
    assert "PIN" in dewi.post(f"/pengguna/{BUDI.id}/rahasia", {"segel": seal}, 200).words("main")
    dewi.post(f"/pengguna/{BUDI.id}/perangkat", {})
    with app.app_context(), everywhere("a test looks"):
        mandate = db.session.scalar(select(Mandate.id).where(Mandate.person_id == BUDI.id))
    dewi.post(f"/pengguna/{BUDI.id}/tugas/{mandate}", {"laku": "akhiri"})
    dewi.post(f"/pengguna/{BUDI.id}/tugas/{mandate}", {"laku": "buka"}, 429)
    dewi.post(f"/pengguna/{BUDI.id}/keadaan", {"aktif": "0"})
    dewi.post(f"/pengguna/{BUDI.id}/keadaan", {"aktif": "1"}, 429)


def test_new_secrets_have_a_limit_of_their_own(
    app: Flask, dewi: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "MOST_RESETS", 1)
    for status in (200, 303):
        seal = str(dewi.get(f"/pengguna/{BUDI.id}").one("[name=segel]")["value"])
        dewi.post(f"/pengguna/{BUDI.id}/rahasia", {"segel": seal}, status)
    assert "terlalu banyak PIN" in dewi.get(f"/pengguna/{BUDI.id}").text
    assert counted(app, AuditEntry) == 1


@pytest.mark.parametrize(("fault", "status"), [(NotThere, 404), (Busy, 503)])
def test_what_is_refused_or_fails_signs_nobody_out(
    budi: Visitor, monkeypatch: pytest.MonkeyPatch, fault: type[Exception], status: int
) -> None:
    def fails() -> None:
        sign_in.signed_out()
        raise fault

    monkeypatch.setattr(account, "signed_out", fails)
    page = budi.post("/perangkat/keluar", status=status)
    assert "Set-Cookie" not in page.headers
    budi.get("/akun")


def test_another_sender_has_a_budget_of_her_own(ani: Visitor, budi: Visitor, narrow: Narrow) -> None:
    narrow(budget_items=1)
    assert kirim(budi, item()).status == kirim(ani, item()).status == 200
    assert kirim(budi, item()).status == kirim(ani, item()).status == 429


def test_who_sends_twice_at_the_same_moment_waits_for_the_first(
    app: Flask, budi: Visitor, narrow: Narrow
) -> None:
    narrow(budget_items=12)
    batch = [item(at=datetime.now(UTC) - HOUR * n) for n in range(10)]
    with app.app_context(), ThreadPoolExecutor(1) as beside, waiting(app) as waits:
        with writing():
            spend(BUDI.id, Cost(10))
            page = beside.submit(kirim, budi, *batch)
            as_far_as_it_can(page, waits)
            assert not page.done()
        assert sorted(words(page.result())) == ["coba lagi"] * 8 + ["diterima"] * 2
    assert counted(app, CheckIn) == 2


def test_single_forms_beside_a_batch_of_their_sender_are_counted_too(
    app: Flask, budi: Visitor, narrow: Narrow
) -> None:
    narrow(budget_items=4)
    budi.post("/check-in", tap())
    with app.app_context(), ThreadPoolExecutor(1) as beside, waiting(app) as waits:
        for cost, status, counts in ((2, 303, 4), (0, 429, 4)):
            with writing():
                spend(BUDI.id, Cost(cost, 1))
                page = beside.submit(budi.post, "/check-in", tap(), status)
                as_far_as_it_can(page, waits)
            page.result()
            assert db.session.scalar(select(SenderBudget.items)) == counts


def test_the_first_things_of_a_sender_do_not_stop_each_other(app: Flask, budi: Visitor) -> None:
    """A batch has counted and comes to the TPS; a form has been to the TPS and comes to count."""
    earlier = item(AT_TPS, at=datetime.now(UTC) - 5 * HOUR)
    batch, form = overtaken(
        app, "INTO station_day", lambda: kirim(budi, earlier), lambda: budi.post("/check-in", tap())
    )
    assert words(batch) == ["diterima"] and form.status == 303
    with app.app_context():
        assert db.session.scalar(select(SenderBudget.items)) == counted(app, CheckIn) == 2


def test_copies_under_one_id_count(app: Flask, budi: Visitor, narrow: Narrow) -> None:
    narrow(budget_items=4)
    one = item()
    pages = [kirim(budi, one | {"fields": POSKO | {"catatan": f"lain {n}"}}) for n in range(9)]
    assert [page.status for page in pages] == [200] * 4 + [429] * 5
    assert counted(app, SubmissionConflict) == 3


def test_a_series_counts_each_of_its_meetings(app: Flask, ani: Visitor, narrow: Narrow) -> None:
    narrow(budget_items=40)
    call = {
        "wilayah": CENGKARENG, "jenis": "rakor", "judul": "Rakor pekanan", "tanggal": NINE.date().isoformat(),
        "mulai": "09:00", "selesai": "10:00", "tempat": "Balai", "ulangi": "26",
    }  # fmt: skip
    first = kirim(ani, item(call, "attendance.call"))
    second = kirim(ani, item(call | {"judul": "Rakor lain"}, "attendance.call"))
    assert (words(first), words(second)) == (["diterima"], ["coba lagi"])
    assert counted(app, Meeting) == 27


def test_what_is_kept_for_review_is_never_cut_and_never_more_than_two_megabytes(
    app: Flask, budi: Visitor
) -> None:
    note = "x" * 600_000
    pages = [kirim(budi, item(POSKO | {"jenis": "?", "lain": note})) for _ in range(5)]
    assert [words(page)[0] for page in pages] == ["ditolak"] * 3 + ["coba lagi"] * 2
    with app.app_context():
        kept = db.session.scalars(select(Submission.payload)).all()
    assert [len(one["lain"]) for one in kept if one] == [600_000] * 3


def test_one_thing_that_is_larger_than_any_budget_goes_first_in_its_hour(
    budi: Visitor, narrow: Narrow
) -> None:
    narrow(budget_bytes=1000)
    large = item(POSKO | {"lain": "x" * 2000})
    begin = datetime.now(UTC)
    with time_machine.travel(begin, tick=False) as clock:
        assert words(kirim(budi, item())) == ["diterima"]
        assert words(kirim(budi, large)) == ["coba lagi"]
        clock.shift(HOUR)
        assert words(kirim(budi, large)) == ["diterima"]


def test_a_rakor_of_63_names_with_its_undos_never_meets_the_budget(app: Flask, ani: Visitor) -> None:
    with app.app_context():
        scene = meeting_of(63)
    with time_machine.travel(NINE, tick=False):
        for seats in (scene.seats[:25], scene.seats[25:50], scene.seats[50:]):
            marks = [
                item({"rapat": str(scene.meeting), "hadir": str(seat)}, "attendance.mark", at=NINE)
                for seat in seats
            ]
            undos = [
                item(
                    {"urung": one["id"], "kursi": one["fields"]["hadir"], "rapat": str(scene.meeting)},
                    "attendance.void",
                    at=NINE + timedelta(seconds=1),
                )
                for one in marks
            ]
            assert {*words(kirim(ani, *marks, *undos))} == {"diterima"}


def test_of_nobody_who_never_held_a_mandate_anything_is_kept(
    app: Flask, budi: Visitor, eko: Visitor, dewi: Visitor
) -> None:
    with app.app_context(), writing(), everywhere("a scene is set"):
        own = Mandate.person_id == BUDI.id
        db.session.execute(delete(Mandate).where(own))
        db.session.add(
            Mandate(
                person_id=BUDI.id,
                role="witness",
                region_code=KAPUK,
                since=date(2099, 1, 1),
                granted_by=DEWI.id,
            )
        )
    page = budi.client.post("/kirim", json={"items": [item()]}, headers={"Sec-Fetch-Site": "same-origin"})
    assert page.status_code in (200, 404)
    part = budi.client.post(f"/kirim/foto/{'a' * 64}?mulai=0&panjang=5000", data=b"x" * 99, headers=SAME_SITE)
    assert part.get_json()["state"] == "ditolak" and "belum bertugas" in part.get_json()["reason"]
    assert counted(app, Submission) == counted(app, CheckIn) == counted(app, Blob) == 0
    assert "Budi" not in eko.get("/kiriman").words("main")
