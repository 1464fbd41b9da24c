"""Foreign codes: every form of an own page, posted with the codes and numbers of another kabupaten in its fields.

The forms are read from the pages themselves, so one that is added tomorrow is tried by itself. However they are
filled in, no answer says a word of Bandung, and nothing of Bandung changes.
"""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from tests import cast
from tests.cast import ANI, BUDI, CENGKARENG_BARAT, EKO, KOTA, Actor
from tests.house import bandung, own
from tests.house.bandung import KELURAHAN, KEY, SECRET_WORD, N
from tests.house.own import Own
from tests.visits import HX, ON_POSTGRES, SAME_SITE, Visitor
from webapp.people.rules.permissions import Role
from webapp.places.rules.scope import everywhere
from webapp.plumbing import submissions
from webapp.plumbing.clock import now
from webapp.plumbing.database import db, writing

pytestmark = pytest.mark.skipif(ON_POSTGRES, reason="what an answer says, no database decides")
RATNA = Actor(90, "Ratna Kota", "+628400000090", Role.ADMIN, KOTA, CENGKARENG_BARAT)
SIGNS_OUT = {"people.sign_out", "people.revoke_everywhere", "people.agree", "people.leave"}
OFTEN = 4  # pages of one kind whose forms are read when all are wanted
TRIED_APART = {  # what no form on a page of somebody signed in posts
    "people.enter",  # names nobody's row: people/test_sign_in
    "home.receive",  # below, kind by kind
    "home.take_photo",  # home/test_photos: parts of a file, named by what is in it
}
CODE = re.compile(r"\d\d\.\d\d(\.\d\d(\.\d{4})?)?")
FORM = re.compile(r"<form.*?</form>", re.DOTALL)
LINK = re.compile(r'(?:href|hx-get)="(/[^"#]*)')


@dataclass
class Form:
    """One form of a page: where it posts, what it holds, and the kind if a phone may queue it."""

    action: str
    fields: dict[str, list[str]]
    kind: str | None

    @property
    def shape(self) -> tuple[str, ...]:
        """Forms that differ in their numbers alone are alike."""
        return (re.sub(r"\d+|[0-9a-f-]{36}", "#", self.action), *sorted(self.fields))


@dataclass
class Found:
    """What somebody's walk has found: pages by kind, forms by shape."""

    pages: Counter[str] = field(default_factory=Counter)
    forms: dict[tuple[str, ...], Form] = field(default_factory=dict)

    def read(self, page: str, path: str) -> None:
        """Take up the forms of a page."""
        for part in FORM.findall(page):
            form = BeautifulSoup(part, "html.parser").form
            if form is not None and form.get("method") == "post":
                for one in _read(form, path):
                    self.forms.setdefault(one.shape, one)


@pytest.fixture
def world(app: Flask) -> Own:
    """The cast with something of its own of every sort, and Bandung beside it."""
    with app.app_context():
        bandung.build()
        with writing(), everywhere("a scene is set"):
            cast._person(RATNA)
        db.session.remove()
    return own.build(app)


def walk(world: Own, actor: Actor, most: int = 1) -> Found:
    """Everything that `actor` comes to by links, so many pages of each kind; with all forms on them."""
    app = world.app
    visitor, found = Visitor(app, actor), Found()
    ahead = ["/", *world.starts, *_plain(app)]
    for path in ahead:
        kind = _kind(app, path)
        if kind is None or found.pages[kind] >= most:
            continue
        found.pages[kind] += 1
        answer = visitor.client.get(path, headers=SAME_SITE)
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        page = answer.get_data(as_text=True)
        assert SECRET_WORD not in page, path
        found.read(page, path)
        ahead += map(unescape, LINK.findall(page))
    for page in world.answers:
        found.read(page, "")
    return found


def _plain(app: Flask) -> list[str]:
    return [rule.rule for rule in app.url_map.iter_rules() if "GET" in rule.methods and not rule.arguments]


