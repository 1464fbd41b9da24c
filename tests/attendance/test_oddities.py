"""What is odd comes first, with what bears it out, and nothing odd is approved along with the rest."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, update

from tests.attendance.scenes import NINE, NOON, Scene, also_invited, meeting_of, stamp, verdict_of
from tests.attendance.test_marking import tap
from tests.attendance.test_review import decide, hand_in
from tests.cast import ANI, BUDI, DEWI, EKO, KOTA, Actor
from tests.visits import SAME_SITE, Page, Visitor
from webapp.attendance.models import (
    AttendanceRecord,
    Invitation,
    Look,
    Meeting,
    MeetingSession,
    Method,
    RecordKind,
    ReviewEvent,
    Sheet,
    Site,
)
from webapp.attendance.rules.laying import lay
from webapp.attendance.rules.settling import settle
from webapp.people.models import DeviceSession, Mandate
from webapp.places.rules.scope import everywhere
from webapp.plumbing.clock import now
from webapp.plumbing.database import db, writing

MINUTE = timedelta(minutes=1)


@pytest.fixture
def scene(app: Flask) -> Scene:
    with app.app_context():
        return meeting_of(6)


def said(app: Flask, scene: Scene, seat: int, by: Actor = ANI, at: Any = NINE, **told: Any) -> UUID:
    """A record as it would stand after such a tap, and the verdict that follows."""
    row = {
        "kind": RecordKind.IN, "method": Method.SELF, "claimed_at": at, "happened_at": at, "received_at": at,
        "offset": 420, "drift": 0, "device_session_id": uuid4(), **told,
    }  # fmt: skip
    with app.app_context(), writing(), everywhere("a scene is set"):
        sheet = db.session.get_one(Sheet, scene.sheet)
        session = db.session.get_one(MeetingSession, sheet.session_id)
        record = AttendanceRecord(
            id=uuid4(), invitation_id=seat, session_id=session.id, region_code=sheet.region_code,
            recorder_id=by.id, **row,
        )  # fmt: skip
        db.session.add(record)
        db.session.flush()
        settle(seat, session)
        return record.id


def second_supervisor(app: Flask) -> None:
    with app.app_context(), writing():
        db.session.add(
            Mandate(person_id=DEWI.id, role="supervisor", region_code=KOTA, since=date(2024, 1, 1))
        )


def shown(page: Page, reason: str) -> str:
    return page.words(f"#{reason}")


def let_stand(who: Visitor, scene: Scene, page: Page, version: int = 2) -> None:
    for button in page.soup.select("button[name=tanda]"):
        who.post(f"/tinjauan/{scene.sheet}/terima", {"tanda": button["value"], "versi": version})


def test_every_oddity_stands_under_its_heading_with_its_evidence(
    app: Flask, ani: Visitor, eko: Visitor, scene: Scene
) -> None:
    far, nowhere, late, near, clock, fine = scene.seats
    said(app, scene, far, beyond=2400)
    said(app, scene, nowhere, beyond=None)
    said(
        app,
        scene,
        late,
        method=Method.SCREEN,
        held=True,
        beyond=0,
        seen_at=NINE,
        received_at=NINE + 40 * MINUTE,
    )
    said(app, scene, near, beyond=0)
    said(app, scene, clock, method=Method.TAP, drift=3 * 3600)
    tap(ani, scene, fine)
    with app.app_context(), writing(), everywhere("heads"):
        db.session.execute(update(Sheet).where(Sheet.id == scene.sheet).values(head_count=5))
    hand_in(ani, scene)
    page = eko.get(f"/tinjauan/{scene.sheet}")
    assert "2 nama menyatakan hadir dari jauh" in shown(page, "jauh")
    assert "09.00 lewat HP sendiri, 2,4 km di luar jangkauan tempat; belum disetujui" in shown(page, "jauh")
    assert "tanpa posisi" in shown(page, "jauh")
    assert "kode layar tampil 09.00, baru masuk 09.40" in shown(page, "kode-lama")
    assert "menyatakan hadir 09.00, tanpa posisi" in shown(page, "mengaku")
    assert "tertinggal 3 jam" in shown(page, "jam-hp")
    assert "5 orang dihitung, tercatat 2 hadir: 3 orang tanpa catatan" in shown(page, "kepala")
    assert "hal yang janggal" in page.words("form.verdict")
    assert not page.soup.select("button[value=setujui]"), "it would be refused"
    first = page.soup.select("tbody tr")[0]
    assert "Warga 001" in first.get_text(), "odd rows come first"


def test_one_phone_that_several_people_signed_in_on_is_noticed(
    app: Flask, ani: Visitor, eko: Visitor, scene: Scene
) -> None:
    with app.app_context(), writing():
        db.session.execute(update(DeviceSession).values(handset=UUID(int=7)))
        devices = db.session.scalars(select(DeviceSession.id).limit(2)).all()
    for seat, device in zip(scene.seats, devices, strict=False):
        said(app, scene, seat, method=Method.SCREEN, beyond=0, device_session_id=device)
    said(app, scene, scene.seats[2], method=Method.SCREEN, beyond=0)
    hand_in(ani, scene)
    words = shown(eko.get(f"/tinjauan/{scene.sheet}"), "satu-hp")
    assert "2 orang lewat satu HP Warga 001 09.00, Warga 002 09.00" in words
    assert not eko.get("/tinjauan").soup.select("input[name=lembar]"), "not among those that may be ticked"


def test_one_person_at_two_sites_minutes_apart_is_noticed(
    app: Flask, ani: Visitor, eko: Visitor, scene: Scene
) -> None:
    with app.app_context(), writing(), everywhere("another site"):
        meeting = db.session.get_one(Meeting, scene.meeting)
        site = Site(meeting_id=meeting.id, region_code=meeting.region_code, place="Aula B", offset=420)
        db.session.add(site)
        db.session.flush()
        person = db.session.get_one(Invitation, scene.seats[0]).person_id
        seat = Invitation(
            meeting_id=meeting.id, site_id=site.id, region_code=meeting.region_code, person_id=person,
            walk_in=True, invited_by=ANI.id, invited_at=NINE,
        )  # fmt: skip
        db.session.add(seat)
        lay(meeting.id)
        other = db.session.scalars(select(Sheet).where(Sheet.site_id == site.id)).one()
        there = Scene(scene.meeting, scene.session, other.id, (seat.id,))
    said(app, scene, scene.seats[0], method=Method.TAP, at=NINE)
    said(app, there, seat_id := there.seats[0], method=Method.TAP, at=NINE + 7 * MINUTE)
    assert seat_id
    hand_in(ani, scene)
    page = eko.get(f"/tinjauan/{scene.sheet}")
    assert "di sini 09.00, di Aula B 09.07" in shown(page, "dua-tempat")
    assert not eko.get("/tinjauan").soup.select("input[name=lembar]")


def test_nothing_odd_is_approved_along_with_the_rest(
    app: Flask, ani: Visitor, eko: Visitor, scene: Scene
) -> None:
    said(app, scene, scene.seats[0], beyond=900)
    said(app, scene, scene.seats[1], beyond=800)
    hand_in(ani, scene)
    refused = decide(eko, scene, "setujui", 2, 422)
    assert "Lihat dulu 2 hal yang janggal" in refused.words(".note.bad")
    page = eko.get(f"/tinjauan/{scene.sheet}")
    let_stand(eko, scene, page)
    let_stand(eko, scene, page)  # once more: no mistake
    page = eko.get(f"/tinjauan/{scene.sheet}")
    assert "diterima Eko Prasetya," in shown(page, "jauh") and not page.soup.select("button[name=tanda]")
    decide(eko, scene, "setujui", 2)
    with app.app_context(), everywhere("a test looks"):
        assert verdict_of(scene.seats[0]).status == "alpa", "a look is no mark"
        assert db.session.scalar(select(func.count()).select_from(Look)) == 2


def test_what_comes_to_light_later_is_odd_again(app: Flask, ani: Visitor, eko: Visitor, scene: Scene) -> None:
    said(app, scene, scene.seats[0], beyond=900)
    hand_in(ani, scene)
    let_stand(eko, scene, eko.get(f"/tinjauan/{scene.sheet}"))
    decide(eko, scene, "kembalikan", 2, alasan="Warga 002 belum ada.")
    said(app, scene, scene.seats[0], beyond=4000, at=NINE + MINUTE)
    hand_in(ani, scene, 3)
    assert "Lihat dulu 1 hal yang janggal" in decide(eko, scene, "setujui", 4, 422).words(".note.bad")


def test_going_to_correct_it_fills_in_the_reason(
    app: Flask, ani: Visitor, eko: Visitor, scene: Scene
) -> None:
    said(app, scene, scene.seats[0], beyond=900)
    hand_in(ani, scene)
    link = eko.get(f"/tinjauan/{scene.sheet}").one("#jauh a.btn")
    page = eko.get(str(link["href"]).partition("#")[0])
    assert str(page.one("#alasan")["value"]).startswith("Warga 001: 09.00 lewat HP sendiri, 900 meter")


def test_whoever_recorded_lets_nothing_stand_and_strangers_find_nothing(
    app: Flask, ani: Visitor, eko: Visitor, citra: Visitor, budi: Visitor, scene: Scene
) -> None:
    said(app, scene, scene.seats[0], beyond=900)
    hand_in(ani, scene)
    told = {"tanda": "jauh.0", "versi": 2}
    for who in (ani, citra, budi):
        who.post(f"/tinjauan/{scene.sheet}/terima", told, 404)
        who.post("/tinjauan/setujui", {"lembar": f"{scene.sheet}.2"}, 404)
    eko.post(f"/tinjauan/{scene.sheet}/terima", told, 409)
    eko.post(f"/tinjauan/{scene.sheet}/terima", told | {"versi": "x"}, 409)
    eko.post("/tinjauan/99/terima", told, 404)


def test_several_sheets_are_approved_at_once_and_the_one_that_moved_is_told(
    app: Flask, ani: Visitor, eko: Visitor, dewi: Visitor
) -> None:
    second_supervisor(app)
    with app.app_context():
        scenes = [meeting_of(2, title=f"Rakor {name}") for name in ("satu", "dua", "tiga", "janggal")]
    said(app, scenes[3], scenes[3].seats[0], beyond=900)
    for one in scenes:
        hand_in(ani, one)
    boxes = [box["value"] for box in eko.get("/tinjauan").soup.select("input[name=lembar]")]
    assert boxes == [f"{one.sheet}.2" for one in scenes[:3]]
    decide(dewi, scenes[1], "kembalikan", 2, alasan="Belum lengkap.")
    eko.post("/tinjauan/setujui", {"lembar": [*boxes, f"{scenes[3].sheet}.2"]})
    page = eko.get("/tinjauan")
    assert "2 lembar disetujui" in page.words(".toast")
    alarms = page.words(".note.bad")
    assert "Rakor dua: Lembar ini sudah dikembalikan oleh Dewi Anggraini" in alarms
    assert "Rakor janggal: ada yang janggal" in alarms
    with app.app_context(), everywhere("a test looks"):
        states = db.session.scalars(select(Sheet.state).order_by(Sheet.id)).all()
    assert states == ["disetujui", "dikembalikan", "disetujui", "diajukan"]


@pytest.mark.parametrize("told", [["x"], ["1"], ["1.x"], ["99999999999.1"]])
def test_ticks_that_are_none_are_refused(eko: Visitor, told: list[str]) -> None:
    eko.post("/tinjauan/setujui", {"lembar": told}, 422)
    eko.post("/tinjauan/setujui", {"lembar": ["99.1"]}, 404)
    eko.post("/tinjauan/setujui", {})


def at_once(app: Flask, taps: list[tuple[Actor, str, dict[str, Any]]]) -> list[tuple[int, str]]:
    with time_machine.travel(NOON), ThreadPoolExecutor(len(taps)) as pool:
        answers = pool.map(
            lambda one: Visitor(app, one[0]).client.post(one[1], data=one[2], headers=SAME_SITE), taps
        )
        return sorted((answer.status_code, answer.get_data(as_text=True)) for answer in answers)


def test_two_reviewers_at_the_very_same_moment_end_in_one_decision_and_one_word_of_who_was_quicker(
    app: Flask, ani: Visitor
) -> None:
    second_supervisor(app)
    with app.app_context():
        scenes = [meeting_of(2) for _ in range(4)]
    for scene in scenes:
        hand_in(ani, scene)
        wish = {"putusan": "kembalikan", "versi": 2, "alasan": "Belum lengkap."}
        answers = at_once(
            app,
            [
                (EKO, f"/tinjauan/{scene.sheet}", {"putusan": "setujui", "versi": 2}),
                (DEWI, f"/tinjauan/{scene.sheet}", wish),
            ],
        )
        assert [status for status, _text in answers] == [303, 409]
        assert "oleh Eko Prasetya pukul" in answers[1][1] or "oleh Dewi Anggraini pukul" in answers[1][1]
    with app.app_context(), everywhere("a test counts"):
        assert db.session.scalar(select(func.count()).select_from(ReviewEvent)) == 8


def test_two_reviewers_who_let_the_same_thing_stand_at_once_are_noted_once(
    app: Flask, ani: Visitor, eko: Visitor, scene: Scene
) -> None:
    second_supervisor(app)
    said(app, scene, scene.seats[0], beyond=900)
    hand_in(ani, scene)
    key = eko.get(f"/tinjauan/{scene.sheet}").one("button[name=tanda]")["value"]
    told = {"tanda": key, "versi": 2}
    path = f"/tinjauan/{scene.sheet}/terima"
    answers = at_once(app, [(EKO, path, told), (DEWI, path, told), (EKO, path, told), (DEWI, path, told)])
    assert [status for status, _text in answers] == [303, 303, 409, 409]
    assert "Tanda ini sudah diterima oleh" in answers[2][1]
    with app.app_context(), everywhere("a test counts"):
        assert db.session.scalar(select(func.count()).select_from(Look)) == 1


def test_two_who_decide_on_a_correction_at_once_end_in_one_decision(
    app: Flask, ani: Visitor, eko: Visitor, scene: Scene
) -> None:
    second_supervisor(app)
    hand_in(ani, scene)
    decide(eko, scene, "setujui", 2)
    decide(eko, scene, "kunci", 3)
    wish = {
        "kursi": scene.seats[1],
        "menjadi": "sakit",
        "bukti": "Surat di posko.",
        "alasan": "Ada surat dokter.",
    }
    ani.post(f"/lembar/{scene.sheet}/koreksi", wish)
    path = "/tinjauan/koreksi/1"
    answers = at_once(app, [(EKO, path, {"putusan": "setujui"}), (DEWI, path, {"putusan": "tolak"})])
    assert [status for status, _text in answers] == [303, 409]
    assert "Koreksi ini sudah di" in answers[1][1] and "pukul" in answers[1][1]


def test_the_oddities_of_a_long_list_cost_three_statements(
    app: Flask, ani: Visitor, eko: Visitor, statements: Callable[[], Any]
) -> None:
    with app.app_context():
        scene = meeting_of(40)
        also_invited(scene, BUDI)
    for seat in scene.seats[:12]:
        said(app, scene, seat, beyond=900)
    hand_in(ani, scene)
    eko.get(f"/tinjauan/{scene.sheet}")
    with statements() as seen:
        page = eko.get(f"/tinjauan/{scene.sheet}")
    assert len(page.soup.select("#jauh li")) == 12
    assert len(seen.work) <= 13, seen.work
    with statements() as seen:
        eko.get("/tinjauan")
    assert len(seen.work) <= 4, seen.work


@pytest.mark.parametrize("kind", ["attendance.self", "attendance.mark"])
def test_an_earlier_hour_of_a_phone_that_says_no_time_of_its_own_is_looked_at(
    app: Flask, ani: Visitor, budi: Visitor, eko: Visitor, kind: str
) -> None:
    with app.app_context():
        scene = meeting_of(1)
        (seat,) = also_invited(scene, BUDI)
    who, said = (budi, {}) if kind == "attendance.self" else (ani, {"hadir": str(seat)})
    with time_machine.travel(NINE + 100 * MINUTE, tick=False):
        told = {name: value for name, value in stamp(NINE - 5 * MINUTE).items() if name != "clock"}
        who.send(kind, {"rapat": str(scene.meeting)} | said | told)
        if who is budi:
            tap(ani, scene, seat, at=now())
        assert "jam HP" in ani.get(scene.url).one(f"#seat-{seat}").get_text(" ")
        hand_in(ani, scene)
        assert "tidak disertakan" in shown(eko.get(f"/tinjauan/{scene.sheet}"), "jam-hp")
    with app.app_context(), everywhere("a test looks"):
        assert verdict_of(seat).odd_clock
