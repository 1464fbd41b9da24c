"""What phones of every version say beside their items, and what they are told: the contract of the bulk door."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from tests.attendance.scenes import NINE, NOON, meeting_of
from tests.cast import ANI, BUDI, KAPUK, Actor
from tests.clock import NOW
from tests.visits import Visitor
from webapp.people.models import DeviceSession
from webapp.plumbing.database import db
from webapp.plumbing.submissions import Submission

POSKO = {"jenis": "posko", "tempat": KAPUK}


def item(
    fields: Any = None, kind: str = "checkin", at: datetime | None = None, **more: Any
) -> dict[str, Any]:
    """One check-in at the posko of Kapuk, or what is asked for."""
    moment = (at or datetime.now(UTC)).isoformat()
    told = {
        "id": str(uuid4()),
        "kind": kind,
        "fields": fields or POSKO,
        "happened_at": moment,
        "offset": "420",
    }
    return told | more


def send(who: Visitor, *items: Any, status: int = 200, **more: Any) -> dict[str, Any]:
    """One call, as today's phones make it unless `more` says otherwise."""
    body: dict[str, Any] = {"items": list(items), "clock": datetime.now(UTC).isoformat()} | more
    return dict(who.post("/kirim", json=body, status=status).response.get_json())


def device(app: Flask, actor: Actor) -> DeviceSession:
    with app.app_context():
        return db.session.get_one(DeviceSession, actor.device, populate_existing=True)


def kept(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Submission)) or 0


def test_what_belongs_to_another_user_is_not_taken(app: Flask, budi: Visitor) -> None:
    for user in (str(ANI.id), "0", "x", [3], {}, True):
        answer = send(budi, item(), user=user, held={"count": 3}, sent=[str(uuid4())], status=401)
        assert set(answer) == {"error"} and "orang lain" in answer["error"]
    assert kept(app) == 0 and device(app, BUDI).held == 0
    for user in (str(BUDI.id), BUDI.id, "", None):
        assert send(budi, item(), user=user)["verdicts"][0]["verdict"] == "diterima"


def test_a_phone_learns_which_of_its_sent_copies_the_server_has_lost(budi: Visitor, ani: Visitor) -> None:
    own, others, lost = item(), item(), str(uuid4())
    send(budi, own)
    send(ani, others)
    answer = send(budi, sent=[own["id"], others["id"], lost, "x", 7, None, {}])
    assert answer == {"verdicts": [], "unknown": [lost]}
    assert len(send(budi, sent=[str(uuid4()) for _ in range(300)])["unknown"]) == 200


def test_asking_after_200_copies_costs_one_statement_more(
    budi: Visitor, statements: Callable[[], Any]
) -> None:
    with statements() as seen:
        send(budi, sent=[str(uuid4()) for _ in range(200)], held={"count": 0, "oldest": None})
    assert len(seen.work) == 2, seen.work


def test_a_batch_of_ten_stays_within_its_budget(budi: Visitor, statements: Callable[[], Any]) -> None:
    hour = timedelta(hours=1)
    batch = [item(at=NOW - hour * n) for n in range(10)]
    with statements() as seen:
        send(
            budi, *batch, user=str(BUDI.id), held={"count": 2, "oldest": NOW.isoformat()}, sent=[str(uuid4())]
        )
    assert len(seen.work) <= 6 + 5 * 10, len(seen.work)


def test_what_a_phone_holds_is_noted_with_the_very_minute(app: Flask, budi: Visitor) -> None:
    now = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=5)
    with time_machine.travel(now, tick=False):
        send(budi, item(), held={"count": 3, "oldest": (now - timedelta(hours=2)).isoformat()})
        row = device(app, BUDI)
    assert (row.held, row.held_oldest_at, row.held_at, row.last_seen_at) == (
        3,
        now - timedelta(hours=2),
        now,
        now,
    )
    with time_machine.travel(now + timedelta(minutes=1), tick=False):
        send(budi, item())  # an older phone says nothing of it
        row = device(app, BUDI)
    assert (row.held, row.held_at, row.last_seen_at) == (3, now, now + timedelta(minutes=1))
    with time_machine.travel(now + timedelta(minutes=2), tick=False):
        assert send(budi, held={"count": 0, "oldest": None}) == {"verdicts": [], "unknown": []}
        row = device(app, BUDI)
    assert (row.held, row.held_oldest_at) == (0, None)


def test_the_age_of_what_is_held_does_not_hang_on_the_phones_clock(app: Flask, budi: Visitor) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    with time_machine.travel(now, tick=False):
        for wrong in (timedelta(days=-19_000), timedelta(hours=-3), timedelta(days=1)):
            clock = now + wrong
            oldest = (clock - timedelta(hours=2)).isoformat()
            send(budi, clock=clock.isoformat(), held={"count": 1, "oldest": oldest})
            assert device(app, BUDI).held_oldest_at == now - timedelta(hours=2)
        send(budi, held={"count": 1, "oldest": "kemarin"})
        assert device(app, BUDI).held_oldest_at == now


@pytest.mark.parametrize(
    "held", ["x", [], 3, {"count": "3"}, {"count": -1}, {"count": True}, {"count": 1.5}, {}]
)
def test_a_garbled_word_on_what_is_held_spoils_nothing(app: Flask, budi: Visitor, held: Any) -> None:
    assert send(budi, item(), held=held, sent="x")["verdicts"][0]["verdict"] == "diterima"
    assert "error" in send(budi, held=held, status=422)
    assert device(app, BUDI).held == 0


