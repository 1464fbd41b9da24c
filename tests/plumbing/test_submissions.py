"""Received once: a made-up kind of thing is sent every way that a bad network can send it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from wtforms import Form, StringField
from wtforms.validators import InputRequired

from webapp.plumbing import submissions
from webapp.plumbing.database import db, writing
from webapp.plumbing.refusal import Refusal
from webapp.plumbing.submissions import Item, Sender, Stamp, Submission, SubmissionConflict, Verdict

NOW = datetime(2024, 11, 9, 2, 0, tzinfo=UTC)
ANI, CITRA = Sender(1, "31.73.01"), Sender(4, "31.73.02")
taken: list[tuple[str, Stamp]] = []


class NoteForm(Form):
    words = StringField(validators=[InputRequired("Tulis sesuatu.")])


def take(data: Mapping[str, Any], stamp: Stamp) -> object:
    if data["words"] == "no":
        raise Refusal("Tidak bisa.")
    if data["words"] == "boom":
        raise RuntimeError("a defect")
    taken.append((data["words"], stamp))
    return object()


@pytest.fixture(autouse=True)
def _kind(inside: None) -> Iterator[None]:
    submissions.register("note", form=NoteForm, rule=take, needs=None)
    taken.clear()
    with time_machine.travel(NOW, tick=False):
        yield
    del submissions.kinds["note"]


def note(words: str = "halo", item_id: UUID | None = None, **more: Any) -> Item:
    return Item(item_id or uuid4(), "note", {"words": words}, more.pop("claimed", NOW), 420, **more)


def send(item: Item, sender: Sender = ANI) -> Verdict:
    with writing():
        return submissions.receive(item, sender)


def send_all(items: list[Item], admitted: bool = True) -> list[Verdict]:
    with writing():
        return submissions.receive_all(items, ANI, lambda _: nullcontext() if admitted else None)


def rows() -> int:
    return db.session.scalar(select(func.count()).select_from(Submission)) or 0


def test_the_same_thing_ten_times_is_one_row_and_one_receipt() -> None:
    item = note()
    verdicts = [send(item) for _ in range(10)]
    assert (rows(), len(taken)) == (1, 1)
    assert {v.receipt for v in verdicts} == {verdicts[0].receipt}
    assert [v.word for v in verdicts[:2]] == ["diterima", "sudah ada"]


def test_other_content_under_a_known_id_is_kept_and_answered_409() -> None:
    item = note()
    send(item)
    for _ in range(3):
        verdict = send(note("lain", item.id))
    assert (verdict.status, verdict.word) == (409, "perlu diperiksa")
    kept = db.session.scalars(select(SubmissionConflict)).all()
    assert [copy.payload for copy in kept] == [{"words": "lain"}]
    assert len(taken) == 1


def test_somebody_elses_receipt_is_not_handed_out() -> None:
    item = note()
    send(item)
    assert send(item, CITRA).status == 409


def test_a_refusal_stays_on_record_and_is_the_same_the_next_time() -> None:
    item = note("no")
    first, second = send(item), send(item)
    assert (first.status, first.reason) == (422, "Tidak bisa.")
    assert (second.word, second.reason) == ("ditolak", "Tidak bisa.")
    assert rows() == 1


def test_a_form_with_a_mistake_is_not_kept() -> None:
    verdict = send(note(""))
    assert (verdict.status, verdict.reason, rows()) == (422, "Tulis sesuatu.", 0)


def test_a_batch_of_fifty_with_one_poisoned_item_stores_the_others() -> None:
    items = [note(f"n{i}") for i in range(49)]
    items.insert(20, note("no"))
    verdicts = send_all(items)
    assert [v.word for v in verdicts].count("diterima") == 49
    assert (verdicts[20].word, verdicts[20].reason) == ("ditolak", "Tidak bisa.")
    assert rows() == 50


def test_a_defect_in_one_item_keeps_it_on_the_phone_and_stores_the_others() -> None:
    verdicts = send_all([note("a"), note("boom"), note("b")])
    assert [v.word for v in verdicts] == ["diterima", "coba lagi", "diterima"]
    assert rows() == 2


def test_a_bad_form_and_an_unknown_kind_in_a_batch_are_explained() -> None:
    strange = Item(uuid4(), "dance", {}, NOW, 420)
    bad, newer = send_all([note(""), strange])
    assert bad.word == "ditolak" and bad.reason and bad.receipt
    assert newer.word == "belum dikenal" and "dance" in (newer.reason or "") and not newer.receipt
    assert db.session.scalars(select(Submission.id)).all() == [bad.id], "of an unknown kind nothing is kept"


def test_of_whoever_never_held_a_mandate_nothing_is_kept() -> None:
    with writing():
        (verdict,) = submissions.receive_all([note()], Sender(9, "31.73.01", served=False), lambda _: None)
    assert verdict.word == "ditolak" and "belum punya tugas" in (verdict.reason or "")
    assert db.session.scalars(select(Submission.id)).all() == []


def test_a_mandate_that_ended_leaves_the_item_for_the_supervisor() -> None:
    (verdict,) = send_all([note("late")], admitted=False)
    assert verdict.word == "perlu diperiksa" and "sudah berakhir" in (verdict.reason or "")
    kept = db.session.scalars(select(Submission)).one()
    assert (kept.payload, kept.region_code) == ({"words": "late"}, "31.73.01")


@pytest.mark.parametrize("wrong", [timedelta(hours=-3), timedelta(days=1), timedelta(days=-20000)])
def test_a_wrong_clock_is_corrected_by_its_age_and_flagged(wrong: timedelta) -> None:
    clock = NOW + wrong
    send(note(claimed=clock - timedelta(minutes=30), clock=clock))
    stamp = taken[0][1]
    assert stamp.happened_at == NOW - timedelta(minutes=30)
    assert stamp.drifts


def test_nothing_happens_in_the_future() -> None:
    send(note(claimed=NOW + timedelta(days=3)))
    assert taken[0][1].happened_at == NOW


def test_a_clock_that_was_set_right_between_the_tap_and_the_sending_is_flagged_all_the_same() -> None:
    send(note(claimed=NOW + timedelta(days=1), clock=NOW))
    stamp = taken[0][1]
    assert stamp.happened_at == NOW
    assert stamp.drifts


def test_seconds_under_way_are_no_wrong_clock_and_do_not_turn_two_taps_around() -> None:
    first, second = NOW - timedelta(seconds=20), NOW - timedelta(seconds=12)
    send(note("a", claimed=first, clock=first))
    send(note("b", claimed=second, clock=NOW))
    assert [stamp.happened_at for _, stamp in taken] == [first, second]
    assert [stamp.drift for _, stamp in taken] == [0, 0]


def test_the_receipt_is_readable_and_always_the_same() -> None:
    one = uuid4()
    assert submissions.receipt_of(one) == submissions.receipt_of(one)
    assert len(submissions.receipt_of(one)) == 7
    assert not set(submissions.receipt_of(one)) & set("01IOL")


def test_old_payloads_are_forgotten(app: Flask) -> None:
    send(note("no"))
    with time_machine.travel(NOW + timedelta(days=31), tick=False), writing():
        assert submissions.forget_payloads() == 1
        assert submissions.forget_payloads() == 0
