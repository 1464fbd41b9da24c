"""The server behind the line, with the cast's database of its own, and what stands in it."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from itsdangerous import URLSafeTimedSerializer

from tests.bench.servers import serving
from tests.cast import ANI, CITRA, Actor
from tests.faults.conftest import FULL
from tests.faults.handsets.handset import PIN
from webapp.people.rules.secrets import hash_pin

LONG_AGO = "2024-01-01 00:00:00.000000"
Effects = Counter[str]


class House:
    """A running Simpul: its port, its database, what it was told, and the cookies of new devices."""

    def __init__(
        self, port: int, database: Path, environment: dict[str, str], signer: URLSafeTimedSerializer
    ) -> None:
        self.port, self.database, self.environment, self.signer = port, database, environment, signer

    def device(self, actor: Actor) -> tuple[UUID, str]:
        """A new device of this actor and the cookie it has."""
        device = uuid4()
        self.write(
            "INSERT INTO device_session (id, account_id, by_password, label, created_at, last_seen_at, held) "
            "VALUES (?, ?, 0, 'HP uji', ?, datetime('now'), 0)", device.hex, actor.id, LONG_AGO,
        )  # fmt: skip
        told = {"_fresh": True, "_permanent": True, "_user_id": str(device)}
        return device, f"session={self.signer.dumps(told)}"

    def revoke(self, device: UUID) -> None:
        """Sign the device out from afar."""
        self.write("UPDATE device_session SET revoked_at = datetime('now') WHERE id = ?", device.hex)

    def effects(self, ids: Iterable[str], sender: Actor = ANI) -> Effects:
        """How many check-ins of `sender` each of these sendings became."""
        wanted = {UUID(one).hex: one for one in ids}
        rows = self.read("SELECT submission_id FROM check_in WHERE person_id = ?", sender.id)
        return Counter(wanted[one] for (one,) in rows if one in wanted)

    def read(self, sql: str, *told: Any) -> list[Any]:
        """Rows of the database."""
        with closing(sqlite3.connect(self.database, timeout=30)) as connection:
            return connection.execute(sql, told).fetchall()

    def write(self, sql: str, *told: Any) -> None:
        """Change the database behind the server's back."""
        with closing(sqlite3.connect(self.database, timeout=30)) as connection, connection:
            connection.execute(sql, told)

    def copy(self, target: Path) -> None:
        """Save the database as it is now."""
        _copy(self.database, target)

    def restore(self, saved: Path) -> None:
        """Put the saved database back; whatever came since is not there any more."""
        _copy(saved, self.database)


def _copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target, timeout=30)) as other:
        one.backup(other)


@contextmanager
def keeping(
    template: Path, folder: Path, environment: dict[str, str], signer: URLSafeTimedSerializer
) -> Iterator[House]:
    """A server over a copy of `template`, in which Ani and Citra have a PIN."""
    database, files = folder / "house.sqlite3", folder / "files"
    files.mkdir()
    _copy(template, database)
    told = {**environment, "DATABASE_URL": f"sqlite:///{database}", "FILES_URL": files.as_uri()}
    with serving("wsgi:app", told, workers=1, fork=not FULL) as running:
        house = House(running.port, database, told, signer)
        kept = hash_pin(PIN, environment["PIN_PEPPER"])
        house.write("UPDATE account SET pin_hash = ? WHERE id IN (?, ?)", kept, ANI.id, CITRA.id)
        yield house
