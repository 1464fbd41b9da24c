"""A real gunicorn over a fresh copy of the cast's database, dice with a seed, and a line for each verdict."""

from __future__ import annotations

import os
import random
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import func, select

from tests import databases
from tests.bench.servers import Server, serving
from tests.cast import ANI, BUDI, CITRA, KAPUK, KARTIKA, TOMANG, Actor, station_id
from tests.conftest import ON_POSTGRES, config_for
from tests.faults import report
from tests.faults.phones import LOST, Answer, Phone
from tests.served import PATIENCE_MS
from webapp import create_app
from webapp.attendance.models import AttendanceRecord
from webapp.checkins.models import CheckIn
from webapp.places.models import StationDay
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import db
from webapp.plumbing.submissions import Submission

FULL = os.environ.get("FAULTS") == "full"
DATABASE = "postgres" if ON_POSTGRES else "sqlite"
SEED = int(os.environ.get("FAULTS_SEED") or random.SystemRandom().randrange(10**6))
PLACES = {
    BUDI: (f"tps:tps-{station_id(KAPUK, 1)}", f"posko:{KAPUK}", f"lapangan:{KAPUK}"),
    ANI: (*(f"tps:tps-{station_id(KAPUK, n)}" for n in (1, 2, 3, 901)), f"posko:{KAPUK}"),
    KARTIKA: (*(f"tps:tps-{n}" for n in range(1, 10)), "posko:31.73"),
    CITRA: (*(f"tps:tps-{station_id(TOMANG, n)}" for n in (1, 2, 3)), f"lapangan:{TOMANG}"),
}
SECRETS = {
    "secret_key": "kunci-cookie-untuk-uji-gangguan-1",
    "pin_pepper": "lada-pin-untuk-percobaan-gangguan",
}
told: list[str] = []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the verdicts below the report."""
    if told:
        terminalreporter.section("faults")
        for line in told:
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def _app(store: databases.Store, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The suite's app with the secrets of the servers here, whose settings are read as anybody's: no weak ones."""
    app = create_app(config_for(store.url, files_url=tmp_path_factory.mktemp("files").as_uri(), **SECRETS))
    app.config |= {"TESTING": False, "PROPAGATE_EXCEPTIONS": False}
    return app


@pytest.fixture
def dice(request: pytest.FixtureRequest) -> random.Random:
    """Dice of this test's own, the same for the same seed."""
    return random.Random(f"{SEED} {request.node.name}")


@pytest.fixture
def verdict(request: pytest.FixtureRequest) -> Iterator[dict[str, object]]:
    """What a test found; printed at the end with its seed, whether it passed or not.

    `says` is the sentence that stands in the table of docs/reliability.md; the marker `bar` names its row.
    """
    found: dict[str, object] = {}
    before = request.session.testsfailed
    yield found
    failed = request.session.testsfailed > before
    word = "FAILED" if failed else "held" if found else "broken off"
    told.append(report.line(request.node, word, DATABASE, SEED, found))
    if where := os.environ.get("FAULTS_REPORT"):
        report.append(Path(where), request.node, word, SEED, found, _database(request))


def _database(request: pytest.FixtureRequest) -> str:
    if not ON_POSTGRES:
        return f"SQLite {sqlite3.sqlite_version}"
    with psycopg.connect(request.getfixturevalue("store").url) as connection:
        version = connection.info.server_version
    return f"PostgreSQL {version // 10000}.{version % 10000}"


class Desk(Phone):
    """A phone that lies beside the app: no network in between."""

    def __init__(self, app: Flask, cookie: str) -> None:
        super().__init__(0, cookie)
        self.client = app.test_client(use_cookies=False)

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        ours = {"Cookie": self.cookie, "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "empty"}
        response = self.client.open(path, method=method, data=body, headers=ours | headers)
        return Answer(response.status_code, dict(response.headers), response.get_data())


def environment(url: str) -> dict[str, str]:
    """What the server under test is told."""
    return {
        "DATABASE_URL": url,
        "SECRET_KEY": SECRETS["secret_key"],
        "PIN_PEPPER": SECRETS["pin_pepper"],
        "DEMO": "0",
        "INSECURE_COOKIES": "1",
        "TRUSTED_PROXIES": "0",
    }


def awake(port: int, patience: float = 180) -> None:
    """Wait until the workers answer: gunicorn opens the port before they have read the code."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        with suppress(*LOST), closing(Phone(port, "", one_shot=True)) as visitor:
            if visitor.get("/healthz").status == 200:
                time.sleep(0.5)
                return
        time.sleep(0.2)
    raise RuntimeError("the server does not answer")


@pytest.fixture
def busy_ms() -> int:
    """How long a writer of the quick form waits for a lock; as long as in real life only where a test is about it."""
    return PATIENCE_MS


@pytest.fixture
def server(app: Flask, store: databases.Store, tmp_path: Path, busy_ms: int) -> Iterator[Server]:
    """Simpul with two workers, and a folder of its own for photos."""
    told = environment(store.url) | {"FILES_URL": (tmp_path / "files").as_uri(), "BUSY_MS": str(busy_ms)}
    with serving("wsgi:app", told, fork=not FULL) as running:
        awake(running.port)
        yield running


@pytest.fixture
def cookie(app: Flask) -> Callable[[Actor], str]:
    """The cookie of an actor's device, signed as the server would."""
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer is not None
    told = {"_fresh": True, "_permanent": True}
    return lambda actor: "session=" + str(signer.dumps(told | {"_user_id": str(actor.device)}))


@pytest.fixture
def phone(server: Server, cookie: Callable[[Actor], str]) -> Iterator[Callable[..., Phone]]:
    """Make phones of Budi's or of somebody else's; each has a line of its own."""
    with ExitStack() as open_phones:

        def make(actor: Actor = BUDI) -> Phone:
            return open_phones.enter_context(closing(Phone(server.port, cookie(actor))))

        yield make


@pytest.fixture
def single_phone(
    app: Flask, cookie: Callable[[Actor], str], request: pytest.FixtureRequest
) -> Callable[..., Phone]:
    """The same where nothing happens at once: the quick form asks the app itself, which costs no start of a server."""
    if FULL:
        made: Callable[..., Phone] = request.getfixturevalue("phone")
        return made
    return lambda actor: Desk(app, cookie(actor))


@pytest.fixture
def effects(app: Flask) -> Callable[[], Counter[UUID]]:
    """How many effects each submission had, read from the database; the kept numbers must agree with them."""

    def count() -> Counter[UUID]:
        with app.app_context(), everywhere("the effects are counted"):
            rows = Counter(db.session.scalars(select(CheckIn.submission_id)))
            rows.update(db.session.scalars(select(AttendanceRecord.id)))
            valid = select(func.count(CheckIn.station_id)).where(CheckIn.voided_at.is_(None))
            at_stations = db.session.scalar(valid)
            assert at_stations == (db.session.scalar(select(func.sum(StationDay.checkins))) or 0)
            db.session.rollback()
        return rows

    return count


@pytest.fixture
def receipts(app: Flask) -> Callable[[], dict[UUID, str]]:
    """The receipt kept for each submission."""

    def read() -> dict[UUID, str]:
        with app.app_context(), everywhere("the receipts are read"):
            rows = db.session.execute(select(Submission.id, Submission.receipt)).all()
            db.session.rollback()
        return dict(rows)  # type: ignore[arg-type]

    return read
