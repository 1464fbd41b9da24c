"""Who writes where, and what stands still: no number of a stranger's lets anybody write, and a locked list is locked.

Every way to write is tried with numbers of the own region, of next door, of the site beside one's own at the same
meeting, and with each of them mixed into the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event, select

from tests.attendance.doors import KINDS, PAGES, REVIEWS, Door, Slot
from tests.attendance.scenes import stamp
from tests.attendance.worlds import EARLY, SARI, World, build
from tests.cast import ANI, BUDI, CITRA, Actor
from tests.house.test_doors import doors
from tests.visits import SAME_SITE, Visitor
from webapp.plumbing.database import db
from webapp.plumbing.submissions.items import kinds

BESIDE_THE_POINT = {
    "submission",
    "submission_conflict",
    "device_session",
    "sender_budget",
}  # what was sent is kept, also refused
OWN = {ANI.id: {"own", "site"}, SARI.id: {"own", "site"}, CITRA.id: {"beside", "foreign"}, BUDI.id: set()}
LED = {ANI.id: {"own"}, CITRA.id: {"foreign"}, BUDI.id: set(), SARI.id: set()}
ELSEWHERE = {  # not of one's region, but of one's own person
    "attendance.new_calendar", "attendance.come", "attendance.answer_link", "attendance.read_zoom",
    "attendance.reread_zoom",
}  # fmt: skip
Worlds = dict[str, World]
Try = tuple[Door, dict[Slot, World]]


@pytest.fixture
def worlds(app: Flask) -> Worlds:
    return build(app)


def rows(app: Flask) -> dict[str, list[Any]]:
    """Every row there is, by table."""
    with app.app_context():
        tables = [one for one in db.metadata.sorted_tables if one.name not in BESIDE_THE_POINT]
        found = {one.name: sorted(map(repr, db.session.execute(select(one)))) for one in tables}
        db.session.remove()
    return found


@contextmanager
def watched(app: Flask) -> Iterator[list[str]]:
    """Every change that is sent to the database meanwhile, but for what is beside the point."""
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, said: str, *_: Any) -> None:
        words = said.replace('"', " ").split()
        if words[0] in ("INSERT", "UPDATE", "DELETE") and not BESIDE_THE_POINT & set(words[:3]):
            seen.append(said)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def send(who: Visitor, door: Door, chosen: Mapping[Slot, World]) -> int:
    """Go through it as a page or as a phone does; the answer's status, of a phone 200 for what was taken, else 422."""
    to, fields = door.filled(chosen)
    if to.startswith("/"):
        return who.client.post(to, data=fields | stamp(EARLY), headers=SAME_SITE).status_code
    told = stamp(EARLY)
    item = {"kind": to, "fields": fields, "id": told["id"], "happened_at": told["happened_at"], "offset": 420}
    body = {"clock": told["clock"], "items": [item]}
    answer = who.client.post("/kirim", json=body, headers=SAME_SITE)
    if answer.status_code != 200:
        return answer.status_code
    return 200 if answer.get_json()["verdicts"][0]["verdict"] in ("diterima", "ganda") else 422


def is_fine(door: Door, chosen: Mapping[Slot, World], worlds: Worlds, actor: Actor) -> bool:
    """Whether these numbers belong together and to the actor's region."""
    mine = [worlds[name] for name in (LED if door.leads else OWN)[actor.id]]
    named = {slot: world.ids[slot[1]] for slot, world in chosen.items() if slot[0] not in door.idle}
    page = {slot: number for slot, number in named.items() if not slot[0]}
    told = {slot: number for slot, number in named.items() if slot[0]}
    if told and door.to.endswith(
        ("/hadir", "/tamu")
    ):  # the page of one own list may bring what is meant for another
        return any(_all_of(page, one) for one in mine) and any(_all_of(told, one) for one in mine)
    return any(_all_of(named, one) for one in mine)


def _all_of(named: Mapping[Slot, Any], world: World) -> bool:
    return all(number == world.ids[slot[1]] for slot, number in named.items())


def tries(actor: Actor, worlds: Worlds) -> list[Try]:
    """Every mixture of numbers that must not write; whoever has nothing near by is given whole worlds."""
    ways = REVIEWS if actor is SARI else (*KINDS, *PAGES, *REVIEWS)
    whole = {CITRA: ("own", "site"), BUDI: ("own", "foreign")}.get(actor)
    mixes = [
        (door, mix)
        for door in ways
        for mix in (
            [dict.fromkeys(door.slots, worlds[name]) for name in whole] if whole else door.mixed(worlds)
        )
    ]
    return [(door, mix) for door, mix in mixes if not is_fine(door, mix, worlds, actor)]


@pytest.mark.parametrize("actor", [ANI, SARI, CITRA, BUDI], ids=lambda one: one.name.split()[0])
def test_no_number_of_another_region_lets_anybody_write(app: Flask, worlds: Worlds, actor: Actor) -> None:
    who, before, wrong = Visitor(app, actor), rows(app), []
    with time_machine.travel(EARLY, tick=False), watched(app) as seen:
        for door, mix in tries(actor, worlds):
            status = send(who, door, mix)
            told = door.filled(mix), {f"{slot}": world.name for slot, world in mix.items()}
            if status >= 500 or (seen and rows(app) != before):
                wrong.append((status, told))
                before = rows(app)
            seen.clear()
    assert wrong == []


@pytest.mark.parametrize("actor", [ANI, SARI], ids=lambda one: one.name.split()[0])
def test_each_of_these_ways_does_write_where_all_numbers_are_ones_own(
    app: Flask, worlds: Worlds, actor: Actor
) -> None:
    who, idle, before = Visitor(app, actor), [], rows(app)
    for door in REVIEWS if actor is SARI else (*KINDS, *PAGES):
        if door.barred:
            continue
        mine = dict.fromkeys(door.slots, worlds["own"])
        with time_machine.travel(EARLY, tick=False):
            status = send(who, door, mine)
        after = rows(app)
        if status not in (200, 303) or after == before:
            idle.append((status, *door.filled(mine)))
        before = after
    assert idle == []


def test_every_address_and_kind_is_tried(app: Flask) -> None:
    adapter = app.url_map.bind("localhost")
    known = doors(app)
    tried = set()
    for door in (*PAGES, *REVIEWS):
        path = re.sub(r"\{\w+\}", "1", door.to)
        tried.add(adapter.match(path, method="POST")[0])
    wanted = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and rule.endpoint.startswith("attendance.")
    }
    assert wanted - tried == ELSEWHERE & set(known)
    assert {name for name in kinds if name.startswith("attendance.")} - {one.to for one in KINDS} == {
        "attendance.screen"
    }