@pytest.mark.parametrize(
    "clock", ["kemarin", {}, [], 12, "9999-12-31T00:00:00Z", "0001-01-01T00:00:00+14:00"]
)
def test_a_garbled_clock_corrects_nothing_and_loses_nothing(budi: Visitor, clock: Any) -> None:
    assert send(budi, item(), clock=clock)["verdicts"][0]["verdict"] == "diterima"


@pytest.mark.parametrize(
    "body", [{}, {"items": []}, {"items": None, "sent": []}, {"items": "x", "held": {"count": 1}}]
)
def test_nothing_at_all_is_said_to_be_so(budi: Visitor, body: dict[str, Any]) -> None:
    assert "tidak terbaca" in budi.post("/kirim", json=body, status=422).response.get_json()["error"]


def test_a_garbled_item_gets_its_own_sentence_and_spoils_no_other(budi: Visitor) -> None:
    garbled = [
        "x",
        None,
        7,
        [],
        {},
        {"id": float("nan")},
        item(fields="x"),
        item(id="x"),
        item(happened_at=[]),
    ]
    garbled += [item(offset="x"), item(offset=float("inf"))]
    garbled += [item(fields={"jenis": {"a": [1]}, "tempat": [KAPUK]})]
    answer = send(budi, *garbled, item())
    assert [one["verdict"] for one in answer["verdicts"]].count("diterima") == 1
    assert all(one["reason"] for one in answer["verdicts"] if one["verdict"] == "ditolak")
    assert len(answer["verdicts"]) == len(garbled) + 1


@pytest.mark.parametrize("kind", [["a"], {"a": 1}, 7, 1.5, True, None, "", " "], ids=ascii)
def test_a_kind_that_is_no_word_is_unreadable_and_never_repeated(
    app: Flask, budi: Visitor, kind: Any
) -> None:
    (told,) = send(budi, item(kind=kind))["verdicts"]
    assert told["verdict"] == "ditolak" and told["reason"].startswith("Kiriman ini tidak terbaca.")
    assert kept(app) == 0


def test_a_mistake_in_a_form_is_told_for_each_field(budi: Visitor) -> None:
    wrong, fine, refused = (
        item({"jenis": "posko", "orang": "banyak"}),
        item(),
        item({"jenis": "tps", "tempat": "x"}),
    )
    verdicts = {one["id"]: one for one in send(budi, wrong, fine, refused)["verdicts"]}
    told = verdicts[wrong["id"]]
    assert told["verdict"] == "ditolak" and set(told["errors"]) == {"tempat", "orang"}
    assert told["errors"]["tempat"] == "Pilih tempatnya." and told["reason"] in told["errors"].values()
    assert "errors" not in verdicts[fine["id"]]


def test_a_mistake_of_the_whole_form_has_no_fields_name(app: Flask, ani: Visitor) -> None:
    with app.app_context():
        scene = meeting_of(1)
    with time_machine.travel(NINE, tick=False):
        (told,) = send(ani, item({"rapat": str(scene.meeting)}, "attendance.mark"))["verdicts"]
    assert told["errors"] == {"": "Pilih satu status untuk satu nama."}


def test_phones_of_the_version_before_and_of_the_next_are_understood(budi: Visitor) -> None:
    old = {"id": str(uuid4()), "kind": "checkin", "fields": {"jenis": "posko", "tempat": KAPUK}}
    old |= {"happened_at": NOW.isoformat()}  # no offset, no optional field
    fields = POSKO | {"foto_lama": ["a", "b"], "suasana": "ramai", "": "x"}
    new = item(fields, base_version=3, priority="high", photos=["x"], what="Check-in: Kapuk", saved_at=1)
    assert [one["verdict"] for one in send(budi, old)["verdicts"]] == ["diterima"]
    answer = send(budi, new, schema=2, app="2.0", user=str(BUDI.id))
    assert [one["verdict"] for one in answer["verdicts"]] == ["diterima"]


def test_a_mark_made_by_an_older_page_is_understood(app: Flask, ani: Visitor) -> None:
    with app.app_context():
        scene = meeting_of(2)
    first, second = scene.seats
    with time_machine.travel(NOON, tick=False):
        marks = [
            item(
                {"rapat": str(scene.meeting), "hadir": str(first)}, "attendance.mark", NINE, base_version=None
            ),
            item(
                {"rapat": scene.meeting, "sakit": second, "cuaca": "hujan"},
                "attendance.mark",
                NINE,
                offset=420,
            ),
        ]
        assert {one["verdict"] for one in send(ani, *marks)["verdicts"]} == {"diterima"}


def test_fifty_items_with_long_notes_fit_in_one_call(budi: Visitor) -> None:
    long = POSKO | {"catatan": "Ramai sekali. 🙂 " * 30, "foto": ["a" * 64] * 3}
    batch = [item(long, at=NOW - timedelta(hours=n)) for n in range(50)]
    answer = send(budi, *batch, user=str(BUDI.id), sent=[str(uuid4()) for _ in range(200)])
    assert {one["verdict"] for one in answer["verdicts"]} <= {"diterima", "perlu diperiksa"}
    assert len(answer["verdicts"]) == 50
    send(budi, *batch, item(), status=422)
