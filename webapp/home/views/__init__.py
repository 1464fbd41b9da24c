"""The pages of this room."""

from typing import Any

from webapp.home.rules.demo.load import logins
from webapp.people.rules.permissions import Role
from webapp.plumbing.doors import Room

room = Room("home", __name__)
WORDS = {
    Role.ADMIN: "admin",
    Role.SUPERVISOR: "pengawas",
    Role.COORDINATOR: "koordinator",
    Role.WITNESS: "saksi",
}


@room.record_once
def offer_logins(state: Any) -> None:
    """In demo mode the sign-in page offers the demo's logins: role word, name, phone, secret."""
    if state.app.config["SIMPUL"].demo:
        offered = [(WORDS[one.role], one.name, one.phone, one.secret) for one in logins()]
        state.app.extensions["demo_logins"] = offered


from webapp.home.views import front, outbox, shell  # noqa: E402, F401
