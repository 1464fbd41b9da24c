"""Static files: built once under names that carry their content's hash, served without the application.

`flask static build` minifies, names, compresses (brotli 11 and gzip beside each file) and writes a manifest.
Without a build, or for a file that came after it, the source file is served under its own name, so that nothing
has to be built to work on a page.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import os
import re
import time
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import brotli
from flask import after_this_request, current_app
from markupsafe import Markup
from whitenoise import WhiteNoise

if TYPE_CHECKING:
    from collections.abc import Iterator
    from wsgiref.headers import Headers

    from flask import Flask, Response

SOURCE = Path(__file__).resolve().parents[2] / "static"
SHEET = "house/house.css"
WORKER = "house/sw.js"
JOINED = "house/all.js"
APART = ("attendance",)  # rooms whose pages name their scripts themselves: few pages want them
SHARED = ("house/clock.js", "house/store.js", "house/outbox.js")  # what pages and worker have in common
FIRST = (*SHARED, "house/line.js", "house/storage.js", "house/checks.js", "house/submit.js", "house/shell.js")
MINIFIED = {".css": "text/css", ".js": "application/javascript"}
# the minifier moves `const {a} = …` before the const above it; a `let` it leaves where it stands
UNPACKING = re.compile(r"^(\s*)const(?= [\[{])", re.MULTILINE)
COMPRESSED = (".css", ".js", ".svg", ".json")
HASHED = re.compile(r"/build/.+-[0-9a-f]{12}\.\w+$")
REFERENCE = re.compile(r"""url\((['"]?)([^'")]+)\1\)""")
KEEP_OLD_SECONDS = 30 * 24 * 60 * 60  # a page that was open, or cached, still finds the files it names


@dataclass(frozen=True)
class Built:
    """What one build did: the manifest (source path -> path under static/) and the bytes as sent (brotli)."""

    manifest: dict[str, str]
    bytes_sent: int
    removed: int


def build(source: Path = SOURCE) -> Built:
    """Write `build/` below `source`, its manifest last, so that a reader never sees half a build."""
    target = source / "build"
    manifest: dict[str, str] = {}
    sent = 0
    joined = [source / name for name in own_scripts(source)]
    for path in _in_order(source):
        if path in joined:
            continue
        name = path.relative_to(source).as_posix()
        content = _minified(path, _with_hashed_references(path, source, manifest))
        manifest[name] = f"build/{_hashed_name(name, content)}"
        sent += _write(source / manifest[name], content)
    if joined:
        content = _joined(joined, source)
        manifest[JOINED] = f"build/{_hashed_name(JOINED, content)}"
        sent += _write(source / manifest[JOINED], content)
    _replace(target / "manifest.json", json.dumps(manifest, indent=1, sort_keys=True).encode())
    return Built(manifest, sent, _remove_old(target, source, manifest))


def own_scripts(source: Path = SOURCE) -> list[str]:
    """Our scripts in the order in which every page runs them: `FIRST`, then the rest by name; not the worker.

    A build joins them into one file, a quarter lighter than its parts; each rests where it has no place on the page.
    """
    names = [path.relative_to(source).as_posix() for path in source.rglob("*.js")]
    own = [name for name in names if name.split("/")[0] not in ("build", "vendor", *APART) and name != WORKER]
    return sorted(own, key=lambda name: (FIRST.index(name) if name in FIRST else len(FIRST), name))


def scripts_apart(source: Path = SOURCE) -> list[str]:
    """Those that only the pages load which name them: `{% block scripts %}`."""
    return sorted(f"{room}/{path.name}" for room in APART for path in (source / room).glob("*.js"))


def _joined(scripts: list[Path], source: Path) -> bytes:
    """All of them in one file, which the worker loads too: what needs a page runs where there is one."""
    shared: list[bytes] = []
    paged: list[bytes] = []
    for path in scripts:
        shares = path.relative_to(source).as_posix() in SHARED
        (shared if shares else paged).append(_minified(path, path.read_bytes()).rstrip(b";\n"))
    return b";\n".join([*shared, b"if(self.document){" + b";\n".join(paged) + b"}"])


def _in_order(source: Path) -> list[Path]:
    """Every file to build; sheets last, for they may name the others."""
    files = [
        path
        for path in sorted(source.rglob("*"))
        if path.is_file() and path.relative_to(source).parts[0] != "build"
    ]
    return sorted(files, key=lambda path: path.suffix == ".css")


def _with_hashed_references(path: Path, source: Path, manifest: dict[str, str]) -> bytes:
    content = path.read_bytes()
    if path.suffix != ".css":
        return content

    def hashed(match: re.Match[str]) -> str:
        if match[2].startswith(("#", "data:", "/")):
            return match[0]
        name = (path.parent / match[2]).resolve().relative_to(source.resolve()).as_posix()
        return f"url(/static/{manifest[name]})"

    return REFERENCE.sub(hashed, content.decode()).encode()


def _minified(path: Path, content: bytes) -> bytes:
    if path.name.endswith((".min.js", ".min.css")):
        return content
    if path.suffix in MINIFIED:
        import minify  # only a build needs it, and it weighs 7 MB in memory

        text = content.decode()
        smaller: str = minify.string(
            MINIFIED[path.suffix], UNPACKING.sub(r"\1let", text) if path.suffix == ".js" else text
        )
        return smaller.encode()
    return content


def _hashed_name(name: str, content: bytes) -> str:
    stem, dot, suffix = name.rpartition(".")
    return f"{stem}-{hashlib.sha256(content).hexdigest()[:12]}{dot}{suffix}"


def _write(path: Path, content: bytes) -> int:
    """Write the file and its compressed twins; return the bytes that a browser with brotli gets.

    A file that stands already is only touched: its name says that its content is the same, and the date says
    when a build last used it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    twins = {path: content}
    if path.suffix in COMPRESSED:
        twins |= _compressed(path, content)
    for twin, body in twins.items():
        if twin.exists():
            twin.touch()
        else:
            _replace(twin, body)
    return min(len(body) for body in twins.values())


def _compressed(path: Path, content: bytes) -> dict[Path, bytes]:
    """The twins that are worth having; mtime 0 keeps the gzip bytes the same from build to build."""
    twins = {
        path.with_name(f"{path.name}.br"): brotli.compress(content, quality=11),
        path.with_name(f"{path.name}.gz"): gzip.compress(content, 9, mtime=0),
    }
    return {twin: body for twin, body in twins.items() if len(body) < len(content)}


def _replace(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{os.getpid()}")
    half.write_bytes(content)
    half.replace(path)


def _remove_old(target: Path, source: Path, manifest: dict[str, str]) -> int:
    """Remove what no build has used for 30 days; return how many files that were."""
    old = [path for path in _hashed_files(target) if time.time() - path.stat().st_mtime > KEEP_OLD_SECONDS]
    current = {(source / name).name for name in manifest.values()}
    gone = [path for path in old if path.name.removesuffix(".br").removesuffix(".gz") not in current]
    for path in gone:
        path.unlink()
    return len(gone)


def _hashed_files(target: Path) -> Iterator[Path]:
    return (path for path in target.rglob("*") if path.is_file() and path.name != "manifest.json")


@dataclass(frozen=True)
class Assets:
    """The static files of one running application."""

    source: Path = SOURCE
    manifest: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, source: Path = SOURCE) -> Assets:
        """The files below `source`, with their last build if there is one."""
        listing = source / "build" / "manifest.json"
        return cls(source, json.loads(listing.read_text()) if listing.exists() else {})

    def url(self, name: str) -> str:
        """Where the browser finds a file of `static/`, e.g. "house/house.css"."""
        return f"/static/{self.manifest.get(name, name)}"

    def scripts(self) -> list[str]:
        """What a page loads of ours: the joined file, or without a build its parts in order."""
        built = JOINED in self.manifest
        return [self.url(name) for name in ([JOINED] if built else own_scripts(self.source))]

    def shared_scripts(self) -> list[str]:
        """What the worker loads: the same joined file, or without a build the parts that need no page."""
        return [self.url(JOINED)] if JOINED in self.manifest else [self.url(name) for name in SHARED]

    def text(self, name: str) -> str:
        """The file as the browser would get it, minified."""
        if name in self.manifest:
            return _content_of(self.source / self.manifest[name])
        path = self.source / name
        return _minified(path, path.read_bytes()).decode()

    def sheet(self) -> str:
        """The whole sheet, to stand in a page's one <style>."""
        return self.text(SHEET)

    def sheet_hash(self) -> str:
        """What style-src must say for that <style>: sha256-..."""
        return _hash_of(self.sheet())


@cache
def _content_of(built: Path) -> str:
    """A built file never changes: its name is the hash of its content."""
    return built.read_text()


@lru_cache(maxsize=4)
def _hash_of(sheet: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()


def assets() -> Assets:
    """The static files of the application that is answering."""
    return current_app.extensions["assets"]


def asset(name: str) -> str:
    """The URL of a static file; in templates `{{ asset("house/house.css") }}`."""
    return assets().url(name)


def inline_sheet() -> Markup:
    """The sheet for the <style> of a plain page; the answer is marked so that its CSP allows exactly that text."""

    @after_this_request
    def mark(response: Response) -> Response:
        response.headers["X-Inline-Sheet"] = "1"
        return response

    return Markup(assets().sheet())  # noqa: S704  our own file, no words of a user


def inline_sheet_hash() -> str:
    """The hash of that <style> as style-src wants it, without quotes."""
    return assets().sheet_hash()


def serve_static(app: Flask, source: Path = SOURCE) -> None:
    """Serve /static/ before the application: no session, no cookie, hashed files for good, the rest for a minute.

    Make the application with `static_folder=None`; its own static route would be a second door.
    """
    read = Assets.read(source)
    app.extensions["assets"] = read
    app.jinja_env.globals.update(asset=asset, scripts=read.scripts, inline_sheet=inline_sheet)
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=source,
        prefix="static/",
        autorefresh=not read.manifest,
        allow_all_origins=False,
        immutable_file_test=_is_hashed,
        add_headers_function=_static_headers,
        mimetypes={".webmanifest": "application/manifest+json"},
    )


def _is_hashed(path: str, url: str) -> bool:
    return HASHED.search(url) is not None


def _static_headers(headers: Headers, path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
