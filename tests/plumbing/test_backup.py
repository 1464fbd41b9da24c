"""Backups: the database and the photos that it names come back together."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

DEPLOY = Path(__file__).parents[2] / "deploy"


ITS_OWN_CLOCK = {
    name: value for name, value in os.environ.items() if name != "LD_PRELOAD"
}  # as its files have it


def run(script: str, folder: Path, *arguments: object, **more: str) -> str:
    told = {
        "DATABASE_URL": f"sqlite:///{folder / 'simpul.sqlite3'}", "FILES_URL": (folder / "files").as_uri(),
    } | more  # fmt: skip
    done = subprocess.run(
        [str(DEPLOY / script), *map(str, arguments)],
        env=ITS_OWN_CLOCK | told, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_photos_come_back_with_the_database(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "simpul.sqlite3")) as database:
        database.execute("CREATE TABLE blob (id INTEGER)")
    photo = tmp_path / "files" / "foto" / "ab" / "abc.jpg"
    photo.parent.mkdir(parents=True)
    photo.write_bytes(b"foto")
    photo.with_name(".x.half").write_bytes(b"fo")
    run("backup.sh", tmp_path, tmp_path / "backups")
    (kept,) = (tmp_path / "backups").glob("*.files")
    assert [path.name for path in kept.rglob("*") if path.is_file()] == ["abc.jpg"]
    shutil.rmtree(tmp_path / "files")
    (file,) = (tmp_path / "backups").glob("*.gz")
    run("restore.sh", tmp_path, file)
    assert photo.read_bytes() == b"foto"


def test_old_backups_go_with_their_photos(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "simpul.sqlite3").close()
    old = tmp_path / "backups" / "simpul-20240101T000000Z.files"
    (old / "foto").mkdir(parents=True)
    os.utime(old, (1, 1))
    assert "backup:" in run("backup.sh", tmp_path, tmp_path / "backups")
    assert not old.exists()


SAYS = """#!/bin/bash
echo "$0 $*" >>{told}
echo "${{PGPASSWORD-none}}" >>{told}
while [ $# -gt 0 ]; do case "$1" in --file=*) : >"${{1#--file=}}" ;; esac; shift; done
"""


@pytest.mark.parametrize(
    ("url", "plain", "password"),
    [
        ("postgresql://simpul:rahasia%40pg@db:5433/simpul?sslmode=require", "postgresql://simpul@db:5433/simpul?sslmode=require",
         "rahasia@pg"),
        ("postgresql+psycopg://simpul@/simpul?host=/run/pg&password=ra+hasia%26", "postgresql://simpul@/simpul?host=/run/pg",
         "ra hasia&"),
        ("postgresql://simpul@/simpul?host=/run/pg", "postgresql://simpul@/simpul?host=/run/pg", "none"),
    ],
)  # fmt: skip
def test_no_command_line_holds_the_password(tmp_path: Path, url: str, plain: str, password: str) -> None:
    told = tmp_path / "told"
    for name in ("pg_dump", "pg_restore"):
        command = tmp_path / "bin" / name
        command.parent.mkdir(exist_ok=True)
        command.write_text(SAYS.format(told=told))
        command.chmod(0o755)
    more = {"DATABASE_URL": url, "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"}
    run("backup.sh", tmp_path, tmp_path / "backups", **more)
    (made,) = (tmp_path / "backups").glob("*.dump")
    run("restore.sh", tmp_path, made, **more)
    dumped, first, restored, second = told.read_text().splitlines()
    assert dumped.endswith(f" {plain}") and f"--dbname={plain} " in restored
    assert first == second == password


def test_the_nightly_unit_is_as_confined_as_the_service() -> None:
    service, daily = (settings(f"simpul{name}.service") for name in ("", "-daily"))
    guards = ("Protect", "Private", "Restrict", "SystemCall", "Capability", "Lock", "NoNew", "ReadWrite")
    assert {line for line in service if line.startswith(guards)} <= daily
    for unit in (service, daily):
        assert {line.partition("=")[0] for line in unit} >= {"MemoryMax", "TasksMax"}


def test_the_server_reaches_no_backup() -> None:
    (written,) = (line.split()[-1] for line in settings("simpul-daily.service") if "backup.sh" in line)
    assert f"InaccessiblePaths=-{written}" in settings("simpul.service")
    assert not any(line.startswith("InaccessiblePaths") for line in settings("simpul-daily.service"))


def settings(unit: str) -> set[str]:
    return set((DEPLOY / unit).read_text().splitlines())


def test_the_proxy_keeps_no_address_and_refuses_other_hosts() -> None:
    text = (DEPLOY / "nginx.conf").read_text()
    assert {line.split()[2] for line in text.splitlines() if line.strip().startswith("error_log")} == {
        "crit;"
    }
    assert text.count("default_server") == 4 and "$host$request_uri" not in text
    zones = set(re.findall(r"zone=(\w+):", text))
    assert zones == set(re.findall(r"limit_(?:req zone=|conn )(\w+)", text))
