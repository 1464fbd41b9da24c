"""Bar 14: a long queue of everything is sent again and again, in any order, from two tabs, days late."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from tests.cast import Actor
from tests.faults.conftest import FULL, PLACES
from tests.faults.crowd import understudies
from tests.faults.phones import ALONE, Answer, Phone, Tap
from tests.faults.queues import Plan, halls, plan
from webapp.attendance.models import Verdict
from webapp.attendance.rules.rebuilding import rebuild
from webapp.checkins.models import CheckIn
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import db
from webapp.plumbing.submissions import SubmissionConflict, receipt_of

pytestmark = [
    pytest.mark.slow,
    pytest.mark.bar(
        14,
        "check-ins, marks, claims and undos of all of them, each sent 1 to 5 times, shuffled, from two tabs each of "
        "many people, single and in batches, up to 72 hours late",
        "exactly as many effects as items; other content under a known id is kept apart",
    ),
]
TAPS, SEATS = (10_000, 60) if FULL else (400, 12)
EACH = min(TAPS // len(PLACES), 500)  # within the budget of an hour
AT_ONCE = 8  # tabs
MOST = 50
TRIES = 20
Sending = list[Tap]
Word = tuple[int, str]  # status of the answer, verdict on the item
CLAIM = "attendance.self"
BUSY: Word = (503, "")  # the whole sending was put off
TAKEN = {(200, "diterima"), (200, "ganda"), (200, "sudah ada"), (200, ALONE)}


def test_whatever_is_sent_twice_counts_once_and_other_content_is_kept_apart(
    app: Flask,
    phone: Callable[[Actor], Phone],
    dice: random.Random,
    effects: Callable[[], Counter[UUID]],
    receipts: Callable[[], dict[UUID, str]],
    verdict: dict[str, object],
) -> None:
    teams = {who: understudies(app, who, TAPS // EACH // len(PLACES) - 1) for who in PLACES}
    places = {one: PLACES[who] for who, team in teams.items() for one in team}
    made = plan(dice, places, halls(app, dice, SEATS, teams), EACH)
    words = _from_two_tabs_each(
        phone, {who: _repeated(sent, 5, dice) for who, sent in made.queues.items()}, dice
    )
    busy = words.count(BUSY)
    verdict |= {"items": len(made.taps), "sendings": len(words) - busy, "busy": busy, **_kinds(made.taps)}
    assert set(words) - {BUSY} == TAKEN
    _compare(app, made, effects(), receipts())

    strange = {
        who: [tap.altered() for tap in _alone(sent)[: EACH // 20]] for who, sent in made.queues.items()
    }
    words = _from_two_tabs_each(phone, {who: _repeated(sent, 3, dice) for who, sent in strange.items()}, dice)
    altered = [tap for sent in strange.values() for tap in sent]
    assert {(200, "perlu diperiksa"), (409, ALONE)} >= set(words) - {BUSY}
    _compare(app, made, effects(), receipts())
    assert _conflicts(app) == Counter(tap.id for tap in altered)
    verdict["says"] = (
        f"{len(made.taps):,} items, {verdict['sendings']:,} sendings: {len(made.taps):,} effects; "
        f"{len(altered)} altered: {len(altered)} kept apart"
    )


def _compare(app: Flask, made: Plan, effects: Counter[UUID], receipts: dict[UUID, str]) -> None:
    """Each item has its receipt and its one effect, all claims of one person one; all is known as it happened."""
    assert receipts == {tap.id: receipt_of(tap.id) for tap in made.taps}
    claims: dict[tuple[Actor, str], set[UUID]] = defaultdict(set)
    for who, queue in made.queues.items():
        for tap in queue:
            if tap.kind == CLAIM:
                claims[who, dict(tap.fields)["rapat"]].add(tap.id)
    for ids in claims.values():  # a claim beside one that still stands adds nothing
        assert any(effects[one] for one in ids) and all(effects[one] <= 1 for one in ids)
    of_claims = set().union(*claims.values())
    others = Counter({one: times for one, times in effects.items() if one not in of_claims})
    assert others == Counter(tap.id for tap in made.taps if tap.kind not in ("checkin.void", CLAIM))
    with app.app_context(), everywhere("a test looks"):
        taken_back = db.session.scalars(select(CheckIn.submission_id).where(CheckIn.voided_at.is_not(None)))
        assert set(taken_back) == made.taken_back
        said = db.session.execute(select(Verdict.invitation_id, Verdict.status))
        known = {seat: _word(status) for seat, status in said}
        assert {seat: known[seat] for seat in made.facts} == made.statuses()
        assert rebuild()[1] == 0
        db.session.rollback()


def _word(status: str) -> str:
    return "came" if status in ("hadir", "terlambat") else status


def _kinds(taps: Sending) -> dict[str, int]:
    return dict(Counter(tap.kind for tap in taps))


def _alone(taps: Sending) -> Sending:
    """Those that may go by their single form and show their receipt there."""
    return [tap for tap in taps if tap.kind == "checkin"]


def _repeated(taps: Sending, most: int, dice: random.Random) -> Sending:
    return [tap for tap in taps for _ in range(dice.randint(1, most))]


def _shuffled(sent: Sending, dice: random.Random) -> list[Sending]:
    """In any order; a fifth of the check-ins by the single form, the rest in batches of up to 50."""
    dice.shuffle(sent)
    single = {place for place, tap in enumerate(sent) if tap.kind == "checkin" and dice.random() < 0.2}
    sendings = [[sent[place]] for place in single]
    bulk = [tap for place, tap in enumerate(sent) if place not in single]
    while bulk:
        size = dice.randint(2, MOST)
        sendings.append(bulk[:size])
        bulk = bulk[size:]
    dice.shuffle(sendings)
    return sendings


def _from_two_tabs_each(
    phone: Callable[[Actor], Phone], queues: dict[Actor, Sending], dice: random.Random
) -> list[Word]:
    """Everybody sends from two tabs at once, a few people at a time."""
    tabs = []
    for actor, sent in queues.items():
        sendings = _shuffled(sent, dice)
        tabs += [(phone(actor), sendings[::2]), (phone(actor), sendings[1::2])]
    with ThreadPoolExecutor(AT_ONCE) as threads:
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
    alone = len(taps) == 1 and taps[0].kind == "checkin"
    return phone.send_one(taps[0]) if alone else phone.send_all(taps)


def _words(answer: Answer, taps: Sending) -> list[Word]:
    assert [UUID(one["id"]) for one in answer.told] == [tap.id for tap in taps], answer
    if answer.status == 200:
        receipts = [one["receipt"] for one in answer.told]
        seen = [""] if answer.told[0]["verdict"] == ALONE else [receipt_of(tap.id) for tap in taps]
        assert receipts == seen, answer.told
    return [(answer.status, one["verdict"]) for one in answer.told]


def _conflicts(app: Flask) -> Counter[UUID]:
    with app.app_context():
        kept = Counter(db.session.scalars(select(SubmissionConflict.submission_id)).all())
        db.session.rollback()
    return kept
