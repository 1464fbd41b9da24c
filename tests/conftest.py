"""One app a session, one fresh copy of the cast's database a test, on SQLite or on a real PostgreSQL.

`TEST_DATABASE=postgres` runs the same suite on PostgreSQL.
"""

from __future__ import annotations

import gc
import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from argon2 import PasswordHasher
from flask import Flask
from hypothesis import HealthCheck, settings
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import event

from tests import cast, clock, databases
from tests.effort import FULL, up_to
from tests.visits import Visitor
from webapp import create_app
from webapp.config import Config
from webapp.people.rules import secrets
from webapp.places.rules.scope import EVERYWHERE, bind
from webapp.plumbing import database
from webapp.plumbing.database import db

DURABLE = (
    os.environ.get("FAULTS") == "full"
)  # figures that are published come from a database that keeps its word
ON_POSTGRES = os.environ.get("TEST_DATABASE", "sqlite") == "postgres"


COMPILED = Path(__file__).parents[1] / ".pytest_cache" / "templates"
COMPILED.mkdir(parents=True, exist_ok=True)
Flask.jinja_options = {"bytecode_cache": FileSystemBytecodeCache(str(COMPILED))}  # once for all processes
settings.register_profile(
    "patient",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    max_examples=up_to(100),
    derandomize=not FULL,  # what nobody has seen yet is looked for where nobody waits to land something else
)
settings.load_profile("patient")
HASHER = secrets._hasher
secrets._hasher = PasswordHasher(1, 8, 1)  # hashed some thousand times here, and guessed by nobody
database.BUSY_MS = 120_000  # on a loaded machine writers take turns all the same, only later


def pytest_configure() -> None:
    """Stop the clock before any test file is read: their constants are of the suite's day too."""
    clock.start()


def pytest_unconfigure() -> None:
    """Whoever runs the suite gets the machine's clock back."""
    clock.stop()


@pytest.fixture(autouse=True)
def _at_the_same_moment(request: pytest.FixtureRequest) -> None:
    """However long the suite has run, a test begins at `clock.NOW`; other processes have the machine's clock."""
    outside = request.node.get_closest_marker("browser") or "faults" in request.node.path.parts
    clock.as_the_machine() if outside else clock.again()


def pytest_sessionstart() -> None:
    """What stays for the whole run is left out of every sweep, and there are fewer of them."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what only `FULL=1` runs; on PostgreSQL also what no database of this run has a part in."""
    apart = set() if FULL else {one for one in items if one.get_closest_marker("full")} | _later_cases(items)
    if ON_POSTGRES:
        apart.update(one for one in items if not _of_postgres(one))
        apart.update(one for one in items if not FULL and one.path.name in ANY_DATABASE)
    config.hook.pytest_deselected(items=list(apart))
    items[:] = [one for one in items if one not in apart]


# What these look at, words and papers and pictures, is the same whatever keeps the rows, or is asked of them in ways
# that the others ask too.
ANY_DATABASE = frozenset(
    f"test_{name}.py"
    for name in (
        "bars papers alike front minutes garbled words kept templates needs photos files paper paper_lists zoom "
        "zoom_lists export exports calendars certificates wrong_types figures_pages positions tokens heads "
        "training_page workbooks stamps silence search receipts screen trail oracles handing cards oddities training "
        "delegates cancelling doors fields pages pasted_secrets consent viewer without_mandate headers stronger "
        "contract past_the_border rsvp users import_boundaries sign_in import_left_out screens contents groups "
        "untrained waiting_for_nobody four_eyes two_seats several_lists series glossary site_names vouching logs "
        "queue contact month_old demo_apart first_election nation circles"
    ).split()
)


CASES = 2
EVERY_CASE = {"house", "faults", "test_reach.py"}


def _of_postgres(item: Any) -> bool:
    return "store" in item.fixturenames or bool(item.get_closest_marker("postgres"))


