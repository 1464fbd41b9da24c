"""Starting and stopping the two servers under the same gunicorn settings, and reading what they cost."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.served import SHARED_PORT, Forked, own_port

ROOT = Path(__file__).resolve().parents[2]
TICK = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


@contextmanager
def serving(
    app: str,
    environment: Mapping[str, str],
    *,
    workers: int = 2,
    told: Sequence[str] = (),
    fork: bool = False,
    door: Path | None = None,
) -> Iterator[Server]:
    """`app` under gunicorn with the project's own gunicorn.conf.py, ready to answer, stopped at the end.

    `told` are arguments that come after, so that they win. `fork`: from a process that has read the code already.
    `door`: it listens there alone, for a proxy.
    """
    surroundings = {**os.environ, **environment, "WEB_CONCURRENCY": str(workers), "LOG_LEVEL": "warning"}
    with own_port() as port:
        behind = ("--config", "gunicorn.conf.py", "--bind", f"unix:{door}")
        listening = behind if door else (*SHARED_PORT, "--bind", f"127.0.0.1:{port}")
        arguments = [*listening, *told, app]
        with _started(arguments, surroundings, fork) as process:
            try:
                _wait_until_open(process, door or port)
                yield Server(process.pid, port)
            finally:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(timeout=25)
                except subprocess.TimeoutExpired:
                    process.kill()


def _started(
    arguments: list[str], environment: dict[str, str], fork: bool
) -> subprocess.Popen[bytes] | Forked:
    if fork:
        return Forked(arguments, environment)
    command = [sys.executable, "-m", "gunicorn", *arguments]
    return subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)


class Server:
    """A running gunicorn: its port and what its processes use."""

    def __init__(self, pid: int, port: int) -> None:
        self.pid, self.port = pid, port

    def workers(self) -> list[int]:
        """The process ids of the workers."""
        listed = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
        return [int(pid) for pid in listed.split()]

    def memory(self) -> float:
        """MB that the largest worker holds in memory (RSS)."""
        pages = [int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in self.workers()]
        return max(pages, default=0) * PAGE / 1e6

    def busy(self) -> float:
        """Seconds of processor time that the server has used so far."""
        return sum(_busy_of(pid) for pid in [self.pid, *self.workers()])


def machine_busy() -> float:
    """Seconds of processor time that the whole machine has used so far."""
    user, nice, system, _idle, _wait, irq, softirq, *_ = map(int, Path("/proc/stat").read_text().split()[1:9])
    return (user + nice + system + irq + softirq) / TICK


def _busy_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def _wait_until_open(
    process: subprocess.Popen[bytes] | Forked, where: int | Path, patience: float = 180
) -> None:
    family = socket.AF_UNIX if isinstance(where, Path) else socket.AF_INET
    address = str(where) if isinstance(where, Path) else ("127.0.0.1", where)
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"the server stopped at once, with code {process.returncode}")
        with socket.socket(family) as probe:
            if probe.connect_ex(address) == 0:
                break
        time.sleep(0.1)
    time.sleep(1.0)  # the second worker
