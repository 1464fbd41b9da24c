"""Invitations by office: whoever holds it by then has the seat, and what was recorded stays."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from tests.attendance.offices import (
    VILLAGES,
    YESTERDAY,
    empty_meeting,
    ended,
    holder,
    mandate_of,
    seats,
    site_in,
)
from tests.attendance.scenes import NINE, NOON, Scene, hand_in, stamp, verdict_of
from tests.attendance.test_marking import ON_TIME, tap
from tests.cast import ANI, BUDI, CENGKARENG, CENGKARENG_BARAT, GROGOL, KAPUK, KARTIKA, KOTA, Actor
from tests.visits import SAME_SITE, Visitor
from webapp.attendance.models import Invitation, InvitationRule, Site, Verdict
from webapp.attendance.rules.moving import follow, to_follow
from webapp.people.models import Account, Mandate
from webapp.people.rules import consent
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import db, writing


@pytest.fixture
def scene(app: Flask) -> Scene:
    with app.app_context():
        return empty_meeting()


@pytest.fixture
def made(app: Flask) -> Callable[..., int]:
    def make(name: str, code: str = KAPUK, **more: Any) -> int:
        with app.app_context():
            return holder(name, code, **more)

    return make


def invite(who: Visitor, scene: Scene, **fields: Any) -> str:
    return who.post(f"/rapat/{scene.meeting}/undangan", VILLAGES | fields).headers["Location"]


def invited(app: Flask, scene: Scene) -> set[int]:
    with app.app_context():
        return set(seats(scene))


def end(app: Flask, dewi: Visitor, person: int, act: str = "akhiri") -> None:
    """Dewi ends the mandate at once, or opens it again."""
    with app.app_context():
        mandate = mandate_of(person)
    dewi.post(f"/pengguna/{person}/tugas/{mandate}", {"laku": act})


def test_the_page_says_how_many_seats_a_rule_gives_and_which_are_vacant(
    app: Flask, ani: Visitor, scene: Scene, made: Callable[..., int]
) -> None:
    made("Kori Kapuk")
    here = f"/rapat/{scene.meeting}/undangan"
    invite(ani, scene)
    page = ani.get(here)
    assert "Dari 2 kursi, 1 terisi." in page.words("main")
    assert (
        "Koordinator kelurahan/desa · Cengkareng 2 kursi, 1 terisi, 1 kosong: Cengkareng Barat"
        in page.words()
    )
    empty = ani.get(f"/rapat/{scene.meeting}/kursi-kosong")
    assert "Koordinator Cengkareng Barat Anda koordinator terdekat" in empty.words("main")
    assert "Kori Kapuk" in page.words() and "Kori" not in empty.words()


def test_the_same_rule_twice_is_one_rule(
    app: Flask, ani: Visitor, scene: Scene, made: Callable[..., int]
) -> None:
    kori = made("Kori")
    for _ in range(2):
        invite(ani, scene)
    assert invited(app, scene) == {kori}
    with app.app_context(), everywhere("a test looks"):
        assert len(db.session.scalars(select(InvitationRule)).all()) == 1


def test_a_new_holder_is_invited_with_the_mandate_and_leaves_with_it(
    app: Flask, ani: Visitor, dewi: Visitor, scene: Scene, made: Callable[..., int]
) -> None:
    kori = made("Kori")
    invite(ani, scene)
    dewi.post(f"/pengguna/{BUDI.id}/tugas", {"peran": "coordinator", "wilayah": CENGKARENG_BARAT})
    assert invited(app, scene) == {kori, BUDI.id}
    end(app, dewi, kori)
    assert invited(app, scene) == {BUDI.id}
    end(app, dewi, kori, "buka")
    assert invited(app, scene) == {kori, BUDI.id}


def test_an_answer_does_not_move_to_the_successor_nor_does_a_tap_that_waited(
    app: Flask, ani: Visitor, dewi: Visitor, scene: Scene, made: Callable[..., int]
) -> None:
    kori = made("Kori")
    invite(ani, scene)
    with app.app_context():
        old = seats(scene)[kori].id
        with writing(), everywhere("she has answered"):
            db.session.execute(update(Invitation).where(Invitation.id == old).values(rsvp="datang"))
    end(app, dewi, kori)
    heir = made("Pengganti")
    ani.get(f"/lembar/{scene.sheet}/hadir")
    with app.app_context():
        new = seats(scene)[heir]
        assert new.id != old and new.rsvp is None and set(seats(scene)) == {heir}
    late = tap_at(ani, scene, old)
    assert late["verdict"] == "perlu diperiksa"
    with app.app_context():
        assert verdict_of(new.id).status == "belum"


def tap_at(who: Visitor, scene: Scene, seat: int) -> dict[str, Any]:
    with time_machine.travel(ON_TIME, tick=False):
        fields = {"rapat": scene.meeting, "hadir": seat, **stamp(ON_TIME)}
        return who.send("attendance.mark", fields, "perlu diperiksa|diterima")


def test_a_seat_with_a_record_stays_for_ever_and_the_successor_gets_one_too(
    app: Flask, ani: Visitor, dewi: Visitor, scene: Scene, made: Callable[..., int]
) -> None:
    kori = made("Kori")
    invite(ani, scene)
    with app.app_context():
        seat = seats(scene)[kori].id
    tap(ani, scene, seat)
    with time_machine.travel(ON_TIME + timedelta(minutes=1), tick=False):
        end(app, dewi, kori)
        dewi.post(f"/pengguna/{BUDI.id}/tugas", {"peran": "coordinator", "wilayah": KAPUK})
    assert invited(app, scene) == {kori, BUDI.id}


def test_whoever_withdraws_consent_or_is_switched_off_loses_the_seat(
    app: Flask, ani: Visitor, dewi: Visitor, scene: Scene, made: Callable[..., int]
) -> None:
    dewi.post(f"/pengguna/{BUDI.id}/tugas", {"peran": "coordinator", "wilayah": KAPUK})
    invite(ani, scene)
    assert invited(app, scene) == {BUDI.id}
    dewi.post(f"/pengguna/{BUDI.id}/keadaan", {"aktif": "0"})
    assert invited(app, scene) == set()
    dewi.post(f"/pengguna/{BUDI.id}/keadaan", {"aktif": "1"})
    assert invited(app, scene) == {BUDI.id}
    with app.app_context(), writing():
        account = db.session.scalars(select(Account.id).where(Account.person_id == BUDI.id)).one()
        with everywhere("Budi says no"):
            consent.refuse(account)
    assert invited(app, scene) == set()


def test_mandates_that_begin_or_end_by_date_are_followed_when_a_keeper_looks(
    app: Flask, ani: Visitor, scene: Scene, made: Callable[..., int]
) -> None:
    kori, later = made("Kori"), made("Nanti", since=NINE.date())
    invite(ani, scene)
    assert invited(app, scene) == {kori}
    with app.app_context():
        ended(kori, YESTERDAY)
    for path in (f"/lembar/{scene.sheet}/hadir", f"/rapat/{scene.meeting}/undangan"):
        ani.get(path)
        assert invited(app, scene) == set()
    with time_machine.travel(NINE, tick=False):
        ani.get(f"/lembar/{scene.sheet}/hadir")
    assert invited(app, scene) == {later}


def test_the_command_follows_every_meeting_ahead(
    app: Flask, ani: Visitor, scene: Scene, made: Callable[..., int]
) -> None:
    kori = made("Kori")
    invite(ani, scene)
    with app.app_context():
        ended(kori, YESTERDAY)
    runner = app.test_cli_runner()
    said = [runner.invoke(args=["attendance", "follow"]).output for _ in range(2)]
    assert said == [f"attendance: 1 meetings follow mandates, {n} seats changed\n" for n in (1, 0)]
    assert invited(app, scene) == set()


def test_nothing_moves_once_the_list_is_handed_in_or_the_meeting_is_over(
    app: Flask, ani: Visitor, dewi: Visitor, scene: Scene, made: Callable[..., int]
) -> None:
    kori = made("Kori")
    invite(ani, scene)
    hand_in(ani, scene.sheet)
    end(app, dewi, kori)
    ani.get(f"/lembar/{scene.sheet}/hadir")
    assert invited(app, scene) == {kori}
    with app.app_context(), time_machine.travel(NOON + timedelta(hours=1)):
        assert to_follow() == [] and follow(scene.meeting) == 0


def test_a_rule_is_removed_with_its_seats_and_comes_back_with_the_answers(
    app: Flask, ani: Visitor, scene: Scene, made: Callable[..., int]
) -> None:
    kori, barat = made("Kori"), made("Barat", CENGKARENG_BARAT)
    here = f"/rapat/{scene.meeting}/undangan"
    invite(ani, scene)
    with app.app_context(), writing(), everywhere("Kori has answered"):
        db.session.execute(update(Invitation).where(Invitation.person_id == kori).values(rsvp="ragu"))
    rule = ani.get(here).one("button[name=aturan]")["value"]
    back = ani.post(here, {"aturan": rule}).headers["Location"]
    ani.post(here, {"aturan": rule})
    assert invited(app, scene) == {kori}
    undo = ani.get(back).one("form.note")
    ani.post(here, {field["name"]: field["value"] for field in undo.select("input")})
    assert invited(app, scene) == {kori, barat}
    with app.app_context():
        assert seats(scene)[kori].rsvp == "ragu" and seats(scene)[kori].rule_id is not None


def test_a_seat_of_a_rule_is_not_taken_back_by_name(
    app: Flask, ani: Visitor, scene: Scene, made: Callable[..., int]
) -> None:
    kori = made("Kori")
    invite(ani, scene)
    with app.app_context():
        seat = seats(scene)[kori].id
    page = ani.get(f"/rapat/{scene.meeting}/undangan")
    assert not page.soup.select("button[name=hapus]")
    refused = ani.post(f"/rapat/{scene.meeting}/undangan", {"hapus": seat}, 422)
    assert "mengikuti peran" in refused.words()


def test_the_seats_of_a_spread_rule_go_to_the_site_of_their_region(
    app: Flask, kartika: Visitor, ani: Visitor, made: Callable[..., int]
) -> None:
    kori, tomang = made("Kori"), made("Tomo", "31.73.02.1003")
    with app.app_context():
        scene = empty_meeting(KOTA)
        cengkareng = site_in(scene, CENGKARENG, "Aula Cengkareng")
    page = kartika.get(f"/rapat/{scene.meeting}/undangan")
    assert page.one("input[name=bagi]") and len(page.soup.select("nav .seg a")) == 2
    main = next(
        int(str(a["href"]).split("=")[1]) for a in page.soup.select("nav .seg a") if "Aula" not in a.text
    )
    invite(kartika, scene, bagi="y", lokasi=main)
    with app.app_context():
        found = seats(scene)
        assert (found[kori].site_id, found[kori].region_code) == (cengkareng, CENGKARENG)
        assert (found[tomang].site_id, found[tomang].region_code) == (main, KOTA)
        grogol = site_in(scene, GROGOL, "Aula Grogol")
    kartika.get(f"/rapat/{scene.meeting}/undangan")
    with app.app_context():
        assert seats(scene)[tomang].site_id == grogol
        with everywhere("a test looks"):
            codes = db.session.scalars(
                select(Verdict.region_code).where(Verdict.invitation_id == seats(scene)[tomang].id)
            )
            assert set(codes) == {GROGOL}
    own = ani.get(f"/rapat/{scene.meeting}/undangan")
    assert "Kori" in own.words() and "Tomo" not in own.words()
    assert "2 kursi, 1 terisi, 1 kosong: Cengkareng Barat" in own.words() and "Tomang" not in own.words()
    assert not own.soup.select("button[name=aturan], input[name=bagi]")
    ani.post(f"/rapat/{scene.meeting}/undangan", VILLAGES | {"bagi": "y"}, 404)
    ani.post(f"/rapat/{scene.meeting}/undangan", VILLAGES | {"lokasi": main}, 422)


def test_whoever_holds_two_offices_has_one_seat_and_keeps_it_while_one_is_left(
    app: Flask, ani: Visitor, dewi: Visitor, scene: Scene
) -> None:
    for code in (KAPUK, CENGKARENG_BARAT):
        dewi.post(f"/pengguna/{BUDI.id}/tugas", {"peran": "coordinator", "wilayah": code})
    invite(ani, scene)
    with app.app_context():
        before = seats(scene)[BUDI.id]
        assert before.seat_code == CENGKARENG_BARAT
        mandate = max(mandates(BUDI.id, CENGKARENG_BARAT))
    dewi.post(f"/pengguna/{BUDI.id}/tugas/{mandate}", {"laku": "akhiri"})
    with app.app_context():
        after = seats(scene)[BUDI.id]
    assert (after.id, after.seat_code) == (before.id, KAPUK)


def mandates(person: int, code: str) -> list[int]:
    found = select(Mandate.id).where(Mandate.person_id == person, Mandate.region_code == code)
    return list(db.session.scalars(found))


def test_whoever_is_invited_by_name_or_came_to_the_door_gets_no_second_seat(
    app: Flask, ani: Visitor, dewi: Visitor, scene: Scene
) -> None:
    ani.post(f"/rapat/{scene.meeting}/undangan", {"orang": BUDI.id})
    invite(ani, scene)
    dewi.post(f"/pengguna/{BUDI.id}/tugas", {"peran": "coordinator", "wilayah": KAPUK})
    with app.app_context():
        assert seats(scene)[BUDI.id].rule_id is None
    end_all(app, dewi)
    assert invited(app, scene) == {BUDI.id}


def end_all(app: Flask, dewi: Visitor) -> None:
    with app.app_context():
        mandate = max(mandates(BUDI.id, KAPUK))
    dewi.post(f"/pengguna/{BUDI.id}/tugas/{mandate}", {"laku": "akhiri"})


@pytest.mark.parametrize(
    "fields",
    [
        {"peran": "raja"},
        {"tingkat": "9"},
        {"tingkat": "x"},
        {"lokasi": "abc"},
        {"lokasi": "99999999999999"},
        {"lokasi": "-1"},
    ],
)
def test_what_no_form_offers_is_refused_and_changes_nothing(
    app: Flask, ani: Visitor, scene: Scene, fields: dict[str, str]
) -> None:
    ani.post(f"/rapat/{scene.meeting}/undangan", VILLAGES | fields, 422)
    with app.app_context(), everywhere("a test looks"):
        assert not db.session.scalars(select(InvitationRule)).all()


@pytest.mark.parametrize("urung", ["x", "a.b.c.d", "coordinator.4.9.9.9", "coordinator.4.-1.0", "%00...."])
def test_a_broken_address_of_an_undo_shows_no_undo(ani: Visitor, scene: Scene, urung: str) -> None:
    assert not ani.get(f"/rapat/{scene.meeting}/undangan?urung={urung}").soup.select("form.note")


def test_a_list_costs_the_same_few_statements_however_many_follow_an_office(
    app: Flask, ani: Visitor, scene: Scene, made: Callable[..., int], statements: Any
) -> None:
    invite(ani, scene)
    costs = []
    for n in (1, 25):
        for i in range(n):
            made(f"Kori {n} {i}")
        for path in (f"/lembar/{scene.sheet}/hadir", f"/rapat/{scene.meeting}/undangan"):
            ani.get(path)
            with statements() as seen:
                ani.get(path)
            costs.append(len(seen.work))
    assert costs[:2] == costs[2:] and max(costs) <= 7


def test_a_mandate_that_changes_while_the_list_is_marked_loses_no_record_and_doubles_no_seat(
    app: Flask, ani: Visitor, scene: Scene, made: Callable[..., int]
) -> None:
    people = [made(f"Kori {n}") for n in range(6)]
    invite(ani, scene)
    with app.app_context():
        before = {person: seat.id for person, seat in seats(scene).items()}
    acts: list[Callable[[], object]] = []
    for person in people:
        acts.append(lambda seat=before[person]: post(app, scene.url, {"rapat": scene.meeting, "hadir": seat}))
        acts.append(lambda one=person: end_and_follow(app, scene, one))
        acts.append(lambda: post(app, scene.url, None))
    with time_machine.travel(ON_TIME), ThreadPoolExecutor(len(acts)) as pool:
        list(pool.map(lambda act: act(), acts))
    with app.app_context():
        with time_machine.travel(ON_TIME), writing():
            follow(scene.meeting)
        left = seats(scene)
        with everywhere("a test looks"):
            told = {v.invitation_id: v.status for v in db.session.scalars(select(Verdict))}
        assert all(told[seat.id] == "hadir" for seat in left.values())
        assert {seat.id for seat in left.values()} <= set(before.values()) == set(before.values())
        assert set(told) == {seat.id for seat in left.values()}


def test_keepers_of_two_sites_who_invite_at_once_do_not_stop_each_other(
    app: Flask, made: Callable[..., int]
) -> None:
    people = {made(f"Kori {n}", code) for n, code in enumerate((KAPUK, CENGKARENG_BARAT))}
    with app.app_context():
        scene = empty_meeting(KOTA)
        here = site_in(scene, CENGKARENG, "Aula Cengkareng")
        (main,) = {one for one in sites(scene) if one != here}
    wishes = [
        VILLAGES | {"lokasi": str(site), "bagi": "y" if site == main else ""} for site in (here, main) * 4
    ]
    told = [(KARTIKA if wish["bagi"] else ANI, wish) for wish in wishes]

    def invite_as(one: tuple[Actor, dict[str, str]]) -> int:
        client = Visitor(app, one[0]).client
        return client.post(f"/rapat/{scene.meeting}/undangan", data=one[1], headers=SAME_SITE).status_code

    with ThreadPoolExecutor(len(told)) as pool:
        assert set(pool.map(invite_as, told)) == {303}
    assert invited(app, scene) == people


def sites(scene: Scene) -> set[int]:
    with everywhere("a test looks"):
        return set(db.session.scalars(select(Site.id).where(Site.meeting_id == scene.meeting)))


def post(app: Flask, path: str, data: Any) -> int:
    client = Visitor(app, ANI).client
    answer = client.post(path, data=data, headers=SAME_SITE) if data else client.get(path, headers=SAME_SITE)
    assert answer.status_code in (200, 303, 404), answer.status_code
    return answer.status_code


def end_and_follow(app: Flask, scene: Scene, person: int) -> None:
    with app.app_context():
        ended(person, YESTERDAY)
        with writing():
            follow(scene.meeting)
        db.session.remove()


def test_a_strangers_meeting_is_not_there(
    app: Flask, citra: Visitor, scene: Scene, made: Callable[..., int]
) -> None:
    for path in ("undangan", "kursi-kosong", "jawaban", "jawaban/teks"):
        citra.get(f"/rapat/{scene.meeting}/{path}", 404)
    citra.post(f"/rapat/{scene.meeting}/undangan", VILLAGES, 404)
    citra.post(f"/rapat/{scene.meeting}/undangan", {"aturan": "1"}, 404)
