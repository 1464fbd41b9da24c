"""Datang, izin or ragu: by a link of one's own, or signed in; and what the keeper sees and sends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, update

from tests.attendance.offices import site_in
from tests.attendance.scenes import NINE, Scene, also_invited, meeting_of, stamp
from tests.attendance.test_marking import ON_TIME
from tests.cast import ACTORS, ANI, BUDI, CENGKARENG, CITRA, KARTIKA, KOTA
from tests.visits import SAME_SITE, Visitor
from webapp.attendance.models import Invitation, Meeting, Site
from webapp.attendance.rules.answering import token_of
from webapp.attendance.rules.tokens import key_for
from webapp.attendance.views import rsvp
from webapp.people.models import Account, ContactView, Person
from webapp.places.rules.scope import everywhere
from webapp.plumbing.clock import now
from webapp.plumbing.database import db, writing

BEFORE = NINE - timedelta(hours=2)
KEY = key_for("rsvp", "s" * 32)


@pytest.fixture
def scene(app: Flask) -> Scene:
    with app.app_context():
        return meeting_of(2, place="Aula Kecamatan")


@pytest.fixture
def seat(app: Flask, scene: Scene) -> int:
    """Budi's."""
    with app.app_context():
        return also_invited(scene, BUDI)[0]


def link(seat: int, person: int = BUDI.id) -> str:
    return f"/u/{token_of(seat, person, KEY)}"


def answered(app: Flask, seat: int) -> tuple[str | None, str | None]:
    with app.app_context(), everywhere("a test looks"):
        found = select(Invitation.rsvp, Invitation.rsvp_reason).where(Invitation.id == seat)
        return tuple(db.session.execute(found).one())  # type: ignore[return-value]


def change(app: Flask, row: Any, **values: Any) -> None:
    with app.app_context(), writing(), everywhere("a scene is set"):
        db.session.execute(update(row).values(**values))


# --- by the link ---------------------------------------------------------------------------------
def test_the_link_shows_when_and_where_to_whom_and_nothing_else(
    app: Flask, stranger: Visitor, seat: int
) -> None:
    page = stranger.get(link(seat))
    words = page.words("body")
    assert "Rakor Cengkareng" in words and "09.00–12.00 WIB" in words and "Aula Kecamatan" in words
    assert "Undangan untuk Budi dari Ani Lestari" in words and "Santoso" not in words and "Warga" not in words
    assert [b["value"] for b in page.soup.select("button[name=jawaban]")] == ["datang", "ragu", "izin"]
    assert page.headers["Cache-Control"] == "private, no-store" and "noindex" in page.headers["X-Robots-Tag"]
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert {a["href"] for a in page.soup.select("a")} == set()


def test_the_link_of_a_meeting_by_zoom_is_for_those_who_sign_in(
    app: Flask, stranger: Visitor, seat: int
) -> None:
    with app.app_context(), everywhere("test"):
        site = db.session.get_one(Site, db.session.get_one(Invitation, seat).site_id)
        site.link = "https://zoom.us/j/999"
        db.session.commit()
    page = stranger.get(link(seat))
    assert "zoom.us" not in page.text and "Bisa diikuti dari jauh" in page.words("main")


def test_the_link_of_an_account_that_is_off_leads_nowhere(app: Flask, stranger: Visitor, seat: int) -> None:
    with app.app_context():
        db.session.get_one(Account, BUDI.id).active = False
        db.session.commit()
    stranger.get(link(seat), 404)
    stranger.post(link(seat), {"jawaban": "datang"}, 404)


