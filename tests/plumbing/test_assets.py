"""The static files: built names, compressed twins, and what a browser is told about them."""

from __future__ import annotations

import base64
import gzip
import hashlib
import os
import re
import shutil
import time

import brotli
import pytest
from flask import Flask, render_template_string

from webapp.plumbing.assets import (
    JOINED,
    KEEP_OLD_SECONDS,
    SOURCE,
    WORKER,
    Assets,
    build,
    scripts_apart,
    serve_static,
)

LIBRARY = "vendor/htmx-4.0.1.min.js"

SHEET = "/* a note */\nbody { color: red; background: url(../icons/a.svg) }\n" + "p { margin: 0 }\n" * 30
SCRIPT = "// a note\nconst greeting = 'selamat';\n" + "console.log(greeting);\n" * 30


@pytest.fixture
def source(tmp_path):
    for name, text in {
        "house/house.css": SHEET,
        "house/shell.js": SCRIPT,
        "icons/a.svg": "<svg/>",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def client_of(source):
    app = Flask(__name__, static_folder=None)
    serve_static(app, source)

    @app.get("/")
    def sheet_url():
        return render_template_string("{{ asset('house/house.css') }}")

    @app.get("/plain")
    def plain():
        return render_template_string("<style>{{ inline_sheet() }}</style>")

    return app.test_client()


def test_a_file_is_named_by_what_is_in_it(source):
    first = build(source).manifest[JOINED]
    os.utime(source / first, (time.time(),) * 2)  # by the suite's clock; the disk goes by its own
    (source / "house/shell.js").write_text(SCRIPT + "more()")
    second = build(source).manifest[JOINED]
    assert first != second
    assert (source / first).exists(), "a page that is still open must find its script"


def test_the_same_source_gives_the_same_names(source):
    assert build(source).manifest == build(source).manifest


def test_sheet_and_script_lose_their_notes(source):
    manifest = build(source).manifest
    assert "note" not in (source / manifest["house/house.css"]).read_text()
    assert "note" not in (source / manifest[JOINED]).read_text()


def test_our_scripts_are_one_file_in_their_order_and_the_worker_another(source):
    for name in ("checkins/a.js", "house/outbox.js", "house/clock.js", "house/sw.js", "vendor/x.min.js"):
        (source / name).parent.mkdir(exist_ok=True)
        (source / name).write_text(f"self.said = '{name}'")
    assert Assets.read(source).scripts() == [
        f"/static/{name}" for name in ("house/clock.js", "house/outbox.js", "house/shell.js", "checkins/a.js")
    ]
    manifest = build(source).manifest
    assert [name for name in manifest if name.endswith(".js")] == [WORKER, "vendor/x.min.js", JOINED]
    assert Assets.read(source).scripts() == [f"/static/{manifest[JOINED]}"]
    assert (source / manifest[JOINED]).read_text().index("clock") < (
        source / manifest[JOINED]
    ).read_text().index("selamat")


def test_a_selector_of_what_lies_inside_stays_one(source):
    (source / "house/house.css").write_text(
        ".flow tbody :is(th, td) { padding: 0 } a:hover { margin: 0 }\n" * 20
    )
    sheet = (source / build(source).manifest["house/house.css"]).read_text()
    assert ".flow tbody :is(th,td){" in sheet and "a:hover{" in sheet


def test_a_sheet_names_the_hashed_picture(source):
    manifest = build(source).manifest
    assert f"url(/static/{manifest['icons/a.svg']})" in (source / manifest["house/house.css"]).read_text()


def test_twins_hold_the_same_bytes(source):
    plain = source / build(source).manifest["house/house.css"]
    assert brotli.decompress(plain.with_name(plain.name + ".br").read_bytes()) == plain.read_bytes()
    assert gzip.decompress(plain.with_name(plain.name + ".gz").read_bytes()) == plain.read_bytes()


def test_a_licence_stays_in_a_vendored_script(source):
    (source / "house/x.js").write_text("/*! free for all */\nlet a = 1;\n")
    assert "free for all" in (source / build(source).manifest[JOINED]).read_text()


def test_files_of_an_old_build_go_after_thirty_days(source):
    first = source / build(source).manifest[JOINED]
    (source / "house/shell.js").write_text("more()")
    long_ago = time.time() - KEEP_OLD_SECONDS - 60
    for path in first.parent.glob(first.name + "*"):
        os.utime(path, (long_ago, long_ago))
    assert build(source).removed == 3
    assert not first.exists()


def test_without_a_build_the_source_is_served_under_its_own_name(source):
    client = client_of(source)
    assert client.get("/").text == "/static/house/house.css"
    answer = client.get("/static/house/house.css", buffered=True)
    assert answer.status_code == 200
    assert "immutable" not in answer.headers["Cache-Control"]


def test_a_built_file_is_kept_for_good_and_sets_no_cookie(source):
    build(source)
    client = client_of(source)
    answer = client.get(client.get("/").text, headers={"Accept-Encoding": "br"}, buffered=True)
    assert answer.headers["Content-Encoding"] == "br"
    assert "immutable" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_file_newer_than_the_build_is_found_too(source):
    build(source)
    (source / "house/new.js").write_text("1")
    assert Assets.read(source).url("house/new.js") == "/static/house/new.js"


@pytest.mark.parametrize("built", [False, True])
def test_the_hash_in_the_policy_is_the_hash_of_the_inlined_sheet(source, built):
    if built:
        build(source)
    answer = client_of(source).get("/plain")
    style = re.search(r"<style>(.*)</style>", answer.text, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert Assets.read(source).sheet_hash() == f"sha256-{digest}"
    assert answer.headers["X-Inline-Sheet"] == "1"


def test_the_house_stays_light(tmp_path):
    """Bytes as sent with brotli: what `budgets` allows for the sheet, our scripts, and the library with them."""
    shutil.copytree(SOURCE, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("build"))
    sent = {
        name: len((tmp_path / f"{path}.br").read_bytes())
        for name, path in build(tmp_path).manifest.items()
        if name.endswith((".css", ".js"))
    }
    apart = scripts_apart(tmp_path)
    ours = [name for name in sent if name.endswith(".js") and not name.startswith("vendor/")]
    assert sorted(ours) == sorted([*apart, JOINED, WORKER])
    assert all(sent[name] <= 3.5 * 1024 for name in apart)
    assert sent["house/house.css"] < 8 * 1024
    assert sent[JOINED] + sent[WORKER] + sent[LIBRARY] <= 27 * 1024


def test_what_unpacks_stays_in_its_place(source):
    (source / "house/shell.js").write_text(
        "self.turn = async () => {\n  const mine = ++self.n;\n  const { a } = await self.f();\n  return [mine, a]\n}\n"
    )
    script = (source / build(source).manifest[JOINED]).read_text()
    assert script.index("++self.n") < script.index("await self.f()")
