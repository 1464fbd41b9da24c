"""Small lists as they come from outside, written by the tests into files of their own."""

from __future__ import annotations

from pathlib import Path

REGIONS = """kode,nama,tingkat,kode_induk,jenis
31,Daerah Khusus Ibukota Jakarta,provinsi,,
31.73,Kota Administrasi Jakarta Barat,kabkota,31,kota
31.73.01,Cengkareng,kecamatan,31.73,
31.73.01.1001,Cengkareng Barat,desakel,31.73.01,kelurahan
31.73.01.1005,Kapuk,desakel,31.73.01,kelurahan
31.73.02,Grogol Petamburan,kecamatan,31.73,
31.73.02.1003,Tomang,desakel,31.73.02,kelurahan
"""
RANGES_HEAD = (
    "kode_desa,provinsi,kabkota,kecamatan,desakel,jumlah_tps,tps_maks_reguler,tps_khusus_awal,tps_khusus_akhir,"
    "dalam_luar_negeri,ada_di_kemendagri_2025\n"
)
RANGES = (
    RANGES_HEAD
    + """31.73.01.1001,DKI JAKARTA,KOTA ADM. JAKARTA BARAT,CENGKARENG,CENGKARENG BARAT,3,3,,,DN,1
31.73.01.1005,DKI JAKARTA,KOTA ADM. JAKARTA BARAT,CENGKARENG,KAPUK,6,5,901,901,DN,1
31.73.02.1003,DKI JAKARTA,KOTA ADM. JAKARTA BARAT,GROGOL PETAMBURAN,TOMANG,3,3,,,DN,1
"""
)
ABROAD = "9901010001,LUAR NEGERI,BRUNEI DARUSSALAM,KBRI BANDAR SERI BEGAWAN,TPS,25,25,,,LN,\n"
SINGLE = """kode_desa,no_tps,kode_tps_kpu,kabkota,kecamatan,kelurahan
31.73.01.1001,1,3173011001001,KOTA ADM. JAKARTA BARAT,CENGKARENG,CENGKARENG BARAT
31.73.01.1001,2,3173011001002,KOTA ADM. JAKARTA BARAT,CENGKARENG,CENGKARENG BARAT
31.73.01.1005,1,3173011005001,KOTA ADM. JAKARTA BARAT,CENGKARENG,KAPUK
"""


def write(folder: Path, content: str | bytes, name: str = "list.csv") -> Path:
    """A file of that content."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def without_dots(text: str) -> str:
    """The list with its wilayah codes written bare."""
    head, *lines = text.splitlines()
    bare = [",".join(_bare(field) for field in line.split(",")) for line in lines]
    return "\n".join([head, *bare, ""])


def _bare(field: str) -> str:
    return field.replace(".", "") if field[:1].isdecimal() else field
