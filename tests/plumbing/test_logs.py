"""Whoever reads the log learns what broke, and nothing about the people it was about."""

from __future__ import annotations

import logging
import runpy
import sys
from pathlib import Path

import pytest
from flask import Flask
from gunicorn.config import Config
from sqlalchemy.exc import IntegrityError

from tests.cast import ANI, BUDI
from webapp.people.models import Account
from webapp.plumbing import logs
from webapp.plumbing.database import db
from webapp.plumbing.logs import FORMAT, Discreet, without_secrets


def test_a_row_that_the_database_refuses_is_not_told_to_the_log(app: Flask) -> None:
    with app.app_context():
        db.session.get_one(Account, BUDI.id).phone = ANI.phone
        with pytest.raises(IntegrityError) as clash:
            db.session.flush()
        db.session.rollback()
    record = logging.LogRecord("x", 40, __file__, 1, "a defect", None, (IntegrityError, clash.value, None))
    told = Discreet(FORMAT).format(record)
    assert "account.phone" in told or "account_phone" in told
    assert ANI.phone not in told and "8400000" not in told


@pytest.mark.parametrize("number", ["+6281234567890", "081234567890", "0812-3456-7890", "62812 3456 7890"])
def test_no_way_of_writing_a_number_gets_through(number: str) -> None:
    record = logging.LogRecord("x", 40, __file__, 1, f"/pengguna?cari={number}&hal=2 took 20 ms", None, None)
    assert "/pengguna?cari=[nomor]&hal=2 took 20 ms" in Discreet(FORMAT).format(record)


def test_codes_times_and_ids_stay() -> None:
    line = "2026-11-22 01:41:56,083 31.73.01.1005 9a72a2d8-cb84-42bb-a21c-08123456789a TPS 001"
    record = logging.LogRecord("x", 40, __file__, 1, line, None, None)
    assert line in Discreet(FORMAT).format(record)


def test_an_address_with_a_line_break_writes_no_line_of_its_own() -> None:
    record = logging.LogRecord("x", 40, __file__, 1, "busy: %s", ("/a\n2026-11-22 INFO forged\x00",), None)
    assert Discreet(FORMAT).format(record).endswith(r"busy: /a\n2026-11-22 INFO forged\x00")


def test_the_access_log_keeps_no_address_and_nothing_that_was_searched() -> None:
    told = runpy.run_path(str(Path(__file__).parents[2] / "gunicorn.conf.py"))["access_log_format"]
    assert not [part for part in ("%(r)s", "%(q)s", "%(f)s", "%(h)s", "{") if part in told]


def test_the_link_of_an_invitation_is_kept_out_of_every_log() -> None:
    for line in ("POST /u/13-hu3phmfjghryxkzg 303", "GET /u/13-hu3phmfjghryxkzg?x=1 HTTP/1.1"):
        assert without_secrets(line) == line.replace("13-hu3phmfjghryxkzg", "[rahasia]")


def test_the_code_of_a_screen_is_kept_out_of_every_log() -> None:
    assert without_secrets("GET /hadir/9.118.abc/Zx1-y 200") == "GET /hadir/[rahasia] 200"
    assert without_secrets("GET /lembar/9/hadir?cari=a 200") == "GET /lembar/9/hadir?cari=a 200"


def test_a_certificates_address_is_kept_out_of_every_log() -> None:
    assert without_secrets("GET /sertifikat/Zx1-y_9 200") == "GET /sertifikat/[rahasia] 200"


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("Invalid request from ip=203.0.113.7: Invalid HTTP request line: 'GET /u/13-hu3phmfjghryxkzg'",
         "Invalid request from ip=[alamat]: Invalid HTTP request line: 'GET /u/[rahasia]'"),
        ("Invalid request from ip=2001:db8::1: Invalid HTTP Header: 'telp: 081234567890'",
         "Invalid request from ip=[alamat]: Invalid HTTP Header: 'telp: [nomor]'"),
        ("Error handling request /hadir/9.118.abc", "Error handling request /hadir/[rahasia]"),
        ("Booting worker with pid: 812345678901", "Booting worker with pid: 812345678901"),
    ],
)  # fmt: skip
def test_what_gunicorn_says_of_a_request_names_nobody(
    line: str, kept: str, capsys: pytest.CaptureFixture[str]
) -> None:
    told = runpy.run_path(str(Path(__file__).parents[2] / "gunicorn.conf.py"))
    logger = told["logger_class"](Config())
    logger.error_log.handlers[0].setStream(sys.stderr)
    logger.warning("%s", line)
    assert capsys.readouterr().err.rstrip().endswith(f"[WARNING] {kept}")


@pytest.mark.parametrize("level", ["DEBUG", "INFO"])
def test_a_library_does_not_tell_the_letters_of_a_name(level: str) -> None:
    logs.begin(level)
    for name in ("fontTools.subset", "fontTools.ttLib", "fpdf", "PIL.PngImagePlugin"):
        assert not logging.getLogger(name).isEnabledFor(logging.INFO)
