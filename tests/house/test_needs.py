"""Needs: what every route demands stands here a second time, so that nobody loosens one unseen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from flask import Flask

from tests.cast import ACTORS, ANI, BUDI, DEWI, EKO, Actor
from tests.house.test_doors import doors, path_of
from tests.visits import SAME_SITE, Visitor
from webapp.people.models import Mandate
from webapp.people.rules.permissions import GRANTS, Permission
from webapp.plumbing import doors as doorway
from webapp.plumbing.database import db
from webapp.plumbing.doors import PUBLIC

NEEDS = {
    "check_in": {
        "checkins.own",
        "checkins.photo",
        "checkins.photos",
        "checkins.start",
        "checkins.take",
        "checkins.take_back",
    },
    "contact": {
        "people.sync",
    },
    "enter": {
        "attendance.own_card",
        "attendance.own_training",
        "attendance.calendar",
        "attendance.new_calendar",
        "home.more",
        "home.receipts",
        "home.worth_having",
        "people.reach",
        "places.region",
        "places.regions",
        "places.shapes",
    },
    "signed_in": {
        "home.front",
        "home.photo",
        "home.queue",
        "home.receive",
        "home.take_photo",
        "people.account",
        "people.agree",
        "people.consent",
        "people.devices",
        "people.keep_secret",
        "people.leave",
        "people.renew",
        "people.revoke_device",
        "people.revoke_everywhere",
        "people.sign_out",
    },
    "export": {
        "checkins.table",
    },
    "fill_seats": {
        "people.end_seat",
        "people.fill_seat",
        "people.keep_seat",
        "people.leave_seat",
        "people.undo_seat",
    },
    "keep_attendance": {
        "attendance.add_child_sites",
        "attendance.add_session",
        "attendance.add_site",
        "attendance.align_series",
        "attendance.arrangement",
        "attendance.cancel",
        "attendance.cancellation",
        "attendance.close",
        "attendance.change_session",
        "attendance.change_site",
        "attendance.count_heads",
        "attendance.edit_session",
        "attendance.edit_site",
        "attendance.handing",
        "attendance.head_count",
        "attendance.new_session",
        "attendance.new_site",
        "attendance.reinstate",
        "attendance.remove_session",
        "attendance.remove_site",
        "attendance.agree",
        "attendance.call_meeting",
        "attendance.called",
        "attendance.cards",
        "attendance.change_meeting",
        "attendance.demand_training",
        "attendance.edit_meeting",
        "attendance.guest",
        "attendance.invitations",
        "attendance.invite",
        "attendance.let_in",
        "attendance.mark",
        "attendance.mark_now",
        "attendance.marking",
        "attendance.marking_now",
        "attendance.new_meeting",
        "attendance.promise",
        "attendance.delegate",
        "attendance.remind",
        "attendance.reminder_text",
        "attendance.replies",
        "attendance.send_delegate",
        "attendance.vacant",
        "attendance.scan",
        "attendance.scanner",
        "attendance.screen",
        "attendance.paper",
        "attendance.submit",
        "attendance.take_back",
        "attendance.type_paper",
        "attendance.vouch",
        "attendance.zoom",
        "attendance.read_zoom",
        "attendance.reread_zoom",
        "attendance.take_zoom",
    },
    "manage_users": {
        "people.change_mandate",
        "people.change_user",
        "people.create_user",
        "people.edit_user",
        "people.grant_mandate",
        "people.mandate",
        "people.new_mandate",
        "people.new_user",
        "people.open_account",
        "people.reset_secret",
        "people.revoke_user_devices",
        "people.switch_user",
        "people.user",
        "people.users",
    },
    "read_sheets": {
        "attendance.ask_correction",
        "attendance.evidence",
        "attendance.minutes_paper",
        "attendance.correction",
        "attendance.csv",
        "attendance.figures",
        "attendance.figures_csv",
        "attendance.figures_xlsx",
        "attendance.training",
        "attendance.files",
        "attendance.list_csv",
        "attendance.list_pdf",
        "attendance.list_xlsx",
        "attendance.meeting_csv",
        "attendance.meeting_xlsx",
    },
    "review_attendance": {
        "attendance.decide",
        "attendance.approve_several",
        "attendance.decide_correction",
        "attendance.let_stand",
        "attendance.queue",
        "attendance.sheet",
    },
    "register_people": {
        "people.change_group",
        "people.edit_group",
        "people.found_group",
        "people.group",
        "people.groups",
        "people.join_group",
        "people.leave_group",
        "people.new_group",
        "people.person",
        "people.switch_group",
        "people.undo_group",
    },
    "see_checkins": {
        "checkins.region",
    },
    "see_coverage": {
        "coverage.untrained",
        "coverage.empty",
        "coverage.region",
        "coverage.start",
        "people.station",
    },
    "see_meetings": {
        "attendance.certificate_paper",
        "attendance.claim",
        "attendance.come",
        "attendance.here",
        "attendance.meeting",
        "attendance.meetings",
        "attendance.minutes",
        "attendance.minutes_text",
        "attendance.person_figures",
        "attendance.reader",
        "attendance.rsvp",
        "attendance.say_done",
    },
    "see_submissions": {
        "home.look_at",
    },
    "see_trail": {
        "people.audit",
    },
}
SIGNS_OUT = {"people.sign_out", "people.revoke_everywhere"}


def demanded(app: Flask) -> dict[str, set[str]]:
    """Permission to the endpoints that demand it."""
    found: dict[str, set[str]] = {}
    for endpoint, door in doors(app).items():
        if door.needs is not PUBLIC:
            found.setdefault(str(Permission(door.needs)), set()).add(endpoint)
    return found


def let_in(app: Flask, actor: Actor) -> set[str]:
    """Endpoints whose door opens for `actor`: the route itself is replaced by a word."""
    visitor = Visitor(app, actor)
    opened = set()
    for rule in app.url_map.iter_rules():
        if rule.endpoint in SIGNS_OUT or doors(app)[rule.endpoint].needs is PUBLIC:
            continue
        method = "GET" if "GET" in (rule.methods or ()) else "POST"
        answer = visitor.client.open(path_of(rule), method=method, headers=SAME_SITE)
        if answer.get_data(as_text=True) == rule.endpoint:
            opened.add(rule.endpoint)
    return opened


@pytest.fixture
def hollow(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The app with its doors, but with nothing behind them."""
    for room in app.blueprints.values():
        for endpoint, door in room.doors.items():  # type: ignore[attr-defined]
            name = f"{room.name}.{endpoint}"
            entered = doorway._entered(lambda name=name, **_: name, door)
            monkeypatch.setitem(app.view_functions, name, entered)
    return app


