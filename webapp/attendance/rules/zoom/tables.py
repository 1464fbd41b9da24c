"""A text file of cells as programs write it: any usual encoding and separator, and never more than can be looked at."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Sequence
from io import StringIO

from flask_babel import gettext as _

from webapp.plumbing.refusal import Refusal

MOST_BYTES, MOST_LINES, MOST_CELLS = 2_000_000, 5_000, 200_000
HEAD_WITHIN = 40  # lines: before it stands what meeting it was
SEPARATORS = (",", ";", "\t")
NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
Row = list[str]


class BadList(Refusal):
    """The file is no list of participants, or something in it cannot be read."""


def rows_of(content: bytes, is_head: Callable[[Sequence[str]], object]) -> list[Row]:
    """The cells, parted by whichever sign gives a head. Raises `BadList` for what is too large or no such text."""
    text = _text(content)
    if max(text.count("\n"), text.count("\r")) > MOST_LINES + HEAD_WITHIN:
        raise BadList(_("Berkas ini lebih dari 5.000 baris. Unduh daftar peserta satu rapat saja."))
    if max(map(text.count, SEPARATORS)) > MOST_CELLS:
        raise BadList(_("Berkas ini punya terlalu banyak kolom. Unduh lagi daftar peserta dari Zoom."))
    found: list[Row] = []
    for sign in SEPARATORS:
        rows = _parted(text, sign)
        if any(is_head(row) for row in rows[:HEAD_WITHIN]):
            _refuse_open_quotes(text, sign)
            return rows
        found = found or rows
    return found


def _parted(text: str, sign: str) -> list[Row]:
    try:
        return list(csv.reader(StringIO(text, newline=""), delimiter=sign))
    except csv.Error as fault:
        raise BadList(_("Berkas ini bukan CSV yang terbaca. Unduh lagi dari Zoom.")) from fault


def _refuse_open_quotes(text: str, sign: str) -> None:
    """A quote that is not closed would take the people of the lines after it; an answer of several lines may stand."""
    lines = list(StringIO(text, newline=""))
    reader, before = csv.reader(lines, delimiter=sign), 0
    for _row in reader:
        if reader.line_num > before + 1:
            _refuse_open_quote(lines[before : reader.line_num], sign, before + 1)
        before = reader.line_num


def _refuse_open_quote(lines: list[str], sign: str, number: int) -> None:
    try:
        list(csv.reader(lines, delimiter=sign, strict=True))
    except csv.Error as fault:
        raise BadList(
            _(
                "Tanda petik di baris %(number)s tidak ditutup. Hapus tanda petik itu, lalu unggah lagi.",
                number=number,
            )
        ) from fault


def _text(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise BadList(_("Berkas ini lebih dari 2 MB. Unduh daftar peserta satu rapat saja."))
    if content[:2] == b"PK" or content[:4] == b"\xd0\xcf\x11\xe0":
        raise BadList(_("Ini berkas Excel. Buka, lalu simpan sebagai CSV, dan unggah yang CSV."))
    for encoding in _encodings(content):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not NO_TEXT.search(text):
            return text.lstrip("\ufeff")
    raise BadList(
        _("Berkas ini bukan CSV yang terbaca. Unduh daftar peserta dari Zoom, lalu unggah apa adanya.")
    )


def _encodings(content: bytes) -> list[str]:
    """Those that it may be in; without a mark, UTF-16 shows by its zero bytes."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return ["utf-16"]
    few = len(content[:200]) // 4
    if content[1:200:2].count(0) > few:
        return ["utf-16-le"]
    if content[0:200:2].count(0) > few:
        return ["utf-16-be"]
    return ["utf-8-sig", "cp1252"]
