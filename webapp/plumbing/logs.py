"""The log: what went wrong and where, never whose telephone number it was, nor an address that opens a door."""

from __future__ import annotations

import logging
import re

from webapp.plumbing.numbers import without_numbers

FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"
SECRET = re.compile(
    r"((?<=/kalender/)|(?<=/u/)|(?<=/hadir/)|(?<=/sertifikat/))[^\s?\"']+"
)  # one opens a calendar, an answer, a door, a name
TALKATIVE = ("fontTools", "fpdf", "PIL")  # the letters of a name, the words of a picture


class Discreet(logging.Formatter):
    """Takes telephone numbers and secrets out of every line, also out of what a database says about a row."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's own name
        """One line: an address with a line break in it must not write a second one."""
        record.message = "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in record.message)
        return super().formatMessage(record)

    def format(self, record: logging.LogRecord) -> str:
        """The line without numbers and secrets."""
        return discreet(super().format(record))


def discreet(line: str) -> str:
    """A line without telephone numbers and without what opens a door."""
    return without_secrets(without_numbers(line, "[nomor]"))


def without_secrets(line: str) -> str:
    """A line or an address without what opens a door by itself."""
    return SECRET.sub("[rahasia]", line)


def begin(level: str) -> None:
    """Write to the terminal, once a process; of a library that tells what it works on only the warnings."""
    handler = logging.StreamHandler()
    handler.setFormatter(Discreet(FORMAT))
    logging.basicConfig(level=level, handlers=[handler])
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
