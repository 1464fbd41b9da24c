"""Phones: what they send, and how they take an answer that never comes.

Imports nothing of Simpul: a phone knows only the protocol, and eight processes of this module start quickly.
"""

from __future__ import annotations

import http.client
import json
import random
import re
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from tests.processes import FRESH

WIB = timezone(timedelta(hours=7))
LATEST = timedelta(hours=72)
LOST = (http.client.HTTPException, OSError)  # no answer: the phone cannot know what became of it
RECEIPT = re.compile(rb"Kode ([2-9A-HJ-NP-Z]{3}-[2-9A-HJ-NP-Z]{3})")
ALONE = "sendiri"  # stands for the word of a single form, which sends on to a page with the receipt
FORMS = {
    "checkin": "/check-in",
    "checkin.void": "/check-in/batal",
    "attendance.mark": "/rapat/{rapat}/hadir",
    "attendance.void": "/rapat/{rapat}/hadir",
}


@dataclass(frozen=True)
class Tap:
    """One thing that somebody saved on a phone, with the id and the hour that the phone gave it at the tap."""

    id: UUID
    fields: tuple[tuple[str, str], ...]
    happened_at: str
    kind: str = "checkin"
    offset: int = 420

    @classmethod
    def made(cls, dice: random.Random, places: Sequence[str], moment: datetime | None = None) -> Tap:
        """A check-in at one of `places` ("tps:tps-4", "lapangan:31.73.01.1005"), else up to 72 hours old."""
        kind, _, place = dice.choice(places).partition(":")
        fields = {"jenis": kind, "tempat": place, "catatan": f"catatan {dice.randrange(10**9)}"}
        if kind == "lapangan":
            fields["kegiatan"] = "kanvasing"
        return cls.of(dice, "checkin", moment or datetime.now(WIB) - LATEST * dice.random(), **fields)

    @classmethod
    def of(cls, dice: random.Random, kind: str, moment: datetime, **fields: object) -> Tap:
        """Anything, at a moment whose zone is the phone's."""
        told = tuple((name, str(value)) for name, value in fields.items())
        offset = round((moment.utcoffset() or timedelta()).total_seconds() / 60)
        return cls(UUID(int=dice.getrandbits(128), version=4), told, _text(moment), kind, offset)

    @property
    def form(self) -> str:
        """Where its single form goes."""
        return FORMS[self.kind].format(**dict(self.fields))

    def altered(self) -> Tap:
        """Other content under the same id."""
        return replace(self, fields=tuple((dict(self.fields) | {"catatan": "lain"}).items()))

    def as_item(self) -> dict[str, Any]:
        """How a batch carries it."""
        return {
            "id": str(self.id),
            "kind": self.kind,
            "fields": dict(self.fields),
            "happened_at": self.happened_at,
            "offset": str(self.offset),
        }

    def as_form(self, clock: datetime) -> str:
        """How the single form carries it."""
        told = {"id": str(self.id), "happened_at": self.happened_at, "offset": self.offset}
        return urlencode({**dict(self.fields), **told, "clock": _text(clock)})


@dataclass(frozen=True)
class Answer:
    """What came back: `told` holds id, verdict and receipt of each item, in the order of sending."""

    status: int
    headers: dict[str, str]
    body: bytes
    told: list[dict[str, Any]] = field(default_factory=list)