def test_whoever_posts_to_a_made_up_link_makes_nobody_wait(
    stranger: Visitor, seat: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(rsvp, "writing", lambda: asked.append("the lock") or writing())
    for token in (f"{seat}-aaaaaaaaaaaaaaaa", "omong-kosong"):
        stranger.post(f"/u/{token}", {"jawaban": "datang"}, 404)
    assert asked == []
    stranger.post(link(seat), {"jawaban": "datang"})
    assert asked == ["the lock"]


def test_the_answer_is_kept_may_be_changed_and_sent_twice(app: Flask, stranger: Visitor, seat: int) -> None:
    for _ in range(2):
        stranger.post(link(seat), {"jawaban": "datang", "alasan": "tidak dibaca"})
    assert answered(app, seat) == ("datang", None)
    stranger.post(link(seat), {"jawaban": "izin", "alasan": "  menikahkan   anak "})
    assert answered(app, seat) == ("izin", "menikahkan anak")
    assert "Jawaban Anda: Izin (menikahkan anak)" in stranger.get(link(seat)).words("main")


def test_a_dead_link_says_what_to_do_to_whoever_has_no_account(stranger: Visitor) -> None:
    page = stranger.get("/u/1-aaaaaaaaaaaaaaaa", 404)
    assert "Minta tautan baru kepada yang mengundang Anda." in page.words("main")
    assert "Beranda" not in page.words("main") and not page.soup.select("#net")


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"jawaban": "izin"},
        {"jawaban": "izin", "alasan": "ya"},
        {"jawaban": "izin", "alasan": "x" * 121},
        {"jawaban": "hadir"},
        {"jawaban": ["datang", "izin"], "alasan": ""},
    ],
)
def test_an_answer_that_is_none_is_refused_with_what_was_typed(
    app: Flask, stranger: Visitor, seat: int, fields: dict[str, Any]
) -> None:
    if fields.get("jawaban") == ["datang", "izin"]:
        stranger.post(link(seat), fields)
        assert answered(app, seat) == ("datang", None)
        return
    page = stranger.post(link(seat), fields, 422)
    if fields.get("jawaban") == "izin":
        assert "Tulis alasan izin" in page.words(".err")
        assert page.one("#alasan")["value"] == fields.get("alasan", "")
    assert answered(app, seat) == (None, None)


def test_a_forged_or_foreign_link_leads_nowhere(
    app: Flask, stranger: Visitor, scene: Scene, seat: int
) -> None:
    good = token_of(seat, BUDI.id, KEY)
    bad = [
        token_of(seat, ANI.id, KEY),
        token_of(seat + 1, BUDI.id, KEY),
        token_of(seat, BUDI.id, key_for("card", "s" * 32)),
        token_of(scene.seats[0], BUDI.id, KEY),
        good[:-1],
        good + "a",
        good.upper(),
        f"0{good}",
        good.replace("-", "."),
        f"99999999999-{good.split('-')[1]}",
        "x",
        "1-",
        "١-" + good.split("-")[1],
    ]
    for token in bad:
        stranger.get(f"/u/{token}", 404)
        stranger.post(f"/u/{token}", {"jawaban": "datang"}, 404)
    assert answered(app, seat) == (None, None)


def test_the_link_of_a_seat_that_was_taken_back_is_dead_and_stays_so(
    app: Flask, ani: Visitor, stranger: Visitor, scene: Scene, seat: int
) -> None:
    ani.post(f"/rapat/{scene.meeting}/undangan", {"hapus": seat})
    stranger.get(link(seat), 404)
    ani.post(f"/rapat/{scene.meeting}/undangan", {"orang": BUDI.id})
    stranger.get(link(seat), 404)


def test_a_guest_and_whoever_withdrew_have_no_link(app: Flask, stranger: Visitor, seat: int) -> None:
    with app.app_context(), writing(), everywhere("a scene is set"):
        db.session.execute(update(Person).where(Person.id == BUDI.id).values(withdrawn_at=now()))
    stranger.get(link(seat), 404)
    change(app, Person, withdrawn_at=None)
    change(app, Invitation, walk_in=True)
    stranger.get(link(seat), 404)


def test_after_the_start_the_answer_stands(app: Flask, stranger: Visitor, seat: int) -> None:
    stranger.post(link(seat), {"jawaban": "datang"})
    with time_machine.travel(NINE, tick=False):
        page = stranger.get(link(seat))
        assert "Jawaban Anda: Datang" in page.words("main") and not page.soup.select("form")
        refused = stranger.post(link(seat), {"jawaban": "ragu"}, 422)
        assert "Rapat sudah dimulai" in refused.words("main")
    assert answered(app, seat) == ("datang", None)


