"""Many phones that come back at once, in one thread: it must cost the server's machine next to nothing."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.faults.phones import Tap, batch

PATIENCE = 70.0  # s that a phone waits for one answer
AGAIN = 5.0  # s, when nobody said how long


@dataclass
class Comer:
    """One phone: what it holds, when it comes (s), and what became of it."""

    cookie: str
    taps: Sequence[Tap]
    comes: float
    told: list[dict[str, Any]] = field(default_factory=list)
    waited: float = 0.0  # s from coming to the receipts


@dataclass
class Seen:
    """What all of them saw. Seconds; `statuses` counts 0 for a line that broke."""

    statuses: Counter[int] = field(default_factory=Counter)
    drained: float = 0.0

    def percentile(self, comers: Sequence[Comer], share: float) -> float:
        """How long that share of the phones waited at most."""
        waits = sorted(one.waited for one in comers)
        return waits[min(len(waits) - 1, int(share * len(waits)))]


def rush(port: int, comers: Sequence[Comer], dice: random.Random, patience: float = 180) -> Seen:
    """Let each come in its moment and send until it has its receipts, as an outbox does."""
    return asyncio.run(asyncio.wait_for(_all(port, comers, dice), patience))


async def _all(port: int, comers: Sequence[Comer], dice: random.Random) -> Seen:
    seen, begin = Seen(), time.monotonic()
    bodies = [batch(one.taps) for one in comers]
    requests = [_request(one.cookie, body) for one, body in zip(comers, bodies, strict=True)]
    begin = time.monotonic()
    turns = [
        _until_told(port, one, request, begin, seen, random.Random(dice.getrandbits(32)))
        for one, request in zip(comers, requests, strict=True)
    ]
    await asyncio.gather(*turns)
    seen.drained = time.monotonic() - begin
    return seen


async def _until_told(
    port: int, one: Comer, request: bytes, begin: float, seen: Seen, dice: random.Random
) -> None:
    await asyncio.sleep(begin + one.comes - time.monotonic())
    while not one.told:
        status, wait, body = await _ask(port, request)
        seen.statuses[status] += 1
        if status == 200:
            one.told = json.loads(body)["verdicts"]
            one.waited = time.monotonic() - begin - one.comes
        elif status in (0, 429, 503):
            await asyncio.sleep(wait * (1 + dice.random()))
        else:
            raise AssertionError(f"{status}: {body[:200]!r}")


async def _ask(port: int, request: bytes) -> tuple[int, float, bytes]:
    """Status, seconds to wait if it is to come again, body. A broken line is status 0."""
    try:
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                writer.write(request)
                head, _, body = (await reader.read(-1)).partition(b"\r\n\r\n")
            finally:
                writer.close()
        status, wait, length = _head(head)
    except (OSError, TimeoutError):
        return 0, AGAIN, b""
    return (status, wait, body) if length == len(body) else (0, AGAIN, b"")


def _head(head: bytes) -> tuple[int, float, int]:
    rows = head.split(b"\r\n")
    named = {
        name.strip().lower(): value.strip() for name, _, value in (row.partition(b":") for row in rows[1:])
    }
    status = int(rows[0][9:12] or 0)
    return status, float(named.get(b"retry-after", AGAIN)), int(named.get(b"content-length", -1))


def _request(cookie: str, body: bytes) -> bytes:
    rows = (
        "POST /kirim HTTP/1.1", "Host: 127.0.0.1", f"Cookie: {cookie}", "Sec-Fetch-Site: same-origin",
        "Sec-Fetch-Dest: empty", "Content-Type: application/json", f"Content-Length: {len(body)}",
        "Accept-Encoding: identity", "Connection: close",
    )  # fmt: skip
    return "\r\n".join(rows).encode() + b"\r\n\r\n" + body
