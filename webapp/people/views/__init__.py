"""The pages of this room."""

from webapp.people import kinds  # noqa: F401
from webapp.people.views import (  # noqa: F401
    account,
    audit,
    consent,
    contact,
    groups,
    person,
    seats,
    sign_in,
    sync,
    user,
    users,
)
