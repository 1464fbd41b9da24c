"""What was sent, in words: whatever a field numbers is named, or said not to be there, and never shown as a number."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from flask import Flask
from werkzeug.datastructures import MultiDict

from tests.attendance.codes import card
from tests.attendance.scenes import NINE, Scene, also_invited, hand_in, meeting_of
from tests.cast import ANI, BUDI, CENGKARENG, CITRA, KAPUK, TOMANG, station_id
from tests.clock import NOW
from tests.home.test_contract import item, send
from tests.home.test_receipts import rows, sent
from tests.house.everything import FIRST, OURS, far_numbers
from tests.visits import Visitor
from webapp.attendance.models import FollowUp, MeetingSession, Site
from webapp.attendance.rules.laying import lay
from webapp.home.figures import contents
from webapp.people.models import Seat, Slot
from webapp.places.rules.scope import everywhere
from webapp.plumbing import forms
from webapp.plumbing.clock import day_short
from webapp.plumbing.database import db, writing
from webapp.plumbing.fields import RowField
from webapp.plumbing.submissions import Submission, kinds, receipt_of

NOBODY = "tidak ada lagi, atau di luar wilayah Anda"
FAR = str(FIRST + 5)
MARK, CORRECTION = "attendance.mark", "attendance.correction"


@pytest.fixture
def scene(app: Flask) -> Scene:
    with far_numbers(), app.app_context():
        return meeting_of(1)


@pytest.fixture
def seat(app: Flask) -> int:
    """Ani's at the first TPS of Tomang."""
    with far_numbers(), app.app_context(), writing(), everywhere("a scene is set"):
        here = {"region_code": TOMANG, "station_id": station_id(TOMANG, 1)}
        made = Seat(**here, election_id=1, person_id=ANI.id, slot=Slot.MAIN, since=NOW, assigned_by=ANI.id)
        db.session.add(made)
        db.session.flush()
        return made.id


@pytest.fixture
def refused(app: Flask, eko: Visitor) -> Callable[..., str]:
    """What a supervisor reads of a sending of Budi's that was refused."""

    def read(kind: str, **payload: Any) -> str:
        key = uuid4()
        with app.app_context(), writing():
            db.session.add(_kept(key, kind, payload))
        (row,) = rows(eko.get(f"/kiriman?kode={receipt_of(key)}"))
        return row

    return read


def _kept(key: UUID, kind: str, payload: dict[str, Any]) -> Submission:
    return Submission(
        id=key, kind=kind, sender_id=BUDI.id, region_code=KAPUK, content_hash="x", state="ditolak",
        reason="Tidak bisa.", receipt=receipt_of(key), claimed_at=NOW, happened_at=NOW, received_at=NOW, offset=420,
        payload={name: told if isinstance(told, list) else str(told) for name, told in payload.items()},
    )  # fmt: skip


def also_held(app: Flask, scene: Scene) -> None:
    """The meeting gets a second site and a second session."""
    with far_numbers(), app.app_context(), writing(), everywhere("a scene is set"):
        start = NINE + timedelta(hours=4)
        more = {"meeting_id": scene.meeting, "offset": 420}
        db.session.add(Site(**more, region_code=KAPUK, place="Aula Kapuk"))
        hours = {"starts_at": start, "late_after": start, "ends_at": start + timedelta(hours=3)}
        db.session.add(MeetingSession(**more, **hours, region_code=CENGKARENG))
        db.session.flush()
        lay(scene.meeting)


def test_a_tap_on_a_list_that_was_handed_in_names_the_list_and_the_person(
    ani: Visitor, eko: Visitor, scene: Scene
) -> None:
    with time_machine.travel(NINE, tick=False):
        hand_in(ani, scene.sheet)
        told = {"rapat": str(scene.meeting), "lembar": str(scene.sheet), "tepat": str(scene.seats[0])}
        assert sent(ani, told, MARK, at=NINE)["verdict"] == "ditolak"
        (row,) = rows(eko.get("/kiriman"))
    assert "Rapat: Rakor Cengkareng · Hadir tepat waktu: Warga 001" in row
    assert "Lembar:" not in row and "terbaca" not in row


