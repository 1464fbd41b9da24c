"""The bare reference: Flask and SQLAlchemy doing the least that each job needs, and nothing for its users.

No scope, no forms, no language, no receipts, no compression, no headers: what the product costs above this is the
price of being Simpul. Same server, workers, database settings and write lock as the product; run by gunicorn as
`tests.bench.reference:app` with REFERENCE_URL. Its rows: 1,000 users, 2,648 TPS, 10,000 check-ins.
"""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from typing import Any

from flask import Flask, request, session
from sqlalchemy import ForeignKey, String, create_engine, event, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, scoped_session, sessionmaker

URL = os.environ.get("REFERENCE_URL", "sqlite://")
ON_SQLITE = URL.startswith("sqlite")
PRAGMAS = (
    "busy_timeout=5000",
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "cache_size=-2000",
    "temp_store=MEMORY",
)
LIST = """<!doctype html><title>Check-in</title><h1>Check-in</h1><ul>{% for c in rows %}
<li id="c{{ c.id }}"><b>{{ c.user.name }}</b> {{ c.kind }} <i>{{ c.tps.village }} TPS {{ c.tps.number }}</i>
<time>{{ c.happened_at }}</time> {{ c.note }}</li>{% endfor %}</ul>"""
ONE = '<p id="receipt">Diterima <b>{{ id[:8] }}</b> {{ at }}</p>'

engine = create_engine(URL, pool_size=32, max_overflow=4)
Local = scoped_session(sessionmaker(engine, expire_on_commit=False))
turn = threading.Lock() if ON_SQLITE else nullcontext()
app = Flask(__name__)
app.secret_key = "reference" * 4
list_page, receipt = (
    app.jinja_env.from_string(LIST),
    app.jinja_env.from_string(ONE),
)  # compiled once, as files are


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "user"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))


class Tps(Base):
    __tablename__ = "tps"
    id: Mapped[int] = mapped_column(primary_key=True)
    village: Mapped[str] = mapped_column(String(13))
    number: Mapped[int]
    arrived: Mapped[int] = mapped_column(default=0)


class Checkin(Base):
    __tablename__ = "checkin"
    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(String(36), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    tps_id: Mapped[int] = mapped_column(ForeignKey("tps.id"))
    kind: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(String(200))
    happened_at: Mapped[datetime] = mapped_column(index=True)


@event.listens_for(engine, "connect")
def _prepare(connection: Any, _record: Any) -> None:
    if ON_SQLITE:
        connection.isolation_level = None
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")


@event.listens_for(engine, "begin")
def _begin(connection: Any) -> None:
    if ON_SQLITE:
        immediate = connection.get_execution_options().get("immediate")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


@contextmanager
def writing() -> Any:
    with turn:
        Local.connection(execution_options={"immediate": True})
        yield Local
        Local.commit()


@app.teardown_request
def _close(_error: object) -> None:
    Local.remove()


@app.get("/hello")
def hello() -> str:
    return "<!doctype html><title>Halo</title><h1>Halo</h1>"


@app.get("/login/<int:user_id>")
def login(user_id: int) -> str:
    session["user"] = user_id
    return "ok"


@app.get("/list")
def listing() -> str:
    Local.get(User, session["user"])
    query = (
        select(Checkin, User, Tps)
        .join(User, User.id == Checkin.user_id)
        .join(Tps, Tps.id == Checkin.tps_id)
        .order_by(Checkin.happened_at.desc(), Checkin.id.desc())
        .limit(100)
    )
    rows = [
        {"id": c.id, "kind": c.kind, "note": c.note, "happened_at": c.happened_at, "user": user, "tps": tps}
        for c, user, tps in Local.execute(query)
    ]
    return list_page.render(rows=rows)


@app.post("/checkin")
def checkin() -> str:
    item = request.form
    with writing():
        Local.get(User, session["user"])
        _store(item["id"], int(item["tps"]), item.get("note", ""))
    return receipt.render(id=item["id"], at=datetime.now(UTC).isoformat())


@app.post("/batch")
def batch() -> dict[str, list[dict[str, str]]]:
    items = request.get_json()["items"]
    with writing():
        Local.get(User, session["user"])
        for item in items:
            _store(item["id"], int(item["tps"]), item.get("note", ""))
    return {"items": [{"id": item["id"], "verdict": "diterima"} for item in items]}


def _store(uuid: str, tps_id: int, note: str) -> None:
    """Insert once; only a row that was really inserted counts at its TPS."""
    add = (sqlite if ON_SQLITE else postgresql).insert(Checkin)
    row = {"uuid": uuid, "user_id": session["user"], "tps_id": tps_id, "kind": "tps", "note": note}
    done = Local.execute(add.values(**row, happened_at=_now()).on_conflict_do_nothing())
    if done.rowcount == 1:  # type: ignore[attr-defined]
        Local.execute(update(Tps).where(Tps.id == tps_id).values(arrived=Tps.arrived + 1))


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def seed() -> None:
    """Make the tables and fill them, once."""
    Base.metadata.create_all(engine)
    with Session(engine) as local:
        if local.scalar(select(func.count()).select_from(User)):
            return
        local.execute(insert(User), [{"id": n, "name": f"Relawan {n}"} for n in range(1, 1001)])
        tps = [
            {"id": n, "village": f"31.73.01.1{n % 56:03}", "number": n, "arrived": 0} for n in range(1, 2649)
        ]
        local.execute(insert(Tps), tps)
        rows = [
            {
                "uuid": f"seed-{n}",
                "user_id": n % 1000 + 1,
                "tps_id": n % 2648 + 1,
                "kind": "tps",
                "note": "contoh",
            }
            for n in range(10_000)
        ]
        local.execute(insert(Checkin), [{**row, "happened_at": _now()} for row in rows])
        local.commit()


if __name__ == "__main__":
    seed()
