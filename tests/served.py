"""A gunicorn that is forked from a process which has read the code already: it answers at once, and costs little.

Where start and memory are measured, or another release
is served, a server is started as in real life: `bench.servers.serving` without `fork`.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.processes import FRESH

ROOT = Path(__file__).resolve().parents[1]
PATIENCE_MS = 120_000  # as all of the suite: on a loaded machine writers wait for their turn, only longer
SHARED_PORT = ("--config", "gunicorn.conf.py", "--reuse-port")  # what gunicorn is told to take an `own_port`


@contextmanager
def own_port() -> Iterator[int]:
    """A port that is ours from now to the end, also before its server listens: others are at it at the same moment.

    Who shares it has to say so (SO_REUSEPORT); nobody is served here, so everybody lands at the server.
    """
    with socket.socket() as ours:
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        ours.bind(("127.0.0.1", 0))
        yield int(ours.getsockname()[1])


class Forked:
    """The running process, asked as one of `subprocess`."""

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        self.process = FRESH.Process(target=_serve, args=(list(arguments), dict(environment)))
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


def commands_of(environment: Mapping[str, str], *commands: Sequence[str]) -> str:
    """What these commands of Flask print, one after the other in a process with surroundings of its own.

    Raises AssertionError with their words for one that fails.
    """
    said = FRESH.Queue()
    process = FRESH.Process(target=_command, args=(said, dict(environment), [list(one) for one in commands]))
    process.start()
    well, words = said.get(timeout=PATIENCE_MS / 1000)
    process.join()
    assert well, words
    return str(words)


def _command(said: Any, environment: dict[str, str], commands: list[list[str]]) -> None:
    _move_in(environment)
    from wsgi import app

    words = ""
    for command in commands:
        done = app.test_cli_runner().invoke(args=command)
        words += done.output
        if done.exit_code:
            said.put((False, f"{command}: {done.exception!r} {words[-3000:]}"))
            return
    said.put((True, words))


def _move_in(environment: dict[str, str]) -> None:
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    sys.path.insert(0, str(ROOT))


def _serve(arguments: list[str], environment: dict[str, str]) -> None:
    """In the new process: become the server, with surroundings of its own."""
    from gunicorn.app.wsgiapp import run

    from webapp.plumbing import database

    os.setsid()
    _move_in(environment)
    database.BUSY_MS = int(environment.get("BUSY_MS") or PATIENCE_MS)
    sys.argv = ["gunicorn", *arguments]
    run(prog="gunicorn")
