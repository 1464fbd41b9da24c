"""Signs that no keyboard makes, on every address: a sentence in Indonesian, never a defect of ours."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from tests.effort import a_few
from tests.house.test_doors import doors
from tests.visits import SAME_SITE, Visitor
from webapp.plumbing.forms import Form as OurForm

QUERY = "&".join(
    f"{name}=%00%ED%A0%80"
    for name in (
        "pemilihan", "cari", "di", "hal", "wilayah", "ukuran", "blok", "kode", "hari", "jenis", "peran", "keadaan",
        "tampil", "kursi", "ganti", "baru", "alasan", "slot", "v", "lanjut",
    )
)  # fmt: skip
ENGLISH = re.compile(r"Not a valid|This field is|Field (must|cannot)|Invalid (Choice|input)|Number must")


@pytest.mark.parametrize("who", a_few(["ani", "dewi", "budi", "eko"], 1))
def test_no_address_breaks(app: Flask, who: str, request: pytest.FixtureRequest) -> None:
    visitor: Visitor = request.getfixturevalue(who)
    for rule in app.url_map.iter_rules():
        if rule.endpoint in doors(app) and "GET" in (rule.methods or ()):
            for filled in ("31.73.01", "%00", "..%2f..%2fetc%2fpasswd"):
                path = re.sub(r"<(int|uuid):\w+>", "1", rule.rule)
                path = re.sub(r"<[^>]+>", filled, path)
                answer = visitor.client.get(f"{path}?{QUERY}", headers=SAME_SITE)
                answer.get_data()  # what is streamed breaks only when it is read
                assert answer.status_code < 500, path


@pytest.mark.parametrize("sign", a_few(["", "\0", "9" * 400, "x", "\u202eabc", "🙂", "=cmd()"], 3), ids=ascii)
def test_no_form_answers_in_english(app: Flask, ani: Visitor, dewi: Visitor, eko: Visitor, sign: str) -> None:
    fields = dict.fromkeys(
        "nama telepon peran lahir wilayah mulai sampai jenis judul tanggal selesai toleransi tautan kursi menjadi "
        "alasan orang slot tps ganti lagi tempat kegiatan kode butir rapat urung lat orang".split(),
        sign,
    )
    for who in (ani, dewi, eko):
        for path in (
            "/pengguna/baru", "/pengguna/1/ubah", "/pengguna/1/tugas", "/rapat/baru", "/check-in", "/tps/1/isi",
            "/check-in/batal", "/ganti-pin",
        ):  # fmt: skip
            answer = who.client.post(path, data=fields, headers=SAME_SITE)
            assert answer.status_code < 500, path
            assert not ENGLISH.search(answer.get_data(as_text=True)), path


def test_every_form_is_one_of_ours(app: Flask) -> None:
    from webapp.plumbing.submissions import kinds

    assert [name for name, kind in kinds.items() if not issubclass(kind.form, OurForm)] == []