def _kind(app: Flask, path: str) -> str | None:
    endpoint, query = _endpoint(app, path, "GET"), path.partition("?")[2].split("&")
    if endpoint is None or endpoint in SIGNS_OUT:
        return None
    return f"{endpoint}?{'&'.join(sorted(part.partition('=')[0] for part in query))}"


def _endpoint(app: Flask, path: str, method: str) -> str | None:
    """Which route of ours answers this address, if any does."""
    try:
        return str(app.url_map.bind("").match(path.partition("?")[0], method=method)[0])
    except (HTTPException, RequestRedirect):
        return None


def _read(form: Tag, path: str) -> Iterator[Form]:
    """The form, and once more for each button of it that posts to another place."""
    fields: dict[str, list[str]] = {}
    for one in form.select("[name]"):
        if one.name == "select":
            chosen = one.select_one("option[selected]") or one.select_one("option")
            fields[str(one["name"])] = [str(chosen.get("value", "")) if chosen else ""]
        elif one.name == "textarea":
            fields[str(one["name"])] = [one.text]
        elif (
            one.get("type") not in ("radio", "checkbox")
            or one.has_attr("checked")
            or one["name"] not in fields
        ):
            fields[str(one["name"])] = [str(one.get("value", ""))]
    others = [str(one["formaction"]) for one in form.select("[formaction]")]
    for action in (str(form.get("action") or path), *others):
        yield Form(action, fields, form.get("data-outbox"))  # type: ignore[arg-type]


def foreign() -> list[str]:
    """One of each sort of name that Bandung's things have, but nothing that opens them by itself (a card, a code)."""
    return [str(N), f"tps-{N}", KELURAHAN, bandung.KOTA, str(KEY), f"{N}.1.AAAAAAAAAAAAAA"]


def likely(value: str, names: list[str]) -> str:
    """The foreign name of the sort of thing that stands in a field; for an empty one the number of everything."""
    number, station, village, _kota, key, *_more = names
    if CODE.fullmatch(value):
        return village
    if value.startswith("tps-"):
        return station
    return key if len(value) == 36 else number


def filled(form: Form, names: list[str], *, thoroughly: bool) -> Iterator[dict[str, list[str]]]:
    """The form with one field after the other naming something of Bandung's; and with all that look like names."""
    kept = {name: value for name, value in form.fields.items() if name not in submissions.items.NOT_SENT}
    looks = {
        name: [likely(v[0], names)]
        for name, v in kept.items()
        if v[0].isdigit() or CODE.fullmatch(v[0]) or not v[0]
    }
    yield kept | looks
    yield {name: [likely(value[0], names)] for name, value in kept.items()}
    for name in kept if thoroughly else ():
        for other in names:
            yield kept | {name: [other]}


class Try:
    """Posts forms as one person over and over, each time over the same database."""

    def __init__(self, app: Flask, actor: Actor, folder: Path, *, thoroughly: bool) -> None:
        self.app, self.actor = app, actor
        self.ways = ({}, HX) if thoroughly else ({},)
        with app.app_context():
            self.file = Path(db.engine.url.database or "")
            db.session.remove()
            db.engine.dispose()
        self.before = bandung.all_of_it(self.file)
        self.saved = shutil.copyfile(self.file, folder / f"{actor.id}.sqlite3")
        self.tried: set[str] = set()

    def post(self, form: Form, data: dict[str, list[str]]) -> list[str]:
        path = re.sub(r"^https?://[^/]+", "", form.action)
        self.tried.add((_endpoint(self.app, path, "POST")) or path)
        self.visitor = Visitor(self.app, self.actor)  # a form may have signed the last one out
        answers = [self.visitor.client.post(path, data=data, headers=SAME_SITE | more) for more in self.ways]
        if form.kind:
            answers.append(self._send(form.kind, {n: v if len(v) > 1 else v[0] for n, v in data.items()}))
        assert all(one.status_code != 302 for one in answers), f"{path}: signed out"
        wrote = any(one.status_code < 400 for one in answers)
        answers += [
            self.visitor.client.get(one.headers["Location"], headers=SAME_SITE)
            for one in answers
            if one.status_code == 303
        ]
        leaks = [
            f"{self.actor.name}: {path} {data}" for one in answers if SECRET_WORD.encode() in one.get_data()
        ]
        return leaks + (self._changed(path, data) if wrote else [])

    def _send(self, kind: str, fields: dict[str, Any]) -> Any:
        told = {
            "id": str(uuid4()),
            "kind": kind,
            "fields": fields,
            "happened_at": now().isoformat(),
            "offset": 420,
        }
        return self.visitor.client.post("/kirim", json={"items": [told]}, headers=SAME_SITE)

    def _changed(self, path: str, data: Any) -> list[str]:
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
        same = bandung.all_of_it(self.file) == self.before
        for left in (Path(f"{self.file}-wal"), Path(f"{self.file}-shm")):
            left.unlink(missing_ok=True)
        shutil.copyfile(self.saved, self.file)
        return [] if same else [f"{self.actor.name}: {path} {data} changes something in Bandung"]