def test_of_several_lists_of_a_meeting_it_says_which(
    app: Flask, refused: Callable[..., str], scene: Scene
) -> None:
    also_held(app, scene)
    row = refused(MARK, rapat=scene.meeting, lembar=scene.sheet, hadir=scene.seats[0])
    day = f"{day_short(NINE)} 09.00"
    assert f"Rapat: Rakor Cengkareng, Cengkareng, {day} · Hadir: Warga 001" in row, row


@pytest.mark.parametrize("sheet", [FAR, "x", "0"])
def test_a_list_that_is_gone_is_named_by_its_meeting(
    refused: Callable[..., str], scene: Scene, sheet: str
) -> None:
    assert "Rapat: Rakor Cengkareng" in refused(MARK, rapat=scene.meeting, lembar=sheet)


def test_a_seat_of_a_list_and_a_seat_at_a_tps_are_those_of_people(
    refused: Callable[..., str], scene: Scene, seat: int
) -> None:
    row = refused(CORRECTION, lembar=scene.sheet, kursi=scene.seats[0], menjadi="izin", alasan="Ada suratnya")
    assert "Rapat: Rakor Cengkareng · Nama: Warga 001 · Seharusnya: Izin" in row
    assert "Kursi: Ani Lestari, TPS 001 Tomang" in refused("seat.end", kursi=seat, urung="1")
    assert "Menggantikan: Ani Lestari, TPS 001 Tomang" in refused("seat.assign", ganti=seat)


def test_a_card_a_screen_a_promise_and_a_row_of_a_paper_are_named(
    app: Flask, refused: Callable[..., str], scene: Scene
) -> None:
    with far_numbers(), app.app_context(), writing(), everywhere("a scene is set"):
        about = {
            "meeting_id": scene.meeting,
            "region_code": CENGKARENG,
            "due": NOW.date(),
            "owner_id": ANI.id,
        }
        promise = FollowUp(**about, words="Cetak daftar", added_by=ANI.id, added_at=NOW)
        db.session.add(promise)
        db.session.flush()
        number, code = promise.id, card(BUDI.id)
    assert "Kode kartu: Budi Santoso" in refused("attendance.scan", lembar=scene.sheet, kode=code)
    shown = f"{scene.sheet}.115000000.{'a' * 14}"
    assert "Kode layar: Rakor Cengkareng" in refused("attendance.screen", kode=shown)
    assert "Tindak lanjut: Cetak daftar" in refused("attendance.follow-up-done", tindak=number)
    paper = {"lembar": scene.sheet, f"tanda-{scene.seats[0]}": "h", f"jam-{scene.seats[0]}": "09.20"}
    row = refused("attendance.paper", **paper)
    assert "Baris kertas: Warga 001: Hadir · Jam di kertas: Warga 001: 09.20" in row


def test_a_place_that_was_repeated_is_said_and_the_words_of_a_meetings_place_are_left_alone(
    refused: Callable[..., str],
) -> None:
    place = station_id(TOMANG, 1)
    row = refused("checkin", lagi=f"tps::tps-{place}")
    assert "Anda sedang: Di TPS saya" in row and "Tempat: TPS 001 Tomang" in row
    assert "Tempat: tidak ada lagi" in refused("checkin", jenis="tps", tempat=f"tps-{FAR}")
    row = refused("attendance.call", judul="Rakor", tempat=str(place), tanggal="2024-12-03", mulai="9:00")
    assert f"Tempat: {place}" in row and "Tanggal: Selasa 3 Desember 2024 · Mulai: 09.00" in row


