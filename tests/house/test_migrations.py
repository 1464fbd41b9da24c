"""Migrations: numbered, one head, equal to the models, and they keep what is there."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from tests import databases
from tests.conftest import config_for
from tests.house import earlier
from webapp import create_app
from webapp.attendance.rules.rebuilding import rebuild
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import Base, db

VERSIONS = sorted((Path(__file__).parents[2] / "migrations" / "versions").glob("*.py"))


def test_they_are_numbered_without_a_gap_and_follow_each_other() -> None:
    for place, path in enumerate(VERSIONS, start=1):
        number = f"{place:04}"
        source = path.read_text()
        assert path.name.startswith(f"{number}_")
        assert re.search(r'^revision = "(\d{4})"$', source, re.MULTILINE)[1] == number  # type: ignore[index]
        before = re.search(r'^down_revision = (?:"(\d{4})"|None)$', source, re.MULTILINE)
        assert before is not None
        assert before[1] == (f"{place - 1:04}" if place > 1 else None)


def test_they_do_not_lean_on_code_that_will_change() -> None:
    assert not [path.name for path in VERSIONS if "webapp" in path.read_text()]


def test_a_migrated_database_is_what_the_models_say(app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_every_step_can_be_taken_back(tmp_path: Path) -> None:
    app = create_app(config_for(f"sqlite:///{tmp_path / 'steps.sqlite3'}"))
    with app.app_context():
        flask_migrate.upgrade()
        flask_migrate.downgrade(revision="base")
        tables = (
            db.session.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
        )
        assert set(tables) <= {"alembic_version", "sqlite_sequence"}
        db.session.remove()
        db.engine.dispose()


def test_altering_a_parent_table_keeps_its_children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Batch mode makes the parent anew; with foreign keys on, SQLite would empty what points at it."""
    folder = tmp_path / "migrations"
    path = tmp_path / "old.sqlite3"
    _copy_migrations(folder)
    app = create_app(config_for(f"sqlite:///{path}"))
    with app.app_context():
        flask_migrate.upgrade(directory=str(folder))
        db.session.execute(
            text("INSERT INTO region (code,name,search_name,level,retired) VALUES ('ID','I','i',0,0)")
        )
        db.session.execute(
            text(
                "INSERT INTO person (id,name,search_name,region_code,created_at) VALUES (1,'B','b','ID','2024-01-01')"
            )
        )
        db.session.commit()
        head = VERSIONS[-1].name[:4]
        (folder / "versions" / "9999_widen.py").write_text(WIDEN.format(head=head))
        flask_migrate.upgrade(directory=str(folder))
        db.session.remove()
        db.engine.dispose()
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT region_code FROM person").fetchall() == [("ID",)]
    connection.close()


MOVED = {"meeting_session": {"place", "link"}}  # to the site


@pytest.mark.full
def test_meetings_of_before_keep_every_row_and_get_one_site(store: databases.Store, tmp_path: Path) -> None:
    app = create_app(config_for(_empty(store, tmp_path)))
    with app.app_context():
        flask_migrate.upgrade(revision="0005")
        with db.engine.begin() as connection:
            earlier.fill(connection)
        before = _dump()
        for _again in range(2):
            flask_migrate.upgrade()
            after = _dump()
            for table, columns in before.items():
                kept = columns.keys() - MOVED.get(table, set())
                assert {name: after[table][name] for name in kept} == {name: columns[name] for name in kept}
            _says_of_sites(after)
            _is_guarded()
            with everywhere("a test counts"):
                assert rebuild() == (18, 1), (
                    "of old a guest without a word was counted absent, once a list was closed"
                )
                assert rebuild() == (18, 0)
            db.session.rollback()
            flask_migrate.downgrade(revision="0005")
            assert _dump() == before
            _is_guarded()
        db.session.remove()
        db.engine.dispose()


