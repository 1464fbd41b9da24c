"""What a phone pushes through the bulk door, read so that whatever is in it is either an item or a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from webapp.plumbing import submissions
from webapp.plumbing.clock import from_phone, now
from webapp.plumbing.submissions import YEARS, Item

MOST = 50
MOST_OFFERED = 200
MOST_HELD = 1_000_000
AT_ONCE = timedelta(minutes=1)
UNREADABLE = "Kiriman ini tidak terbaca. Perbarui aplikasi lalu coba lagi."


@dataclass(frozen=True)
class Held:
    """What a phone says it still holds besides what it sends now; `oldest` by our clock, None for nothing."""

    count: int
    oldest: datetime | None


@dataclass(frozen=True)
class Sending:
    """One call of the outbox. Older phones say neither `user` nor `held` nor `sent`; newer ones may say more."""

    items: Sequence[Item]
    refused: Sequence[dict[str, Any]]  # verdicts on what cannot be read at all
    user: str | None
    held: Held | None
    sent: Mapping[UUID, str]  # copies of what was sent before, as the phone writes their ids

    @property
    def just_tapped(self) -> set[UUID]:
        """The items that went out at once: their form is still open, and the answer is read in it."""
        return {one.id for one in self.items if (one.clock or now()) - one.claimed_at < AT_ONCE}


def read_sending(told: Mapping[str, Any], offset: int) -> Sending | None:
    """Read one call; None when nothing in it is to be taken. `offset` stands in where a time names no zone."""
    raw = told.get("items") or []
    held, sent = _held(told, offset), _sent(told.get("sent"))
    if not isinstance(raw, list) or len(raw) > MOST or not (raw or held or sent):
        return None
    read = [_item(one, told.get("clock")) for one in raw]
    return Sending(
        items=[one for one in read if isinstance(one, Item)],
        refused=[one for one in read if isinstance(one, dict)],
        user=None if told.get("user") in (None, "") else str(told["user"]),
        held=held,
        sent=sent,
    )


def _item(one: Any, clock: Any) -> Item | dict[str, Any]:
    """One item, or the verdict on what cannot be read at all. What else it may carry is of no concern."""
    told = one if isinstance(one, dict) else {}
    try:
        offset = int(told.get("offset") or 0)
        fields = {_text(name): _plain(value) for name, value in dict(told["fields"]).items()}
        claimed = from_phone(str(told["happened_at"]), offset)
        return Item(
            UUID(str(told["id"])), _kind(told["kind"]), fields, claimed, offset, _moment(clock, offset)
        )
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError):
        named = told.get("id") if isinstance(told.get("id"), str) else None
        return {"id": named, "verdict": submissions.REFUSED, "receipt": "", "reason": UNREADABLE}


def _kind(told: Any) -> str:
    """The word for what it is, which is said again when nobody knows it; ValueError for what is no word."""
    if not isinstance(told, str) or not told.strip():
        raise ValueError("no kind")
    return _text(told)


def _held(told: Mapping[str, Any], offset: int) -> Held | None:
    """The number and the age of what is held; the age corrected by how wrong the phone's clock is."""
    said = told.get("held")
    held: dict[str, Any] = said if isinstance(said, dict) else {}
    count = held.get("count")
    if not isinstance(count, int) or isinstance(count, bool) or count < 0:
        return None
    if count == 0:
        return Held(0, None)
    oldest, clock, received = _moment(held.get("oldest"), offset), _moment(told.get("clock"), offset), now()
    if oldest is not None and clock is not None:
        oldest += received - clock
    return Held(min(count, MOST_HELD), min(oldest or received, received))


def _sent(told: Any) -> dict[UUID, str]:
    found = {}
    for one in told[:MOST_OFFERED] if isinstance(told, list) else ():
        try:
            found[UUID(one)] = one
        except (ValueError, AttributeError, TypeError):
            continue
    return found


def _moment(told: Any, offset: int) -> datetime | None:
    """A phone's time; None for none and for one that no phone has: then nothing is corrected by it."""
    try:
        moment = from_phone(str(told), offset) if told else None
    except (ValueError, OverflowError, RecursionError):
        return None
    return moment if moment and moment.year in YEARS else None


def _plain(value: Any) -> str | list[str]:
    """As a form would have sent it: what no form can hold is nothing, or its word of Python would be read and said."""
    if isinstance(value, list):
        return [_plain_text(part) for part in value]
    return _plain_text(value)


def _plain_text(value: Any) -> str:
    return _text(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _text(value: Any) -> str:
    """As every database takes it: no NUL, no half of a sign."""
    return str(value).replace("\0", "").encode(errors="replace").decode()
