"""A picture that means ill is refused for next to nothing, and whoever asks meanwhile is answered."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests import bombs, databases
from tests.bench.servers import Server, serving
from tests.effort import FULL
from tests.faults.conftest import awake, environment
from tests.faults.phones import Phone
from tests.pictures import sha
from webapp.plumbing.files import COMPLETE, PART_BYTES, REFUSED

pytestmark = pytest.mark.slow
PATIENCE = (
    30  # seconds for a page that needs milliseconds: the machine may be loaded, a held worker takes minutes
)
BOMBS = {
    "a JPEG of 5,000 scans": bombs.many_scans(5000),
    "a JPEG of 5,000 scans and 40 million pixels": bombs.many_scans(5000, 6300),
    "a run of 0xFF": b"\xff\xd8" + b"\xff" * 300_000,
    "a PNG of 900 million pixels": bombs.png(30_000, 30_000),
    "a PNG of a kilobyte and 16 million pixels": bombs.png(4_000, 4_000),
    "a WebP of 36 bytes and 268 million pixels": bombs.one_colour(16_383, 16_383),
    "a WebP on a canvas of 268 million pixels": bombs.broad_canvas(16_383, 16_383),
}
LONG = bombs.many_scans(32) + bytes(400_000)  # just not refused: whoever draws it is busy for a while


@pytest.fixture
def server(app: Flask, store: databases.Store, tmp_path: Path, busy_ms: int) -> Iterator[Server]:
    """One worker alone: nobody else could answer in its place."""
    told = environment(store.url) | {"FILES_URL": (tmp_path / "files").as_uri(), "BUSY_MS": str(busy_ms)}
    with serving("wsgi:app", told, workers=1, fork=True) as running:
        awake(running.port)
        yield running


def judged(server: Server, phone: Phone, sent: bytes) -> tuple[dict[str, Any], list[float]]:
    """Send a picture. What became of it, and how long /healthz took, asked again and again until it was judged."""
    last = (len(sent) - 1) // PART_BYTES * PART_BYTES
    for start in range(0, last, PART_BYTES):
        phone.photo(sha(sent), start, len(sent), sent[start : start + PART_BYTES])
    took = []
    with closing(Phone(server.port, "", patience=PATIENCE)) as probe, ThreadPoolExecutor(1) as beside:
        answer = beside.submit(phone.photo, sha(sent), last, len(sent), sent[last:])
        while not answer.done():
            before = time.monotonic()
            assert probe.get("/healthz").status == 200
            took.append(time.monotonic() - before)
    return answer.result(), took


def test_healthz_answers_while_bombs_are_refused(server: Server, phone: Callable[..., Phone]) -> None:
    budi = phone()
    for name, sent in BOMBS.items():
        before = server.busy()
        told, took = judged(server, budi, sent)
        assert told["state"] == REFUSED, name
        assert max(took, default=0) < PATIENCE, name
        # seconds of CPU, the parts on their way and /healthz among them; on a loaded machine each of them is longer
        assert not FULL or server.busy() - before < 1, name


def test_healthz_answers_again_and_again_while_a_heavy_picture_is_drawn(
    server: Server, phone: Callable[..., Phone]
) -> None:
    told, took = judged(server, phone(), LONG)
    assert told["state"] == COMPLETE
    assert len(took) > 1  # the first one was answered before it was drawn
