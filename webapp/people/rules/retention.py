"""Forget attempts to sign in and devices, each past its date."""

from __future__ import annotations

from datetime import timedelta

from webapp.people.models import DeviceSession, SignInAttempt, SignInTurn
from webapp.places.rules.scope import everywhere
from webapp.plumbing.clock import now
from webapp.plumbing.database import delete_where

KEEP_TRACES = timedelta(days=30)  # attempts to sign in, revoked devices
KEEP_TURNS = timedelta(days=1)


def forget_sign_ins(idle: timedelta) -> dict[str, int]:
    """Delete all that is past its date, and say how many of each.

    `idle` is how long a device stays signed in without being used.
    """
    moment = now()
    unused = DeviceSession.last_seen_at < moment - idle
    revoked = DeviceSession.revoked_at < moment - KEEP_TRACES
    with everywhere("what is past its date is forgotten everywhere"):
        return {
            "attempts to sign in deleted": delete_where(
                SignInAttempt, SignInAttempt.at < moment - KEEP_TRACES
            ),
            "turns to sign in deleted": delete_where(SignInTurn, SignInTurn.ready_at < moment - KEEP_TURNS),
            "device sessions deleted": delete_where(DeviceSession, unused | revoked),
        }
