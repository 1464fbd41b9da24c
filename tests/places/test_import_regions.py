"""A list of regions is taken over as a whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
import time_machine
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from tests.places import lists
from webapp.places.models import Region
from webapp.places.rules import names
from webapp.places.rules.imports.coding import Coding, survey
from webapp.places.rules.imports.files import BadFile
from webapp.places.rules.imports.leaving_out import covered
from webapp.places.rules.imports.limits import Consent
from webapp.places.rules.imports.regions import import_regions
from webapp.places.rules.imports.report import Report
from webapp.plumbing.database import db

pytestmark = pytest.mark.usefixtures("inside")


def take(
    folder: Path,
    content: str | bytes,
    edition: str = "2025",
    *,
    retire: bool = False,
    skip: bool = False,
    rename: bool = False,
) -> Report:
    db.session.rollback()
    path = lists.write(folder, content)
    report = import_regions(path, edition, folder / "refused.csv", consent=Consent(retire, skip, rename))
    db.session.expire_all()
    return report


def numbers(report: Report) -> tuple[int, int, int, int]:
    return report.new, report.changed, report.retired, report.refused


def region(code: str) -> Region:
    found = db.session.get(Region, code)
    assert found is not None
    return found


def test_a_list_brings_new_regions_and_the_same_list_again_brings_nothing(tmp_path: Path) -> None:
    more = (
        lists.REGIONS
        + "31.73.03,Taman Sari,kecamatan,31.73,\n31.73.03.1001,Keagungan,desakel,31.73.03,kelurahan\n"
    )
    take(tmp_path, lists.REGIONS)
    assert numbers(take(tmp_path, more)) == (2, 0, 0, 0)
    assert numbers(take(tmp_path, more)) == (0, 0, 0, 0)
    assert (region("31.73").name, region("31").name) == ("Jakarta Barat", "DKI Jakarta")
    assert (region("31.73.03.1001").parent_code, region("31.73.03.1001").kind) == ("31.73.03", "kelurahan")


def test_what_a_newer_list_leaves_out_is_retired_and_comes_back_with_the_next(tmp_path: Path) -> None:
    take(tmp_path, lists.REGIONS, "2024")
    shorter = lists.REGIONS.replace("31.73.01.1005,Kapuk,desakel,31.73.01,kelurahan\n", "")
    report = take(tmp_path, shorter + "31.73.01.1009,Kapuk Baru,desakel,31.73.01,kelurahan\n", "2025")
    assert (report.new, report.retired) == (1, 1)
    assert region("31.73.01.1005").retired
    assert region("31.73.01.1005").last_edition is not None
    assert region("31.73.01.1009").first_edition == "2025"
    assert numbers(take(tmp_path, lists.REGIONS, "2026")) == (0, 1, 1, 0)
    assert not region("31.73.01.1005").retired


def test_a_list_of_one_kecamatan_retires_nothing_elsewhere(tmp_path: Path) -> None:
    take(tmp_path, lists.REGIONS)
    part = "kode,nama\n31.73.01,Cengkareng\n31.73.01.1001,Cengkareng Barat\n"
    assert take(tmp_path, part).retired == 1
    assert region("31.73.01.1005").retired
    assert not region("31.73.02.1003").retired
    assert covered({"31.73.01", "31.73.01.1001", "32.01", "32.02.01"}) == ["31.73.01", "32"]


def test_semicolons_a_mark_at_the_start_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    plain = take(tmp_path, lists.REGIONS)
    told = lists.REGIONS.replace(",", ";").replace("\n", "\r\n")
    again = take(tmp_path, b"\xef\xbb\xbf" + told.encode())
    assert (again.read, again.found) == (plain.read, plain.found) == (7, 7)
    assert numbers(again) == (0, 0, 0, 0)


def test_a_list_is_named_by_the_day_in_jakarta_unless_told_otherwise(app: Flask, tmp_path: Path) -> None:
    file = lists.write(tmp_path, lists.REGIONS + "31.73.01.1009,Duri Kosambi,desakel,31.73.01,kelurahan\n")
    with time_machine.travel("2026-11-30T17:30:00Z"):
        said = app.test_cli_runner().invoke(args=["places", "import-regions", str(file)])
    assert said.exit_code == 0, said.output
    assert region("31.73.01.1009").first_edition == "2026-12-01"


@pytest.mark.parametrize("end", ["\r", "\r\n", "\r\r\n"])
def test_the_line_ends_of_any_spreadsheet_are_read(app: Flask, tmp_path: Path, end: str) -> None:
    take(tmp_path, lists.REGIONS)
    more = "".join(f"31.73.02.2{n:03},Desa {n} {'x' * 60},desakel,31.73.02,\n" for n in range(999))
    file = lists.write(tmp_path, b"\xef\xbb\xbf" + (lists.REGIONS + more).replace("\n", end).encode())
    said = app.test_cli_runner().invoke(args=["places", "import-regions", str(file)])
    assert said.exit_code == 0
    assert "read 1,006 rows, 1,006 regions: 999 new, 0 changed, 0 retired, 0 rows" in said.output


@pytest.mark.parametrize(
    ("told", "line"),
    [
        (lists.REGIONS.replace("Kapuk", "Ka\rpuk"), 6),
        (lists.REGIONS.replace("kota\n", "kota\r"), 3),
        (lists.REGIONS.replace("Kapuk", '"Ka\rpuk"'), 6),
        (lists.REGIONS.replace("jenis\n", "jenis\r"), 1),
    ],
)
def test_a_line_with_a_line_end_of_another_kind_stops_the_list(
    app: Flask, tmp_path: Path, told: str, line: int
) -> None:
    take(tmp_path, lists.REGIONS)
    said = app.test_cli_runner().invoke(args=["places", "import-regions", str(lists.write(tmp_path, told))])
    assert said.exit_code == 1 and f"Line {line} has a line end of another kind" in said.output
    db.session.expire_all()
    assert (region("31.73.01.1005").name, region("31.73.01").retired) == ("Kapuk", False)


def test_codes_without_dots_are_taken_when_the_names_are_ours(tmp_path: Path) -> None:
    take(tmp_path, lists.REGIONS)
    assert numbers(take(tmp_path, lists.without_dots(lists.REGIONS))) == (0, 0, 0, 0)


def test_codes_without_dots_and_with_other_names_are_refused_with_the_reason(tmp_path: Path) -> None:
    take(tmp_path, lists.REGIONS)
    other = lists.without_dots(lists.REGIONS).replace("Kapuk", "Kebayoran").replace("Tomang", "Gambir")
    with pytest.raises(BadFile, match="99% of the names"):
        take(tmp_path, other)


@pytest.mark.parametrize("code", ["31.74.010", "3174010", "31.74.010.005", "3174.010.005"])
def test_codes_of_bps_are_refused_with_the_reason(tmp_path: Path, code: str) -> None:
    with pytest.raises(BadFile, match="BPS"):
        take(tmp_path, f"kode,nama\n{code},Cengkareng\n")
    assert db.session.get(Region, "31.74") is None


def test_bad_rows_are_refused_one_by_one_and_written_down(tmp_path: Path) -> None:
    rows = lists.REGIONS + (
        "31.73.01.1001,Lagi,desakel,31.73.01,kelurahan\n"  # 9: twice
        "31.73.04,,kecamatan,31.73,\n"  # 10: no name
        "31.73.99.1001,Yatim,desakel,31.73.99,kelurahan\n"  # 11: no parent
        "=1+1,Kapuk,desakel,,\n"  # 12: no code, and a formula for whoever opens the file of refusals
        "31.73.05,Salah Tingkat,desakel,31.73,\n"  # 13
        "31.73.06,Salah Induk,kecamatan,31.74,\n"  # 14
        "31.73.07,Salah, Koma,kecamatan,31.73,\n"  # 15
    )
    with pytest.raises(BadFile, match="8 of 14 rows cannot be taken"):
        take(tmp_path, rows)
    report = take(tmp_path, rows, skip=True)
    assert (report.read, report.found, report.refused) == (14, 6, 8)
    assert sorted(row for row, _what, _why in report.first) == [5, 9, 10, 11, 12, 13, 14, 15]
    written = (tmp_path / "refused.csv").read_text().splitlines()
    assert len(written) == 9
    assert any("stands in row 5 as well, with another name" in line for line in written)
    assert [line for line in written if line.startswith("12,'=1+1")] and ",=" not in "".join(written)
    assert db.session.get(Region, "31.73.99.1001") is None


def test_positions_are_taken_where_the_list_has_them(tmp_path: Path) -> None:
    head = "kode,nama,lat,lng\n31.73.01,Cengkareng,{},{}\n"
    take(tmp_path, head.format(-6.15, 106.74))
    assert (region("31.73.01").lat, region("31.73.01").lng) == (-6.15, 106.74)
    take(tmp_path, head.format("", ""))
    assert region("31.73.01").lat == -6.15
    take(tmp_path, head.format("6.16 LS", "106.75°"))
    assert (region("31.73.01").lat, region("31.73.01").lng) == (-6.16, 106.75)
    take(tmp_path, head.format(-6.15, 106.74))
    swapped = take(tmp_path, head.format(106.74, -6.15))
    assert (region("31.73.01").lat, swapped.refused) == (-6.15, 0)
    assert "position stays as it was" in "\n".join(swapped.lines())


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        (b"kode,nama\n", "No row"),
        (b"kode,tingkat\n31,provinsi\n", "column is missing. Needed: kode, nama. Found: kode, tingkat"),
        (b"kode,nama,Nama\n31,x,DKI Jakarta\n", "stand more than once: nama. Which of them counts"),
        (b"PK\x03\x04\x14\x00\x06\x00", "XLSX"),
        (b"SQLite format 3\x00\x10\x00", "no text"),
        (b"kode,nama\n31,Jakart\xe9\n", "Line 2 is not UTF-8"),
        (b"kode,nama\n31,DKI Jakarta" + b" " * 60 + b"\x00\n", "zero byte"),
        (b"kode,nama\n31," + b"x" * 30_000 + b"\n", "longer than"),
        (b'kode,nama\n31,"' + b"x\n" * 200_000, "Line 2 opens a quote"),
    ],
)
def test_a_file_that_is_no_list_changes_nothing(tmp_path: Path, content: bytes, says: str) -> None:
    before = db.session.query(Region).count()
    with pytest.raises(BadFile, match=says):
        take(tmp_path, content)
    assert db.session.query(Region).count() == before


@pytest.mark.parametrize(
    ("told", "line"),
    [
        (lists.REGIONS.replace(",Cengkareng Barat,", ',"Cengkareng Barat,'), 5),
        (
            lists.REGIONS.replace(",Cengkareng Barat,", ',"Cengkareng Barat,')
            + '31.73.03,"Taman Sari",kecamatan,31.73,\n',
            5,
        ),
        (lists.REGIONS.replace(",Kapuk,", ',"Kapuk\n",'), 6),
        (lists.REGIONS.replace(",Tomang,", ',"Tomang,'), 8),
        (lists.REGIONS.replace(",Tomang,", ',"Tomang,').rstrip("\n"), 8),
        ('"' + lists.REGIONS, 1),
    ],
)
def test_a_quote_that_stays_open_takes_no_row_after_it(
    app: Flask, tmp_path: Path, told: str, line: int
) -> None:
    take(tmp_path, lists.REGIONS)
    said = app.test_cli_runner().invoke(args=["places", "import-regions", str(lists.write(tmp_path, told))])
    assert said.exit_code == 1
    assert (
        f"Line {line} opens a quote that is not closed" in said.output
        and "Nothing was changed" in said.output
    )
    db.session.expire_all()
    assert all(region(row[: row.index(",")]).name for row in lists.REGIONS.splitlines()[1:])
    assert not region("31.73.01.1005").retired and region("31.73.01.1001").name == "Cengkareng Barat"


@pytest.mark.parametrize("name", ['"Kapuk"x', '"Kapuk" ', '"Ka"puk, "Muara"', '"Kapuk,"x'])
def test_a_row_whose_quotes_do_not_fit_is_refused_and_keeps_what_it_is_about(
    tmp_path: Path, name: str
) -> None:
    take(tmp_path, lists.REGIONS)
    report = take(tmp_path, lists.REGIONS.replace(",Kapuk,", f",{name},"))
    assert numbers(report) == (0, 0, 0, 1)
    assert (report.first[0][0], region("31.73.01.1005").name) == (6, "Kapuk")
    assert "quotes" in report.first[0][2]


def test_a_name_in_quotes_may_hold_the_sign_between_the_fields_and_quotes(tmp_path: Path) -> None:
    told = lists.REGIONS.replace(",Kapuk,", ',"Kapuk, ""Muara""",').replace(",Tomang,", ',Tomang "Lama",')
    assert take(tmp_path, told).refused == 0
    assert region("31.73.01.1005").name == 'Kapuk, "Muara"'
    assert region("31.73.02.1003").name == 'Tomang "Lama"'


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="cannot be opened"):
        import_regions(tmp_path / "none.csv", "x", tmp_path / "refused.csv")


@given(st.text(max_size=20))
def test_no_text_breaks_the_reader_of_codes(text: str) -> None:
    code, why = Coding().read(text)
    assert (code is None) == bool(why)


@given(st.lists(st.integers(1001, 3999), min_size=1, max_size=300, unique=True), st.integers(0, 20))
def test_bare_codes_pass_exactly_when_ninety_nine_of_a_hundred_names_are_ours(
    ends: list[int], wrong: int
) -> None:
    ours = {f"31.73.01.{end}": names.key(f"Desa {end}") for end in ends}
    pairs = [
        (code.replace(".", ""), "lain" if place < wrong else f"Desa {code[-4:]}")
        for place, code in enumerate(ours)
    ]
    bad = min(wrong, len(ends))
    if len(ends) - bad >= 0.99 * len(ends):
        assert survey(pairs, ours).read("3173011001") == ("31.73.01.1001", "")
    else:
        with pytest.raises(BadFile):
            survey(pairs, ours)
