"""A gunicorn that is forked from a process which has read the code already: it answers at once, and costs little.

Its pages are compiled once a run, for all servers together. Where start and memory are measured, or another release
is served, a server is started as in real life: `bench.servers.serving` without `fork`.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.processes import FRESH

ROOT = Path(__file__).resolve().parents[1]
PATIENCE_MS = 120_000  # as all of the suite: on a loaded machine writers wait for their turn, only longer
COMPILED = tempfile.TemporaryDirectory(prefix="simpul-templates-")


class Forked:
    """The running process, asked as one of `subprocess`."""

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        self.process = FRESH.Process(target=_serve, args=(list(arguments), dict(environment), COMPILED.name))
        self.process.start()
        self.pid = int(self.process.pid or 0)

    @property
    def returncode(self) -> int | None:
        """None while it runs."""
        return self.process.exitcode

    def poll(self) -> int | None:
        """The same."""
        return self.process.exitcode

    def send_signal(self, number: int) -> None:
        """To gunicorn's master."""
        if self.process.is_alive():
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.process.kill()

    def wait(self, timeout: float) -> None:
        """Until it has ended. Raises `subprocess.TimeoutExpired`."""
        self.process.join(timeout)
        if self.process.exitcode is None:
            raise subprocess.TimeoutExpired("gunicorn", timeout)

    def __enter__(self) -> Forked:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.join()


def _serve(arguments: list[str], environment: dict[str, str], compiled: str) -> None:
    """In the new process: become the server, with surroundings of its own."""
    from flask import Flask
    from gunicorn.app.wsgiapp import run
    from jinja2 import FileSystemBytecodeCache

    from webapp.plumbing import database

    os.setsid()
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    Flask.jinja_options = {"bytecode_cache": FileSystemBytecodeCache(compiled)}
    database.BUSY_MS = int(environment.get("BUSY_MS") or PATIENCE_MS)
    sys.path.insert(0, str(ROOT))
    sys.argv = ["gunicorn", *arguments]
    run(prog="gunicorn")
