"""Questions about what was sent."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select

from webapp.plumbing.clock import now
from webapp.plumbing.database import db
from webapp.plumbing.submissions.items import Item, Sender, kinds
from webapp.plumbing.submissions.models import ACCEPTED, Submission
from webapp.plumbing.written import plain

RECEIPT = re.compile(r"(?:KODE)?(?:TANDATERIMA)?(.{3})(.{3})")  # with what a chat has in front
PRESSED = 2  # our advisory locks of this kind; a batch takes the first
JUST_NOW = timedelta(seconds=20)  # an answer may take so long before a button is pressed once more


def receipt_from(typed: str) -> str:
    """k7m2q4 as K7M-2Q4, however it was typed or pasted; nothing for what can be no code."""
    signs = "".join(sign for sign in plain(typed).upper() if sign.isascii() and sign.isalnum())
    found = RECEIPT.fullmatch(signs)
    return f"{found[1]}-{found[2]}" if found else ""


def known(ids: Iterable[UUID]) -> set[UUID]:
    """Which of these ids are taken, by whomever: whose they are is nobody's business. One statement."""
    return set(db.session.scalars(select(Submission.id).where(Submission.id.in_(list(ids)))))


def as_just_said(item: Item, sender: Sender) -> Item:
    """A form that came without an id: pressed twice it is one thing, in the same instant too, if nothing came between.

    One statement for what would be made anew, and one more on PostgreSQL, where writers do not wait for one another.
    """
    if not kinds[item.kind].anew:
        return item
    if db.engine.dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(PRESSED, sender.person_id)))
    told = select(Submission.id, Submission.claimed_at, Submission.content_hash).where(
        Submission.sender_id == sender.person_id,
        Submission.state == ACCEPTED,
        Submission.received_at > now() - JUST_NOW,
    )
    last = db.session.execute(told.order_by(Submission.received_at.desc()).limit(1)).one_or_none()
    if last is None:
        return item
    same = replace(item, id=last.id, claimed_at=last.claimed_at)
    return same if same.content_hash == last.content_hash else item
