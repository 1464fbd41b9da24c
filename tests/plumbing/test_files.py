"""Files: whole or not there, drawn anew, and never under a name that somebody sent."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any, ClassVar

import pytest
import time_machine
from flask import Flask
from obstore.store import MemoryStore
from PIL import Image
from sqlalchemy import func, select, true

from tests.pictures import bomb, photo, sha
from webapp.plumbing import files
from webapp.plumbing.clock import now
from webapp.plumbing.database import db, writing
from webapp.plumbing.files import COMPLETE, REFUSED, UNFINISHED, Blob, BlobPart, StoreAway, TooMany
from webapp.plumbing.files.forgetting import _forget_some as forget_some
from webapp.plumbing.files.pictures import NotAPicture, made_anew
from webapp.plumbing.files.receiving import MOST_BYTES, MOST_UNFINISHED, PART_BYTES
from webapp.plumbing.files.stores import Bucket, Folder, Store, open_store

KEY = "foto/ab/abcdef.jpg"


def send(owner: int, content: bytes, name: str | None = None, step: int = PART_BYTES) -> Blob | None:
    """Bring a whole file, part by part, and let it be judged."""
    name = name or sha(content)
    for start in range(0, len(content), step):
        with writing():
            blob = files.take(owner, name, start, len(content), content[start : start + step])
    judgement = files.judge(blob) if files.is_there(blob) else None
    with writing():
        return files.settle(owner, name, judgement)


def parts() -> int:
    """How many parts are kept."""
    return db.session.execute(select(func.count()).select_from(BlobPart)).scalar_one()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_drawn_anew_upright_and_says_nothing_of_its_place(kind: str) -> None:
    sent = photo(size=(2400, 1800), kind=kind)
    assert b"Kamera Rahasia" in sent
    made = made_anew(sent)
    for stored in (made.large, made.small):
        drawn = Image.open(BytesIO(stored))
        assert drawn.format == "JPEG"
        assert drawn.mode == "RGB"
        assert not drawn.getexif()
        assert "comment" not in drawn.info
        assert b"Exif" not in stored
        assert b"Rahasia" not in stored
        assert b"Rahayu" not in stored
    assert (made.width, made.height) == (1200, 1600)  # its camera lay on its side
    assert Image.open(BytesIO(made.small)).size == (120, 160)


def test_what_one_could_see_through_becomes_white() -> None:
    glass = BytesIO()
    Image.new("RGBA", (40, 40), (255, 0, 0, 0)).save(glass, "PNG")
    drawn = Image.open(BytesIO(made_anew(glass.getvalue()).large))
    assert min(drawn.getpixel((20, 20))) > 250  # type: ignore[arg-type, type-var]


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"GIF89a" + bytes(100),
        b"%PDF-1.7",
        photo()[:-20_000],
        b"\xff\xd8\xff\xe0" + bytes(500),
    ],
    ids=["nothing", "svg", "gif", "pdf", "half a photo", "a photo's first bytes"],
)
def test_what_is_no_whole_picture_is_refused_in_a_sentence(inside: None, sent: bytes) -> None:
    with pytest.raises(NotAPicture, match="bukan foto yang utuh"):
        made_anew(sent)


@pytest.mark.parametrize("size", [(30_000, 30_000), (8_000, 6_000)])
def test_a_bomb_is_refused_before_it_unfolds(inside: None, size: tuple[int, int]) -> None:
    with pytest.raises(NotAPicture, match="terlalu besar"):
        made_anew(bomb(*size))


def test_a_file_in_parts_is_whole_only_at_the_end(inside: None) -> None:
    content = photo(size=(1600, 1200))
    blob = send(7, content)
    assert blob is not None
    assert (blob.state, blob.have, blob.size) == (COMPLETE, len(content), len(content))
    assert parts() == 0
    stored = files.store().get(blob.key)
    assert stored is not None
    assert sha(stored) != sha(content)
    assert blob.stored == len(stored) + len(files.store().get(files.small(blob.key)) or b"")


def test_parts_that_come_twice_too_early_or_overlapping_change_nothing(inside: None) -> None:
    content = photo()
    name, size = sha(content), len(content)

    def take(begins_at: int, part: bytes) -> int:
        with writing():
            return files.take(7, name, begins_at, size, part).have

    assert take(100, content[100:200]) == 0
    assert take(0, content[:1000]) == 1000
    assert take(0, content[:1000]) == 1000
    assert take(500, content[500:1500]) == 1000
    assert take(2000, content[2000:3000]) == 1000
    assert take(1000, content[1000:2000]) == 2000
    assert take(2000, content[2000:] + b"more than there is") == 2000
    assert take(2000, b"") == 2000


def test_another_total_begins_anew(inside: None) -> None:
    content = photo()
    with writing():
        files.take(7, sha(content), 0, len(content) + 1, content[:1000])
    with writing():
        blob = files.take(7, sha(content), 1000, len(content), content[1000:2000])
    assert (blob.have, blob.size, parts()) == (0, len(content), 0)


def test_another_hash_drops_everything_and_the_phone_begins_anew(inside: None) -> None:
    content = photo()
    damaged = content[:5000] + bytes([content[5000] ^ 1]) + content[5001:]
    blob = send(7, damaged, sha(content))
    assert blob is not None
    assert (blob.state, blob.have, parts()) == (UNFINISHED, 0, 0)
    assert files.store().get(blob.key) is None
    again = send(7, content)
    assert again is not None
    assert again.state == COMPLETE


def test_what_is_no_picture_is_refused_for_good(inside: None) -> None:
    blob = send(7, b"Ini surat, bukan foto. " * 100)
    assert blob is not None
    assert (blob.state, blob.have, parts()) == (REFUSED, 0, 0)
    assert "bukan foto" in (blob.reason or "")
    with writing():
        assert files.take(7, blob.sha256, 0, blob.size, b"Ini surat").have == 0


def test_more_than_five_megabytes_are_refused_before_they_are_sent(inside: None) -> None:
    with writing():
        blob = files.take(7, "a" * 64, 0, MOST_BYTES + 1, b"x")
    assert (blob.state, parts()) == (REFUSED, 0)
    assert "5 MB" in (blob.reason or "")


def test_nobody_fills_the_disk_with_beginnings(inside: None) -> None:
    for number in range(MOST_UNFINISHED):
        with writing():
            files.take(7, f"{number:064x}", 0, 1000, b"x")
    with pytest.raises(TooMany, match="belum selesai"), writing():
        files.take(7, "f" * 64, 0, 1000, b"x")
    with writing():
        assert files.take(7, f"{3:064x}", 1, 1000, b"y").have == 2  # what was begun goes on
        assert files.take(8, "f" * 64, 0, 1000, b"x").have == 1  # and so does everybody else


def test_two_who_judge_at_the_same_moment_both_end_well(inside: None) -> None:
    content = photo()
    with writing():
        blob = files.take(7, sha(content), 0, len(content), content)
    first, second = files.judge(blob), files.judge(blob)
    with writing():
        done = files.settle(7, blob.sha256, first)
    with writing():
        late = files.settle(7, blob.sha256, second)
    assert done is not None
    assert late is not None
    assert (done.state, late.state, parts()) == (COMPLETE, COMPLETE, 0)
    assert files.judge(blob) is None
    assert files.store().get(blob.key)


def test_what_nobody_finishes_is_forgotten_after_a_day(inside: None) -> None:
    content = photo()
    with time_machine.travel(now() - timedelta(hours=25), tick=False), writing():
        files.take(7, sha(content), 0, len(content), content[:1000])
    with writing():
        files.take(7, "b" * 64, 0, 1000, b"x")
    assert files.forget(files.past_their_date(true())) == 1
    assert files.find(7, sha(content)) is None
    assert files.find(7, "b" * 64) is not None
    assert parts() == 1
    assert files.forget(files.past_their_date(true())) == 0


def test_what_is_finished_while_others_are_forgotten_stays(
    inside: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = photo()
    with time_machine.travel(now() - timedelta(hours=25), tick=False), writing():
        files.take(7, sha(content), 0, len(content), content[:1000])
    forgetting = forget_some

    def finished_meanwhile(which: Any) -> int:
        send(7, content, step=1000)
        return forgetting(which)

    monkeypatch.setattr("webapp.plumbing.files.forgetting._forget_some", finished_meanwhile)
    assert files.forget(files.past_their_date(true())) == 0
    blob = files.find(7, sha(content))
    assert blob is not None
    assert (blob.state, files.store().get(blob.key) is None) == (COMPLETE, False)


def test_a_file_goes_with_its_row_when_nothing_names_it_any_more(inside: None) -> None:
    with time_machine.travel(now() - timedelta(days=31), tick=False):
        blob = send(7, photo())
    assert blob is not None
    assert files.forget(files.past_their_date(Blob.owner_id == 7)) == 0
    assert files.forget(files.past_their_date(Blob.owner_id == 8)) == 1
    assert files.store().get(blob.key) is None
    assert files.store().get(files.small(blob.key)) is None


class Shelf(BaseHTTPRequestHandler):
    """As much of S3 as we use: PUT, GET, and DELETE of some objects; signatures are not looked at."""

    held: ClassVar[dict[str, bytes]] = {}
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Quietly."""

    def answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        for name, value in {
            "Content-Length": str(len(body)), "ETag": '"1"', "Last-Modified": "Sat, 09 Nov 2024 02:00:00 GMT",
        }.items():  # fmt: skip
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def do_PUT(self) -> None:
        self.held[self.path.partition("?")[0]] = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(200)

    def do_GET(self) -> None:
        kept = self.held.get(self.path)
        self.answer(404 if kept is None else 200, kept or b"")

    def do_POST(self) -> None:
        assert self.path.endswith("?delete")
        asked = self.rfile.read(int(self.headers["Content-Length"])).decode()
        gone = re.findall("<Key>(.+?)</Key>", asked)
        for key in gone:
            self.held.pop(f"{self.path.removesuffix('?delete')}/{key}", None)
        told = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in gone)
        self.answer(200, f"<DeleteResult>{told}</DeleteResult>".encode())


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A bucket behind a real HTTP port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Shelf)
    told = {
        "ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}", "REGION": "ap-southeast-3",
        "ACCESS_KEY_ID": "kunci", "SECRET_ACCESS_KEY": "rahasia",
    }  # fmt: skip
    for name, value in told.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield open_store("s3://simpul/dua/tingkat")
    server.shutdown()
    thread.join()
    server.server_close()