def test_a_cancelled_meeting_says_so(app: Flask, stranger: Visitor, seat: int) -> None:
    change(app, Meeting, cancelled_at=now())
    page = stranger.get(link(seat))
    assert "Rapat ini dibatalkan" in page.words("main") and not page.soup.select("form")
    stranger.post(link(seat), {"jawaban": "datang"}, 422)
    assert answered(app, seat) == (None, None)


def test_the_link_is_opened_from_another_app_but_answered_from_our_page_only(
    app: Flask, stranger: Visitor, seat: int
) -> None:
    opened = stranger.client.get(link(seat), headers={"Sec-Fetch-Site": "cross-site"})
    assert opened.status_code == 200
    other = stranger.client.post(
        link(seat), data={"jawaban": "datang"}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert other.status_code == 400 and answered(app, seat) == (None, None)
    old = stranger.client.post(link(seat), data={"jawaban": "datang"}, headers={"Origin": "http://localhost"})
    assert old.status_code == 303 and answered(app, seat) == ("datang", None)


def test_the_link_signs_nobody_in(app: Flask, stranger: Visitor, seat: int, scene: Scene) -> None:
    stranger.post(link(seat), {"jawaban": "datang"})
    assert stranger.client.get(f"/rapat/{scene.meeting}", headers=SAME_SITE).status_code == 302
    assert "session" not in (stranger.get(link(seat)).headers.get("Set-Cookie") or "")


# --- signed in -----------------------------------------------------------------------------------
def test_the_invited_answer_signed_in_also_from_a_phone_without_network(
    app: Flask, budi: Visitor, scene: Scene, seat: int
) -> None:
    budi.post(f"/rapat/{scene.meeting}/jawab", {"jawaban": "ragu"})
    assert answered(app, seat) == ("ragu", None)
    later = now() + timedelta(minutes=2)
    told = {"rapat": scene.meeting, "jawaban": "izin", "alasan": "dinas luar"} | stamp(later, id=uuid4())
    with time_machine.travel(NINE + timedelta(hours=1), tick=False):
        for verdict in ("diterima", "sudah ada"):
            budi.send("attendance.rsvp", told | {"clock": (NINE + timedelta(hours=1)).isoformat()}, verdict)
    assert answered(app, seat) == ("izin", "dinas luar")


def test_an_answer_that_is_heard_after_the_beginning_says_so_to_the_keeper(
    app: Flask, ani: Visitor, budi: Visitor, scene: Scene, seat: int
) -> None:
    begun, late = NINE + timedelta(minutes=20), "baru tiba setelah rapat dimulai"
    budi.post(f"/rapat/{scene.meeting}/jawab", {"jawaban": "ragu"})
    pages = (f"/rapat/{scene.meeting}/jawaban", f"/lembar/{scene.sheet}/hadir")
    assert all(late not in ani.get(page).words("main") for page in pages)
    told = {"rapat": scene.meeting, "jawaban": "izin", "alasan": "dinas luar"}
    with time_machine.travel(begun, tick=False):
        said = NINE - timedelta(hours=1)  # by the phone; nobody can tell
        budi.send("attendance.rsvp", told | stamp(said, id=uuid4(), clock=begun))
        assert all(late in ani.get(page).words("main") for page in pages)


def test_the_newest_word_holds_however_late_an_older_one_comes(
    app: Flask, budi: Visitor, scene: Scene, seat: int
) -> None:
    first = {"rapat": scene.meeting, "jawaban": "datang"} | stamp(now() - timedelta(hours=1), clock=now())
    budi.post(f"/rapat/{scene.meeting}/jawab", {"jawaban": "ragu"})
    budi.send("attendance.rsvp", first)
    assert answered(app, seat) == ("ragu", None)


def test_whoever_is_not_invited_answers_nothing(
    app: Flask, citra: Visitor, ani: Visitor, scene: Scene
) -> None:
    citra.post(f"/rapat/{scene.meeting}/jawab", {"jawaban": "datang"}, 404)
    ani.post(f"/rapat/{scene.meeting}/jawab", {"jawaban": "datang"}, 404)
    ani.send("attendance.rsvp", {"rapat": scene.meeting, "jawaban": "x"} | stamp(now()), "ditolak")
    ani.send("attendance.rsvp", {"rapat": "x", "jawaban": "datang"} | stamp(now()), "ditolak")


def test_an_answer_of_izin_is_shown_to_the_keeper_and_is_no_status(
    app: Flask, ani: Visitor, stranger: Visitor, scene: Scene, seat: int
) -> None:
    stranger.post(link(seat), {"jawaban": "izin", "alasan": "menikahkan anak"})
    with time_machine.travel(ON_TIME, tick=False):
        row = ani.get(scene.url).one(f"#seat-{seat}")
    assert row["data-status"] == "b" and "menyatakan izin: menikahkan anak" in row.get_text(" ")


# --- the keeper's page ---------------------------------------------------------------------------
def test_the_keeper_sees_who_has_not_answered_first(
    app: Flask, ani: Visitor, stranger: Visitor, scene: Scene, seat: int
) -> None:
    here = f"/rapat/{scene.meeting}/jawaban"
    stranger.post(link(seat), {"jawaban": "izin", "alasan": "sakit gigi"})
    page = ani.get(here)
    assert "1/3 sudah menjawab" in page.words(".count")
    assert "0 datang, 1 izin, 0 ragu, 2 belum menjawab; dari 3 undangan." in page.words("main")
    assert [b.text for b in page.soup.select("ul.rows b")] == ["Warga 001", "Warga 002", "Budi Santoso"]
    assert "Izin: sakit gigi" in page.words("ul.rows li:last-child")
    assert [b.text for b in ani.get(f"{here}?tampil=izin").soup.select("ul.rows b")] == ["Budi Santoso"]
    assert [b.text for b in ani.get(f"{here}?cari=warga+002").soup.select("ul.rows b")] == ["Warga 002"]
    assert "Tidak ada nama" in ani.get(f"{here}?cari=zzz&tampil=x&hal=abc").words("main")


def test_the_list_of_answers_costs_few_statements_and_has_pages(
    app: Flask, ani: Visitor, statements: Any
) -> None:
    with app.app_context():
        scene = meeting_of(70)
    with statements() as seen:
        first = ani.get(f"/rapat/{scene.meeting}/jawaban")
    assert len(seen.work) <= 4
    assert len(first.soup.select("ul.rows li")) == 50 and "1–50 dari 70" in first.words()
    assert len(ani.get(f"/rapat/{scene.meeting}/jawaban?hal=2").soup.select("ul.rows li")) == 20


def test_a_reminder_opens_the_chat_with_her_own_link_and_is_on_record(
    app: Flask, ani: Visitor, stranger: Visitor, scene: Scene, seat: int
) -> None:
    page = ani.get(f"/rapat/{scene.meeting}/jawaban")
    assert not [one for one in ACTORS if one.phone[3:] in page.text]
    told = ani.post(f"/undangan/{seat}/ingatkan", status=200, hx=True)
    assert told.headers["Cache-Control"] == "no-store"
    address = urlsplit(str(told.one("a")["href"]))
    text = parse_qs(address.query)["text"][0]
    assert (address.netloc, address.path) == ("wa.me", "/" + BUDI.phone.removeprefix("+"))
    assert "Halo Budi" in text and "*Rakor Cengkareng*" in text and "09.00–12.00 WIB" in text
    own = text.splitlines()[-1]
    assert own == f"http://localhost{link(seat)}"
    stranger.get(own.removeprefix("http://localhost"))
    with app.app_context(), everywhere("a test looks"):
        seen = db.session.scalar(select(func.count()).select_from(ContactView))
    assert seen == 1
    assert ani.post(f"/undangan/{seat}/ingatkan", status=200).one("a[href^='https://wa.me']")


def test_whose_number_is_not_ones_own_to_read_is_reached_from_ones_own_contacts(
    app: Flask, ani: Visitor, scene: Scene
) -> None:
    with app.app_context():
        (citra_seat,) = also_invited(scene, CITRA)
    told = ani.post(f"/undangan/{citra_seat}/ingatkan", status=200, hx=True)
    assert str(told.one("a")["href"]).startswith("https://wa.me/?text=")
    assert "di luar wilayah" in told.words("small") and CITRA.phone[1:] not in told.text


def test_the_text_for_the_group_names_the_silent_and_holds_no_link_of_anybody(
    app: Flask, ani: Visitor, stranger: Visitor, scene: Scene, seat: int
) -> None:
    stranger.post(link(seat), {"jawaban": "datang"})
    text = ani.get(f"/rapat/{scene.meeting}/jawaban/teks").one("textarea").text
    assert "Belum menjawab (2):" in text and "- Warga 001" in text and "Budi" not in text
    assert "/u/" not in text and f"/rapat/{scene.meeting}" in text


def test_once_it_has_begun_nobody_is_asked_for_an_answer_that_is_refused(
    ani: Visitor, scene: Scene, seat: int
) -> None:
    with time_machine.travel(NINE + timedelta(minutes=1), tick=False):
        page = ani.get(f"/rapat/{scene.meeting}/jawaban")
        assert "Ingatkan" not in page.words("main") and "Teks untuk grup" not in page.text
        ani.post(f"/undangan/{seat}/ingatkan", status=404)
    assert "Ingatkan" in ani.get(f"/rapat/{scene.meeting}/jawaban").words("main")


def test_whoever_has_withdrawn_is_not_asked_again(app: Flask, ani: Visitor, scene: Scene, seat: int) -> None:
    with app.app_context(), writing(), everywhere("a scene is set"):
        db.session.execute(update(Person).where(Person.id == BUDI.id).values(withdrawn_at=now()))
    page = ani.get(f"/rapat/{scene.meeting}/jawaban")
    assert BUDI.name in page.text and f"/undangan/{seat}/ingatkan" not in page.text
    assert BUDI.name not in ani.get(f"/rapat/{scene.meeting}/jawaban/teks").one("textarea").text
    ani.post(f"/undangan/{seat}/ingatkan", status=404)


def test_only_who_keeps_the_list_reminds(
    app: Flask, citra: Visitor, budi: Visitor, eko: Visitor, seat: int
) -> None:
    for visitor in (citra, budi, eko):
        visitor.post(f"/undangan/{seat}/ingatkan", status=404)


def test_the_keeper_of_one_site_sees_her_own_invited_only(app: Flask, ani: Visitor, kartika: Visitor) -> None:
    with app.app_context():
        scene = meeting_of(2, by=KARTIKA, code=KOTA)
        site = site_in(scene, CENGKARENG, "Aula Cengkareng")
    kartika.post(f"/rapat/{scene.meeting}/undangan", {"orang": BUDI.id, "lokasi": site})
    assert "dari 3 undangan" in kartika.get(f"/rapat/{scene.meeting}/jawaban").words("main")
    own = ani.get(f"/rapat/{scene.meeting}/jawaban")
    assert "dari 1 undangan" in own.words("main") and "Warga" not in own.words()
    ani.post(f"/undangan/{scene.seats[0]}/ingatkan", status=404)


BROKEN = (
    "hal=x", "hal=-3", "hal=99999999999", "cari=%00", "tampil=%00", "lokasi=%00", "urung=%00", "mewakili=%00",
    "mewakili=1%27",
)  # fmt: skip


@pytest.mark.parametrize("query", BROKEN)
def test_no_address_breaks_a_page_of_the_invited(ani: Visitor, scene: Scene, query: str) -> None:
    pages = (
        f"/rapat/{scene.meeting}/undangan",
        f"/rapat/{scene.meeting}/jawaban",
        f"/undangan/{scene.seats[0]}/wakil",
    )
    for page in (*pages, f"/lembar/{scene.sheet}/tamu", f"/rapat/{scene.meeting}/kursi-kosong"):
        ani.get(f"{page}?{query}")
