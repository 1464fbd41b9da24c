"""Phones: what they send, and how they take an answer that never comes.

Imports nothing of Simpul: a phone knows only the protocol, and eight processes of this module start quickly.
"""

from __future__ import annotations

import http.client
import json
import random
import re
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

WIB = timezone(timedelta(hours=7))
LATEST = timedelta(hours=72)
LOST = (http.client.HTTPException, OSError)  # no answer: the phone cannot know what became of it
RECEIPT = re.compile(rb"Kode ([2-9A-HJ-NP-Z]{3}-[2-9A-HJ-NP-Z]{3})")
ALONE = "sendiri"  # stands for the word of a single form, which shows only its receipt


@dataclass(frozen=True)
class Tap:
    """One check-in that somebody saved on a phone; the id was made at the tap."""

    id: UUID
    fields: tuple[tuple[str, str], ...]
    happened_at: str

    @classmethod
    def made(cls, dice: random.Random, places: Sequence[str]) -> Tap:
        """A new one at one of `places` ("tps:tps-4", "lapangan:31.73.01.1005"), up to 72 hours old."""
        kind, _, place = dice.choice(places).partition(":")
        moment = datetime.now(WIB) - LATEST * dice.random()
        fields = {"jenis": kind, "tempat": place, "catatan": f"catatan {dice.randrange(10**9)}"}
        if kind == "lapangan":
            fields["kegiatan"] = "kanvasing"
        return cls(UUID(int=dice.getrandbits(128), version=4), tuple(fields.items()), _text(moment))

    def altered(self) -> Tap:
        """Other content under the same id."""
        return replace(self, fields=tuple((dict(self.fields) | {"catatan": "lain"}).items()))

    def as_item(self) -> dict[str, Any]:
        """How a batch carries it."""
        return {
            "id": str(self.id),
            "kind": "checkin",
            "fields": dict(self.fields),
            "happened_at": self.happened_at,
            "offset": 420,
        }

    def as_form(self) -> str:
        """How the single form carries it."""
        stamp = {"id": str(self.id), "happened_at": self.happened_at, "offset": 420, "clock": _clock()}
        return urlencode({**dict(self.fields), **stamp})


@dataclass(frozen=True)
class Answer:
    """What came back: `told` holds id, verdict and receipt of each item, in the order of sending."""

    status: int
    headers: dict[str, str]
    body: bytes
    told: list[dict[str, Any]] = field(default_factory=list)


class Phone:
    """One signed-in phone with one connection, or one a request. A `LOST` exception: no answer came."""

    def __init__(self, port: int, cookie: str, *, one_shot: bool = False, patience: float = 60) -> None:
        self.cookie, self.one_shot = cookie, one_shot
        self.line = http.client.HTTPConnection("127.0.0.1", port, timeout=patience)

    def close(self) -> None:
        """Hang up."""
        self.line.close()

    def send(self, tap: Tap) -> Answer:
        """Send it the one way or the other, always the same for the same id."""
        return self.send_one(tap) if tap.id.int % 2 else self.send_all([tap])

    def get(self, path: str) -> Answer:
        """Open a page."""
        return self._ask("GET", path, None, {"Sec-Fetch-Dest": "document"})

    def send_one(self, tap: Tap) -> Answer:
        """Send it by its own form, as htmx does: the answer is a toast with the receipt, or the form again."""
        headers = {"Content-Type": "application/x-www-form-urlencoded", "HX-Request": "true"}
        answer = self._ask("POST", "/check-in", tap.as_form().encode(), headers)
        code = RECEIPT.search(answer.body)
        receipt = code[1].decode() if code else ""
        return replace(answer, told=[{"id": str(tap.id), "verdict": ALONE, "receipt": receipt}])

    def send_all(self, taps: Sequence[Tap]) -> Answer:
        """Send a batch."""
        answer = self._ask("POST", "/kirim", batch(taps), {"Content-Type": "application/json"})
        return replace(answer, told=json.loads(answer.body)["verdicts"]) if answer.status == 200 else answer

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        ours = {"Cookie": self.cookie, "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "empty"}
        if self.one_shot:
            ours["Connection"] = "close"
        try:
            self.line.request(method, path, body, ours | headers)
            response = self.line.getresponse()
            return Answer(response.status, dict(response.getheaders()), response.read())
        except LOST:
            self.line.close()
            raise


def batch(taps: Sequence[Tap]) -> bytes:
    """The body of a batch, stamped with the clock of now."""
    return json.dumps({"items": [tap.as_item() for tap in taps], "clock": _clock()}).encode()


def send_in_turn(start: Any, said: Any, port: int, cookie: str, tap: Tap, times: int) -> None:
    """A process of its own: wait for the others, then send by the bulk door and by the single form in turn."""
    with closing(Phone(port, cookie)) as phone:
        start.wait(60)
        answers = [phone.send_one(tap) if turn % 2 else phone.send_all([tap]) for turn in range(times)]
    said.put([(answer.status, one["verdict"], one["receipt"]) for answer in answers for one in answer.told])


def _clock() -> str:
    return _text(datetime.now(UTC).astimezone(WIB))


def _text(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds")