def test_names_are_compared_anew_and_as_before(store: databases.Store, tmp_path: Path) -> None:
    app = create_app(config_for(_empty(store, tmp_path)))
    with app.app_context():
        flask_migrate.upgrade(revision="0011")
        with db.engine.begin() as connection:
            for code, name, folded in REGIONS_BEFORE:
                connection.execute(ADD_REGION, {"code": code, "name": name, "folded": folded})
            connection.execute(ADD_KEEPER)
            for number, name in enumerate(("Simpul Maruf", "Simpul Ma'ruf"), start=1):
                folded = name.lower().replace("'", " ")
                connection.execute(ADD_GROUP, {"id": number, "name": name, "folded": folded})
        flask_migrate.upgrade(revision="0012")
        assert _searched("region") == ["indonesia", "sadan", "labo", "x"]
        assert _searched("volunteer_group") == ["simpul maruf", "simpul ma ruf"]
        flask_migrate.downgrade(revision="0011")
        assert _searched("region") == [folded for _code, _name, folded in REGIONS_BEFORE]
        db.session.remove()
        db.engine.dispose()


REGIONS_BEFORE = [
    ("ID", "Indonesia", "indonesia"), ("73", "Sa\u2019dan", "sa dan"), ("74", "La'bo'", "la bo"), ("75", "Lain", "x"),
]  # fmt: skip
ADD_REGION = text(
    "INSERT INTO region (code, name, search_name, level, retired) VALUES (:code, :name, :folded, 0, false)"
)
ADD_KEEPER = text(
    "INSERT INTO person (id, name, search_name, region_code, created_at) VALUES (1, 'A', 'a', 'ID', '2024-01-01')"
)
ADD_GROUP = text(
    "INSERT INTO volunteer_group (id, region_code, name, search_name, created_at, created_by) "
    "VALUES (:id, 'ID', :name, :folded, '2024-01-01', 1)"
)


def _searched(table: str) -> list[str]:
    key = {"region": 'code COLLATE "C"' if db.engine.dialect.name == "postgresql" else "code"}.get(
        table, "id"
    )
    order = f"CASE WHEN {key} = 'ID' THEN 0 ELSE 1 END, {key}" if table == "region" else key
    with db.engine.connect() as connection:
        return list(connection.execute(text(f"SELECT search_name FROM {table} ORDER BY {order}")).scalars())


def _empty(store: databases.Store, folder: Path) -> str:
    if isinstance(store, databases.PostgresStore):
        return store.server.create("simpul_earlier")
    return f"sqlite:///{folder / 'earlier.sqlite3'}"


def _dump() -> dict[str, dict[str, list[object]]]:
    with db.engine.connect() as connection:
        return earlier.dump(connection)


def _says_of_sites(after: dict[str, dict[str, list[object]]]) -> None:
    """Its place and link, in its own region; every seat and list belongs to it."""
    site = after["site"]
    rows = zip(*(site[name] for name in ("meeting_id", "place", "link", "mode", "offset")), strict=True)
    assert sorted(rows) == [
        (earlier.DRAFT, "Aula", "https://zoom.us/j/1", "tatap muka", 420),
        (earlier.ONLINE, None, "https://zoom.us/j/2", "zoom", 420),
        (earlier.LOCKED, None, None, "tatap muka", 420),
    ]
    assert set(site["region_code"]) == {earlier.DISTRICT}
    meeting = dict(zip(site["id"], site["meeting_id"], strict=True))
    for table in ("sheet", "invitation"):
        assert [meeting[one] for one in after[table]["site_id"]] == after[table]["meeting_id"]
    with db.engine.connect() as connection:
        secrets = connection.execute(text("SELECT secret FROM sheet")).scalars().all()
    assert len(set(secrets)) == 3 and all(len(one) >= 43 for one in secrets)


def _is_guarded() -> None:
    """What is only ever added still cannot be changed."""
    for table in earlier.GUARDED:
        for change in (f"UPDATE {table} SET region_code = region_code", f"DELETE FROM {table}"):
            with pytest.raises(DatabaseError, match="append-only"), db.engine.begin() as connection:
                connection.execute(text(change))


def _copy_migrations(folder: Path) -> None:
    (folder / "versions").mkdir(parents=True)
    source = VERSIONS[0].parents[1]
    for name in ("env.py", "script.py.mako", "alembic.ini"):
        (folder / name).write_text((source / name).read_text())
    for path in VERSIONS:
        (folder / "versions" / path.name).write_text(path.read_text())


WIDEN = """
import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{head}"


def upgrade():
    with op.batch_alter_table("region", recreate="always") as batch:
        batch.add_column(sa.Column("nickname", sa.String()))


def downgrade():
    pass
"""
