"""Bar 6: a photo is cut anywhere on its way, and goes on over a line that dies again and again."""

from __future__ import annotations

import random
import socket
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.bench.servers import Server
from tests.cast import BUDI, Actor
from tests.faults.conftest import FULL
from tests.faults.phones import LOST, Phone
from tests.faults.proxy import bad_line
from tests.pictures import photo, sha
from webapp.plumbing.database import db
from webapp.plumbing.files import Blob, BlobPart
from webapp.plumbing.files.receiving import PART_BYTES

pytestmark = pytest.mark.slow
PERCENT = range(10, 100, 10)
ROUNDS, TRIES = (6 if FULL else 1), 200


@dataclass
class Way:
    """How one photo travels."""

    content: bytes
    seen: Counter[str] = field(default_factory=Counter)  # parts that were answered, and those that were not

    @property
    def name(self) -> str:
        """Its hash."""
        return sha(self.content)

    def part(self, phone: Phone, start: int) -> dict[str, Any]:
        """Send what follows `start`, and say what the server says."""
        return phone.photo(self.name, start, len(self.content), self.content[start : start + PART_BYTES])


@pytest.mark.bar(
    6,
    "a photo is cut at every 10% of its bytes, in the middle of a request, and goes on over a line that swallows "
    "half of the answers",
    "complete, hash equal, no part left over; a photo whose bytes are not those of its hash never",
)
def test_a_photo_cut_anywhere_arrives_whole(
    app: Flask,
    server: Server,
    cookie: Callable[[Actor], str],
    dice: random.Random,
    verdict: dict[str, object],
) -> None:
    ways = []
    with bad_line(server.port, dice) as line:
        for percent in [percent for _ in range(ROUNDS) for percent in PERCENT]:
            way = Way(photo(dice.randrange(10**9)))
            _cut_off(server.port, cookie(BUDI), way, len(way.content) * percent // 100)
            assert _carry_on(line.port, cookie(BUDI), way)["state"] == "lengkap"
            ways.append(way)
    wrong = _wrong_byte(server.port, cookie(BUDI), dice)
    seen = sum((way.seen for way in ways), Counter[str]())
    verdict |= {"photos": len(ways), **seen}
    verdict["says"] = (
        f"{len(ways)} photos of {len(ways[0].content) // 1000} KB, {seen.total()} parts sent, {seen['lost']} of them "
        f"without an answer: {len(ways)} whole; one with a wrong byte: not taken"
    )
    assert (wrong["state"], wrong["have"]) == ("kurang", 0)
    with app.app_context():
        whole = db.session.scalars(select(Blob.sha256).where(Blob.state == "lengkap"))
        assert set(whole) == {way.name for way in ways}
        assert db.session.scalars(select(BlobPart.blob_id)).all() == []
        db.session.rollback()


def _cut_off(port: int, cookie: str, way: Way, where: int) -> None:
    """Send part by part over a good line, and hang up after so many bytes of the photo."""
    with closing(Phone(port, cookie)) as phone:
        start = 0
        while start + PART_BYTES <= where:
            start = way.part(phone, start)["have"]
            way.seen["parts"] += 1
    rest = way.content[start : start + PART_BYTES]
    address = f"/kirim/foto/{way.name}?mulai={start}&panjang={len(way.content)}"
    head = (
        f"POST {address} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\nSec-Fetch-Site: same-origin\r\n"
        f"Content-Type: application/octet-stream\r\nContent-Length: {len(rest)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(head.encode() + rest[: where - start])
    way.seen["lost"] += 1


def _carry_on(port: int, cookie: str, way: Way) -> dict[str, Any]:
    """Ask where the server is, and send from there, until it is enough; ask again whenever an answer is lost."""
    told: dict[str, Any] = {}
    for _ in range(TRIES):
        try:
            with closing(Phone(port, cookie, one_shot=True)) as phone:
                if not told:
                    told = phone.photo(way.name)
                else:
                    told = way.part(phone, told["have"])
                    way.seen["parts"] += 1
        except LOST:
            way.seen["lost"] += bool(told)
            told = {}
        if "state" not in told:
            told = {}  # somebody else is at it just now
        elif told["state"] != "kurang":
            break
    return told


def _wrong_byte(port: int, cookie: str, dice: random.Random) -> dict[str, Any]:
    """All parts of a photo whose hash is another's."""
    content = bytearray(photo(dice.randrange(10**9)))
    name, told = sha(bytes(content)), {"have": 0}
    content[dice.randrange(len(content))] ^= 1
    with closing(Phone(port, cookie)) as phone:
        for start in range(0, len(content), PART_BYTES):
            told = phone.photo(name, start, len(content), bytes(content[start : start + PART_BYTES]))
    return told
