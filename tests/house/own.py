"""Kapuk and Cengkareng with something in every state, so that each form of the house stands on some page."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from flask import Flask

from tests.attendance.scenes import Scene, also_invited, meeting_of
from tests.attendance.test_oddities import said
from tests.cast import ANI, BUDI, CENGKARENG, KAPUK, LONG_AGO
from tests.house import bandung
from tests.visits import Visitor
from webapp.attendance.models import Invitation, Meeting, MeetingSession, Sheet, SheetState, Site
from webapp.attendance.rules.answering import token_of
from webapp.attendance.rules.cancelling import cancel
from webapp.attendance.rules.laying import lay
from webapp.attendance.rules.tokens import key_for
from webapp.people.models import Person
from webapp.places.rules.scope import everywhere
from webapp.plumbing.clock import now
from webapp.plumbing.database import db, writing
from webapp.plumbing.submissions import Submission, receipt_of

NEWCOMER = 95  # a person without an account
SERIES = UUID(int=95)
STATES = (SheetState.DRAFT, SheetState.SUBMITTED, SheetState.LOCKED, SheetState.SUBMITTED)


@dataclass(frozen=True)
class Own:
    """What there is: addresses with forms that no link leads to, and pages that only an answer shows."""

    app: Flask
    starts: list[str]
    answers: list[str]


def build(app: Flask) -> Own:
    """Make it."""
    with app.app_context():
        lists = [(state, _meeting(state)) for state in STATES]
        ahead, off = _ahead(), meeting_of(2, by=ANI, start=now() + timedelta(days=2), title="Rakor batal")
        with writing(), everywhere("a scene is set"):
            cancel(off.meeting, "Banjir", ANI.id)
            db.session.add(_refused())
            db.session.add(Person(id=NEWCOMER, name="Nita Baru", search_name="nita baru", region_code=KAPUK,
                                  phone="+628400000095", created_at=LONG_AGO))  # fmt: skip
        db.session.remove()
    open_list, waiting, locked = (scene for _state, scene in lists[:3])
    said(app, open_list, open_list.seats[0], beyond=0, at=now())
    said(app, waiting, waiting.seats[0], beyond=900, at=now())
    with app.app_context(), writing(), everywhere("a scene is set"):
        for state, scene in lists:
            sheet = db.session.get_one(Sheet, scene.sheet)
            sheet.state = state
            if state is not SheetState.DRAFT:
                sheet.submitted_by, sheet.submitted_at = ANI.id, now()
    ani, here = Visitor(app, ANI), f"/rapat/{ahead.meeting}"
    starts = [
        f"/tps/{bandung.OWN_TPS}", f"/tps/{bandung.OWN_TPS}/isi?slot=utama", f"/wilayah/{KAPUK}", here,
        f"{here}/susunan", f"{here}/jawaban", f"{here}/undangan", f"/lembar/{open_list.sheet}/hadir",
        f"/lembar/{waiting.sheet}/hadir", f"/tinjauan/{waiting.sheet}", f"/lembar/{locked.sheet}/koreksi",
        f"/rapat/{off.meeting}/batal", f"/tinjauan/{locked.sheet}", f"/pengguna/{NEWCOMER}",
        f"{here}/susunan/lokasi?wilayah={KAPUK}", f"/u/{_token(app, ahead)}",
        *_posts(ani, Visitor(app, BUDI), open_list, locked),
    ]  # fmt: skip
    return Own(app, starts, _answers(ani, open_list))


def _refused() -> Submission:
    """What Budi sent and could not be taken."""
    key = UUID(int=95)
    return Submission(
        id=key, kind="checkin", sender_id=BUDI.id, region_code=KAPUK, content_hash="x", state="ditolak",
        reason="Pilih jenisnya.", receipt=receipt_of(key), claimed_at=now(), happened_at=now(), received_at=now(),
        offset=420, payload={"jenis": "?"},
    )  # fmt: skip


def _meeting(state: SheetState) -> Scene:
    start = now() - timedelta(minutes=30)
    scene = meeting_of(2, by=ANI, code=CENGKARENG, start=start, kind="bimtek", title=f"Bimtek {state}")
    also_invited(scene, ANI, BUDI)
    return scene


def _ahead() -> Scene:
    """Tomorrow's, of two sessions at two sites, the first of two weekly ones."""
    scene, later = (
        meeting_of(2, by=ANI, start=now() + timedelta(days=days), title="Rapat mingguan") for days in (1, 8)
    )
    also_invited(scene, ANI, BUDI)
    with writing(), everywhere("a scene is set"):
        for one in (scene, later):
            db.session.get_one(Meeting, one.meeting).series = SERIES
        start = now() + timedelta(days=1, hours=4)
        db.session.add(
            MeetingSession(
                meeting_id=scene.meeting, region_code=CENGKARENG, starts_at=start, late_after=start, offset=420,
                ends_at=start + timedelta(hours=2),
            )
        )  # fmt: skip
        db.session.add(Site(meeting_id=scene.meeting, region_code=KAPUK, place="Balai Kapuk", offset=420))
        lay(scene.meeting)
    return scene


def _posts(ani: Visitor, budi: Visitor, runs: Scene, locked: Scene) -> list[str]:
    """What comes about by posting, as it does for them; where they were led, as what can be undone stands there."""
    due = {"tenggat": (now() + timedelta(days=3)).date().isoformat()}
    ani.post(f"/rapat/{runs.meeting}/tindak-lanjut", {"pemilik": ANI.id, "tugas": "Cetak kartu"} | due)
    wish = {"kursi": locked.seats[0], "menjadi": "hadir", "alasan": "Ada di foto.", "bukti": "Foto"}
    ani.post(f"/lembar/{locked.sheet}/koreksi", wish)
    budi.post("/check-in", {"jenis": "tps", "tempat": f"tps-{bandung.OWN_TPS}"})
    group = ani.post("/simpul/baru", {"nama": "Simpul Kapuk", "wilayah": KAPUK}).headers["Location"]
    filled = {"tps": bandung.OWN_TPS, "orang": BUDI.id, "slot": "utama"}
    ways = {f"{group}/anggota": {"orang": BUDI.id}, f"/tps/{bandung.OWN_TPS}/isi": filled}
    return [f"{group}?cari=Nita", *(ani.post(path, told).headers["Location"] for path, told in ways.items())]


def _answers(ani: Visitor, runs: Scene) -> list[str]:
    """Pages that come as answers only: what was read in a list of Zoom; and the form of a list at its old address."""
    names = (io.BytesIO(b"Name,Duration\nWarga 001,66\nPak Toha,60\n"), "zoom.csv")
    marking = ani.get(runs.url).text
    return [
        ani.post(f"/lembar/{runs.sheet}/zoom", {"berkas": names}, 200).text,
        marking.replace(f'action="{runs.url}"', f'action="/rapat/{runs.meeting}/hadir"'),
    ]


def _token(app: Flask, scene: Scene) -> str:
    with app.app_context(), everywhere("a test looks"):
        seat = db.session.get_one(Invitation, scene.seats[0])
        return token_of(seat.id, seat.person_id, key_for("rsvp", "s" * 32))