def keeps_its_word(store: Store) -> None:
    """What every storage must do."""
    assert store.get(KEY) is None
    store.delete(KEY)
    store.put(KEY, b"satu")
    store.put(KEY, b"dua")
    assert store.get(KEY) == b"dua"
    store.delete(KEY)
    assert store.get(KEY) is None


def test_a_folder_keeps_its_word(tmp_path: Path) -> None:
    keeps_its_word(open_store((tmp_path / "belum ada").as_uri()))
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]  # no halves are left


def test_a_bucket_keeps_its_word(bucket: Store) -> None:
    keeps_its_word(bucket)
    bucket.put(KEY, b"tiga")
    assert Shelf.held == {f"/simpul/dua/tingkat/{KEY}": b"tiga"}


def test_a_store_of_memory_keeps_its_word() -> None:
    keeps_its_word(Bucket(MemoryStore(), "x/"))


@pytest.mark.parametrize(
    "key",
    ["../../etc/passwd", "/etc/passwd", "foto/../x.jpg", "foto\\x.jpg", "FOTO/x.jpg", "", "foto/x.jpg\n"],
)
def test_no_path_is_built_of_what_is_no_key_of_ours(tmp_path: Path, key: str) -> None:
    for store in (Folder(tmp_path), Bucket(MemoryStore())):
        for act in (
            lambda s=store: s.put(key, b"x"),
            lambda s=store: s.get(key),
            lambda s=store: s.delete(key),
        ):
            with pytest.raises(ValueError):
                act()


def test_a_storage_that_is_away_is_told_apart_from_a_bad_photo(
    app: Flask, inside: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "foto").write_text("a file where the folder should be")
    content = photo()
    with writing():
        blob = files.take(7, sha(content), 0, len(content), content)
    with monkeypatch.context() as patch:
        patch.setitem(app.extensions, "files", Folder(tmp_path))
        with pytest.raises(StoreAway):
            files.judge(blob)
    assert files.is_there(files.find(7, sha(content)))
    with writing():
        done = files.settle(7, sha(content), files.judge(blob))
    assert done is not None
    assert done.state == COMPLETE