def leaks_of(
    world: Own, actor: Actor, folder: Path, *, thoroughly: bool = False
) -> tuple[list[str], set[str]]:
    found = walk(world, actor, OFTEN if thoroughly else 1)
    names, trial = foreign(), Try(world.app, actor, folder, thoroughly=thoroughly)
    forms = [one for one in found.forms.values() if _endpoint(world.app, one.action, "POST") not in SIGNS_OUT]
    leaks = [
        leak
        for form in forms
        for data in filled(form, names, thoroughly=thoroughly)
        for leak in trial.post(form, data)
    ]
    return leaks, trial.tried


def kinds_with_foreign_names(world: Own, actor: Actor) -> list[str]:
    """Every kind that a phone may send, all its fields naming Bandung in turn, by somebody who may send it or not."""
    visitor, leaks = Visitor(world.app, actor), []
    for kind, known in submissions.kinds.items():
        with world.app.test_request_context():
            fields = list(known.form()._fields)
        items = [
            {
                "id": str(uuid4()), "kind": kind, "happened_at": now().isoformat(), "offset": 420,
                "fields": dict.fromkeys(fields, name) | more,
            }
            for more in ({}, {"jenis": "posko"}, {"status": "hadir", "slot": "utama", "jawaban": "datang"})
            for name in foreign()
        ]  # fmt: skip
        answer = visitor.client.post("/kirim", json={"items": items}, headers=SAME_SITE)
        if SECRET_WORD in answer.get_data(as_text=True) or answer.status_code != 200:
            leaks.append(f"{actor.name}: {kind} {answer.status_code}")
    return leaks


def test_a_coordinators_forms_say_nothing_of_another_kabupaten(world: Own, tmp_path: Path) -> None:
    leaks, tried = leaks_of(world, ANI, tmp_path)
    assert leaks == [] and len(tried) > 15, tried


def test_nothing_that_a_phone_sends_says_anything_of_another_kabupaten(world: Own) -> None:
    with world.app.app_context():
        file = Path(db.engine.url.database or "")
    before = bandung.all_of_it(file)
    assert kinds_with_foreign_names(world, ANI) == []
    assert bandung.all_of_it(file) == before != {}


ROLES = pytest.mark.parametrize("actor", [ANI, BUDI, EKO, RATNA], ids=lambda actor: actor.role.value)


@pytest.mark.full
@ROLES
def test_no_field_of_any_form_opens_another_kabupaten(world: Own, tmp_path: Path, actor: Actor) -> None:
    leaks, _tried = leaks_of(world, actor, tmp_path, thoroughly=True)
    assert leaks == [] and kinds_with_foreign_names(world, actor) == []
    walk(world, actor)


@pytest.mark.full
def test_every_form_of_the_house_is_among_those_that_are_tried(world: Own) -> None:
    app = world.app
    found = {
        _endpoint(app, form.action, "POST")
        for actor in (ANI, BUDI, EKO, RATNA)
        for form in walk(world, actor, OFTEN).forms.values()
    }
    doors = {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in rule.methods}
    missing = doors - found - SIGNS_OUT - TRIED_APART
    assert not missing, sorted(missing)
