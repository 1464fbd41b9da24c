"""Items, the kinds of them, and the stamps and verdicts they get."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from werkzeug.datastructures import MultiDict
from wtforms import Form

from webapp.plumbing.clock import from_phone, now
from webapp.plumbing.refusal import Refusal

DRIFT_LIMIT = timedelta(minutes=10)
UNDER_WAY = timedelta(seconds=30)  # a sending may take so long; what differs by more is the clock's fault
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
WIDEST = 15 * 60  # minutes between any place's hour and UTC
YEARS = range(1969, 2200)  # a phone without a battery begins in 1970
NOT_SENT = frozenset({"id", "happened_at", "offset", "clock"})


@dataclass(frozen=True)
class Item:
    """What came in: `claimed_at` is the phone's word, `clock` the phone's clock at sending time."""

    id: UUID
    kind: str
    fields: Mapping[str, Any]
    claimed_at: datetime
    offset: int
    clock: datetime | None = None

    def __post_init__(self) -> None:
        """ValueError for a stamp that no phone makes: it would break the sums or the database further on."""
        moments = [self.claimed_at, *([self.clock] if self.clock else [])]
        if abs(self.offset) > WIDEST or not all(moment.year in YEARS for moment in moments):
            raise ValueError("a stamp beyond belief")

    @property
    def content_hash(self) -> str:
        """Covers kind, fields and claimed time; not the clock, nor how often it was sent."""
        return hashlib.sha256(self._content).hexdigest()

    @property
    def size(self) -> int:
        """The bytes of its content."""
        return len(self._content)

    @cached_property
    def _content(self) -> bytes:
        content = [self.kind, _sorted(self.fields), self.claimed_at.isoformat()]
        return json.dumps(content, ensure_ascii=False).encode(errors="surrogatepass")


@dataclass(frozen=True)
class Sender:
    """Who sends: a person, from a device, and the region that looks at what cannot be taken.

    `served`: whether the person holds a mandate, or did once: of anybody else nothing is kept. `serves`: whether
    one is in force.
    """

    person_id: int
    region_code: str | None
    device: UUID | None = None
    served: bool = True
    serves: bool = False


@dataclass(frozen=True)
class Stamp:
    """When and by whom, for a rule: `happened_at` is corrected by the phone's drift (seconds)."""

    submission_id: UUID
    sender_id: int
    claimed_at: datetime
    happened_at: datetime
    received_at: datetime
    offset: int
    drift: int
    device: UUID | None = None
    clocked: bool = True  # the phone said what time it had when it sent this

    @property
    def is_untimed(self) -> bool:
        """Whether it is said to be older than a sending takes, by a phone that keeps its own time to itself."""
        return not self.clocked and self.received_at - self.claimed_at > UNDER_WAY

    @property
    def drifts(self) -> bool:
        """Whether the phone's clock is so wrong that a person should look."""
        return is_drift(self.drift)


@dataclass(frozen=True)
class Verdict:
    """The answer to one item; `status` is what a single form answers with."""

    id: UUID
    word: str
    receipt: str
    reason: str | None = None
    status: int = 200
    row: Any = None
    errors: Mapping[Any, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """What the outbox reads; with the first sentence for each field that has a mistake."""
        told = {"id": str(self.id), "verdict": self.word, "receipt": self.receipt, "reason": self.reason}
        errors = {str(name or ""): first_sentence(said) for name, said in self.errors.items()}
        return told | ({"errors": errors} if errors else {})


Rule = Callable[[Mapping[str, Any], Stamp], Any]
RuleAll = Callable[[Sequence[tuple[Mapping[str, Any], Stamp]]], Sequence[Any]]
Admit = Callable[[Any], AbstractContextManager[None] | None]
Weight = Callable[[Mapping[str, Any]], int]


@dataclass(frozen=True)
class Kind:
    """One kind of thing that can be sent: the form that reads it, the rule that takes it, the right it needs.

    `rule_all` takes several at once, in the order in which they happened, to the same end as `rule` one by one; it
    gives a row for each, or the refusal of one of which it wrote nothing. `weight`: as how many things one counts in
    its sender's hourly budget. `typed`: it has a form in which a slip is mended; a bare tap has none.
    """

    form: type[Form]
    rule: Rule
    needs: Any
    rule_all: RuleAll | None = None
    weight: Weight = lambda _data: 1
    typed: bool = True
    mends: bool = True  # asking for a slip that it corrects is worth a statement
    anew: bool = False  # each makes a thing of its own, which nothing but its id tells from the one before


kinds: dict[str, Kind] = {}


def register(name: str, *, form: type[Form], rule: Rule, needs: Any, **more: Any) -> None:
    """Make `name` known to single forms and to the bulk door alike; `more`: what else a `Kind` may be told."""
    kinds[name] = Kind(form, rule, needs, **more)


def is_drift(seconds: int) -> bool:
    """Whether a phone's clock that is off by so much should be looked at."""
    return abs(seconds) > DRIFT_LIMIT.total_seconds()


def first_sentence(said: Any) -> str:
    """The first of what a form says about one field; a field of fields says it one level down."""
    while isinstance(said, Mapping | Sequence) and said and not isinstance(said, str):
        said = next(iter(said.values() if isinstance(said, Mapping) else said))
    return str(said) if said else ""


def item_from_form(kind: str, form: Mapping[str, Any]) -> Item:
    """An item out of a posted form. Without an id (no JavaScript) the server makes one, and the time is now."""
    fields = {name: _told(form, name) for name in form if name not in NOT_SENT}
    moment = now()
    if not form.get("id"):
        return Item(uuid4(), kind, fields, moment, 0)
    try:
        offset = int(form.get("offset") or 0)
        claimed = from_phone(form["happened_at"], offset) if form.get("happened_at") else moment
        clock = from_phone(form["clock"], offset) if form.get("clock") else None
        return Item(UUID(form["id"]), kind, fields, claimed, offset, clock)
    except (ValueError, OverflowError) as mistake:
        raise Refusal("Kiriman ini tidak terbaca. Muat ulang halaman lalu coba lagi.") from mistake


def receipt_of(submission_id: UUID) -> str:
    """The short readable code of a receipt, always the same for the same id: K7M-2Q4."""
    rest = int.from_bytes(hashlib.blake2s(submission_id.bytes, digest_size=8).digest())
    signs = []
    for _ in range(6):
        rest, place = divmod(rest, len(ALPHABET))
        signs.append(ALPHABET[place])
    return "".join(signs[:3]) + "-" + "".join(signs[3:])


def _told(form: Mapping[str, Any], name: str) -> Any:
    """What a field says: one value, or a list when it was sent several times."""
    values = form.getlist(name) if isinstance(form, MultiDict) else [form[name]]
    return values if len(values) > 1 else form[name]


def _sorted(fields: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return sorted((str(name), value) for name, value in fields.items() if name not in NOT_SENT)
