"""The bulk door: what a phone has gathered without network comes in here, each item with its own verdict."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, jsonify, request

from webapp.home.views import room
from webapp.people.rules.permissions import Permission
from webapp.people.views.door import viewer
from webapp.people.views.sending import sender
from webapp.places.rules.scope import narrowed
from webapp.plumbing import submissions
from webapp.plumbing.clock import from_phone
from webapp.plumbing.submissions import Item

MOST = 50
UNREADABLE = "Kiriman ini tidak terbaca. Perbarui aplikasi lalu coba lagi."


@room.post("/kirim", needs=Permission.ENTER)
def receive() -> tuple[Response, int]:
    """Take up to 50 items: `{items: [{id, kind, fields, happened_at, offset}], clock}`."""
    told = _body()
    raw = told.get("items")
    if not isinstance(raw, list) or not raw or len(raw) > MOST:
        return jsonify(error=UNREADABLE), 422
    read = [_item(one, told.get("clock")) for one in raw]
    items = [item for item in read if isinstance(item, Item)]
    verdicts = submissions.receive_all(items, sender(), _admit)
    answers = [verdict.as_json() for verdict in verdicts] + [one for one in read if isinstance(one, dict)]
    return jsonify(verdicts=answers), 200


def _body() -> dict[str, Any]:
    """What was sent; nothing, if it is no JSON or nested so deeply that nobody can read it."""
    try:
        body = request.get_json(silent=True)
    except RecursionError:
        return {}
    return body if isinstance(body, dict) else {}


def _admit(needs: Permission) -> AbstractContextManager[None] | None:
    who = viewer()
    return narrowed(who.scope(needs)) if who.may(needs) else None


def _item(one: Any, clock: Any) -> Item | dict[str, Any]:
    """One item, or the verdict on what cannot be read at all."""
    told = one if isinstance(one, dict) else {}
    try:
        offset = int(told.get("offset") or 0)
        fields = {_text(name): _plain(value) for name, value in dict(told["fields"]).items()}
        claimed = from_phone(str(told["happened_at"]), offset)
        kind = _text(told["kind"])
        return Item(UUID(str(told["id"])), kind, fields, claimed, offset, _clock(clock, offset))
    except (KeyError, TypeError, ValueError, OverflowError):
        return {"id": told.get("id"), "verdict": submissions.REFUSED, "receipt": "", "reason": UNREADABLE}


def _plain(value: Any) -> str | list[str]:
    if isinstance(value, list):
        return [_text(part) for part in value]
    return "" if value is None else _text(value)


def _text(value: Any) -> str:
    """As every database takes it: no NUL, no half of a sign."""
    return str(value).replace("\0", "").encode(errors="replace").decode()


def _clock(told: Any, offset: int) -> datetime | None:
    return from_phone(str(told), offset) if told else None
