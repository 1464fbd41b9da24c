"""The first page: what is due now for whoever looks, in a handful of statements however much there is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from flask import Flask

from tests.attendance.scenes import NINE, Scene, also_invited, meeting_of, stamp
from tests.cast import ANI, BUDI, CANARY, EKO, KAPUK, LONG_AGO, TOMANG, station_id
from tests.effort import up_to
from tests.visits import Visitor
from webapp.attendance.models import Invitation, Meeting
from webapp.attendance.rules import review
from webapp.people.models import DeviceSession, Mandate
from webapp.people.rules.trail import note
from webapp.places.rules.scope import everywhere
from webapp.plumbing.clock import hour, now
from webapp.plumbing.database import db, writing


def meetings_now(app: Flask, many: int = 1, *, handed_in: bool = False) -> list[Scene]:
    """Meetings of Ani's that run now, with Budi among the invited."""
    with app.app_context():
        start = now() - timedelta(minutes=5)
        scenes = [meeting_of(2, title=f"Rakor {n}", start=start) for n in range(many)]
        for scene in scenes:
            also_invited(scene, BUDI)
            if handed_in:
                with writing(), everywhere("a scene is set"):
                    review.submit(review.get_sheet(scene.sheet), 1, ANI.id)
        return scenes


def action_of(visitor: Visitor) -> str:
    """Where the one big button leads."""
    return str(visitor.get("/").soup.select_one(".act a, .act1 a, #aksi a")["href"])  # type: ignore[index]


def test_whoever_keeps_the_list_of_a_running_meeting_goes_on_with_it(app: Flask, ani: Visitor) -> None:
    (scene,) = meetings_now(app)
    assert action_of(ani) == f"/lembar/{scene.sheet}/hadir"


def test_the_invited_says_to_be_there_and_reads_nobody_elses_name(app: Flask, budi: Visitor) -> None:
    (scene,) = meetings_now(app)
    page = budi.get("/")
    assert f"/rapat/{scene.meeting}" in action_of(budi)
    assert "Warga" not in page.text and "tercatat" not in page.words(".day")


def test_whoever_has_said_to_be_there_is_asked_no_more(app: Flask, budi: Visitor) -> None:
    (scene,) = meetings_now(app)
    budi.send("attendance.self", {"rapat": str(scene.meeting), **stamp(now())})
    assert f"/rapat/{scene.meeting}" not in action_of(budi)
    said = f"Menyatakan hadir {hour(now())}, menunggu"
    assert said in budi.get("/").words(".day") and said in budi.get("/rapat").words(".day")
    assert "Belum menyatakan hadir" not in budi.get("/").words() and "diundang" not in budi.get(
        "/rapat"
    ).words(".day")


def test_a_list_of_last_night_is_asked_for_until_it_is_handed_in(
    app: Flask, ani: Visitor, citra: Visitor, budi: Visitor
) -> None:
    with app.app_context():
        scene = meeting_of(2, start=NINE + timedelta(hours=3), hours=6)
        off = meeting_of(2, title="Batal", start=NINE + timedelta(hours=3))
        meeting_of(0, title="Tanpa undangan", start=NINE + timedelta(hours=3))
        also_invited(scene, BUDI)
        with writing(), everywhere("a scene is set"):
            db.session.get_one(Meeting, off.meeting).cancelled_at = now()
    for hours, wanted in ((23, True), (24 * 13, True), (24 * 15, False)):
        with time_machine.travel(NINE + timedelta(hours=hours), tick=False):
            asked = "1 Daftar hadir belum diajukan Rakor Cengkareng" in ani.get("/").words(".ledger")
            assert asked is wanted is (action_of(ani) == scene.url), hours
            assert all("belum diajukan" not in who.get("/").words("main") for who in (citra, budi))
    with app.app_context(), writing(), everywhere("a scene is set"):
        review.submit(review.get_sheet(scene.sheet), 1, ANI.id)
    with time_machine.travel(NINE + timedelta(hours=23), tick=False):
        assert "belum diajukan" not in ani.get("/").words("main") and action_of(ani) != scene.url


