"""Taking what was sent: the unique id of the database is the judge, not a look-up before it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import cache
from operator import itemgetter
from typing import Any
from zlib import crc32

from sqlalchemy import Integer, Select, bindparam, delete, func, select, update
from sqlalchemy.exc import InterfaceError, OperationalError
from werkzeug.datastructures import MultiDict

from webapp.plumbing.budget import Cost, OverBudget, remaining, spend, spend_at_the_end
from webapp.plumbing.clock import now
from webapp.plumbing.database import db
from webapp.plumbing.refusal import Refusal
from webapp.plumbing.submissions.asking import known
from webapp.plumbing.submissions.items import Admit, Item, Sender, Verdict, kinds
from webapp.plumbing.submissions.keeping import (
    AGAIN,
    accepted,
    again,
    fate_of,
    first_of,
    first_to_come,
    keep,
    put_off,
    row_of,
    stamp_of,
)
from webapp.plumbing.submissions.mending import mend
from webapp.plumbing.submissions.models import ACCEPTED, REFUSED, REVIEW, Submission, SubmissionConflict
from webapp.plumbing.submissions.together import Filled, are_alike, fill, take_together

KEEP_PAYLOAD = timedelta(days=30)
TRIES = 3
AWAY = (OperationalError, InterfaceError)
DEADLOCK = "40P01"  # PostgreSQL chose us to give way
TAKEN = (ACCEPTED, "ganda")
BATCHES = 1  # our advisory locks of this kind; a form that is pressed twice takes the second
log = logging.getLogger(__name__)


def receive(item: Item, sender: Sender) -> Verdict:
    """Take one item of a single form, whose rights the door has judged.

    A refusal undoes what its rule wrote and stays on record; a form with mistakes is not kept at all. Raises
    `OverBudget`, and then nothing of it may stay.
    """
    kind = kinds[item.kind]
    form = kind.form(MultiDict(item.fields))
    if not form.validate():
        return Verdict(item.id, REFUSED, "", first_of(form.errors), 422, errors=form.errors)
    stamp = stamp_of(item, sender)
    if not first_to_come([row_of(item, sender, stamp)]):
        return again([item], sender)[0]
    verdict = _judged(item, lambda: kind.rule(form.data, stamp), sender)
    spend_at_the_end(sender.person_id, Cost(kind.weight(form.data), item.size))
    return verdict


def _judged(item: Item, rule: Callable[[], Any], sender: Sender) -> Verdict:
    try:
        row = _without_deadlock(rule)
    except OverBudget:
        raise
    except Refusal as refusal:
        return keep(item, refusal, "" if refusal.for_a_person else REFUSED)
    if kinds[item.kind].mends:
        mend([item], sender)
    return accepted(item, row)


def receive_all(
    items: Sequence[Item], sender: Sender, admit: Admit, filled: Sequence[Filled] | None = None
) -> list[Verdict]:
    """Take a batch: all in one go, and only if one of them fails each behind its own savepoint.

    They are taken in the order in which they happened, whatever the order in which they came; the verdicts keep
    the order of the items. A database that is busy or gone is no item's fault: it is raised, and the phone sends
    everything again. `filled` are the same items with their forms, if they were filled in before.
    """
    told = filled or fill(items)
    order = sorted(range(len(told)), key=lambda place: told[place].item.claimed_at)
    verdicts = _all([told[place] for place in order], sender, admit)
    taken = {verdict.id for verdict in verdicts if verdict.word in TAKEN}
    mend(
        [one.item for one in told if one.item.id in taken and one.kind and one.kind.typed and one.kind.mends],
        sender,
    )
    return [verdict for _, verdict in sorted(zip(order, verdicts, strict=True), key=itemgetter(0))]


def forget_payloads() -> int:
    """Drop raw contents older than 30 days; returns how many were dropped."""
    border = now() - KEEP_PAYLOAD
    old = update(Submission).where(Submission.received_at < border, Submission.payload.is_not(None))
    dropped = db.session.scalars(old.values(payload=None).returning(Submission.id)).all()
    db.session.execute(delete(SubmissionConflict).where(SubmissionConflict.received_at < border))
    return len(dropped)


def _all(told: Sequence[Filled], sender: Sender, admit: Admit) -> list[Verdict]:
    held = set(db.session)
    try:
        return _without_deadlock(lambda: _in_one_go(told, sender, admit))
    except AWAY:
        raise
    except OverBudget:
        return _take_what_fits(told, sender, admit)
    except Exception:  # noqa: BLE001 - whatever it was, the others must not suffer from it
        for read in set(db.session) - held:
            db.session.expunge(read)  # rows that went with the savepoint, whose numbers may be given anew
        _take_turns(sender)
        return [_take_alone(one, sender, admit) for one in told]


def _take_what_fits(told: Sequence[Filled], sender: Sender, admit: Admit) -> list[Verdict]:
    """Each alone, as long as the budget lasts; what was here before costs nothing, and the rest is put off."""
    _take_turns(sender)
    here, room = known(one.item.id for one in told), remaining(sender.person_id)
    verdicts = []
    for one in told:
        fits = one.item.id in here or not (room.items <= 0 or room.bytes <= 0)
        room -= Cost(0 if one.item.id in here else 1)
        verdicts.append(_take_alone(one, sender, admit) if fits else put_off(one.item))
    return verdicts


def _in_one_go(told: Sequence[Filled], sender: Sender, admit: Admit) -> list[Verdict]:
    if len(told) > 1:
        _take_turns(sender, alike=are_alike(told))
    return take_together(told, sender, admit)


def _take_turns(sender: Sender, *, alike: bool = False) -> None:
    """Batches of one kabupaten go one after the other on PostgreSQL, as all writing does on SQLite.

    Each of them moves many counters; at the same moment and in any order they would only end in deadlocks. Those
    that are all `alike` take their locks in one order and go side by side. Given back with the savepoint.
    """
    if db.engine.dialect.name == "postgresql":
        kabupaten = crc32((sender.region_code or "")[:5].encode()) - 2**31
        db.session.execute(_turn(alike), {"kabupaten": kabupaten})


@cache
def _turn(alike: bool) -> Select[Any]:
    wait = func.pg_advisory_xact_lock_shared if alike else func.pg_advisory_xact_lock
    return select(wait(BATCHES, bindparam("kabupaten", type_=Integer())))


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


def _take_alone(one: Filled, sender: Sender, admit: Admit) -> Verdict:
    item = one.item
    try:
        with db.session.begin_nested():
            return take_together([one], sender, admit)[0]
    except OverBudget:
        return put_off(item)
    except Refusal as refusal:
        return _refuse_alone(item, sender, refusal)
    except AWAY:
        raise
    except Exception:
        log.exception("an item of kind %s failed", item.kind)
        return Verdict(item.id, AGAIN, "", "Server belum bisa menerima ini. Simpul mencoba lagi nanti.", 500)


def _refuse_alone(item: Item, sender: Sender, refusal: Refusal) -> Verdict:
    fate = fate_of(item, refusal.says, refusal.status, REVIEW if refusal.for_a_person else "")
    try:
        with db.session.begin_nested():
            if not first_to_come([row_of(item, sender, stamp_of(item, sender), fate)]):
                return again([item], sender)[0]
            spend(sender.person_id, Cost(1, item.size), single=True)
    except OverBudget:
        return put_off(item)
    return fate
