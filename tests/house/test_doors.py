"""Doors: no route without a stated need, and strangers stay outside."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from flask import Flask

from tests.visits import HX, SAME_SITE, Visitor
from webapp.plumbing.doors import PUBLIC, Door, Room
from webapp.plumbing.headers import SAFE

OPEN_TO_ALL = {
    "attendance.answer_link",
    "attendance.calendar_feed",
    "attendance.link",
    "attendance.seen",
    "attendance.verify",
    "home.healthz",
    "home.manifest",
    "home.offline",
    "home.service_worker",
    "people.enter",
    "people.privacy",
    "people.sign_in",
}


WRITTEN_BY_STRANGERS = {
    "attendance.answer_link": "attendance.rules.changing: so many changes of one link, and of one network",
    "people.enter": "people.rules.limits: so many failures of one number",
}


STAND_INS = {"int": "999999", "uuid": str(UUID(int=999999))}


def doors(app: Flask) -> dict[str, Door]:
    """Every endpoint and its door."""
    return {
        f"{room.name}.{endpoint}": door
        for room in app.blueprints.values()
        if isinstance(room, Room)
        for endpoint, door in room.doors.items()
    }


def path_of(rule: object) -> str:
    """A path of `rule` whose arguments name nothing that exists."""
    argument = r"<(?:(\w+)(?:\([^)]*\))?:)?\w+>"
    return re.sub(argument, lambda m: STAND_INS.get(m[1] or "", "31.99"), str(rule))


def test_every_route_hangs_on_a_door(app: Flask) -> None:
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == set(doors(app))


def test_only_these_routes_are_open_to_strangers(app: Flask) -> None:
    assert {endpoint for endpoint, door in doors(app).items() if door.needs is PUBLIC} == OPEN_TO_ALL & set(
        doors(app)
    )


def test_whatever_strangers_may_write_has_a_limit(app: Flask) -> None:
    """A new one stands here once the application itself bounds it."""
    open_to_all = {endpoint for endpoint, door in doors(app).items() if door.needs is PUBLIC}
    unsafe = {rule.endpoint for rule in app.url_map.iter_rules() if (rule.methods or set()) - SAFE}
    assert open_to_all & unsafe == set(WRITTEN_BY_STRANGERS)


def test_a_route_that_does_not_say_what_it_needs_is_refused_at_import() -> None:
    room = Room("shed", __name__)
    with pytest.raises(TypeError):
        room.get("/gudang")  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        room.route("/gudang")


def test_paths_are_kebab_case_and_arguments_typed(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        fixed = re.sub(r"<[^>]+>", "", rule.rule)
        assert re.fullmatch(r"[a-z0-9/.-]*", fixed), rule.rule
        for argument in re.findall(r"<([^>]+)>", rule.rule):
            assert ":" in argument or argument in ("code", "kode"), f"{rule.rule}: {argument} has no type"


def test_a_stranger_is_asked_to_sign_in_everywhere(app: Flask, stranger: Visitor) -> None:
    known = doors(app)
    for rule in app.url_map.iter_rules():
        if known[rule.endpoint].needs is PUBLIC:
            continue
        method = "GET" if "GET" in (rule.methods or ()) else "POST"
        path = path_of(rule)
        walked = stranger.client.open(path, method=method, headers=SAME_SITE)
        assert (walked.status_code, walked.headers.get("Location", "").split("?")[0]) == (302, "/masuk"), path
        assert stranger.client.open(path, method=method, headers=SAME_SITE | HX).status_code == 401, path


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "http://sub.localhost"},
        {"Origin": "null"},
        {},
    ],
    ids=[
        "another site",
        "a sibling host",
        "another origin",
        "a sub-domain",
        "an opaque origin",
        "neither header",
    ],
)
def test_no_unsafe_route_listens_to_other_sites(app: Flask, dewi: Visitor, headers: dict[str, str]) -> None:
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - SAFE:
            answer = dewi.client.open(path_of(rule), method=method, headers=headers)
            assert (answer.status_code, answer.headers.get("X-Refusal")) == (400, "csrf"), rule.rule


def test_our_own_origin_is_listened_to_where_the_browser_sends_no_fetch_site(dewi: Visitor) -> None:
    answer = dewi.client.post("/kirim", json={}, headers={"Origin": "http://localhost"})
    assert answer.status_code == 422


def test_every_answer_carries_the_headers_that_keep_scripts_out(stranger: Visitor) -> None:
    for path in ("/masuk", "/tidak-ada", "/healthz", "/"):
        headers = stranger.client.get(path).headers
        assert "script-src 'self'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
