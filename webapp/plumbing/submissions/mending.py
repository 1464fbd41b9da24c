"""A slip that its sender corrected at once is nobody else's work: who was told at the form, and sent it right, is done.

What lay in a queue stays for a person to look at, and so does what was refused and never sent again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from werkzeug.datastructures import MultiDict

from webapp.plumbing.clock import now
from webapp.plumbing.database import db
from webapp.plumbing.submissions.items import Item, Sender, kinds
from webapp.plumbing.submissions.models import REFUSED, Submission

AT_ONCE = timedelta(minutes=1)  # what was refused so soon after the tap, its sender has read
LATEST = timedelta(minutes=30)  # so long somebody may mend a form that is open
ABOUT = ("rapat", "lembar", "kursi", "tindak", "tps")  # names what it is about, and is not typed


def mend(taken: Sequence[Item], sender: Sender) -> None:
    """Settle what the sender had been refused at the form and has now sent right. One statement when there is none."""
    slips = _slips({item.kind for item in taken}, sender) if taken else []
    mended = [
        slip.id
        for slip in slips
        if any(item.kind == slip.kind and _same_thing(item.fields, slip) for item in taken)
    ]
    if mended:
        looked = update(Submission).where(Submission.id.in_(mended))
        settled = looked.values(settled_at=now(), settled_by=sender.person_id)
        db.session.execute(settled, execution_options={"synchronize_session": False})


def _slips(sorts: set[str], sender: Sender) -> list[Any]:
    found = select(
        Submission.id, Submission.kind, Submission.payload, Submission.happened_at, Submission.received_at
    ).where(
        Submission.sender_id == sender.person_id,
        Submission.received_at >= now() - LATEST,
        Submission.state == REFUSED,
        Submission.settled_at.is_(None),
        Submission.kind.in_(sorts),
    )
    return [row for row in db.session.execute(found) if row.received_at - row.happened_at <= AT_ONCE]


def _same_thing(fields: Mapping[str, Any], slip: Any) -> bool:
    """Whether both are about the same, as far as they say."""
    one, other = (_about(slip.kind, told) for told in (fields, slip.payload or {}))
    return all(one[name] == other[name] for name in ABOUT if None not in (one[name], other[name]))


def _about(kind: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    data = kinds[kind].form(MultiDict(fields)).data
    return {name: data.get(name) for name in ABOUT}
