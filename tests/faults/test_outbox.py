"""Fault 5: a long queue is sent again and again, in any order, from two tabs, days late."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from tests.cast import Actor
from tests.faults.conftest import FULL, PLACES
from tests.faults.phones import ALONE, Answer, Phone, Tap
from webapp.plumbing.database import db
from webapp.plumbing.submissions import SubmissionConflict, receipt_of

pytestmark = pytest.mark.slow
TAPS = 10_000 if FULL else 400
MOST = 50
TRIES = 20
Sending = list[Tap]
Word = tuple[int, str]  # status of the answer, verdict on the item
BUSY: Word = (503, "")  # the whole sending was put off


def test_whatever_is_sent_twice_counts_once_and_other_content_is_kept_apart(
    app: Flask,
    phone: Callable[[Actor], Phone],
    dice: random.Random,
    effects: Callable[[], Counter[UUID]],
    receipts: Callable[[], dict[UUID, str]],
    verdict: dict[str, object],
) -> None:
    queues = {actor: [Tap.made(dice, PLACES[actor]) for _ in range(TAPS // len(PLACES))] for actor in PLACES}
    taps = [tap for queue in queues.values() for tap in queue]
    repeated = {actor: _repeated(queue, 5, dice) for actor, queue in queues.items()}
    words = _from_two_tabs_each(phone, repeated, dice)
    busy = words.count(BUSY)
    verdict |= {"fault": 5, "taps": len(taps), "sendings": len(words) - busy, "busy": busy}
    assert {(200, "diterima"), (200, "sudah ada"), (200, ALONE)} == set(words) - {BUSY}
    assert effects() == Counter(tap.id for tap in taps)
    assert receipts() == {tap.id: receipt_of(tap.id) for tap in taps}

    strange = {actor: [tap.altered() for tap in queue[: len(queue) // 50]] for actor, queue in queues.items()}
    repeated = {actor: _repeated(queue, 3, dice) for actor, queue in strange.items()}
    words = _from_two_tabs_each(phone, repeated, dice)
    verdict |= {"altered": sum(map(len, strange.values()))}
    assert {(200, "perlu diperiksa"), (409, ALONE)} >= set(words) - {BUSY}
    assert effects() == Counter(tap.id for tap in taps)
    assert _conflicts(app) == Counter(tap.id for queue in strange.values() for tap in queue)


def _repeated(taps: Sending, most: int, dice: random.Random) -> Sending:
    return [tap for tap in taps for _ in range(dice.randint(1, most))]


def _shuffled(sent: Sending, dice: random.Random) -> list[Sending]:
    """In any order; a tenth by the single form, the rest in batches of up to 50."""
    dice.shuffle(sent)
    bulk = sent[len(sent) // 10 :]
    sendings = [[tap] for tap in sent[: len(sent) // 10]]
    while bulk:
        size = dice.randint(2, MOST)
        sendings.append(bulk[:size])
        bulk = bulk[size:]
    dice.shuffle(sendings)
    return sendings


def _from_two_tabs_each(
    phone: Callable[[Actor], Phone], queues: dict[Actor, Sending], dice: random.Random
) -> list[Word]:
    """Everybody sends from two tabs at once."""
    tabs = []
    for actor, sent in queues.items():
        sendings = _shuffled(sent, dice)
        tabs += [(phone(actor), sendings[::2]), (phone(actor), sendings[1::2])]
    with ThreadPoolExecutor(len(tabs)) as threads:
        return [word for words in threads.map(lambda tab: _send_in_order(*tab), tabs) for word in words]


def _send_in_order(phone: Phone, sendings: list[Sending]) -> list[Word]:
    words = []
    for taps in sendings:
        answer = _send(phone, taps)
        for _ in range(TRIES):
            if answer.status != 503:
                break
            words.append(BUSY)
            answer = _send(phone, taps)
        words += _words(answer, taps)
    return words


def _send(phone: Phone, taps: Sending) -> Answer:
    return phone.send_one(taps[0]) if len(taps) == 1 else phone.send_all(taps)


def _words(answer: Answer, taps: Sending) -> list[Word]:
    assert [UUID(one["id"]) for one in answer.told] == [tap.id for tap in taps]
    if answer.status == 200:
        assert [one["receipt"] for one in answer.told] == [receipt_of(tap.id) for tap in taps]
    return [(answer.status, one["verdict"]) for one in answer.told]


def _conflicts(app: Flask) -> Counter[UUID]:
    with app.app_context():
        kept = Counter(db.session.scalars(select(SubmissionConflict.submission_id)).all())
        db.session.rollback()
    return kept
