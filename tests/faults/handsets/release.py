"""The next version of Simpul, made from this one: another worker, another schema on the phone, one field more."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.bench.servers import ROOT, Server, serving

PARTS = ("webapp", "templates", "static", "wsgi.py")
NEW_STORE = "lampiran"
CHANGES = {
    "static/house/store.js": (
        ("const SCHEMA = 1;", "const SCHEMA = 2;"),
        (
            "if (oldVersion) return;",
            f'request.result.createObjectStore("{NEW_STORE}", {{ keyPath: "key" }});\n'
            '        if (oldVersion) return request.transaction.objectStore("items").createIndex("kind", "kind");',
        ),
    ),
    "static/house/sw.js": (('"use strict";', '"use strict";\n  self.edition = 2;'),),
    "templates/people/_seat_people.html": (
        ('<button class="btn">{{', '<input name="sumber" value="baru"><button class="btn">{{'),
    ),
    "webapp/people/forms/seats.py": (("    telepon = ", '    sumber = StringField(default="lama")\n    telepon = '),),
}  # fmt: skip


@contextmanager
def next_version(folder: Path, environment: Mapping[str, str]) -> Iterator[Server]:
    """A server of the next version, with its own build and the same database."""
    for name in PARTS:
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, folder / name)
    for name, changes in CHANGES.items():
        text = (folder / name).read_text()
        for old, new in changes:
            assert text.count(old) == 1, (name, old)
            text = text.replace(old, new)
        (folder / name).write_text(text)
    build = [sys.executable, "-m", "flask", "--app", "wsgi", "static", "build"]
    done = subprocess.run(
        build, cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    with serving("wsgi:app", environment, workers=1, told=("--chdir", str(folder))) as running:
        yield running
