"""The bulk door: whatever a phone or a stranger pushes through it, there is an answer that lets the phone go on."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.visits import Visitor

NOW = "2024-11-09T09:00:00"
WELL = {"jenis": "posko", "tempat": "31.73.01.1005"}


def send(who: Visitor, kind: str = "checkin", fields: Any = None, **more: Any) -> dict[str, Any]:
    item = {"id": str(uuid4()), "kind": kind, "fields": fields or WELL, "happened_at": NOW, "offset": 420}
    page = who.post("/kirim", json={"items": [item | more], "clock": NOW}, status=200)
    (verdict,) = page.response.get_json()["verdicts"]
    return dict(verdict)


@pytest.mark.parametrize("body", ["[" * 900_000, '{"items":' + "[" * 100_000, "null", '{"items":{}}', "x"])
def test_what_nobody_can_read_is_said_to_be_so(budi: Visitor, body: str) -> None:
    page = budi.post("/kirim", body, 422, headers={"Content-Type": "application/json"})
    assert "tidak terbaca" in page.text


@pytest.mark.parametrize("sign", ["\0", "\ud800"], ids=ascii)
def test_a_sign_that_no_database_keeps_does_not_make_a_phone_try_for_ever(
    budi: Visitor, ani: Visitor, sign: str
) -> None:
    assert send(budi, f"a{sign}")["verdict"] == "ditolak"
    assert send(budi, fields=WELL | {"catatan": f"Ramai{sign}", f"x{sign}": sign})["verdict"] == "diterima"
    assert send(budi, fields={"jenis": sign, "tempat": sign})["verdict"] == "ditolak"
    call = {
        "wilayah": "31.73.01", "jenis": "rakor", "judul": f"Rakor{sign}", "tanggal": "2026-12-01",
        "mulai": "09:00", "selesai": "10:00", "tautan": f"https://rapat.example/{sign}x",
    }  # fmt: skip
    assert send(ani, "attendance.call", call)["verdict"] == "diterima"


def test_a_witness_sends_nothing_that_only_a_coordinator_may(budi: Visitor) -> None:
    for kind in (
        "attendance.mark",
        "attendance.void",
        "attendance.walk-in",
        "attendance.call",
        "seat.assign",
    ):
        assert send(budi, kind, {"rapat": "1", "hadir": "1", "tps": "1"})["verdict"] == "perlu diperiksa"
