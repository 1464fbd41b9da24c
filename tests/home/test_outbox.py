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
    assert send(budi, f"a{sign}")["verdict"] == "belum dikenal"
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


def test_a_refused_undo_gives_back_all_that_its_batch_had_read(ani: Visitor) -> None:
    def item(kind: str, fields: dict[str, str], at: str) -> dict[str, Any]:
        return {"id": str(uuid4()), "kind": kind, "fields": fields, "happened_at": at, "offset": 420}

    late, early = item("checkin", WELL, NOW), item("checkin", WELL, "2024-11-08T07:00:00")
    undo = item("checkin.void", {"urung": early["id"]}, NOW)
    page = ani.post("/kirim", json={"items": [late, early, undo], "clock": NOW}, status=200)
    told = [verdict["verdict"] for verdict in page.response.get_json()["verdicts"]]
    assert told == ["diterima", "diterima", "ditolak"]
