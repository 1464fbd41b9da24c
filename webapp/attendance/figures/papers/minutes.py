"""The minutes of a meeting on one page: smaller letters first, then fewer lines and a word where the rest is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flask_babel import gettext as _

from webapp.plumbing.clock import now
from webapp.plumbing.paper.page import GREY, MARGIN, Paper, Type
from webapp.plumbing.paper.parts import HEADING, facts, letterhead

SIZES = (10.0, 9.0, 8.0, 7.0, 6.5)
INDENT = 6.0


@dataclass(frozen=True)
class FollowUpLine:
    """What somebody promised: the words, who, until when."""

    words: str
    owner: str
    due: str


@dataclass(frozen=True)
class Minutes:
    """What the page says, in words; `attendance` with its denominator. Lists may be empty."""

    title: str
    kind: str
    when: str
    place: str
    attendance: str
    agenda: Sequence[str] = ()
    decisions: Sequence[str] = ()
    follow_ups: Sequence[FollowUpLine] = ()
    foot: str = field(default="")


@dataclass(frozen=True)
class _Line:
    """One line of the page: its words at `indent`, a number or heading before it; `room` millimetres above."""

    words: str
    bold: bool = False
    indent: float = 0
    mark: str = ""
    room: float = 0


def minutes_pdf(minutes: Minutes, house: str = "Simpul", made_at: datetime | None = None) -> bytes:
    """One A4 page, whatever was written. `house`: the name above, of the organisation."""
    paper = Paper(
        f"{_('Notulen')} {minutes.title}", made_at or now(), minutes.foot or _("Notulen dari Simpul")
    )
    y = letterhead(paper, house)
    paper.words(MARGIN, y, _("NOTULEN"), HEADING)
    y = facts(paper, y + 10, _facts(minutes), paper.width) + 3
    room = paper.bottom - y
    for size in SIZES:
        lines = list(_lines(paper, minutes, size))
        if _height(lines, size) <= room:
            break
    _draw(paper, y, lines, size)
    return paper.content()


def _facts(minutes: Minutes) -> Iterator[tuple[str, str]]:
    yield _("Kegiatan"), minutes.title
    yield _("Jenis"), minutes.kind
    yield _("Waktu"), minutes.when
    yield _("Tempat"), minutes.place
    yield _("Kehadiran"), minutes.attendance


def _lines(paper: Paper, minutes: Minutes, size: float) -> Iterator[_Line]:
    promised = [
        _("%(words)s — %(owner)s, paling lambat %(due)s", words=one.words, owner=one.owner, due=one.due)
        for one in minutes.follow_ups
    ]
    for heading, points in (
        (_("Agenda"), minutes.agenda),
        (_("Keputusan"), minutes.decisions),
        (_("Tindak lanjut"), promised),
    ):
        yield _Line(heading, bold=True, room=size / 4)
        if not points:
            yield _Line(_("Belum ada."), indent=INDENT)
        for number, words in enumerate(points, start=1):
            yield from _point(paper, words, f"{number}.", size)


def _point(paper: Paper, words: str, mark: str, size: float) -> Iterator[_Line]:
    width = paper.width - INDENT
    for number, line in enumerate(paper.lines(words, Type(size), width)):
        yield _Line(line, indent=INDENT, mark="" if number else mark, room=0 if number else size / 14)


def _height(lines: Sequence[_Line], size: float) -> float:
    return sum(Type(size).height + line.room for line in lines)


def _draw(paper: Paper, y: float, lines: Sequence[_Line], size: float) -> None:
    """As many lines as fit; the last one says where the others are."""
    look, rest = Type(size), paper.bottom
    short = _height(lines, size) > rest - y
    for line in lines:
        if short and y + line.room + 2 * look.height > rest:
            paper.words(MARGIN, y, _("… selengkapnya di Simpul"), Type(size, bold=True, grey=GREY))
            return
        y += line.room
        paper.words(MARGIN, y, line.mark, look)
        paper.words(MARGIN + line.indent, y, line.words, Type(size, bold=line.bold))
        y += look.height
