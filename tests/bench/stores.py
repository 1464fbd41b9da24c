"""The databases of a bench: a filled one for the product and one for the reference, on the same kind of server."""

from __future__ import annotations

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


@dataclass
class Store:
    """Both databases of one kind, filled."""

    kind: str
    product: Product
    reference_url: str
    nation: bool
    logins: dict[str, Login] = field(default_factory=dict)

    @property
    def reference_environment(self) -> dict[str, str]:
        return {"REFERENCE_URL": self.reference_url}

    def fill(self) -> None:
        """Load the demo, the nation if it is wanted, and the reference's rows."""
        begin = time.monotonic()
        self.logins = self.product.load_demo()
        if self.nation:
            self.product.flask("demo", "nation")
        environment = {**os.environ, **self.reference_environment}
        subprocess.run([sys.executable, "-m", "tests.bench.reference"], cwd=ROOT, env=environment, check=True)
        print(f"{self.kind}: filled in {time.monotonic() - begin:.0f} s", flush=True)


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
