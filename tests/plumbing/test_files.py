"""Files: whole or not there, drawn anew, and never under a name that somebody sent."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from typing import Any, ClassVar
from unittest.mock import Mock

import pytest
import time_machine
from flask import Flask
from obstore.store import MemoryStore
from PIL import Image
from sqlalchemy import func, select, true

from tests import bombs
from tests.effort import seconds
from tests.pictures import photo, sha
from webapp.plumbing import files
from webapp.plumbing.clock import now
from webapp.plumbing.database import db, writing
from webapp.plumbing.files import COMPLETE, REFUSED, UNFINISHED, Blob, BlobPart, StoreAway, TooMany, pictures
from webapp.plumbing.files.forgetting import _forget_some as forget_some
from webapp.plumbing.files.pictures import NoHands, NotAPicture, TooSlow, made_anew
from webapp.plumbing.files.receiving import MOST_BYTES, MOST_UNFINISHED, PART_BYTES
from webapp.plumbing.files.stores import Bucket, Folder, Store, open_store
from webapp.plumbing.files.weighing import Unreadable, weigh

KEY = "foto/ab/abcdef.jpg"


def send(owner: int, content: bytes, name: str | None = None, step: int = PART_BYTES) -> Blob | None:
    """Bring a whole file, part by part, and let it be judged."""
    name = name or sha(content)
    for start in range(0, len(content), step):
        with writing():
            files.take(owner, name, start, len(content), content[start : start + step])
    return files.judge(owner, name, writing)


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


BOMBS = {
    "a JPEG of 5,000 scans": (bombs.many_scans(5000), "terlalu berat"),
    "a JPEG of 5,000 scans and 40 million pixels": (bombs.many_scans(5000, 6300), "terlalu besar"),
    "a JPEG of 65 scans": (bombs.many_scans(65, 64), "terlalu berat"),
    "a JPEG of 20 million pixels and 33 scans": (bombs.many_scans(33) + bytes(400_000), "terlalu berat"),
    "a JPEG of 40 million pixels and two scans": (bombs.many_scans(2, 6300) + bytes(400_000), "terlalu besar"),
    "a grey plain of 40 million pixels": (bombs.many_scans(1, 6300), "terlalu berat"),
    "a JPEG of too many pixels": (bombs.many_scans(1, 6400), "terlalu besar"),
    "a JPEG whose first frame is small": (bombs.two_frames(6400), "terlalu besar"),
    "a JPEG in a code that nobody writes": (bombs.many_scans(1).replace(b"\xff\xc2", b"\xff\xca"), "utuh"),
    "a JPEG of a hundred thousand comments": (bombs.many_segments(100_000), "utuh"),
    "a PNG of nothing but pieces": (bombs.many_chunks(100_000), "terlalu berat"),
    "a PNG of 900 million pixels": (bombs.png(30_000, 30_000), "terlalu besar"),
    "a PNG of 48 million pixels": (bombs.png(8_000, 6_000), "terlalu besar"),
    "a PNG whose first head is small": (bombs.png_of_two_heads(8_000, 6_000), "terlalu besar"),
    "a PNG whose head comes second": (bombs.png_with_its_head_behind(8_000, 6_000), "terlalu besar"),
    "a PNG of 16 million pixels of eight bytes": (bombs.png(4_000, 4_000, bits=16, colour=6), "terlalu besar"),
    "a PNG of 12 million pixels of four bytes, interlaced": (
        bombs.png(4_000, 3_000, colour=6, interlaced=True), "terlalu besar"
    ),
    "a PNG of a kilobyte and 16 million pixels": (bombs.png(4_000, 4_000), "terlalu berat"),
    "a WebP of 36 bytes and 268 million pixels": (bombs.one_colour(16_383, 16_383), "terlalu besar"),
    "a WebP of 36 bytes and 16 million pixels": (bombs.one_colour(4_000, 4_000), "terlalu besar"),
    "a WebP of 36 bytes and 12 million pixels": (bombs.one_colour(4_000, 3_000), "terlalu berat"),
    "a WebP on a canvas of 268 million pixels": (bombs.broad_canvas(16_383, 16_383), "terlalu besar"),
    "a WebP that moves": (bombs.moving("WEBP"), "bergerak"),
    "a PNG that moves": (bombs.moving("PNG"), "bergerak"),
}  # fmt: skip


@pytest.mark.parametrize(("sent", "says"), BOMBS.values(), ids=BOMBS)
def test_a_bomb_is_refused_before_anything_opens_it(
    inside: None, monkeypatch: pytest.MonkeyPatch, sent: bytes, says: str
) -> None:
    monkeypatch.setattr("webapp.plumbing.files.pictures.subprocess.run", Mock(side_effect=AssertionError))
    with pytest.raises(NotAPicture, match=says):
        made_anew(sent)


A_RUN = b"\xff" * 1000
RUNS = {
    "five megabytes of 0xFF": b"\xff\xd8" + b"\xff" * (MOST_BYTES - 2),
    "runs of 1,000 0xFF that end in nothing": b"\xff\xd8" + (A_RUN + b"\0") * 5_000,
    "runs of 1,000 0xFF that restart": b"\xff\xd8" + (A_RUN + b"\xd0") * 5_000,
    "one long run that ends in nothing": b"\xff\xd8" + b"\xff" * 5_000_000 + b"\0",
    "nothing but starts": b"\xff\xd8" * 2_600_000,
    "nothing but what stands alone": b"\xff\xd8" + b"\xff\x01" * 2_600_000,
    "nothing but stuffing": b"\xff\xd8" + b"\xff\0" * 2_600_000,
    "runs of 1,000 0xFF before each comment": b"\xff\xd8" + (A_RUN + b"\xfe\0\2") * 5_000,
    "a PNG of noughts": bombs.png(16, 16)[:33] + bytes(5_000_000),
    "a WebP of noughts": bombs.one_colour(16, 16)[:12] + bytes(5_000_000),
}


@pytest.mark.parametrize("sent", RUNS.values(), ids=RUNS)
def test_whatever_is_sent_is_weighed_at_once(sent: bytes) -> None:
    before = time.process_time()
    with suppress(Unreadable):
        weigh(sent)
    assert time.process_time() - before < seconds(1)


def test_fill_bytes_before_a_marker_change_nothing() -> None:
    """A marker may stand behind any number of 0xFF (ITU-T T.81, B.1.1.2)."""
    plain = bombs.many_scans(10, 64)
    for marker in (b"\xff\xc2", b"\xff\xda", b"\xff\xd9"):
        assert weigh(plain.replace(marker, A_RUN + marker)) == weigh(plain)


@pytest.mark.parametrize(
    "sent",
    [bombs.many_scans(10, 640), bombs.many_chunks(20), bombs.many_segments(20), bombs.broad_canvas(16, 16)],
)
def test_what_only_looks_like_one_is_drawn(inside: None, sent: bytes) -> None:
    assert made_anew(sent).large.startswith(b"\xff\xd8")


@pytest.mark.parametrize(
    "sent",
    [
        photo(size=(4000, 3000), quality=60),
        bombs.many_scans(1, 6300) + bytes(400_000),
        photo(size=(1440, 3200), kind="PNG"),
        bombs.rich_png(1440),
    ],
    ids=["12 megapixels", "40 megapixels", "a screenshot", "a screenshot in the richest colours"],
)
def test_what_phones_make_is_drawn(inside: None, sent: bytes) -> None:
    assert max(Image.open(BytesIO(made_anew(sent).large)).size) in (1440, 1600)


def test_a_preview_inside_a_photo_is_no_scan_of_it() -> None:
    inner = photo(size=(320, 240))
    outer = photo(seed=2)
    made = outer[:2] + b"\xff\xe1" + (len(inner) + 2).to_bytes(2, "big") + inner + outer[2:] + inner * 70
    assert weigh(made) == replace(weigh(outer), pieces=weigh(outer).pieces + 1)


def test_what_slips_through_is_killed_by_its_time(inside: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "_refuse_the_heavy", Mock())
    monkeypatch.setattr(pictures, "CPU_SECONDS", 1)
    with pytest.raises(NotAPicture, match="terlalu berat"):
        made_anew(bombs.many_scans(2000))


def test_what_slips_through_gets_no_more_memory_than_that(
    inside: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "_refuse_the_heavy", Mock())
    with pytest.raises(NotAPicture):
        made_anew(bombs.one_colour(16_383, 16_383))


def test_a_program_that_cannot_run_or_takes_long_says_nothing_of_the_picture(
    inside: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value, fault in (
        ("PROGRAM", Path("nowhere.py"), NoHands),
        ("SECONDS", -1, TooSlow),
    ):
        with monkeypatch.context() as patch, pytest.raises(fault):
            patch.setattr(pictures, name, value)
            made_anew(photo())


def test_who_draws_knows_no_secret(inside: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "rahasia")
    seen = Mock(wraps=pictures.subprocess.run)
    monkeypatch.setattr("webapp.plumbing.files.pictures.subprocess.run", seen)
    made_anew(photo(size=(320, 240)))
    assert seen.call_args.kwargs["env"].keys() <= set(pictures.KEPT_FROM_ENVIRON)


@pytest.mark.full
def test_what_a_bomb_and_a_photo_cost(inside: None) -> None:
    """Seconds of CPU; the figures of docs/offline.md."""

    def spent(sent: bytes) -> float:
        before = sum(sum(getrusage(who)[:2]) for who in (RUSAGE_SELF, RUSAGE_CHILDREN))
        with suppress(NotAPicture):
            made_anew(sent)
        return sum(sum(getrusage(who)[:2]) for who in (RUSAGE_SELF, RUSAGE_CHILDREN)) - before

    assert max(spent(sent) for sent, _says in BOMBS.values()) < 1
    assert spent(photo(size=(1600, 1200))) < 1
    for heaviest in (bombs.rich_png(2190), bombs.many_scans(32) + bytes(400_000)):  # that are not refused
        assert spent(photo()) < spent(heaviest) < 2


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


def test_who_comes_second_opens_nothing(inside: None, monkeypatch: pytest.MonkeyPatch) -> None:
    content = photo()
    done = send(7, content)
    assert done is not None
    assert (done.state, done.tries, done.judging_since, parts()) == (COMPLETE, 1, None, 0)
    monkeypatch.setattr("webapp.plumbing.files.judging.made_anew", Mock(side_effect=AssertionError))
    late = files.judge(7, done.sha256, writing)
    assert late is not None
    assert late.state == COMPLETE
    assert files.judge(7, "f" * 64, writing) is None
    assert files.store().get(done.key)


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
        files.take(7, sha(content), 0, len(content), content)
    with monkeypatch.context() as patch:
        patch.setitem(app.extensions, "files", Folder(tmp_path))
        for _ in range(3):
            with pytest.raises(StoreAway):
                files.judge(7, sha(content), writing)
    assert files.is_there(files.find(7, sha(content)))
    done = files.judge(7, sha(content), writing)
    assert done is not None
    assert done.state == COMPLETE
