"""What phones sent, as those who answer for it read it: by its code, and the list of what could not be taken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from operator import attrgetter
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, func, or_, select

from webapp.home.rules.settling import in_scope, of_others
from webapp.people.rules.naming import names_of
from webapp.places.rules.scope import Scope
from webapp.places.rules.zones import offset_of
from webapp.plumbing.clock import WIB
from webapp.plumbing.database import db
from webapp.plumbing.submissions import REFUSED, REVIEW, Submission, SubmissionConflict, is_drift, receipt_of

PAGE = 50
MOST_ALIKE = 5  # a code of six signs may be that of two things, hardly of more
SOON = timedelta(minutes=2)
TWICE = "nomor ganda"


class Shown(StrEnum):
    """Which part of the list is open."""

    ALL = "semua"
    REVIEW = "periksa"
    REFUSED = "ditolak"


@dataclass(frozen=True)
class Entry:
    """One thing that came in, or another copy under its id. `drift` in seconds, `offset` in minutes east of UTC."""

    key: str  # the id of the thing, or the number of the copy
    id: UUID
    kind: str
    sender_id: int
    region_code: str | None
    state: str
    reason: str | None
    received_at: datetime
    claimed_at: datetime | None
    offset: int
    drift: int
    payload: Mapping[str, Any] | None
    settled_at: datetime | None
    settled_by: int | None
    sender: str = ""
    settler: str = ""
    contents: Sequence[tuple[str, str]] = ()

    @property
    def receipt(self) -> str:
        """The short code that the phone shows."""
        return receipt_of(self.id)

    @property
    def lay_around(self) -> bool:
        """Whether it waited on the phone, by the phone's own word, long enough to say both times."""
        return self.claimed_at is not None and abs(self.received_at - self.claimed_at) > SOON

    @property
    def drifts(self) -> bool:
        """Whether the phone's clock was so wrong that a person should know."""
        return is_drift(self.drift)


@dataclass(frozen=True)
class Waiting:
    """What nobody has looked at yet: one page of it (the last one at most), and how much there is of each sort."""

    entries: Sequence[Entry] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    total: int = 0
    page: int = 1


def found(receipt: str, scope: Scope, person_id: int) -> list[Entry]:
    """What has this code: one's own, and what was sent from the regions of `scope`. Two statements, and the names."""
    sent = select(Submission).where(Submission.receipt == receipt, _seen(Submission, scope, person_id))
    same = select(Submission.id).where(Submission.receipt == receipt)
    copies = select(SubmissionConflict).where(
        SubmissionConflict.submission_id.in_(same), _seen(SubmissionConflict, scope, person_id)
    )
    return _named([*_sent(sent.limit(MOST_ALIKE)), *_copies(copies.limit(MOST_ALIKE))])


