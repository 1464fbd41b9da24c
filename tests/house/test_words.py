"""Words: no page of any role, no refusal and no toast speaks English, Python, or in numbers of rows."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.routing import Rule

from tests.cast import ANI, BUDI, DEWI, EKO, Actor
from tests.clock import NOW
from tests.conftest import FULL
from tests.house.everything import OURS, Arguments, build, paths
from tests.house.test_needs import SIGNS_OUT
from tests.visits import ON_POSTGRES, SAME_SITE, Visitor
from webapp.plumbing.submissions import kinds

pytestmark = pytest.mark.skipif(ON_POSTGRES, reason="what a page is made of, no database decides")

ENGLISH = frozenset(
    (
        "the and of is are was not must cannot please this that these with without your you from for to in on "
        "at by an be has have field fields required value values valid invalid choice choose chosen error "
        "errors submit unknown null undefined nan object function coordinator supervisor witness typist "
        "observer password draft submitted approved returned locked cancelled present absent excused late "
        "mandate mandates device upload download browser file files request method allowed internal found "
        "forbidden unauthorized unsupported true false none new next back previous search delete edit save "
        "cancel name names meeting sheet region person user users page date time today yesterday number "
        "integer string length characters between "
    ).split()
)
WORD = re.compile(r"(?<![\w-])[A-Za-z]+\b")
PYTHON = re.compile(
    r"datetime|UUID|Decimal|Markup|[lL]azy|\{'|\[['\"(]|\(\)|<[a-z]+ object|%\(\w+\)|__|\bkeys\("
)
SHOWN = re.compile(r"""\b(?:aria-label|title|placeholder|alt)="([^"]*)"|\bdata-[\w-]+="([^"]* [^"]*)\"""")
TYPED = re.compile(r'<input(?![^>]*type="(?:hidden|radio|checkbox)")[^>]*?\bvalue="([^"]*)"')
UNSEEN = re.compile(r"<(style|script)\b.*?</\1>|<!--.*?-->|<!doctype[^>]*>", re.DOTALL)
ADDRESSES = re.compile(
    r"https?://\S+|\b[A-Z0-9]{3,5}[- ][A-Z0-9]{3,5}\b|\S+@\S+|/[a-z][\w/-]+|{\w+}"
)  # and codes
CLOSED = (".pdf", ".xlsx", ".ics", ".svg", ".js", ".webmanifest")
READ = ("text/html", "text/plain", "text/csv")
WRONG = dict.fromkeys(
    "nama telepon peran lahir wilayah mulai sampai jenis judul tanggal selesai toleransi tautan kursi menjadi alasan "
    "orang slot tps ganti lagi tempat kegiatan kode butir rapat urung lat lng tugas tenggat pemilik tindak keadaan "
    "jawaban hadir putusan versi lembar urutan baris jumlah lokasi cara tingkat aturan hapus keluar aktif baru ulangi "
    "lama segel laku mewakili waktu foto daftar koreksi bukti jam radius titik ulangi tanda pilih boleh".split(),
    "x",
)


def said_in(page: str) -> Iterator[str]:
    """Everything on a page that somebody sees or hears."""
    page = UNSEEN.sub(" ", page)
    for found in SHOWN.finditer(page):
        yield found[1] or found[2] or ""
    yield from TYPED.findall(page)
    yield re.sub(r"<[^>]*>", " | ", page)


def wrong_in(words: str) -> list[str]:
    """What of these words no reader should meet."""
    words = ADDRESSES.sub(" ", html.unescape(words))
    english = [word for word in WORD.findall(words) if word.lower() in ENGLISH]
    return english + [found[0] for look in (PYTHON, OURS) for found in look.finditer(words)]


def look_at(answer: Any, where: str) -> list[str]:
    """One line for each answer that says something wrong, and for each that is a defect."""
    found = [f"{where}: {answer.status_code}"] if answer.status_code >= 500 else []
    if answer.mimetype not in READ or 300 <= answer.status_code < 400:  # browsers follow, and nobody reads it
        return found
    wrong = {word for said in said_in(answer.get_data(as_text=True)) for word in wrong_in(said)}
    if answer.mimetype == "text/csv":
        wrong = {
            word for word in wrong if not OURS.search(word)
        }  # a file has its `Nomor kursi` (docs/data-formats.md)
    return found + ([f"{where}: {sorted(wrong)}"] if wrong else [])


@pytest.fixture
def told(app: Flask) -> Arguments:
    return build(app)


def routes(app: Flask, method: str) -> list[Rule]:
    return [
        one
        for one in app.url_map.iter_rules()
        if method in (one.methods or ()) and one.endpoint not in SIGNS_OUT
    ]


@pytest.mark.parametrize("actor", [ANI, EKO, DEWI, BUDI], ids=lambda actor: actor.role.value)
def test_every_page_speaks_the_language_of_the_house(app: Flask, told: Arguments, actor: Actor) -> None:
    visitor, found, opened = Visitor(app, actor), [], 0
    for rule in routes(app, "GET"):
        for path in paths(rule, told):
            answer = visitor.client.get(path, headers=SAME_SITE)
            found += look_at(answer, f"GET {path}")
            opened += answer.status_code == 200
    assert found == [], "\n".join(found)
    assert opened > 25


@pytest.mark.parametrize(
    "actor", [ANI, DEWI, *([EKO, BUDI] if FULL else [])], ids=lambda actor: actor.role.value
)
def test_every_refusal_and_every_toast_does_too(app: Flask, told: Arguments, actor: Actor) -> None:
    visitor, found, refused = Visitor(app, actor), [], 0
    for rule in routes(app, "POST"):
        (path, *_more) = paths(rule, told)
        for form in ({}, WRONG) if FULL else (WRONG,):
            answer = visitor.client.post(path, data=form, headers=SAME_SITE)
            found += look_at(answer, f"POST {path}")
            refused += answer.status_code == 422
            if answer.status_code == 303:
                after = visitor.client.get(answer.headers["Location"], headers=SAME_SITE)
                found += look_at(after, f"after POST {path}")
    assert found == [], "\n".join(found)
    assert refused > 2


@pytest.mark.parametrize(
    "fields", [{}, WRONG, {key: {"a": 1} for key in WRONG}], ids=["empty", "words", "wrong types"]
)
def test_what_a_phone_is_answered_does_too(app: Flask, fields: dict[str, Any]) -> None:
    items = [
        {
            "id": str(UUID(int=n + 900)),
            "kind": kind,
            "fields": fields,
            "happened_at": NOW.isoformat(),
            "offset": 420,
        }
        for n, kind in enumerate((*kinds, "kunjungan.baru"))
    ]
    for actor in (ANI, EKO):
        said = Visitor(app, actor).post("/kirim", json={"items": items, "clock": NOW.isoformat()}, status=200)
        verdicts = said.response.get_json()["verdicts"]
        words = [
            text
            for one in verdicts
            for text in (one.get("reason") or "", *(one.get("errors") or {}).values())
        ]
        assert any(words) and [(text, wrong_in(text)) for text in words if wrong_in(text)] == []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 429, 500, 502, 503])
def test_every_fault_does_too(app: Flask, status: int) -> None:
    from webapp.plumbing.faults import page

    with app.test_request_context("/"):
        assert look_at(page(status), str(status)) in ([], [f"{status}: {status}"])
    with app.test_request_context("/", headers={"HX-Request": "true"}):
        assert look_at(page(status), str(status)) in ([], [f"{status}: {status}"])


@pytest.mark.parametrize(
    "words", ["Lokasi 7000018", "aktif: True → False", "Not a valid choice", "peran: coordinator"]
)
def test_the_look_finds_what_it_looks_for(words: str) -> None:
    assert wrong_in(words)
    assert wrong_in(next(iter(said_in(f'<p title="{words}">Beranda</p>'))))


def test_the_look_reads_the_pages_that_a_browser_gets(app: Flask) -> None:
    answer = Visitor(app, EKO).client.get("/kiriman?kode=7000018", headers=SAME_SITE)
    assert look_at(answer, "typed") == ["typed: ['7000018']"]
