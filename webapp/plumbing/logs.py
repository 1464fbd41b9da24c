"""The log: what went wrong and where, never whose telephone number it was."""

from __future__ import annotations

import logging
import re

FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"
NUMBER = re.compile(r"(?<![\w.-])(?:\+?62|0)[\s-]?8\d[\d\s-]{6,14}\d")


class Discreet(logging.Formatter):
    """Takes telephone numbers out of every line, also out of what a database says about a row."""

    def format(self, record: logging.LogRecord) -> str:
        """The line without numbers."""
        return NUMBER.sub("[nomor]", super().format(record))


def begin(level: str) -> None:
    """Write to the terminal, once a process."""
    handler = logging.StreamHandler()
    handler.setFormatter(Discreet(FORMAT))
    logging.basicConfig(level=level, handlers=[handler])