def waiting(scope: Scope, shown: Shown = Shown.ALL, page: int = 1) -> Waiting:
    """What others sent from the regions of `scope`, the newest first. Three statements, and the names."""
    counts = _counts(scope)
    total = counts[shown]
    page = min(page, -(-total // PAGE) or 1)
    entries: list[Entry] = []
    if total:
        newest = select(Submission).where(*_unsettled(scope), *_of(shown))
        entries = _sent(newest.order_by(Submission.received_at.desc()).limit(page * PAGE))
    if total and shown is not Shown.REFUSED:
        copies = select(SubmissionConflict).where(*_unsettled_copies(scope))
        entries += _copies(copies.order_by(SubmissionConflict.received_at.desc()).limit(page * PAGE))
    entries.sort(key=attrgetter("received_at"), reverse=True)
    return Waiting(_named(entries[(page - 1) * PAGE : page * PAGE]), counts, total, page)


def how_many(scope: Scope) -> ScalarSelect[int]:
    """How many wait in the regions of `scope`: one number, to be asked."""
    sent = _number(Submission, _unsettled(scope))
    copies = _number(SubmissionConflict, _unsettled_copies(scope))
    return select(sent + copies).scalar_subquery()


def kind_words() -> dict[str, str]:
    """The kinds as people say them."""
    return {
        "checkin": _("Check-in"),
        "checkin.void": _("Membatalkan check-in"),
        "attendance.mark": _("Mencatat kehadiran"),
        "attendance.void": _("Membatalkan catatan hadir"),
        "attendance.walk-in": _("Mencatat tamu rapat"),
        "attendance.self": _("Menyatakan hadir"),
        "attendance.scan": _("Memindai kartu"),
        "attendance.screen": _("Hadir lewat kode layar"),
        "attendance.paper": _("Mengetik lembar kertas"),
        "attendance.correction": _("Meminta koreksi"),
        "attendance.rsvp": _("Menjawab undangan rapat"),
        "attendance.call": _("Membuat rapat"),
        "attendance.heads": _("Hitungan kepala"),
        "attendance.agree": _("Keputusan rapat"),
        "attendance.follow-up": _("Tindak lanjut rapat"),
        "attendance.follow-up-done": _("Tindak lanjut selesai atau belum"),
        "seat.assign": _("Mengisi kursi TPS"),
        "seat.end": _("Melepas kursi TPS"),
    }


def drift_words(seconds: int) -> str:
    """How wrong a phone's clock was: Jam HP tertinggal 3 jam. `seconds`: our clock minus the phone's."""
    off = timedelta(seconds=abs(seconds))
    minutes, hours = int(off.total_seconds() // 60), int(off.total_seconds() // 3600)
    if minutes < 120:
        much = _("%(n)s menit", n=minutes)
    elif hours < 48:
        much = _("%(n)s jam", n=hours)
    else:
        much = _("%(n)s hari", n=off.days) if off.days < 730 else _("%(n)s tahun", n=off.days // 365)
    behind = seconds > 0
    return (
        _("Jam HP tertinggal %(much)s", much=much)
        if behind
        else _("Jam HP terlalu cepat %(much)s", much=much)
    )


def _seen(model: Any, scope: Scope, person_id: int) -> ColumnElement[bool]:
    return or_(model.sender_id == person_id, in_scope(model.region_code, scope))


def _unsettled(scope: Scope) -> list[ColumnElement[bool]]:
    open_ones = and_(Submission.reason.is_not(None), Submission.settled_at.is_(None))
    return [open_ones, of_others(Submission, scope)]


def _unsettled_copies(scope: Scope) -> list[ColumnElement[bool]]:
    return [SubmissionConflict.settled_at.is_(None), of_others(SubmissionConflict, scope)]


def _of(shown: Shown) -> list[ColumnElement[bool]]:
    state = {Shown.REVIEW: REVIEW, Shown.REFUSED: REFUSED}.get(shown)
    return [] if state is None else [Submission.state == state]


def _number(model: Any, conditions: Iterable[ColumnElement[bool]]) -> ScalarSelect[int]:
    return select(func.count()).select_from(model).where(*conditions).scalar_subquery()


def _counts(scope: Scope) -> dict[str, int]:
    review = _number(Submission, [*_unsettled(scope), *_of(Shown.REVIEW)])
    refused = _number(Submission, [*_unsettled(scope), *_of(Shown.REFUSED)])
    copies = _number(SubmissionConflict, _unsettled_copies(scope))
    row = db.session.execute(select(review, refused, copies)).one()
    return {Shown.ALL: sum(row), Shown.REVIEW: row[0] + row[2], Shown.REFUSED: row[1]}


def _sent(query: Select[Submission]) -> list[Entry]:
    return [
        Entry(
            str(row.id), row.id, row.kind, row.sender_id, row.region_code, row.state, row.reason, row.received_at,
            row.claimed_at, row.offset, row.drift, row.payload, row.settled_at, row.settled_by,
        )
        for row in db.session.scalars(query)
    ]  # fmt: skip


def _copies(query: Select[SubmissionConflict]) -> list[Entry]:
    reason = _("Nomor kiriman ini sudah dipakai isi lain; keduanya disimpan.")
    return [
        Entry(
            str(row.id), row.submission_id, row.kind, row.sender_id, row.region_code, TWICE, reason, row.received_at,
            None, offset_of(row.region_code) if row.region_code else WIB, 0, row.payload, row.settled_at,
            row.settled_by,
        )
        for row in db.session.scalars(query)
    ]  # fmt: skip


def _named(entries: Sequence[Entry]) -> list[Entry]:
    ids = {one.sender_id for one in entries} | {one.settled_by for one in entries if one.settled_by}
    names = names_of(ids)
    return [
        replace(one, sender=names.get(one.sender_id, ""), settler=names.get(one.settled_by or 0, ""))
        for one in entries
    ]
