"""The jobs of the bench: what is asked of the product, and which bare job stands beside it."""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from urllib.parse import urlencode

from tests.bench.client import Request, once, request
from tests.bench.stores import Crowd
from tests.staging import FORM, Login, sign_in

NATION, KOTA, VILLAGE = "ID", "31.73", "31.73.01.1005"
WIB = timezone(timedelta(hours=7))


@dataclass
class Runner:
    """Those who ask the product at `port`: one signed in for each role, and the crowd."""

    port: int
    logins: Mapping[str, Login]
    crowd: Crowd
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, role: str = "") -> Request:
        """A page, asked for as a browser does when a link is tapped."""
        cookie = self._cookie(role) if role else ""
        asked = request("GET", path, Cookie=cookie, Sec_Fetch_Dest="document")
        return lambda: asked

    def _cookie(self, role: str) -> str:
        if role not in self.cookies:
            self.cookies[role] = sign_in(self.port, self.logins[role])
        return self.cookies[role]


def check_in(who: Runner) -> Request:
    """One witness of the crowd, at the own TPS, some time in the last weeks."""

    def make() -> bytes:
        witness = random.choice(who.crowd.witnesses)
        fields = {"jenis": "tps", "tempat": witness["place"], **_stamp(timedelta(days=28)), "clock": _now()}
        return _tap("/check-in", fields, witness["cookie"])

    return make


def mark(who: Runner) -> Request:
    """One tap of the keeper on one name."""

    def make() -> bytes:
        meeting, listed, seat = random.choice(who.crowd.seats)
        fields = {"rapat": str(meeting), "lembar": str(listed), "hadir": str(seat)}
        told = fields | _stamp(timedelta()) | {"clock": _now()}
        return _tap(f"/lembar/{listed}/hadir", told, who.crowd.keeper)

    return make


def self_check_in(who: Runner) -> Request:
    """One of 500 in the hall who says to be there, with a position."""

    def make() -> bytes:
        return claim(who.crowd, random.choice(who.crowd.witnesses))

    return make


def claim(crowd: Crowd, witness: Mapping[str, str]) -> bytes:
    """What the phone of this one sends in the hall: one item, as after every tap."""
    near = random.uniform(-0.001, 0.001)
    fields = {"rapat": str(crowd.hall), "lat": f"{-6.19 + near:.5f}", "lng": "106.74", "accuracy": "25"}
    item = {"kind": "attendance.self", "fields": fields, **_stamp(timedelta())}
    body = json.dumps({"items": [item], "clock": _now()}).encode()
    return request(
        "POST", "/kirim", body, "application/json", Cookie=witness["cookie"], Sec_Fetch_Dest="empty"
    )


def batch(who: Runner) -> Request:
    """Ten check-ins that a witness's phone has gathered."""

    def make() -> bytes:
        witness = random.choice(who.crowd.witnesses)
        fields = {"jenis": "tps", "tempat": witness["place"]}
        items = [{"kind": "checkin", "fields": fields, **_stamp(timedelta(hours=8))} for _ in range(10)]
        body = json.dumps({"items": items, "clock": _now()}).encode()
        cookie = witness["cookie"]
        return request("POST", "/kirim", body, "application/json", Cookie=cookie, Sec_Fetch_Dest="empty")

    return make


def _tap(path: str, fields: Mapping[str, str], cookie: str) -> bytes:
    """A form as a page without script sends it: the answer is a redirect."""
    body = urlencode(fields).encode()
    return request("POST", path, body, FORM, Cookie=cookie, Sec_Fetch_Dest="document")


def _stamp(spread: timedelta) -> dict[str, str]:
    """What the script adds at a tap that was at most `spread` ago."""
    at = datetime.now(WIB) - random.random() * spread
    return {"id": str(uuid.uuid4()), "happened_at": at.isoformat(timespec="milliseconds"), "offset": "420"}


def _now() -> str:
    return datetime.now(WIB).isoformat(timespec="milliseconds")


@dataclass(frozen=True)
class Job:
    """One row of the table. `goal`: the least ratio wanted; `statements`: the budget, sign-in not counted."""

    name: str
    title: str
    prepare: Callable[[Runner], Request]
    beside: str
    goal: float
    statements: int


def reference_request(job: str, port: int) -> Request:
    """The bare job of the reference app."""
    _, headers, _ = once(port, request("GET", "/login/7"))
    cookie = headers["set-cookie"][0].split(";")[0]
    reads = {"hello": request("GET", "/hello"), "list": request("GET", "/list", Cookie=cookie)}
    if job in reads:
        return lambda: reads[job]
    return {"checkin": _bare_checkin, "batch": _bare_batch}[job](cookie)


def _bare_checkin(cookie: str) -> Request:
    def make() -> bytes:
        body = urlencode({"id": str(uuid.uuid4()), "tps": random.randint(1, 2648), "note": "contoh"}).encode()
        return request("POST", "/checkin", body, FORM, Cookie=cookie)

    return make


def _bare_batch(cookie: str) -> Request:
    def make() -> bytes:
        items = [{"id": str(uuid.uuid4()), "tps": random.randint(1, 2648)} for _ in range(10)]
        body = json.dumps({"items": items}).encode()
        return request("POST", "/batch", body, "application/json", Cookie=cookie)

    return make


ALL: tuple[Job, ...] = (
    Job("sign-in", "sign-in page", lambda who: who.get("/masuk"), "hello", 0.40, 1),
    Job("map-nation", "map of the nation", lambda who: who.get(f"/cakupan/{NATION}", "admin"), "hello", 0.25, 3),
    Job("map-kota", "map of a kota", lambda who: who.get(f"/cakupan/{KOTA}", "supervisor"), "hello", 0.25, 3),
    Job("kelurahan", "grid of a kelurahan", lambda who: who.get(f"/cakupan/{VILLAGE}", "supervisor"), "hello", 0.25, 4),
    Job("list", "list of 100 check-ins", lambda who: who.get("/check-in/wilayah", "supervisor"), "list", 0.50, 4),
    Job("check-in", "a check-in", check_in, "checkin", 0.50, 6),
    Job("mark", "a mark", mark, "checkin", 0.50, 6),
    Job("self", "a self check-in of 500", self_check_in, "checkin", 0.50, 8),
    Job("batch", "an outbox batch of 10", batch, "batch", 0.50, 56),
)  # fmt: skip


def named(names: list[str]) -> list[Job]:
    """The jobs with these names, all of them when none is given."""
    return [job for job in ALL if not names or job.name in names]
