"""Backups: the database and the photos that it names come back together."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

DEPLOY = Path(__file__).parents[2] / "deploy"


def run(script: str, folder: Path, *arguments: object) -> str:
    told = {
        "DATABASE_URL": f"sqlite:///{folder / 'simpul.sqlite3'}", "FILES_URL": (folder / "files").as_uri(),
    }  # fmt: skip
    done = subprocess.run(
        [str(DEPLOY / script), *map(str, arguments)],
        env=os.environ | told, capture_output=True, text=True, check=False,
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
