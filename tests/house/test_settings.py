"""Settings: documented one by one, and every mistake told in a sentence."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

from webapp.config import BadSetting, read

ROOT = Path(__file__).parents[2]
GOOD = {"SECRET_KEY": "0f3a9b1c7d5e82460f3a9b1c7d5e8247", "PIN_PEPPER": "b27c4e90a1d8365fb27c4e90a1d8365e"}


def test_every_setting_is_documented_and_nothing_else() -> None:
    documented = set(re.findall(r"^#? ?([A-Z_]{4,})=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    source = (ROOT / "webapp" / "config.py").read_text()
    known = set(
        re.findall(
            r'"([A-Z][A-Z_]{3,})"', source.partition("def for_flask")[0] + source.partition("def read")[2]
        )
    )
    known -= {"DEBUG", "INFO", "WARNING", "ERROR", "SIMPUL"}
    known |= set(re.findall(r'environ(?:\.get\(|\[)"([A-Z_]+)"', (ROOT / "gunicorn.conf.py").read_text()))
    assert documented == known


def test_it_starts_with_the_two_secrets_alone() -> None:
    config = read(GOOD)
    assert config.on_sqlite
    assert not config.demo
    assert not config.insecure_cookies


@pytest.mark.parametrize(
    ("told", "word"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"PIN_PEPPER": ""}, "PIN_PEPPER"),
        ({"SECRET_KEY": "a" * 32}, "SECRET_KEY can be guessed"),
        ({"PIN_PEPPER": "rahasia" * 8}, "PIN_PEPPER can be guessed"),
        ({"PIN_PEPPER": "0123456789abcdef" * 4}, "PIN_PEPPER can be guessed"),
        ({"SECRET_KEY": "static files need no secrets, so this is none"}, "SECRET_KEY can be guessed"),
        ({"SECRET_KEY": GOOD["PIN_PEPPER"]}, "two different"),
        ({"TRUSTED_HOSTS": "https://simpul.example.org"}, "TRUSTED_HOSTS"),
        ({"DEMO": "1", "SECRET_KEY": "a" * 32}, "SECRET_KEY can be guessed"),
        ({"PORT": "eighty"}, "PORT"),
        ({"PORT": "70000"}, "PORT"),
        ({"DEMO": "yes"}, "DEMO"),
        ({"WEB_CONCURRENCY": "0"}, "WEB_CONCURRENCY"),
        ({"DATABASE_URL": "mysql://x"}, "DATABASE_URL"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL"),
        ({"ORGANISATION": "x" * 81}, "ORGANISATION"),
    ],
)
def test_a_mistake_stops_the_start_with_a_sentence(told: dict[str, str], word: str) -> None:
    with pytest.raises(BadSetting, match=word):
        read(GOOD | told)


def test_the_names_under_which_it_is_reached() -> None:
    assert read(GOOD).trusted_hosts == () and read(GOOD).for_flask()["TRUSTED_HOSTS"] is None
    told = read(GOOD | {"TRUSTED_HOSTS": "simpul.example.org, .example.net  [::1]"})
    assert told.trusted_hosts == ("simpul.example.org", ".example.net", "[::1]")


@pytest.mark.parametrize(
    ("told", "bind"), [({}, "127.0.0.1:8000"), ({"BIND": "0.0.0.0", "PORT": "81"}, "0.0.0.0:81")]
)
def test_it_listens_to_this_machine_alone_unless_told(
    monkeypatch: pytest.MonkeyPatch, told: dict[str, str], bind: str
) -> None:
    for name in ("BIND", "PORT"):
        monkeypatch.delenv(name, raising=False)
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    assert runpy.run_path(str(ROOT / "gunicorn.conf.py"))["bind"] == bind


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(BadSetting) as caught:
        read({"PORT": "x", "DEMO": "maybe"})
    assert len(str(caught.value).splitlines()) == 4


def test_postgres_is_reached_by_its_address_alone() -> None:
    assert read(GOOD | {"DATABASE_URL": "postgres://u@h/d"}).database_url == "postgresql://u@h/d"
