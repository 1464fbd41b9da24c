"""Whatever is put where a number or a word belongs, the answer is a sentence and never a defect of ours."""

from __future__ import annotations

from uuid import uuid4

import pytest
import time_machine
from flask import Flask

from tests.attendance.scenes import NINE, meeting_of
from tests.effort import a_few
from tests.visits import Visitor

HUGE = "9" * 25
WRONG = (HUGE, "²", "\x00", "", "x", "-1", "1.5", "null", "1 OR 1=1", "🙂")
FIELDS = ("rapat", "hadir", "urung", "kursi", "orang", "nama", "versi", "hapus", "butir", "putusan", "alasan",
          "aturan", "lokasi", "mewakili", "peran", "tingkat", "bagi", "jawaban", "batal", "lembar", "menjadi", "bukti",
          "foto", "urutan", "baris", "tamu", "kepala", "tanda-1", "jam-1", "daftar", "pilih-0", "no-0",
          "tanda")  # fmt: skip
POSTS = (
    "/rapat/1/hadir", "/lembar/1/tamu", "/lembar/1/ajukan", "/rapat/1/undangan", "/rapat/1/keputusan",
    "/lembar/1/koreksi", "/rapat/1/saya-hadir", "/rapat/1/ubah", "/rapat/baru",
    "/lembar/1/kertas", "/lembar/1/zoom", "/lembar/1/zoom/simpan", "/lembar/1/pengakuan",
    "/undangan/1/wakil", "/undangan/9/wakil", "/undangan/9/ingatkan", "/rapat/1/jawab", "/u/1-aaaaaaaaaaaaaaaa",
    "/lembar/1/pindai", "/hadir",
)  # fmt: skip
REVIEWS = ("/tinjauan/1", "/tinjauan/koreksi/1", "/tinjauan/setujui", "/tinjauan/1/terima")


@pytest.mark.parametrize("wrong", a_few(WRONG, 3), ids=ascii)
def test_no_posted_value_breaks_anything(app: Flask, ani: Visitor, eko: Visitor, wrong: str) -> None:
    with app.app_context():
        meeting_of(1)
    for who, paths in ((ani, POSTS), (eko, REVIEWS)):
        for path in paths:
            for fields in (dict.fromkeys(FIELDS, wrong), {"waktu": wrong, "hadir": wrong, "id": wrong}):
                answer = who.client.post(path, data=fields, headers={"Sec-Fetch-Site": "same-origin"})
                assert answer.status_code in (303, 404, 409, 422), (path, answer.status_code)


@pytest.mark.parametrize("wrong", [HUGE, "0", "4294967296"])
def test_no_address_breaks_anything(ani: Visitor, eko: Visitor, wrong: str) -> None:
    for path in (
        f"/rapat/{wrong}",
        f"/rapat/{wrong}/hadir",
        f"/rapat/{wrong}/hadir.csv",
        f"/rapat/{wrong}/tamu",
    ):
        ani.get(path, 404)
    eko.get(f"/tinjauan/{wrong}", 404)
    for query in (f"hal={wrong}", "hal=x", "hal=-3", "cari=%00", f"di={wrong}", "tampil=x"):
        for path in ("/rapat", "/rapat/baru"):
            assert ani.client.get(f"{path}?{query}").status_code == 200
        assert eko.client.get(f"/tinjauan?{query}").status_code == 200


@pytest.mark.parametrize("wrong", [1, None, True, 1.5, ["1", 2], {"a": 1}, [], [[]], HUGE, "\x00"], ids=ascii)
@pytest.mark.parametrize("kind", ["attendance.paper", "attendance.correction"])
def test_nothing_that_a_phone_sends_breaks_anything(
    app: Flask, ani: Visitor, kind: str, wrong: object
) -> None:
    with app.app_context():
        meeting_of(1)
    names = (
        "lembar",
        "urutan",
        "baris",
        "tamu",
        "kepala",
        "foto",
        "kursi",
        "menjadi",
        "alasan",
        "bukti",
        "tanda-1",
    )
    fields = ({"lembar": "1", "urutan": "1", "tanda-1": "h", name: wrong} for name in (*names, "jam-1"))
    items = [
        {"id": str(uuid4()), "kind": kind, "happened_at": NINE.isoformat(), "offset": 420, "fields": told}
        for told in (*fields, dict.fromkeys(names, wrong))
    ]
    with time_machine.travel(NINE, tick=False):
        page = ani.post("/kirim", json={"items": items}, status=200)
    verdicts = page.response.get_json()["verdicts"]
    assert len(verdicts) == len(items) and not [one for one in verdicts if one["verdict"] == "coba lagi"], (
        verdicts
    )
