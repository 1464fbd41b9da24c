"""When two guests who are known by name only are the same one."""

from __future__ import annotations

from functools import lru_cache

from webapp.places.rules.names import fold


@lru_cache(maxsize=2_000)  # of one list every name is asked for several times
def same_guest(name: str) -> str:
    """Equal for names that differ in nothing that one would say aloud; a name of emoji or dots alone is itself."""
    return fold(name) or " ".join(name.casefold().split())


def is_a_name(text: str) -> bool:
    """Whether a guest may be called so: one letter says nothing, one picture does."""
    return len(text) >= 2 or (bool(text) and not fold(text))