def test_the_supervisor_finds_the_sheets_that_wait(app: Flask, eko: Visitor, citra: Visitor) -> None:
    meetings_now(app, handed_in=True)
    assert action_of(eko) == "/tinjauan"
    assert "Rakor 0" in eko.get("/").text
    assert "Rakor 0" not in citra.get("/").text


def test_the_coordinator_reads_why_a_sheet_came_back(app: Flask, ani: Visitor, eko: Visitor) -> None:
    (scene,) = meetings_now(app, handed_in=True)
    eko.post(
        f"/tinjauan/{scene.sheet}", {"versi": 2, "putusan": "kembalikan", "alasan": "Dua nama tertukar."}
    )
    assert "Dua nama tertukar." in ani.get("/").text
    assert action_of(ani) == f"/lembar/{scene.sheet}/hadir"


def test_the_button_leads_to_no_closed_list_but_to_the_one_that_runs_and_is_open(
    app: Flask, ani: Visitor, eko: Visitor
) -> None:
    meetings_now(app, handed_in=True)
    assert "/lembar/" not in action_of(ani)
    (back,) = meetings_now(app, handed_in=True)
    why = {"versi": 2, "putusan": "kembalikan", "alasan": "Dua nama tertukar."}
    eko.post(f"/tinjauan/{back.sheet}", why)
    with app.app_context():
        old = meeting_of(2, title="Rakor lama", start=now() - timedelta(days=3))
        with writing(), everywhere("a scene is set"):
            review.submit(review.get_sheet(old.sheet), 1, ANI.id)
    eko.post(f"/tinjauan/{old.sheet}", why)
    assert action_of(ani) == f"/lembar/{back.sheet}/hadir", "it runs, and is open again"
    with app.app_context(), writing(), everywhere("a scene is set"):
        review.submit(review.get_sheet(back.sheet), 3, ANI.id)
    assert action_of(ani) == f"/lembar/{old.sheet}/hadir", "nothing else is open"
    (runs,) = meetings_now(app)
    assert action_of(ani) == f"/lembar/{runs.sheet}/hadir", "people stand at the door"


def test_after_the_end_the_open_list_is_the_next_job_and_without_anybody_invited_the_invitations(
    app: Flask, ani: Visitor
) -> None:
    with app.app_context():
        over = meeting_of(2, start=now() - timedelta(hours=3), hours=2)
    assert action_of(ani) == f"/lembar/{over.sheet}/hadir"
    with app.app_context():
        soon = meeting_of(0, start=now() + timedelta(minutes=40))
    assert action_of(ani) == f"/rapat/{soon.meeting}/undangan"


def test_a_supervisor_sees_the_corrections_that_wait(
    app: Flask, ani: Visitor, eko: Visitor, citra: Visitor
) -> None:
    (scene,) = meetings_now(app, handed_in=True)
    for version, word in ((2, "setujui"), (3, "kunci")):
        eko.post(f"/tinjauan/{scene.sheet}", {"versi": version, "putusan": word})
    assert "/tinjauan" not in action_of(eko)
    wish = {"kursi": scene.seats[0], "menjadi": "hadir", "alasan": "Ada di foto.", "bukti": "Foto"}
    ani.post(f"/lembar/{scene.sheet}/koreksi", wish)
    assert action_of(eko) == f"/tinjauan/{scene.sheet}"
    assert "1 Koreksi menunggu putusan Rakor 0" in eko.get("/").words(".ledger")
    assert all("Koreksi menunggu" not in who.get("/").words() for who in (citra, ani))
    meetings_now(app, handed_in=True)
    assert action_of(eko) == "/tinjauan" and "Koreksi menunggu" in eko.get("/").words(".ledger")


