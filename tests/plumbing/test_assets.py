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

from webapp.plumbing.assets import KEEP_OLD_SECONDS, SOURCE, Assets, build, serve_static

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
    first = build(source).manifest["house/shell.js"]
    (source / "house/shell.js").write_text(SCRIPT + "more()")
    second = build(source).manifest["house/shell.js"]
    assert first != second
    assert (source / first).exists(), "a page that is still open must find its script"


def test_the_same_source_gives_the_same_names(source):
    assert build(source).manifest == build(source).manifest


def test_sheet_and_script_lose_their_notes(source):
    manifest = build(source).manifest
    assert "note" not in (source / manifest["house/house.css"]).read_text()
    assert "note" not in (source / manifest["house/shell.js"]).read_text()


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
    assert "free for all" in (source / build(source).manifest["house/x.js"]).read_text()


def test_files_of_an_old_build_go_after_thirty_days(source):
    first = source / build(source).manifest["house/shell.js"]
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
    own = sum(size for name, size in sent.items() if name.startswith("house/") and name.endswith(".js"))
    assert sent["house/house.css"] < 8 * 1024
    assert own <= 12 * 1024
    assert own + sent["vendor/htmx-4.0.1.min.js"] < 25 * 1024


def test_no_script_waits_for_what_the_minifier_would_put_before_it():
    """It moves a destructuring before the simple constant above it, as if neither did anything."""
    moved = re.compile(r"^\s*(const|let) \w+ = .+;\n\s*\1 [\[{].*= await", re.MULTILINE)
    assert not [path.name for path in SOURCE.rglob("*/*.js") if moved.search(path.read_text())]
