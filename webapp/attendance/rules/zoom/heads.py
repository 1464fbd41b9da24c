"""Which column of a list is which: by the words of its head, and the participant's own before those of the meeting."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from webapp.attendance.rules.zoom.tables import HEAD_WITHIN, Row
from webapp.places.rules.names import fold
from webapp.plumbing.fields import squeeze

MOST_COLUMNS, LONGEST_HEAD, MOST_NAMES = 60, 80, 4
NAME = re.compile(
    r"(user |full |display |screen |participant |attendee )?(name|names)\b|nama\b|peserta\b|participant\b|attendee\b"
    r"|nombre\b|nom\b|nome\b|naam\b"
)
NOT_HIS = re.compile(
    r"\b(host|tuan|rapat|meeting|topik|topic|webinar|event|acara|country|negara|region|file|berkas"
    r"|company|organization|organisasi|instansi|first|last|depan|belakang|department"
    r"|id|upn|e ?mail|surel|count|jumlah|type|role|phone|telepon|duration|durasi)\b"
)
PARTS = (re.compile(r"(first name|nama depan)$"), re.compile(r"(last name|nama belakang)$"))
JOIN = re.compile(
    r"\b(join|joined|bergabung|masuk|gabung|beitritt\w*|entrada|union|d ?arrivee|first seen|time in)\b(?!.*\bwaiting)"
)
LEAVE = re.compile(
    r"\b(leave|left|keluar|meninggalkan|exit|exited|verlassen\w*|austritt\w*|salida|saida|depart|last seen|time out)\b"
)
MINUTES = re.compile(r"\b(duration|durasi|lama|time in session|dauer|duracion|duracao|duree|attended for)\b")
OF_THE_MEETING = re.compile(r"\b(actual|scheduled|meeting duration|durasi rapat|webinar duration)\b")
HIS_OWN = re.compile(
    r"\b(total duration|in meeting|time in session|total durasi|durasi total|attended for)\b"
)
OTHERS = {
    "waiting": re.compile(r"\b(waiting room|ruang tunggu)"),
    "attended": re.compile(r"^(attended|hadir|menghadiri)$"),
    "account": re.compile(r"\b(e ?mail|surel|upn)\b"),
}


@dataclass(frozen=True)
class Head:
    """The columns of one table: candidates for the name, best first, each one column or first and last name."""

    names: tuple[tuple[int, ...], ...]
    labels: tuple[str, ...]
    columns: Mapping[str, int]
    twins: tuple[tuple[str, int, int], ...] = ()  # a column of times, and another one of the same label

    @property
    def timed(self) -> bool:
        """Whether it says when somebody came."""
        return "join" in self.columns


@dataclass(frozen=True)
class Section:
    """A table of the file: its head, and its rows with their numbers in the file."""

    head: Head
    rows: Sequence[tuple[int, Row]]


def head_of(row: Sequence[str]) -> Head | None:
    """The columns when this row is a head: a name, and when or how long."""
    cells = [fold(cell[:LONGEST_HEAD]) for cell in row[:MOST_COLUMNS]]
    names = _names(cells)
    if not names:
        return None
    after = names[0][0]
    found = {"join": _nearest(cells, JOIN, after), "leave": _nearest(cells, LEAVE, after)}
    found["minutes"] = _minutes(cells, after)
    found |= {name: _nearest(cells, pattern, after) for name, pattern in OTHERS.items()}
    columns = {name: place for name, place in found.items() if place is not None}
    apart = len({*columns.values(), *names[0]}) == len(columns) + len(names[0])
    if not apart or not columns.keys() & {"join", "minutes"}:
        return None
    labels = tuple(" ".join(squeeze(row[place]) for place in one)[:40] for one in names)
    return Head(names, labels, columns, _twins(row, cells, columns))


def _twins(
    row: Sequence[str], cells: Sequence[str], columns: Mapping[str, int]
) -> tuple[tuple[str, int, int], ...]:
    """Those that stand behind: what stands before the name is of the meeting."""
    used = [columns[name] for name in ("join", "leave", "minutes") if name in columns]
    twice = [(at, cells.index(cells[at], at + 1)) for at in used if cells[at] in cells[at + 1 :]]
    return tuple((squeeze(row[at])[:40], at, other) for at, other in twice)


def sections_of(rows: Sequence[Row]) -> list[Section]:
    """The tables of the file. Those that say when somebody came make others that only sum up superfluous."""
    heads = [(at, head) for at in _places(rows) if (head := head_of(rows[at]))]
    if not heads:
        return []
    ends = [*(at for at, _head in heads[1:]), len(rows)]
    found = [
        Section(head, list(_body(rows, at + 1, end))) for (at, head), end in zip(heads, ends, strict=True)
    ]
    timed = [one for one in found if one.head.timed]
    return timed or found


def _places(rows: Sequence[Row]) -> Iterator[int]:
    """Where a head may stand: near the beginning, or below a title or a blank line."""
    for at in range(len(rows)):
        if at < HEAD_WITHIN or sum(bool(cell.strip()) for cell in rows[at - 1]) <= 1:
            yield at


def _body(rows: Sequence[Row], start: int, end: int) -> Iterator[tuple[int, Row]]:
    """The rows up to the next head, without blank ones and without the title that stands above that head."""
    told = [at for at in range(start, end) if any(cell.strip() for cell in rows[at])]
    if end < len(rows) and told and sum(bool(cell.strip()) for cell in rows[told[-1]]) == 1:
        told.pop()
    return ((at + 1, rows[at]) for at in told)


def _names(cells: Sequence[str]) -> tuple[tuple[int, ...], ...]:
    """Columns that may hold the name: the shown one first, then first and last name together."""
    whole = [at for at, cell in enumerate(cells) if NAME.match(cell) and not NOT_HIS.search(cell)]
    whole.sort(key=lambda at: ("original" not in cells[at] and "asli" not in cells[at], at))
    parts = tuple(at for pattern in PARTS for at, cell in enumerate(cells) if pattern.match(cell))
    return (*((at,) for at in whole), *((parts,) if parts else ()))[:MOST_NAMES]


def _minutes(cells: Sequence[str], after: int) -> int | None:
    """His own duration; that of the meeting stands in many exports too, before the name."""
    own = [cell if not OF_THE_MEETING.search(cell) else "" for cell in cells]
    strong = _nearest(own, HIS_OWN, after)
    return strong if strong is not None else _nearest(own, MINUTES, after)


def _nearest(cells: Sequence[str], pattern: re.Pattern[str], after: int) -> int | None:
    """The first such column behind the name, else the first at all."""
    found = [at for at, cell in enumerate(cells) if pattern.search(cell)]
    return next((at for at in found if at > after), found[0] if found else None)
