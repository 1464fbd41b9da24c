"""The databases of a bench: a filled one for the product and one for the reference, on the same kind of server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests import postgres
from tests.bench.servers import ROOT
from tests.staging import Login, Product

PARENT = "/var/tmp"  # a real disk, where /tmp may be memory


@dataclass(frozen=True)
class Crowd:
    """Who sends: witnesses (cookie, place), the cookie of who keeps the lists, and their seats (meeting, list, seat).

    `hall`: the meeting to which all the witnesses are invited.
    """

    witnesses: list[dict[str, str]] = field(default_factory=list)
    keeper: str = ""
    seats: list[tuple[int, int, int]] = field(default_factory=list)
    hall: int = 0


@dataclass
class Store:
    """Both databases of one kind, filled."""

    kind: str
    product: Product
    reference_url: str
    nation: bool
    logins: dict[str, Login] = field(default_factory=dict)
    crowd: Crowd = field(default_factory=Crowd)

    @property
    def reference_environment(self) -> dict[str, str]:
        return {"REFERENCE_URL": self.reference_url}

    def fill(self) -> None:
        """Load the demo, the nation if it is wanted, and the reference's rows."""
        begin = time.monotonic()
        self.logins = self.product.load_demo()
        if self.nation:
            self.product.flask("demo", "nation")
        told = json.loads(self._python("tests.bench.crowd", self.product.environment))
        seats = [(meeting, listed, seat) for meeting, listed, seat in told["seats"]]
        self.crowd = Crowd(told["witnesses"], told["keeper"], seats, told["hall"])
        self._python("tests.bench.reference", self.reference_environment)
        print(f"{self.kind}: filled in {time.monotonic() - begin:.0f} s", flush=True)

    def said(self, script: str) -> str:
        """What a few lines of Python print in the product's environment."""
        return self._run(["-c", script], self.product.environment)

    def _python(self, module: str, environment: dict[str, str]) -> str:
        return self._run(["-m", module], environment)

    @staticmethod
    def _run(told: list[str], environment: dict[str, str]) -> str:
        command = [sys.executable, *told]
        surroundings = {**os.environ, **environment}
        done = subprocess.run(
            command, cwd=ROOT, env=surroundings, stdout=subprocess.PIPE, text=True, check=True
        )
        return done.stdout


@contextmanager
def opened(kind: str, *, nation: bool) -> Iterator[Store]:
    """The filled databases of `kind` (sqlite or postgres). Raises `NoPostgres`."""
    if kind == "sqlite":
        with tempfile.TemporaryDirectory(prefix="simpul-bench-", dir=PARENT) as folder:
            yield _filled(
                kind, f"sqlite:///{folder}/product.sqlite3", f"sqlite:///{folder}/reference.sqlite3", nation
            )
        return
    with postgres.running(durable=True) as server:
        product, reference = server.create("product"), server.create("reference")
        yield _filled(kind, product, reference.replace("postgresql://", "postgresql+psycopg://"), nation)


def _filled(kind: str, product: str, reference: str, nation: bool) -> Store:
    store = Store(kind, Product(product), reference, nation)
    store.fill()
    return store