def test_a_list_in_which_one_had_a_part_waits_for_somebody_else(app: Flask, eko: Visitor) -> None:
    (scene,) = meetings_now(app, handed_in=True)
    assert action_of(eko) == "/tinjauan"
    with app.app_context(), writing(), everywhere("a scene is set"):
        db.session.get_one(Meeting, scene.meeting).created_by = EKO.id
    assert action_of(eko) != "/tinjauan" and "Menunggu tinjauan" not in eko.get("/").words(".ledger")


@time_machine.travel(NINE)  # what begins five hours later is today's still
def test_the_tally_says_what_the_list_knows(app: Flask, ani: Visitor) -> None:
    with app.app_context():
        coming = meeting_of(3, title="Nanti", start=now() + timedelta(hours=5))
        off = meeting_of(3, title="Batal", start=now() + timedelta(hours=5))
        with writing(), everywhere("a scene is set"):
            db.session.get_one(Invitation, coming.seats[0]).rsvp = "datang"
            db.session.get_one(Meeting, off.meeting).cancelled_at = now()
    meetings_now(app, handed_in=True)
    for path, part in (("/", "#hari-ini"), ("/rapat", ".day")):
        words = ani.get(path).words(part)
        assert "3 diundang, 1 menjawab" in words and "0/3 hadir" in words, path
        assert "tercatat" not in words, path


def test_the_tps_without_a_witness_are_those_of_ones_own_part(ani: Visitor, citra: Visitor) -> None:
    assert "/cakupan/31.73.01/kosong" in ani.get("/").text
    assert CANARY not in ani.get("/").text
    assert "/cakupan/31.73.02/kosong" in citra.get("/").text


def test_a_witness_reads_where_the_own_seat_is(budi: Visitor, ani: Visitor) -> None:
    ani.post(f"/tps/{station_id(KAPUK, 1)}/isi", {"slot": "utama", "orang": BUDI.id})
    assert "TPS 001 Kapuk Saksi utama" in budi.get("/").words("#tugas")
    assert not ani.get("/").soup.select("#tugas")


PAGES = (
    ("ani", "/", 6), ("eko", "/", 6), ("dewi", "/", 6), ("budi", "/", 6), ("ani", "/rapat", 4), ("eko", "/tinjauan", 4),
    ("dewi", "/pengguna/3", 7), ("dewi", "/jejak", 4), ("budi", "/akun", 4), ("ani", "/rapat/1", 5),
    ("eko", "/tinjauan/1", 13), ("ani", "/rapat/1/undangan", 4), ("kartika", "/cakupan/31.73/kosong", 4),
)  # fmt: skip


def test_a_page_asks_the_same_for_one_row_and_for_many(
    app: Flask, statements: Callable[[], Any], request: pytest.FixtureRequest
) -> None:
    counts: dict[tuple[str, str], list[int]] = {(who, path): [] for who, path, _most in PAGES}
    for many in (1, up_to(39)):
        meetings_now(app, many, handed_in=True)
        _administered(app, many)
        for (who, path), asked in counts.items():
            visitor: Visitor = request.getfixturevalue(who)
            visitor.get(path)
            with statements() as seen:
                visitor.get(path)
            asked.append(len(seen.work))
    for who, path, most in PAGES:
        one, lots = counts[who, path]
        assert one == lots <= most, (who, path, one, lots)


def _administered(app: Flask, many: int) -> None:
    """So many mandates, devices and acts of administration of Budi's."""
    with app.app_context(), everywhere("a scene is set"):
        for n in range(many):
            code = KAPUK if n % 2 else TOMANG
            db.session.add(
                Mandate(person_id=BUDI.id, role="witness", region_code=code, since=LONG_AGO.date())
            )
            note("person.change", "person", BUDI.id, KAPUK, {"active": False}, {"active": True})
            device = UUID(int=1000 * many + n)
            db.session.add(
                DeviceSession(
                    id=device, account_id=BUDI.id, label="HP", created_at=LONG_AGO, last_seen_at=now()
                )
            )
        db.session.commit()
