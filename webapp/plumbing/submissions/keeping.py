"""What the tables keep of each thing that was sent, and the verdict that follows: the unique id is the judge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, update

from webapp.plumbing.budget import Cost, spend, too_much
from webapp.plumbing.clock import now
from webapp.plumbing.database import as_many, db, insert_many, upsert
from webapp.plumbing.refusal import Refusal
from webapp.plumbing.submissions.items import UNDER_WAY, Item, Sender, Stamp, Verdict, receipt_of
from webapp.plumbing.submissions.models import ACCEPTED, REFUSED, REVIEW, Submission, SubmissionConflict

AGAIN = "coba lagi"  # not taken and not kept: the phone keeps it
sent = Submission.__table__


def stamp_of(item: Item, sender: Sender) -> Stamp:
    """When it happened by our clock, and by whom."""
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
        item.clock is not None,
    )


def row_of(item: Item, sender: Sender, stamp: Stamp, fate: Verdict | None = None) -> dict[str, Any]:
    """The row of one submission: taken, or already refused with the reason of its `fate`."""
    return {
        "id": item.id,
        "kind": item.kind[:40],
        "sender_id": sender.person_id,
        "region_code": sender.region_code,
        "content_hash": item.content_hash,
        "state": fate.word if fate else ACCEPTED,
        "reason": fate.reason if fate else None,
        "receipt": receipt_of(item.id),
        "claimed_at": stamp.claimed_at,
        "happened_at": stamp.happened_at,
        "received_at": stamp.received_at,
        "offset": item.offset,
        "drift": stamp.drift,
        "payload": dict(item.fields) if fate else None,
    }


def first_to_come(rows: Iterable[dict[str, Any]]) -> set[UUID]:
    """Insert these submissions in one statement; returns the ids that nobody had sent before.

    In the order of their ids: who waits for a row of somebody else's holds none that the other wants.
    """
    ordered = sorted(rows, key=lambda row: row["id"].bytes)
    if not ordered:
        return set()
    once = _once(db.engine.dialect.name, *ordered[0])
    return set(db.session.scalars(once, as_many(ordered)))


@cache
def _once(_dialect: str, *names: str) -> Any:
    """Made once, because making it costs more than running it."""
    new = insert_many(sent, *names)
    return new.on_conflict_do_nothing(index_elements=["id"]).returning(sent.c.id)


def again(items: Sequence[Item], sender: Sender) -> list[Verdict]:
    """The same thing once more gives the first receipt; other content or another sender is a conflict."""
    if not items:
        return []
    earlier = {row.id: row for row in db.session.execute(_earlier(), {"ids": [item.id for item in items]})}
    return [_once_more(item, sender, earlier[item.id]) for item in items]


@cache
def _earlier() -> Any:
    told = (sent.c.id, sent.c.sender_id, sent.c.content_hash, sent.c.state, sent.c.receipt, sent.c.reason)
    return select(*told).where(sent.c.id.in_(bindparam("ids", expanding=True)))


def _once_more(item: Item, sender: Sender, earlier: Any) -> Verdict:
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
    new = copy.on_conflict_do_nothing().returning(SubmissionConflict.id)
    if db.session.scalars(new).all():
        spend(sender.person_id, Cost(1, item.size), single=True)
    reason = "Nomor kiriman ini sudah dipakai isi lain; keduanya disimpan."
    return Verdict(item.id, REVIEW, receipt_of(item.id), reason, 409)


def keep(item: Item, refusal: Refusal, state: str = "") -> Verdict:
    """Leave a thing that cannot be taken on record with its reason, so that the phone may stop."""
    fate = fate_of(item, refusal.says, refusal.status, state or (REVIEW if refusal.for_a_person else ""))
    kept = update(Submission).where(Submission.id == item.id)
    db.session.execute(kept.values(state=fate.word, reason=fate.reason, payload=dict(item.fields)))
    return fate


def fate_of(item: Item, reason: str, status: int, state: str = "") -> Verdict:
    """The verdict on what is kept but not taken.

    What is not there for its sender is for a person to look at, unless `state` says otherwise.
    """
    word = state or (REVIEW if status == 404 else REFUSED)
    return Verdict(item.id, word, receipt_of(item.id), reason, status)


def put_off(item: Item) -> Verdict:
    """The verdict on what its sender's budget has no room for: nothing is kept, and the phone sends it again."""
    return Verdict(item.id, AGAIN, "", too_much(), 429)


def accepted(item: Item, row: Any) -> Verdict:
    """The verdict on what was taken; *ganda* when somebody else had recorded the same."""
    word = "ganda" if getattr(row, "doubled", False) else ACCEPTED
    return Verdict(item.id, word, receipt_of(item.id), row=row)


def first_of(errors: Mapping[Any, Any]) -> str:
    """The first sentence of what a form found wrong."""
    for problems in errors.values():
        for problem in problems:
            return str(problem)
    return "Isian belum lengkap."
