"""A product of its own for bench and audit: its own database, the demo in it, and a way to sign in from outside."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from urllib.parse import urlencode

from bs4 import BeautifulSoup

from tests.bench.client import once, request
from tests.bench.servers import ROOT

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Login:
    """One line `login: ROLE PHONE SECRET` of the demo."""

    role: str
    phone: str
    secret: str


@dataclass(frozen=True)
class Product:
    """Simpul over one database; `environment` is what a server of it is started with."""

    database_url: str

    @property
    def environment(self) -> dict[str, str]:
        return {
            "DATABASE_URL": self.database_url,
            "DEMO": "1",
            "INSECURE_COOKIES": "1",
            "LOG_LEVEL": "warning",
        }

    def flask(self, *command: str) -> str:
        """Run a Flask command and return what it said. Raises RuntimeError with the end of its complaint."""
        done = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *command],
            cwd=ROOT,
            env={**os.environ, **self.environment},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"flask {' '.join(command)}: {(done.stderr or done.stdout)[-1500:]}")
        return done.stdout

    def load_demo(self) -> dict[str, Login]:
        """Migrate, load the demo, and return its first login for each role."""
        self.flask("db", "upgrade")
        logins: dict[str, Login] = {}
        for line in self.flask("demo", "load").splitlines():
            if line.startswith("login: "):
                _, role, phone, secret = line.split()
                logins.setdefault(role, Login(role, phone, secret))
        return logins


def sign_in(port: int, login: Login) -> str:
    """The Cookie header of a fresh sign-in, as the browser's form would make it."""
    by_pin = login.secret.isdecimal()
    fields = {
        "telp": login.phone,
        **({"pin": login.secret} if by_pin else {"cara": "sandi", "sandi": login.secret}),
    }
    status, headers, _ = once(port, request("POST", "/masuk", urlencode(fields).encode(), FORM))
    cookies = [row.split(";")[0] for row in headers.get("set-cookie", [])]
    if status not in (302, 303) or not cookies:
        raise RuntimeError(f"{login.role} could not sign in: the answer was {status}")
    return "; ".join(cookies)


def page(port: int, path: str, cookie: str = "") -> BeautifulSoup:
    """A page as the browser gets it."""
    status, _, body = once(port, request("GET", path, Cookie=cookie, Sec_Fetch_Dest="document"))
    if status != 200:
        raise RuntimeError(f"{path} answered {status}")
    return BeautifulSoup(decoded(body), "html.parser")


def decoded(body: bytes) -> str:
    """The text of a body that may have come as brotli."""
    import brotli

    try:
        return str(brotli.decompress(body).decode())
    except brotli.error:
        return body.decode()
