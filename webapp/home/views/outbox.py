"""The bulk door: what a phone has gathered without network comes in here, each item with its own verdict."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import cache
from hashlib import blake2s
from typing import Any

from flask import Response, jsonify, request
from flask_babel import gettext as _

from webapp.home.forms import UNREADABLE, Sending, read_sending
from webapp.home.room import room
from webapp.home.rules.settling import settle_slips
from webapp.people.rules.devices import note_contact
from webapp.people.rules.permissions import Permission
from webapp.people.views.door import sender, viewer
from webapp.places.rules.scope import narrowed
from webapp.plumbing import budget, submissions
from webapp.plumbing.clock import WIB
from webapp.plumbing.doors import brought

Answer = tuple[Response, int] | tuple[Response, int, dict[str, str]]


def _read() -> tuple[Sending | None, list[submissions.Filled]]:
    """What was sent and its forms, filled in while nobody has to wait for it. Phones name the zone of their times."""
    sending = read_sending(_body(), WIB)
    return sending, submissions.fill(sending.items) if sending else []


@room.post("/kirim", needs=Permission.SIGNED_IN, before=_read, counted=False)
def receive() -> Answer:
    """Take up to 50 items: `{user, items: [{id, kind, fields, happened_at, offset}], clock, held, sent}`."""
    who, (sending, filled) = viewer(), brought()
    if sending is None:
        return jsonify(error=UNREADABLE), 422
    if sending.user not in (None, str(who.person_id)):
        return jsonify(error=_("Kiriman ini milik orang lain. Pemiliknya perlu masuk di HP ini.")), 401
    verdicts = _take(sending, filled)
    note_contact(who.device_session_id, *((sending.held.count, sending.held.oldest) if sending.held else ()))
    answers = [verdict.as_json() for verdict in verdicts]
    told = jsonify(verdicts=[*answers, *sending.refused], unknown=_unknown(sending))
    headers = {"X-Simpul-Kinds": _version()}
    if any(verdict.status == 429 for verdict in verdicts):
        return told, 429, headers | {"Retry-After": str(budget.seconds_left())}
    return told, 200, headers


@cache
def _version() -> str:
    """Changes when another version knows other kinds: phones then offer what this one did not know."""
    return blake2s("|".join(sorted(submissions.kinds)).encode(), digest_size=6).hexdigest()


def _take(sending: Sending, filled: list[submissions.Filled]) -> list[submissions.Verdict]:
    """The verdicts; a slip in a form that is still open is mended there, and waits for no supervisor.

    What cannot be read at all is kept nowhere, and yet counts. Raises `OverBudget` if that is already too much.
    """
    budget.spend(viewer().person_id, budget.Cost(len(sending.refused)))
    if not sending.items:
        return []
    verdicts = submissions.receive_all(sending.items, sender(), _admit, filled)
    settle_slips({one.id for one in verdicts if one.errors} & sending.just_tapped, viewer().person_id)
    return verdicts


def _unknown(sending: Sending) -> list[str]:
    """Of what the phone has sent before, what is not here: a server that was restored gets it back."""
    known = submissions.known(sending.sent) if sending.sent else set()
    return [written for one, written in sending.sent.items() if one not in known]


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
