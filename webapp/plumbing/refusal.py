"""A refusal: a rule says no, in the sentence that the user reads."""

from __future__ import annotations

from collections.abc import Callable

from webapp.plumbing.database import db


class Refusal(Exception):
    """Raised by rules. `says` is the whole Indonesian sentence: what happened and how to go on."""

    says = ""
    status = 422
    field: str | None = None
    retry_after: int | None = None  # seconds
    for_a_person = False  # what a phone has kept and sent later is not refused, but to be looked at

    def __init__(self, says: str = "", *, field: str | None = None) -> None:
        super().__init__(says or self.says)
        self.says = says or self.says
        self.field = field or self.field


class NotThere(Refusal):
    """Out of the viewer's scope, or gone: the same answer for both, never a hint."""

    says = "Data ini tidak ditemukan. Kembali ke daftar dan pilih lagi."
    status = 404


def refusal_of(act: Callable[[], object]) -> Refusal | None:
    """Do it behind a savepoint, and give back what refused it; what is not there stays a 404."""
    try:
        with db.session.begin_nested():
            act()
    except NotThere:
        raise
    except Refusal as refusal:
        return refusal
    return None
