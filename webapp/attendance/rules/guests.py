"""What may be said of a guest, and when two who are known by name only are the same one."""

from __future__ import annotations

from functools import lru_cache

from flask_babel import gettext as _

from webapp.places.rules.names import fold
from webapp.plumbing.refusal import Refusal


class NeverAbsent(Refusal):
    """A guest was let in because she came: nobody expected her, so she is not missed either."""

    def __init__(self) -> None:
        super().__init__(
            _("Tamu hanya bisa hadir atau terlambat. Bila ia keliru dicatat, batalkan catatannya di daftar.")
        )


@lru_cache(maxsize=2_000)  # of one list every name is asked for several times
def same_guest(name: str) -> str:
    """Equal for names that differ in nothing that one would say aloud; a name of emoji or dots alone is itself."""
    return fold(name) or " ".join(name.casefold().split())


def is_a_name(text: str) -> bool:
    """Whether a guest may be called so: one letter says nothing, one picture does."""
    return len(text) >= 2 or (bool(text) and not fold(text))
