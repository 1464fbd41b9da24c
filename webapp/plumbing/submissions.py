"""Received once: the one place where anything sent by a phone is taken, judged and acknowledged.

The unique id of the database is the judge, not a look-up before it. The protocol is `docs/offline.md`.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, BigInteger, Index, Integer, String, Text, Uuid, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.datastructures import MultiDict
from wtforms import Form

from webapp.plumbing.clock import from_phone, now
from webapp.plumbing.database import Code, Model, UtcDateTime, db, upsert
from webapp.plumbing.refusal import Refusal

DRIFT_LIMIT = timedelta(minutes=10)
KEEP_PAYLOAD = timedelta(days=30)
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
NOT_SENT = frozenset({"id", "happened_at", "offset", "clock"})
ACCEPTED, REVIEW, REFUSED = "diterima", "perlu diperiksa", "ditolak"
log = logging.getLogger(__name__)


class Submission(Model):
    """One thing a phone sent. The id was made at the tap; the row says what became of it."""

    __tablename__ = "submission"
    __table_args__ = (Index(None, "receipt"), Index(None, "sender_id", "received_at"))

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    sender_id: Mapped[int] = mapped_column(Integer)
    region_code: Mapped[str | None] = mapped_column(Code())
    content_hash: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str | None] = mapped_column(Text)
    receipt: Mapped[str] = mapped_column(String(7))
    claimed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    happened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    offset: Mapped[int] = mapped_column(Integer)
    drift: Mapped[int] = mapped_column(BigInteger, default=0)
    payload: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class SubmissionConflict(Model):
    """Other content, or another sender, under an id that is already known: kept for a person to look at."""

    __tablename__ = "submission_conflict"

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    kind: Mapped[str] = mapped_column(String(40))
    sender_id: Mapped[int] = mapped_column(Integer)
    content_hash: Mapped[str] = mapped_column(String(64))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    payload: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


@dataclass(frozen=True)
class Item:
    """What came in: `claimed_at` is the phone's word, `clock` the phone's clock at sending time."""

    id: UUID
    kind: str
    fields: Mapping[str, Any]
    claimed_at: datetime
    offset: int
    clock: datetime | None = None

    @property
    def content_hash(self) -> str:
        """Covers kind, fields and claimed time; not the clock, nor how often it was sent."""
        content = [self.kind, _sorted(self.fields), self.claimed_at.isoformat()]
        return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True)
class Sender:
    """Who sends: a person, and the region that looks at what cannot be taken."""

    person_id: int
    region_code: str | None


@dataclass(frozen=True)
class Stamp:
    """When and by whom, for a rule: `happened_at` is corrected by the phone's drift (seconds)."""

    submission_id: UUID
    sender_id: int
    claimed_at: datetime
    happened_at: datetime
    received_at: datetime
    offset: int
    drift: int

    @property
    def drifts(self) -> bool:
        """Whether the phone's clock is so wrong that a person should look."""
        return abs(self.drift) > DRIFT_LIMIT.total_seconds()


@dataclass(frozen=True)
class Verdict:
    """The answer to one item; `status` is what a single form answers with."""

    id: UUID
    word: str
    receipt: str
    reason: str | None = None
    status: int = 200
    row: Any = None
    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """What the outbox reads."""
        return {"id": str(self.id), "verdict": self.word, "receipt": self.receipt, "reason": self.reason}


Rule = Callable[[Mapping[str, Any], Stamp], Any]
Admit = Callable[[Any], AbstractContextManager[None] | None]


@dataclass(frozen=True)
class Kind:
    """One kind of thing that can be sent: the form that reads it, the rule that takes it, the right it needs."""

    form: type[Form]
    rule: Rule
    needs: Any


kinds: dict[str, Kind] = {}


def register(name: str, *, form: type[Form], rule: Rule, needs: Any) -> None:
    """Make `name` known to single forms and to the bulk door alike."""
    kinds[name] = Kind(form, rule, needs)


def item_from_form(kind: str, form: Mapping[str, Any]) -> Item:
    """An item out of a posted form. Without an id (no JavaScript) the server makes one, and the time is now."""
    fields = {name: form[name] for name in form if name not in NOT_SENT}
    moment = now()
    if not form.get("id"):
        return Item(uuid4(), kind, fields, moment, 0)
    try:
        offset = int(form.get("offset") or 0)
        claimed = from_phone(form["happened_at"], offset) if form.get("happened_at") else moment
        clock = from_phone(form["clock"], offset) if form.get("clock") else None
        return Item(UUID(form["id"]), kind, fields, claimed, offset, clock)
    except (ValueError, OverflowError) as mistake:
        raise Refusal("Kiriman ini tidak terbaca. Muat ulang halaman lalu coba lagi.") from mistake


def receive(item: Item, sender: Sender) -> Verdict:
    """Take one item of a single form, whose rights the door has judged.

    A refusal undoes what its rule wrote and stays on record; a form with mistakes is not kept at all.
    """
    kind = kinds[item.kind]
    form = kind.form(MultiDict(item.fields))
    if not form.validate():
        return Verdict(item.id, REFUSED, "", _first(form.errors), 422, errors=form.errors)
    stamp = _stamp(item, sender)
    if not _first_to_come(item, sender, stamp):
        return _again(item, sender)
    try:
        with db.session.begin_nested():
            row = kind.rule(form.data, stamp)
    except Refusal as refusal:
        return _keep(item, REFUSED, refusal.says, refusal.status)
    return _accepted(item, row)


def receive_all(items: Sequence[Item], sender: Sender, admit: Admit) -> list[Verdict]:
    """Take a batch: all in one go, and only if one of them fails each behind its own savepoint."""
    try:
        with db.session.begin_nested():
            return [_take(item, sender, admit) for item in items]
    except Exception:  # noqa: BLE001 - whatever it was, the others must not suffer from it
        return [_take_alone(item, sender, admit) for item in items]