class Phone:
    """One signed-in phone with one connection, or one a request. A `LOST` exception: no whole answer came.

    `skew` is how far its clock is ahead, `zone` the one that it is set to.
    """

    def __init__(self, port: int, cookie: str, *, one_shot: bool = False, patience: float = 60) -> None:
        self.cookie, self.one_shot = cookie, one_shot
        self.skew, self.zone = timedelta(), WIB
        self.line = http.client.HTTPConnection("127.0.0.1", port, timeout=patience)

    def close(self) -> None:
        """Hang up."""
        self.line.close()

    def clock(self, moment: datetime | None = None) -> datetime:
        """What it shows now, or showed at `moment`."""
        return (moment or datetime.now(UTC)).astimezone(self.zone) + self.skew

    def send(self, tap: Tap) -> Answer:
        """Send it the one way or the other, always the same for the same id."""
        return self.send_one(tap) if tap.id.int % 2 else self.send_all([tap])

    def get(self, path: str) -> Answer:
        """Open a page."""
        return self._ask("GET", path, None, {"Sec-Fetch-Dest": "document"})

    def send_one(self, tap: Tap, *, look: bool = False) -> Answer:
        """Send it by its own form, as a page without script does; `look` opens the page that shows the receipt."""
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Dest": "document"}
        answer = self._ask("POST", tap.form, tap.as_form(self.clock()).encode(), headers)
        taken = answer.status == 303
        code = RECEIPT.search(self.get(answer.headers["Location"]).body) if taken and look else None
        told = {"id": str(tap.id), "verdict": ALONE, "receipt": code[1].decode() if code else ""}
        return replace(answer, status=200 if taken else answer.status, told=[told])

    def send_all(self, taps: Sequence[Tap]) -> Answer:
        """Send a batch."""
        answer = self._ask("POST", "/kirim", batch(taps, self.clock()), {"Content-Type": "application/json"})
        return replace(answer, told=json.loads(answer.body)["verdicts"]) if answer.status == 200 else answer

    def photo(self, sha256: str, start: int = 0, total: int = 0, part: bytes = b"") -> dict[str, Any]:
        """Send a part of a photo, or only ask how much of it is there; what the server says."""
        path, headers = f"/kirim/foto/{sha256}", {"Content-Type": "application/octet-stream"}
        if total:
            answer = self._ask("POST", f"{path}?mulai={start}&panjang={total}", part, headers)
        else:
            answer = self._ask("GET", path, None, {})
        told: dict[str, Any] = json.loads(answer.body)
        return told

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        ours = {"Cookie": self.cookie, "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "empty"}
        if self.one_shot:
            ours["Connection"] = "close"
        try:
            self.line.request(method, path, body, ours | headers)
            response = self.line.getresponse()
            headers, told = dict(response.getheaders()), response.read()
            if headers.get("Content-Length") != str(len(told)):
                raise http.client.IncompleteRead(told)
            return Answer(response.status, headers, told)
        except LOST:
            self.line.close()
            raise


def batch(taps: Sequence[Tap], clock: datetime | None = None) -> bytes:
    """The body of a batch, stamped with the phone's clock at sending."""
    told = {"items": [tap.as_item() for tap in taps], "clock": _text(clock or datetime.now(WIB))}
    return json.dumps(told).encode()


def all_at_once(target: Callable[..., None], told: Sequence[tuple[Any, ...]]) -> list[Any]:
    """What processes hear who start together, one for each of `told`, and send what `target` does with it."""
    start, said = FRESH.Barrier(len(told)), FRESH.Queue()
    senders = [FRESH.Process(target=target, args=(start, said, *mine)) for mine in told]
    for sender in senders:
        sender.start()
    words = [word for _ in senders for word in said.get(timeout=180)]
    for sender in senders:
        sender.join(10)
    return words


def send_in_turn(start: Any, said: Any, port: int, cookie: str, tap: Tap, times: int) -> None:
    """A process of its own: wait for the others, then send by the bulk door and by the single form in turn."""
    with closing(Phone(port, cookie)) as phone:
        start.wait(180)
        answers = [
            phone.send_one(tap, look=True) if turn % 2 else phone.send_all([tap]) for turn in range(times)
        ]
    said.put([(answer.status, one["verdict"], one["receipt"]) for answer in answers for one in answer.told])


def send_batches(start: Any, said: Any, port: int, cookie: str, batches: Sequence[Sequence[Tap]]) -> None:
    """A process of its own: wait for the others, then send one batch after the other."""
    with closing(Phone(port, cookie)) as phone:
        start.wait(180)
        answers = [phone.send_all(taps) for taps in batches]
    said.put(
        [(answer.status, one["verdict"]) for answer in answers for one in answer.told or [{"verdict": ""}]]
    )


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")