def _later_cases(items: list[Any]) -> set[Any]:
    """What varies from case to case of one test is what is told, seldom what becomes of it: a few are tried.

    Not of what is walked page by page, nor of what costs nothing because no database has a part in it.
    """
    seen, later = Counter[str](), set()
    for one in items:
        name = one.nodeid.partition("[")[0]
        in_a_browser = bool(one.get_closest_marker("browser"))
        most = 1 if ON_POSTGRES or in_a_browser else CASES
        seen[name] += "store" in one.fixturenames or in_a_browser
        if seen[name] > most and not EVERY_CASE & {*one.path.parts, one.path.name}:
            later.add(one)
    return later


def config_for(url: str, **changes: Any) -> Config:
    """Settings as a test wants them."""
    told: dict[str, Any] = {
        "database_url": url, "secret_key": "s" * 32, "pin_pepper": "p" * 32, "demo": False, "port": 8000,
        "web_concurrency": 1, "trusted_proxies": 0, "insecure_cookies": True, "log_level": "WARNING",
    }  # fmt: skip
    return Config(**told | changes)


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[databases.Store]:
    """Where this run's databases live, with the migrated and filled template."""
    folder = Path(tmp_path_factory.mktemp("db"))
    with databases.open_store(folder, on_postgres=ON_POSTGRES, durable=DURABLE) as made:
        app = create_app(config_for(made.template_url))
        with app.app_context():
            flask_migrate.upgrade()
            cast.load_cast()
            db.session.remove()
            db.engine.dispose()
        yield made


@pytest.fixture(scope="session")
def _app(store: databases.Store, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    app = create_app(config_for(store.url, files_url=tmp_path_factory.mktemp("files").as_uri()))
    app.config["TESTING"] = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app


@pytest.fixture
def app(_app: Flask, store: databases.Store) -> Iterator[Flask]:
    """The app over a fresh copy of the cast's database."""
    with _app.app_context():
        db.engine.dispose()
    store.reset()
    yield _app
    with _app.app_context():
        db.engine.dispose()


@pytest.fixture
def real_hasher(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Secrets are hashed at the cost that they have in real life."""
    monkeypatch.setattr(secrets, "_hasher", HASHER)
    secrets._nobodys.cache_clear()
    yield
    secrets._nobodys.cache_clear()


@pytest.fixture
def inside(app: Flask) -> Iterator[None]:
    """An app context whose scope is the whole country, for tests of rules and figures."""
    with app.app_context():
        bind(EVERYWHERE)
        yield
        db.session.remove()


@pytest.fixture
def visit(app: Flask) -> Callable[[cast.Actor | None], Visitor]:
    """Make a visitor of anybody; `visit(None)` is a stranger."""
    return lambda actor: Visitor(app, actor)


@pytest.fixture
def ani(app: Flask) -> Visitor:
    return Visitor(app, cast.ANI)


@pytest.fixture
def kartika(app: Flask) -> Visitor:
    return Visitor(app, cast.KARTIKA)


@pytest.fixture
def budi(app: Flask) -> Visitor:
    return Visitor(app, cast.BUDI)


@pytest.fixture
def citra(app: Flask) -> Visitor:
    return Visitor(app, cast.CITRA)


@pytest.fixture
def dewi(app: Flask) -> Visitor:
    return Visitor(app, cast.DEWI)


@pytest.fixture
def eko(app: Flask) -> Visitor:
    return Visitor(app, cast.EKO)


@pytest.fixture
def stranger(app: Flask) -> Visitor:
    return Visitor(app)


class Statements(list[str]):
    """SQL statements as they were sent, without transaction control."""

    @property
    def work(self) -> list[str]:
        """Those that budgets count: SELECT, INSERT, UPDATE, DELETE, without the sign-in state."""
        counted = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
        own = [s for s in self if s.lstrip().upper().startswith(counted)]
        return [s for s in own if "FROM device_session" not in s and "FROM mandate JOIN region" not in s]


@pytest.fixture
def statements(app: Flask) -> Callable[[], Any]:
    """`with statements() as seen:` gathers every statement sent meanwhile."""

    @contextmanager
    def watch() -> Iterator[Statements]:
        seen = Statements()

        def note(_c: Any, _cursor: Any, text: str, *_: Any) -> None:
            seen.append(text)

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return watch