def forget_payloads() -> int:
    """Drop raw contents older than 30 days; returns how many were dropped."""
    border = now() - KEEP_PAYLOAD
    old = update(Submission).where(Submission.received_at < border, Submission.payload.is_not(None))
    dropped: int = db.session.execute(old.values(payload=None)).rowcount
    db.session.execute(delete(SubmissionConflict).where(SubmissionConflict.received_at < border))
    return dropped


def receipt_of(submission_id: UUID) -> str:
    """The short readable code of a receipt, always the same for the same id: K7M-2Q4."""
    rest = int.from_bytes(hashlib.blake2s(submission_id.bytes, digest_size=8).digest())
    signs = []
    for _ in range(6):
        rest, place = divmod(rest, len(ALPHABET))
        signs.append(ALPHABET[place])
    return "".join(signs[:3]) + "-" + "".join(signs[3:])


def _take(item: Item, sender: Sender, admit: Admit) -> Verdict:
    stamp = _stamp(item, sender)
    if not _first_to_come(item, sender, stamp):
        return _again(item, sender)
    kind = kinds.get(item.kind)
    if kind is None:
        return _keep(item, REFUSED, "Jenis kiriman ini tidak dikenal. Perbarui aplikasi.", 422)
    scope = admit(kind.needs)
    if scope is None:
        return _keep(item, REVIEW, "Tugas Anda di wilayah ini sudah berakhir; pengawas akan memeriksa.", 404)
    form = kind.form(MultiDict(item.fields))
    if not form.validate():
        return _keep(item, REFUSED, _first(form.errors), 422)
    with scope:
        return _accepted(item, kind.rule(form.data, stamp))


def _take_alone(item: Item, sender: Sender, admit: Admit) -> Verdict:
    try:
        with db.session.begin_nested():
            return _take(item, sender, admit)
    except Refusal as refusal:
        return _refuse_alone(item, sender, refusal)
    except Exception:
        log.exception("an item of kind %s failed", item.kind)
        return Verdict(
            item.id, "coba lagi", "", "Server belum bisa menerima ini. Simpul mencoba lagi nanti.", 500
        )


def _refuse_alone(item: Item, sender: Sender, refusal: Refusal) -> Verdict:
    if not _first_to_come(item, sender, _stamp(item, sender)):
        return _again(item, sender)
    return _keep(item, REVIEW if refusal.status == 404 else REFUSED, refusal.says, refusal.status)


def _first_to_come(item: Item, sender: Sender, stamp: Stamp) -> bool:
    new = upsert(Submission).values(
        id=item.id,
        kind=item.kind[:40],
        sender_id=sender.person_id,
        region_code=sender.region_code,
        content_hash=item.content_hash,
        state=ACCEPTED,
        receipt=receipt_of(item.id),
        claimed_at=stamp.claimed_at,
        happened_at=stamp.happened_at,
        received_at=stamp.received_at,
        offset=item.offset,
        drift=stamp.drift,
    )
    new = new.on_conflict_do_nothing(index_elements=["id"]).returning(Submission.id)
    return db.session.execute(new).first() is not None


def _again(item: Item, sender: Sender) -> Verdict:
    """The same thing once more gives the first receipt; other content or another sender is a conflict."""
    earlier = db.session.scalars(select(Submission).where(Submission.id == item.id)).one()
    if earlier.sender_id != sender.person_id or earlier.content_hash != item.content_hash:
        return _conflict(item, sender)
    word = "sudah ada" if earlier.state == ACCEPTED else earlier.state
    status = 200 if earlier.state == ACCEPTED else 422
    return Verdict(item.id, word, earlier.receipt, earlier.reason, status)


def _conflict(item: Item, sender: Sender) -> Verdict:
    content = item.content_hash
    known = select(SubmissionConflict.id).where(
        SubmissionConflict.submission_id == item.id, SubmissionConflict.content_hash == content
    )
    if db.session.execute(known).first() is None:
        copy = SubmissionConflict(
            submission_id=item.id,
            kind=item.kind[:40],
            sender_id=sender.person_id,
            content_hash=content,
            received_at=now(),
            payload=dict(item.fields),
        )
        db.session.add(copy)
        db.session.flush()
    return Verdict(
        item.id,
        REVIEW,
        receipt_of(item.id),
        "Nomor kiriman ini sudah dipakai isi lain; keduanya disimpan.",
        409,
    )


def _keep(item: Item, state: str, reason: str, status: int) -> Verdict:
    """Leave a thing that cannot be taken on record with its reason, so that the phone may stop."""
    kept = update(Submission).where(Submission.id == item.id)
    db.session.execute(kept.values(state=state, reason=reason, payload=dict(item.fields)))
    return Verdict(item.id, state, receipt_of(item.id), reason, status)


def _accepted(item: Item, row: Any) -> Verdict:
    word = "ganda" if getattr(row, "doubled", False) else ACCEPTED
    return Verdict(item.id, word, receipt_of(item.id), row=row)


def _stamp(item: Item, sender: Sender) -> Stamp:
    received = now()
    drift = received - item.clock if item.clock else timedelta()
    happened = min(item.claimed_at + drift, received)
    return Stamp(
        item.id,
        sender.person_id,
        item.claimed_at,
        happened,
        received,
        item.offset,
        round(drift.total_seconds()),
    )


def _first(errors: Mapping[Any, Any]) -> str:
    for problems in errors.values():
        for problem in problems:
            return str(problem)
    return "Isian belum lengkap."


def _sorted(fields: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return sorted((str(name), value) for name, value in fields.items() if name not in NOT_SENT)
