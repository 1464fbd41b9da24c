"""Taking what was sent: the unique id of the database is the judge, not a look-up before it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cache
from operator import itemgetter
from typing import Any
from zlib import crc32

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.exc import InterfaceError, OperationalError
from werkzeug.datastructures import MultiDict

from webapp.plumbing.clock import now
from webapp.plumbing.database import db, upsert
from webapp.plumbing.refusal import Refusal
from webapp.plumbing.submissions.items import Admit, Item, Sender, Stamp, Verdict, kinds, receipt_of
from webapp.plumbing.submissions.models import ACCEPTED, REFUSED, REVIEW, Submission, SubmissionConflict

UNDER_WAY = timedelta(seconds=30)  # a sending may take so long; what differs by more is the clock's fault
KEEP_PAYLOAD = timedelta(days=30)
TRIES = 3
AWAY = (OperationalError, InterfaceError)
DEADLOCK = "40P01"  # PostgreSQL chose us to give way
BATCHES = 1  # our advisory locks of this kind
log = logging.getLogger(__name__)


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
        row = _without_deadlock(lambda: kind.rule(form.data, stamp))
    except Refusal as refusal:
        return _keep(item, REFUSED, refusal.says, refusal.status)
    return _accepted(item, row)


def receive_all(items: Sequence[Item], sender: Sender, admit: Admit) -> list[Verdict]:
    """Take a batch: all in one go, and only if one of them fails each behind its own savepoint.

    They are taken in the order in which they happened, whatever the order in which they came: phones that bring
    the same days then lock the same counters in the same order. The verdicts keep the order of the items.
    A database that is busy or gone is no item's fault: it is raised, and the phone sends everything again.
    """
    order = sorted(range(len(items)), key=lambda place: items[place].claimed_at)
    verdicts = _all([items[place] for place in order], sender, admit)
    return [verdict for _, verdict in sorted(zip(order, verdicts, strict=True), key=itemgetter(0))]


def forget_payloads() -> int:
    """Drop raw contents older than 30 days; returns how many were dropped."""
    border = now() - KEEP_PAYLOAD
    old = update(Submission).where(Submission.received_at < border, Submission.payload.is_not(None))
    dropped = db.session.scalars(old.values(payload=None).returning(Submission.id)).all()
    db.session.execute(delete(SubmissionConflict).where(SubmissionConflict.received_at < border))
    return len(dropped)


def _all(items: Sequence[Item], sender: Sender, admit: Admit) -> list[Verdict]:
    if len(items) > 1:
        _take_turns(sender)
    try:
        return _without_deadlock(lambda: [_take(item, sender, admit) for item in items])
    except AWAY:
        raise
    except Exception:  # noqa: BLE001 - whatever it was, the others must not suffer from it
        return [_take_alone(item, sender, admit) for item in items]


def _take_turns(sender: Sender) -> None:
    """Batches of one kabupaten go one after the other on PostgreSQL, as all writing does on SQLite.

    Each of them moves many counters; at the same moment and in any order they would only end in deadlocks.
    """
    if db.engine.dialect.name == "postgresql":
        kabupaten = crc32((sender.region_code or "")[:5].encode()) - 2**31
        db.session.execute(select(func.pg_advisory_xact_lock(BATCHES, kabupaten)))


def _without_deadlock(work: Callable[[], Any]) -> Any:
    """What `work` gives, behind a savepoint. A deadlock is tried again: giving the savepoint back frees its locks."""
    for left in reversed(range(TRIES)):
        try:
            with db.session.begin_nested():
                return work()
        except OperationalError as fault:
            if not left or getattr(fault.orig, "sqlstate", None) != DEADLOCK:
                raise
    raise AssertionError


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
        return replace(_keep(item, REFUSED, _first(form.errors), 422), errors=form.errors)
    with scope:
        return _accepted(item, kind.rule(form.data, stamp))


def _take_alone(item: Item, sender: Sender, admit: Admit) -> Verdict:
    try:
        with db.session.begin_nested():
            return _take(item, sender, admit)
    except Refusal as refusal:
        return _refuse_alone(item, sender, refusal)
    except AWAY:
        raise
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
    row = {
        "id": item.id,
        "kind": item.kind[:40],
        "sender_id": sender.person_id,
        "region_code": sender.region_code,
        "content_hash": item.content_hash,
        "state": ACCEPTED,
        "receipt": receipt_of(item.id),
        "claimed_at": stamp.claimed_at,
        "happened_at": stamp.happened_at,
        "received_at": stamp.received_at,
        "offset": item.offset,
        "drift": stamp.drift,
    }
    return db.session.execute(_once(db.engine.dialect.name, *row), row).first() is not None


@cache
def _once(_dialect: str, *columns: str) -> Any:
    """Insert a submission unless its id is known; made once, because making it costs more than running it."""
    new = upsert(Submission.__table__).values({name: bindparam(name) for name in columns})
    return new.on_conflict_do_nothing(index_elements=["id"]).returning(Submission.__table__.c.id)


def _again(item: Item, sender: Sender) -> Verdict:
    """The same thing once more gives the first receipt; other content or another sender is a conflict."""
    earlier = db.session.scalars(select(Submission).where(Submission.id == item.id)).one()
    if earlier.sender_id != sender.person_id or earlier.content_hash != item.content_hash:
        return _conflict(item, sender)
    word = "sudah ada" if earlier.state == ACCEPTED else earlier.state
    status = 200 if earlier.state == ACCEPTED else 422
    return Verdict(item.id, word, earlier.receipt, earlier.reason, status)


def _conflict(item: Item, sender: Sender) -> Verdict:
    copy = upsert(SubmissionConflict).values(
        submission_id=item.id,
        kind=item.kind[:40],
        sender_id=sender.person_id,
        region_code=sender.region_code,
        content_hash=item.content_hash,
        received_at=now(),
        payload=dict(item.fields),
    )
    db.session.execute(copy.on_conflict_do_nothing())
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
    happened = min(item.claimed_at + (drift if abs(drift) > UNDER_WAY else timedelta()), received)
    return Stamp(
        item.id,
        sender.person_id,
        item.claimed_at,
        happened,
        received,
        item.offset,
        round((happened - item.claimed_at).total_seconds()),
        sender.device,
    )


def _first(errors: Mapping[Any, Any]) -> str:
    for problems in errors.values():
        for problem in problems:
            return str(problem)
    return "Isian belum lengkap."
