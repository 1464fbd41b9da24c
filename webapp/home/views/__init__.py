"""The pages of this room."""

from typing import Any

from webapp.home.room import room
from webapp.home.rules.demo.load import logins
from webapp.home.views import front, kept, outbox, photos, queue, receipts, shell  # noqa: F401


@room.record_once
def offer_logins(state: Any) -> None:
    """In demo mode the sign-in page offers the demo's logins."""
    if state.app.config["SIMPUL"].demo:
        state.app.extensions["demo_logins"] = logins()
