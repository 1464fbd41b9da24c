"""Settings: one frozen dataclass read from the environment, strict, with a sentence for each mistake."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from flask import current_app

ROOT = Path(__file__).resolve().parent.parent
DAY = 24 * 60 * 60
LEAST_SIGNS = (
    8  # different ones in a secret; 32 of 16 hexadecimal digits have fewer once in a hundred million
)
PLACEHOLDERS = ("static files need no secrets, so this is none",)  # stood in the Makefile
MAKE_ONE = "make one with: python3 -c 'import secrets; print(secrets.token_hex(32))' and keep it."
HOST = re.compile(r"\.?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*|\[[0-9A-Fa-f:]+\]")
FILES = (ROOT / "instance" / "files").as_uri()


class BadSetting(Exception):
    """The environment cannot be used; the text names the setting and says what to write instead."""


@dataclass(frozen=True)
class Config:
    """What a running Simpul was told. Times in seconds, sizes in bytes."""

    database_url: str
    secret_key: str
    pin_pepper: str
    demo: bool
    port: int
    web_concurrency: int
    trusted_proxies: int
    insecure_cookies: bool
    log_level: str
    organisation: str = "Simpul"
    files_url: str = FILES
    budget_items: int = 600
    budget_bytes: int = 2 * 1024 * 1024
    budget_answers: int = 30
    budget_network: int = 600
    max_body: int = 2 * 1024 * 1024
    session_seconds: int = 365 * DAY
    trusted_hosts: tuple[str, ...] = ()

    @property
    def on_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    def for_flask(self) -> dict[str, object]:
        """The keys that Flask and its extensions read."""
        return {
            "SECRET_KEY": self.secret_key,
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            "MAX_CONTENT_LENGTH": self.max_body,
            "PERMANENT_SESSION_LIFETIME": self.session_seconds,
            "TRUSTED_HOSTS": list(self.trusted_hosts) or None,
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "SESSION_COOKIE_SECURE": not self.insecure_cookies,
            "SESSION_REFRESH_EACH_REQUEST": False,
            "BABEL_DEFAULT_LOCALE": "id",
            "BABEL_DEFAULT_TIMEZONE": "UTC",
            "COMPRESS_ALGORITHM": ["br", "gzip"],
            "COMPRESS_BR_LEVEL": 5,
            "COMPRESS_MIN_SIZE": 500,
            "COMPRESS_MIMETYPES": [
                "text/html",
                "text/css",
                "text/csv",
                "text/javascript",
                "application/json",
                "application/manifest+json",
                "image/svg+xml",
            ],
        }


def read(env: Mapping[str, str] | None = None) -> Config:
    """Read the settings, or raise `BadSetting` with one sentence for every mistake found."""
    env = os.environ if env is None else env
    reader = _Reader(env)
    demo = reader.switch("DEMO", default=False)
    config = Config(
        database_url=reader.database_url(),
        secret_key=reader.secret("SECRET_KEY", demo),
        pin_pepper=reader.secret("PIN_PEPPER", demo),
        demo=demo,
        port=reader.number("PORT", default=8000, least=1, most=65535),
        web_concurrency=reader.number("WEB_CONCURRENCY", default=2, least=1, most=256),
        trusted_proxies=reader.number("TRUSTED_PROXIES", default=0, least=0, most=5),
        insecure_cookies=reader.switch("INSECURE_COOKIES", default=demo),
        log_level=reader.choice("LOG_LEVEL", default="INFO", among=("DEBUG", "INFO", "WARNING", "ERROR")),
        organisation=reader.words("ORGANISATION", default="Simpul", most=80),
        files_url=reader.files_url(),
        budget_items=reader.number("BUDGET_ITEMS", default=600, least=100, most=1_000_000),
        budget_bytes=reader.number(
            "BUDGET_BYTES", default=2 * 1024 * 1024, least=100_000, most=2_000_000_000
        ),
        budget_answers=reader.number("BUDGET_ANSWERS", default=30, least=10, most=1_000_000),
        budget_network=reader.number("BUDGET_NETWORK", default=600, least=100, most=1_000_000),
        trusted_hosts=reader.hosts("TRUSTED_HOSTS"),
    )
    reader.refuse_same(config)
    if reader.mistakes:
        raise BadSetting("\n".join(reader.mistakes))
    return config


class _Reader:
    """Reads single settings and gathers the mistakes, so that all are told at once."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env
        self.mistakes: list[str] = []

    def switch(self, name: str, *, default: bool) -> bool:
        text = self.env.get(name, "").strip().lower()
        if text not in ("", "0", "1"):
            self.mistakes.append(f"{name} must be 0 or 1, not {text!r}.")
        return default if text == "" else text == "1"

    def number(self, name: str, *, default: int, least: int, most: int) -> int:
        text = self.env.get(name, "").strip() or str(default)
        if text.isdecimal() and least <= int(text) <= most:
            return int(text)
        self.mistakes.append(f"{name} must be a whole number from {least} to {most}, not {text!r}.")
        return default

    def choice(self, name: str, *, default: str, among: tuple[str, ...]) -> str:
        text = self.env.get(name, "").strip().upper() or default
        if text not in among:
            self.mistakes.append(f"{name} must be one of {', '.join(among)}, not {text!r}.")
        return text

    def words(self, name: str, *, default: str, most: int) -> str:
        text = " ".join(self.env.get(name, "").split()) or default
        if len(text) > most:
            self.mistakes.append(f"{name} must have at most {most} letters, not {len(text)}.")
        return text

    def database_url(self) -> str:
        url = self.env.get("DATABASE_URL", "").strip()
        if not url:
            return f"sqlite:///{ROOT / 'instance' / 'simpul.sqlite3'}"
        if url.startswith("postgres://"):
            url = "postgresql://" + url.removeprefix("postgres://")
        if not url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
            self.mistakes.append(
                "DATABASE_URL must start with sqlite:/// (four slashes before an absolute path) or postgresql://."
            )
        return url

    def files_url(self) -> str:
        url = self.env.get("FILES_URL", "").strip() or FILES
        parts = urlsplit(url)
        if parts.scheme == "file" and not parts.netloc and len(parts.path) > 1:
            return url
        if parts.scheme != "s3" or not parts.netloc:
            self.mistakes.append("FILES_URL must be file:///a/folder or s3://bucket/prefix.")
        elif find_spec("obstore") is None:
            self.mistakes.append(
                "FILES_URL names a bucket: install the extra s3 (obstore) of pyproject.toml."
            )
        return url

    def secret(self, name: str, demo: bool) -> str:
        text = self.env.get(name, "").strip()
        if not text and demo:
            return _kept_secret(name)
        if len(text) < 32:
            self.mistakes.append(f"{name} is missing or shorter than 32 characters; {MAKE_ONE}")
        elif text in PLACEHOLDERS or _is_weak(text):
            self.mistakes.append(
                f"{name} can be guessed: it repeats itself, or is the text of an example; {MAKE_ONE}"
            )
        return text

    def refuse_same(self, config: Config) -> None:
        """Two secrets that are one: whoever learns one of them has both."""
        if config.secret_key and config.secret_key == config.pin_pepper:
            self.mistakes.append(
                f"SECRET_KEY and PIN_PEPPER must be two different secrets; for each {MAKE_ONE}"
            )

    def hosts(self, name: str) -> tuple[str, ...]:
        hosts = tuple(self.env.get(name, "").replace(",", " ").split())
        if wrong := [host for host in hosts if not HOST.fullmatch(host)]:
            self.mistakes.append(
                f"{name} must be names as simpul.example.org, parted by commas, not {wrong[0]!r}."
            )
        return hosts


def settings() -> Config:
    """Return what the running application was told."""
    config: Config = current_app.config["SIMPUL"]
    return config


def _is_weak(secret: str) -> bool:
    """Few different characters, or one piece again and again."""
    return len(set(secret)) < LEAST_SIGNS or secret in (secret + secret)[1:-1]


def _kept_secret(name: str) -> str:
    """A demo's own secret, made once under instance/ so that sign-ins outlive a restart."""
    path = ROOT / "instance" / f"{name.lower()}.txt"
    path.parent.mkdir(exist_ok=True)
    try:
        with path.open("x") as file:
            path.chmod(0o600)
            file.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    return path.read_text().strip()
