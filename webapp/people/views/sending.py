"""What the viewer sends: from a single form or in a batch, always with the device that it came from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request

from webapp.people.views.door import viewer
from webapp.plumbing import submissions
from webapp.plumbing.doors import counted
from webapp.plumbing.submissions import Sender, Verdict


def sender() -> Sender:
    """The viewer, as submissions know them."""
    who = viewer()
    return Sender(who.person_id, who.region_code, who.device_session_id, who.served, who.serves)


def received(kind: str, form: Mapping[str, Any] | None = None) -> Verdict:
    """Take the posted form, or `form` in its place, as one submission of the viewer."""
    counted()
    told, by = form or request.form, sender()
    item = submissions.item_from_form(kind, told)
    return submissions.receive(item if told.get("id") else submissions.as_just_said(item, by), by)
