"""The jobs of the bench: what is asked of the product, and which bare job stands beside it."""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from urllib.parse import urlencode

from tests.bench.client import Request, once, request
from tests.staging import FORM, Login, page, sign_in

NATION, KOTA, KELURAHAN = "ID", "31.73", "31.73.01.1005"
Fields = Mapping[str, str]


@dataclass
class Runner:
    """Somebody who is signed in on the product at `port`, once per role."""

    port: int
    logins: Mapping[str, Login]
    cookies: dict[str, str] = field(default_factory=dict)

    def cookie(self, role: str) -> str:
        """The Cookie header of this role."""
        if role not in self.cookies:
            self.cookies[role] = sign_in(self.port, self.logins[role])
        return self.cookies[role]

    def get(self, path: str, role: str = "") -> Request:
        """A page, asked for as a browser does when a link is tapped."""
        cookie = self.cookie(role) if role else ""
        asked = request("GET", path, Cookie=cookie, Sec_Fetch_Dest="document")
        return lambda: asked

    def fields(self, path: str, role: str, form: str) -> dict[str, str]:
        """What the form at `path` would send as it stands."""
        found = page(self.port, path, self.cookie(role)).select_one(form)
        if found is None:
            raise RuntimeError(f"{path} has no {form}")
        return {
            str(it["name"]): str(it.get("value") or "") for it in found.select("input[name], textarea[name]")
        }

    @cached_property
    def sheet(self) -> str:
        """The path of the meeting whose sheet the coordinator keeps."""
        for link in page(self.port, "/rapat", self.cookie("coordinator")).select("a[href^='/rapat/']"):
            path = str(link["href"]).split("?")[0].removesuffix("/hadir")
            if path.rsplit("/", 1)[-1].isdigit():
                return path
        raise RuntimeError("/rapat shows no meeting to mark")


def stamp() -> dict[str, str]:
    """What the script adds at the tap."""
    at = datetime.now().isoformat(timespec="milliseconds")
    return {"id": str(uuid.uuid4()), "happened_at": at, "offset": "420", "clock": at}


def tap(path: str, fields: Callable[[], Fields], cookie: str) -> Request:
    """A form that htmx sends, with a new id each time."""

    def make() -> bytes:
        body = urlencode({**fields(), **stamp()}).encode()
        return request("POST", path, body, FORM, Cookie=cookie, HX_Request="true", Sec_Fetch_Dest="empty")

    return make


@dataclass(frozen=True)
class Job:
    """One row of the table. `goal`: the least ratio wanted; `statements`: the budget, sign-in not counted."""

    name: str
    title: str
    prepare: Callable[[Runner], Request]
    beside: str
    goal: float
    statements: int
    needs_nation: bool = False


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
        return request(
            "POST", "/batch", json.dumps({"items": items}).encode(), "application/json", Cookie=cookie
        )

    return make


ALL: tuple[Job, ...] = (Job("sign-in", "sign-in page", lambda who: who.get("/masuk"), "hello", 0.40, 1),)


def named(names: list[str]) -> list[Job]:
    """The jobs with these names, all of them when none is given."""
    return [job for job in ALL if not names or job.name in names]