def test_every_route_needs_what_stands_here(app: Flask) -> None:
    assert demanded(app) == NEEDS


@pytest.mark.parametrize("actor", [ANI, BUDI, DEWI, EKO], ids=lambda actor: actor.role.value)
def test_a_door_opens_for_those_roles_that_hold_its_permission(hollow: Flask, actor: Actor) -> None:
    granted = {*(str(p) for p in GRANTS[actor.role]), str(Permission.SIGNED_IN)}
    expected = set().union(*(endpoints for need, endpoints in NEEDS.items() if need in granted)) - SIGNS_OUT
    assert let_in(hollow, actor) == expected


@pytest.mark.parametrize("role", ["witness", "supervisor"])
def test_without_a_mandate_nothing_opens_but_the_own_account_and_the_queue(hollow: Flask, role: str) -> None:
    """Nor with one of staff that sleeps, because a PIN opened the session."""
    with hollow.app_context():
        for mandate in db.session.query(Mandate).filter_by(person_id=BUDI.id):
            mandate.role = role
            mandate.until = date(2026, 11, 30) if role == "witness" else None
        db.session.commit()
    assert let_in(hollow, BUDI) == NEEDS["signed_in"] - SIGNS_OUT


def test_a_need_that_is_taken_away_is_noticed(hollow: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    room = hollow.blueprints["people"]
    door = room.doors["users"]  # type: ignore[attr-defined]
    loose = replace(door, needs=Permission.ENTER)
    monkeypatch.setitem(room.doors, "users", loose)  # type: ignore[attr-defined]
    monkeypatch.setitem(
        hollow.view_functions, "people.users", doorway._entered(lambda **_: "people.users", loose)
    )
    assert demanded(hollow) != NEEDS
    assert "people.users" in let_in(hollow, BUDI)


def test_the_cast_covers_every_role() -> None:
    assert {actor.role for actor in ACTORS} == set(GRANTS)