def test_no_kind_shows_the_number_of_a_row_or_a_made_up_label(app: Flask, eko: Visitor) -> None:
    with app.test_request_context():
        numbered = {kind: [*_numbered(one.form())] for kind, one in kinds.items()}
    for told in (FAR, [FAR, FAR], f"x{FAR}"):
        more = {"base_version": told, "urung": told}
        with app.app_context(), writing():
            db.session.query(Submission).delete()
            db.session.add_all(
                _kept(uuid4(), kind, dict.fromkeys(names, told) | more) for kind, names in numbered.items()
            )
        read = rows(eko.get("/kiriman"))
        wrong = re.compile(f"{FAR}|base_version|Isian ini|dihapus")
        assert len(read) == len(kinds) and [row for row in read if wrong.search(row)] == []


def _numbered(form: Any) -> Iterator[str]:
    """The fields that hold the number of a row."""
    return (name for name, one in form._fields.items() if isinstance(one, RowField) or name == "kursi")


def test_what_only_the_phone_reads_is_left_out(refused: Callable[..., str], scene: Scene) -> None:
    assert "1" not in refused("seat.end", kursi=FAR, urung="1").partition("Kursi:")[2]
    assert "terbaca" not in refused("attendance.void", urung="x", lembar=scene.sheet)


def test_every_field_that_is_shown_has_words_of_ours(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms._Ours, "gettext", lambda *_: "made up")
    with app.test_request_context():
        for kind, one in kinds.items():
            fields = {**one.form(MultiDict())._fields}
            shown = fields.keys() - contents.POSITION - contents.NOT_SAID
            told = [contents._Told(kind, name, "1", fields[name]) for name in shown]
            assert [it.name for it in told if contents._label(it) == "made up"] == [], kind


def test_a_label_that_is_made_of_a_name_is_no_sentence(app: Flask) -> None:
    with app.test_request_context():
        told = kinds[MARK].form(MultiDict())
        assert str(told.lembar.label.text) == "Lembar"  # type: ignore[attr-defined]
        assert told.lembar.gettext("Invalid input.") == str(forms.UNREADABLE)  # type: ignore[attr-defined]


def test_nothing_is_named_beyond_the_readers_region(
    app: Flask, budi: Visitor, citra: Visitor, seat: int
) -> None:
    with far_numbers(), app.app_context():
        theirs = meeting_of(1, by=CITRA, code="31.73.02", title="Rakor Grogol")
    fields = {"rapat": theirs.meeting, "lembar": theirs.sheet, "hadir": theirs.seats[0]}
    taps = [
        item({name: str(n) for name, n in fields.items()}, MARK),
        item({"kursi": str(seat), "alasan": "pindah"}, "seat.end"),
    ]
    for one in send(budi, *taps)["verdicts"]:
        (row,) = rows(budi.get(f"/kiriman?kode={one['receipt']}"))
        assert NOBODY in row and not any(word in row for word in ("Grogol", "Warga", "Ani"))
        assert OURS.search(row) is None


def test_names_cost_one_statement_of_each_sort_however_many(
    app: Flask, eko: Visitor, scene: Scene, seat: int, statements: Callable[[], Any]
) -> None:
    told = [
        (MARK, {"rapat": scene.meeting, "lembar": scene.sheet, "hadir": scene.seats[0]}),
        (CORRECTION, {"lembar": scene.sheet, "kursi": scene.seats[0]}),
        ("seat.end", {"kursi": seat}),
        ("checkin", {"jenis": "tps", "tempat": f"tps-{station_id(TOMANG, 1)}"}),
    ]
    costs = []
    for many in (1, 9):
        with app.app_context(), writing():
            db.session.add_all(_kept(uuid4(), kind, dict(it)) for kind, it in told * many)
        with statements() as seen:
            eko.get("/kiriman")
        costs.append(len(seen.work))
    assert costs[0] == costs[1], seen.work


def test_a_seat_that_follows_a_person_from_elsewhere_has_her_name(
    app: Flask, refused: Callable[..., str], scene: Scene
) -> None:
    with app.app_context():
        (theirs,) = also_invited(scene, CITRA)
    assert f"Hadir: {CITRA.name}" in refused(MARK, rapat=scene.meeting, hadir=theirs)
