"""What refused rows may have meant: where the code may be another's, the name beside it is asked as well."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from webapp.places.models import NATION
from webapp.places.rules import names
from webapp.places.rules.codes import level_of, lineage
from webapp.places.rules.imports.stage import Stage


@dataclass
class Doubts:
    """Codes of refused rows with the comparable names beside them; `known` gives the name of each code we have."""

    known: Mapping[str, str]
    rows: set[tuple[str, str]] = field(default_factory=set)

    def note(self, code: str, name: str) -> None:
        """Remember one refused row."""
        self.rows.add((code, names.key(name) if names.is_name(name) else ""))

    def meant(self, twice: Container[str], whole: Container[str]) -> set[str]:
        """The regions that the rows may tell of beside those of their codes; "" is any.

        `twice` are the codes that stand in another row as well, `whole` those of which the list lacks nothing.
        """
        unsure = {(code, name) for code, name in self.rows if not self._is_certain(code, name, twice)}
        called = self._lacking({name for _code, name in unsure if name}, whole)
        return {one for code, name in unsure for one in self._around(code, called[name])}

    def _is_certain(self, code: str, name: str, twice: Container[str]) -> bool:
        """Whether the code is the row's own: its name is ours, or it has none and no other row claims the code."""
        ours = self.known.get(code)
        return ours is not None and (ours == name or (not name and code not in twice))

    def _lacking(self, wanted: set[str], whole: Container[str]) -> dict[str, list[str]]:
        """What the list lacks of the regions with one of these names, by name."""
        found: dict[str, list[str]] = defaultdict(list)
        for code, name in self.known.items() if wanted else ():
            if name in wanted and code not in whole:
                found[name].append(code)
        return found

    def _around(self, code: str, called: Sequence[str]) -> list[str]:
        """The namesakes on its level; if none of them is near, all that is near as well."""
        near = next((one for one in reversed(lineage(code)[:-1]) if one in self.known), NATION)
        same = [one for one in called if level_of(one) == level_of(code)]
        if any(near in lineage(one) for one in same):
            return same
        return [*same, "" if near == NATION else near]


def later(rows: Mapping[int, str]) -> list[int]:
    """All but the first of the rows (line and name) that claim one code."""
    return sorted(rows)[1:]


def surplus(rows: Mapping[int, str]) -> list[int]:
    """Which of the rows that claim one code cannot be taken: the later ones; with two names all of them."""
    return sorted(rows) if len({names.key(name) for name in rows.values()}) > 1 else later(rows)


def clash(line: int, rows: Iterable[int], refused: Sequence[int]) -> str:
    """Why this one of the rows that claim one code is refused."""
    others = [other for other in sorted(rows) if other != line]
    if len(others) < len(refused):
        told = ", ".join(map(str, others))
        return f"the code stands in row {told} as well, with another name: none of them is taken"
    return f"this stands in row {others[0]} already"


def drop(stage: Stage, lines: Sequence[int]) -> None:
    """Take the rows of these lines out of the stage again."""
    if lines:
        stage.make("dropped", "line INTEGER")
        stage.fill("dropped", 1, ((line,) for line in lines), "rows dropped")
        stage.prepare("DELETE FROM staged WHERE line IN (SELECT line FROM dropped)")
