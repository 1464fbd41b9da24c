"""Tables that leave the house: CSV, streamed, in cells that no spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from io import StringIO
from itertools import islice

from flask import Response, stream_with_context

from webapp.plumbing.database import db

FORMULA_SIGNS = frozenset("=+-@|%＝＋－＠")
# A reader that parts by another sign than ours sees cells of its own inside of a text, quotes or not.
# A run of separators and blanks is walked through once, up to its last separator and on to its end.
INNER_FORMULA = re.compile(r"""(?<![\s"',;])((?>[\s"',;]*[,;\t\r\n])[\s"']*+)(?=[=+\-@|%＝＋－＠])""")
AT_ONCE = 200  # rows a piece: small enough to flow, large enough to compress
DELIMITER = ";"  # Indonesia writes decimals with a comma, so its Excel parts the fields with this
BOM = "\ufeff"  # without it a spreadsheet reads UTF-8 as something else


def safe_cell(value: object) -> str:
    """The text of one cell of a CSV. What a spreadsheet would calculate or run gets an apostrophe in front.

    Also where another separator than ours would begin a cell in the middle of it. Numbers stay numbers (a negative
    one is no formula); None is empty.
    """
    if value is None:
        return ""
    if isinstance(value, int | float):
        return str(value)
    text = INNER_FORMULA.sub(r"\1'", str(value).replace("\x00", ""))
    return f"'{text}" if is_formula(text) else text


def is_formula(text: str) -> bool:
    """Whether a spreadsheet may take it for one. Leading white space and quotes hide none: some programs drop them."""
    return text.lstrip(' \t\r\n\f\v\u00a0"')[:1] in FORMULA_SIGNS or text[:1] in ("\t", "\r", "\n")


def csv_pieces(rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """The rows as CSV text (lines end in CRLF), some hundred rows a piece; the first row is the head."""
    lines = iter(rows)
    start = BOM
    while some := list(islice(lines, AT_ONCE)):
        buffer = StringIO(start, newline="")
        buffer.seek(0, 2)
        writer = csv.writer(buffer, delimiter=DELIMITER, quoting=csv.QUOTE_ALL)
        writer.writerows([safe_cell(value) for value in row] for row in some)
        start = ""
        yield buffer.getvalue()


def stream_csv(rows: Iterable[Iterable[object]], name: str) -> Response:
    """An answer that a browser saves as `name` (plain letters, no path), sent while `rows` are being read.

    Give `rows` as a generator that asks the database only when it is read: it then gets a session of its own,
    with the scope of this request, open until the last row. Read with `execution_options(yield_per=500)`.
    """
    pieces = csv_pieces(_in_scope(rows, db.session.info.get("scope")))
    response = Response(stream_with_context(pieces), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _in_scope(rows: Iterable[Iterable[object]], scope: object) -> Iterator[Iterable[object]]:
    """The request's session is gone when the first row is read; the new one must know the same scope."""
    if scope is not None:
        db.session.info["scope"] = scope
    yield from rows
