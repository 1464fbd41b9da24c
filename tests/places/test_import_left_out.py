"""What could not be read is never taken for abolished, and a list speaks only for what stands in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from tests.cast import CENGKARENG, CENGKARENG_BARAT, GROGOL, KAPUK, KOTA, TOMANG, station_id
from tests.places import lists
from tests.places.test_import_regions import numbers, region, take
from tests.places.test_import_register import numbers as tps_numbers
from tests.places.test_import_register import seat, standing, village
from tests.places.test_import_register import take as take_register
from webapp.places.models import Region, Station
from webapp.places.rules.imports.files import BadFile
from webapp.places.rules.imports.leaving_out import covered
from webapp.plumbing.database import db

pytestmark = pytest.mark.usefixtures("inside")
WHOLE = """kode,nama
32,JAWA BARAT
32.01,KABUPATEN BOGOR
32.01.01,CIBINONG
32.01.01.1001,PAKANSARI
32.10,KABUPATEN MAJALENGKA
32.10.01,LEMAHSUGIH
32.10.01.2001,CISALAK
32.20,KABUPATEN DUA PULUH
32.20.01,LUBUK KALI
32.20.01.2001,MEKAR JAYA
"""
EATEN = WHOLE.replace("32.10,", "32.1,").replace("32.20,", "32.2,")


def in_use() -> set[str]:
    return {one.code for one in db.session.query(Region) if not one.retired}


@pytest.mark.parametrize("first", [WHOLE, EATEN])
def test_a_code_that_lost_its_last_zero_is_read_from_what_lies_in_it(tmp_path: Path, first: str) -> None:
    take(tmp_path, first)
    before = in_use()
    report = take(tmp_path, EATEN)
    assert numbers(report) == (0, 0, 0, 0) and in_use() == before
    assert region("32.10").name == "Kab. MAJALENGKA"
    assert "32.1 as 32.10" in "\n".join(report.lines())


def test_a_parent_may_have_lost_its_zero_too_and_commas_and_blanks_are_no_difference(tmp_path: Path) -> None:
    take(tmp_path, WHOLE)
    with_parents = "kode;nama;kode_induk\n32,10;Kabupaten Majalengka;32.0\n32.10. 01;LEMAHSUGIH;32,1\n"
    assert (take(tmp_path, with_parents).refused, region("32.10.01").retired) == (0, False)


def test_empty_cells_behind_a_table_are_no_mistake(tmp_path: Path) -> None:
    told = "\n".join(
        f"{line};;" if n else line for n, line in enumerate(WHOLE.replace(",", ";").splitlines())
    )
    assert numbers(take(tmp_path, told + "\n")) == (10, 0, 0, 0)


def test_a_code_that_may_be_two_is_not_guessed_and_nothing_around_it_is_retired(tmp_path: Path) -> None:
    take(tmp_path, WHOLE)
    unsure = WHOLE.replace("32.10,KABUPATEN MAJALENGKA", "32.1,KABUPATEN LAIN")
    report = take(tmp_path, unsure)
    assert numbers(report) == (0, 0, 0, 1) and not region("32.10").retired
    assert "eaten the last zero of 32.10" in report.first[0][2]


def test_positions_with_a_decimal_comma_are_read(tmp_path: Path) -> None:
    told = f"kode;nama;lat;lng\n31;DKI Jakarta;-6,165;106,7763\n{KOTA};Jakarta Barat;-6,165;106,77\n" + (
        f"{CENGKARENG};Cengkareng;-6,1513;106,7379\n{GROGOL};Grogol Petamburan;\u22126,1641;106,7874\n"
    )
    assert take(tmp_path, told).retired == 0
    assert (region(CENGKARENG).lat, region(GROGOL).lng) == (-6.1513, 106.7874)


@pytest.mark.parametrize(
    "row", [f"{CENGKARENG},", f"{CENGKARENG},x,desakel", f"{CENGKARENG},a,b,c,d", "31.73.O1,x"]
)
def test_a_row_that_is_refused_keeps_what_it_is_about_and_all_in_it(tmp_path: Path, row: str) -> None:
    told = f"kode,nama,tingkat\n31,DKI Jakarta,\n{KOTA},Jakarta Barat,\n{row}\n{GROGOL},Grogol Petamburan,\n"
    before = in_use()
    report = take(tmp_path, told + f"{TOMANG},Tomang,\n")
    assert (report.refused, report.retired) == (1, 0) and in_use() == before


def test_a_row_that_may_be_about_anything_lets_nothing_go(tmp_path: Path) -> None:
    take(tmp_path, lists.REGIONS)
    before = in_use()
    told = lists.REGIONS.replace("31.73.01.1005,Kapuk", "tiga puluh satu,Kapuk").replace(
        "31.73.01,kelurahan", ","
    )
    assert (take(tmp_path, told).retired, in_use()) == (0, before)


def test_a_kecamatan_whose_villages_are_listed_stays_and_is_reported(tmp_path: Path) -> None:
    take(tmp_path, lists.REGIONS)
    gap = "".join(line for line in lists.REGIONS.splitlines(True) if not line.startswith("31.73.01,"))
    report = take(tmp_path, gap)
    assert numbers(report) == (0, 0, 0, 0) and not region(CENGKARENG).retired
    assert f"1 regions stay in use: the list has their parts and not them: {CENGKARENG}" in "\n".join(
        report.lines()
    )
    region(CENGKARENG).retired = True
    db.session.commit()
    assert take(tmp_path, gap).changed == 1
    assert not region(CENGKARENG).retired


def test_a_list_without_villages_retires_no_village(tmp_path: Path) -> None:
    take(tmp_path, lists.REGIONS)
    heads = "".join(line for line in lists.REGIONS.splitlines(True) if "desakel" not in line)
    report = take(tmp_path, heads)
    assert report.retired == 0 and not region(KAPUK).retired
    assert "tells nothing of them" in "\n".join(report.lines())


def test_a_list_of_one_kecamatan_below_its_heads_speaks_for_it_alone(tmp_path: Path) -> None:
    assert covered({"31", "31.73", "31.73.01", "31.73.01.1001"}) == ["31.73.01"]
    part = f"kode,nama\n31,DKI Jakarta\n{KOTA},Jakarta Barat\n{CENGKARENG},Cengkareng\n{KAPUK},Kapuk\n"
    assert take(tmp_path, part).retired == 1
    assert not region(GROGOL).retired and region("31.73.01.1001").retired


def test_a_kecamatan_that_is_abolished_goes_with_its_villages(tmp_path: Path) -> None:
    more = lists.REGIONS + "31.73.03,Taman Sari,kecamatan,31.73,\n31.73.03.1001,Keagungan,desakel,31.73.03,\n"
    take(tmp_path, more)
    assert take(tmp_path, lists.REGIONS).retired == 2
    assert region("31.73.03.1001").retired and not region(KAPUK).retired


def many(count: int) -> str:
    return lists.REGIONS + "".join(
        f"31.73.02.1{n:03},Desa {n},desakel,31.73.02,\n" for n in range(100, 100 + count)
    )


def test_many_that_are_left_out_stop_the_list_until_somebody_says_yes(app: Flask, tmp_path: Path) -> None:
    take(tmp_path, many(10))
    before = in_use()
    with pytest.raises(BadFile, match="6 of 16 regions would be retired"):
        take(tmp_path, many(4))
    assert in_use() == before
    file = lists.write(tmp_path, many(4))
    runner = app.test_cli_runner()
    refused = runner.invoke(args=["places", "import-regions", str(file)])
    assert refused.exit_code == 1 and "--retire" in refused.output and "Nothing was changed" in refused.output
    assert runner.invoke(args=["places", "import-regions", str(file), "--retire"]).exit_code == 0
    db.session.expire_all()
    assert before - in_use() == {f"31.73.02.1{n}" for n in range(104, 110)}


def large(kecamatan: int, villages: int) -> str:
    """A list so long that the share of all of it lets many go, with a kabupaten of its own."""
    rows = ["32,Jawa Barat,,,", "32.01,Kabupaten Bogor,,,"]
    for part in range(1, kecamatan + 1):
        rows.append(f"32.01.{part:02},Kecamatan {part},,,")
        rows += [f"32.01.{part:02}.2{n:03},Desa {part} {n},,," for n in range(1, villages + 1)]
    return many(600) + "32.02,Kabupaten Sukabumi,,,\n" + "\n".join(rows) + "\n"


def without(text: str, *codes: str) -> str:
    return "".join(line for line in text.splitlines(True) if not line.startswith(codes))


@pytest.mark.parametrize(
    ("left_out", "says"),
    [
        ([f"32.01.01.200{n}" for n in range(1, 7)], "6 of 8 regions of 32.01.01 would"),
        ([f"32.01.0{part}.200{n}" for part in (1, 2, 3) for n in (1, 2)], "6 of 33 regions of 32.01 would"),
        (["32.01.04"], "8 of 8 regions of 32.01.04 would"),
        (["32.01"], "33 of 33 regions of 32.01 would"),
    ],
)
def test_no_part_loses_much_of_what_it_has_though_the_country_loses_little(
    tmp_path: Path, left_out: list[str], says: str
) -> None:
    whole = large(4, 7)
    take(tmp_path, whole)
    before = in_use()
    with pytest.raises(BadFile, match=says) as stopped:
        take(tmp_path, without(whole, *left_out))
    assert in_use() == before and "31.73" not in str(stopped.value)
    assert take(tmp_path, without(whole, "32.01.01.2001", "32.01.02.2001", "32.01.03.2001")).retired == 3
    assert take(tmp_path, without(whole, *left_out), retire=True).retired >= 3


def test_a_list_that_would_take_much_from_two_parts_names_both(tmp_path: Path) -> None:
    whole = large(4, 7)
    whole += "31.73.01.1002,Duri Kosambi,,,\n31.73.01.1003,Rawa Buaya,,,\n"
    take(tmp_path, whole)
    short = without(whole, "31.73.01.1", *(f"32.01.04.200{n}" for n in range(1, 6)))
    with pytest.raises(BadFile, match=r"5 of 8 regions of 32\.01\.04 would be retired") as stopped:
        take(tmp_path, short + "31.73.01.1009,Kamal,,,\n")
    said = str(stopped.value)
    assert "32.01.04.2005" in said and KAPUK not in said
    assert "Too many would go in other parts as well: 4 of 5 in 31.73.01." in said


def test_no_village_loses_much_of_its_tps_though_its_kecamatan_loses_little(tmp_path: Path) -> None:
    whole = lists.RANGES + "31.73.02.1001,A,B,GROGOL PETAMBURAN,GROGOL,400,400,,,DN,1\n"
    take_register(tmp_path, whole)
    assert standing() == 412
    with pytest.raises(BadFile, match=f"4 of 6 TPS of {KAPUK} would be retired"):
        take_register(tmp_path, whole.replace("KAPUK,6,5,901,901", "KAPUK,2,2,,"))
    without_kapuk = "".join(line for line in whole.splitlines(True) if "KAPUK" not in line)
    with pytest.raises(BadFile, match=rf"6 of 6 TPS of {KAPUK} would be retired"):
        take_register(tmp_path, without_kapuk)
    assert (standing(), village(KAPUK)[0]) == (412, 6)
    assert take_register(tmp_path, whole.replace("400,400", "392,392")).retired == 8


def test_a_report_names_what_goes_and_how_it_comes_back(app: Flask, tmp_path: Path) -> None:
    take(tmp_path, many(3))
    short = lists.write(tmp_path, "".join(many(3).splitlines(True)[:-3]))
    told = app.test_cli_runner().invoke(args=["places", "import-regions", str(short)])
    assert told.exit_code == 0
    assert "  31.73.02.1100 Desa 100\n  31.73.02.1101 Desa 101\n  31.73.02.1102 Desa 102\n" in told.output
    assert "come back, with all they hold, by importing a list that has them" in told.output
    assert take(tmp_path, many(3)).changed == 3 and not region("31.73.02.1102").retired
    assert "come back" not in "\n".join(take(tmp_path, many(3)).lines())


def test_a_report_of_many_that_go_names_the_first_twenty(tmp_path: Path) -> None:
    take(tmp_path, many(30))
    lines = take(tmp_path, many(5), retire=True).lines()
    assert sum(line.startswith("  31.73.02.1") for line in lines) == 20
    assert "  31.73.02.1105 Desa 105" in lines and "  and 5 more" in lines


def test_a_report_names_the_tps_that_go(tmp_path: Path) -> None:
    seat(5, witnesses=1)
    before = village(KAPUK)
    report = take_register(tmp_path, lists.RANGES.replace("KAPUK,6,5,", "KAPUK,5,4,"))
    assert f"  {KAPUK} TPS 005" in report.lines() and report.retired == 1
    assert "importing a list that has them" in "\n".join(report.lines())
    take_register(tmp_path, lists.RANGES)
    assert village(KAPUK) == before


def test_a_village_keeps_its_tps_until_a_row_can_be_read(tmp_path: Path) -> None:
    seat(1, witnesses=1)
    report = take_register(tmp_path, lists.RANGES.replace("KAPUK,6,5,", "KAPUK,7,5,"))
    assert tps_numbers(report) == (0, 0, 0, 1)
    assert (standing(), village(KAPUK)) == (12, (6, 1, 0, 0, 1))
    assert "6 TPS stay" in "\n".join(report.lines())
    heads = "".join(f"{CENGKARENG_BARAT},{n}\n" for n in (1, 2, 3))
    single = f"kode_desa,no_tps\n{heads}{KAPUK},1\n{KAPUK},dua\n{TOMANG},1\n{TOMANG},2\n"
    assert take_register(tmp_path, single).retired == 1
    assert village(KAPUK)[0] == 6 and village(TOMANG)[0] == 2


def test_a_row_of_an_unknown_village_lets_no_tps_go(tmp_path: Path) -> None:
    report = take_register(tmp_path, lists.RANGES.replace(f"{KAPUK},", "Kapuk,"))
    assert (report.refused, report.retired, standing()) == (1, 0, 12)


def test_a_register_speaks_only_for_kecamatan_that_stand_in_it(tmp_path: Path) -> None:
    db.session.add(Region(code="31.73.03", name="X", search_name="x", level=3, parent_code=KOTA))
    db.session.flush()
    db.session.add(Region(code="31.73.03.1001", name="Y", search_name="y", level=4, parent_code="31.73.03"))
    db.session.flush()
    ours = db.session.get_one(Station, station_id(KAPUK, 1)).election_id
    db.session.add(Station(election_id=ours, village_code="31.73.03.1001", number=1))
    report = take_register(tmp_path, lists.RANGES)
    assert (report.retired, standing()) == (0, 13)
    assert "1 in 31.73.03.1001" in "\n".join(report.lines())


def test_many_tps_that_are_left_out_stop_the_register(app: Flask, tmp_path: Path) -> None:
    fewer = lists.RANGES.replace("KAPUK,6,5,901,901", "KAPUK,1,1,,")
    with pytest.raises(BadFile, match="5 of 12 TPS would be retired"):
        take_register(tmp_path, fewer)
    assert standing() == 12
    file = lists.write(tmp_path, fewer)
    said = ["places", "import-register", str(file), "--election", "pilkada-2024"]
    assert app.test_cli_runner().invoke(args=said).exit_code == 1
    assert app.test_cli_runner().invoke(args=[*said, "--retire"]).exit_code == 0
    assert (standing(), village(KAPUK)[0]) == (7, 1)


def test_many_rows_that_cannot_be_read_stop_the_register(tmp_path: Path) -> None:
    bad = "".join(f"31.73.01.10{n},A,B,C,D,2,1,,,DN,1\n" for n in range(20, 24))
    with pytest.raises(BadFile, match="4 of 7 rows cannot be taken"):
        take_register(tmp_path, lists.RANGES + bad)
    assert (tmp_path / "refused.csv").read_text().count("the ranges make 1") == 4


SISTERS = f"{KAPUK},Kapuk,desakel,31.73.01,kelurahan\n"


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (SISTERS, SISTERS.replace(KAPUK, CENGKARENG_BARAT)),  # the code of the row before it
        (
            SISTERS,
            SISTERS.replace(KAPUK, TOMANG).replace(f"{CENGKARENG},", f"{GROGOL},"),
        ),  # of a kecamatan next door
        (SISTERS, SISTERS.replace(KAPUK, "31.73.77.1005").replace(f"{CENGKARENG},", "31.73.77,")),  # of none
        (
            SISTERS,
            SISTERS.replace(KAPUK, CENGKARENG_BARAT).replace("Kapuk", "Kpk"),
        ),  # with a name of none of ours
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_a_row_whose_code_is_another_ones_keeps_what_its_name_means_and_renames_nothing(
    tmp_path: Path, right: str, wrong: str, *, first: bool
) -> None:
    take(tmp_path, lists.REGIONS)
    before = {code: region(code).name for code in in_use()}
    others = lists.REGIONS.replace(right, "").splitlines(True)
    told = [*others[:3], wrong, *others[3:]] if first else [*others, wrong]
    report = take(tmp_path, "".join(told))
    assert report.refused and report.retired == 0
    assert {code: region(code).name for code in in_use()} == before


def test_one_row_that_stands_twice_is_taken_once_and_holds_nothing_else(tmp_path: Path) -> None:
    take(tmp_path, lists.REGIONS)
    tomang = lists.REGIONS.splitlines(True)[-1]
    report = take(tmp_path, lists.REGIONS.replace(SISTERS, "") + tomang)
    assert (report.refused, report.retired) == (1, 1) and region(KAPUK).retired


THREE = lists.RANGES.replace("KAPUK,6,5,901,901", "KAPUK,3,3,,")
ONE_EACH = "kode_desa,no_tps,kelurahan\n" + "".join(
    f"{code},{number},{name}\n"
    for code, name in ((CENGKARENG_BARAT, "CENGKARENG BARAT"), (KAPUK, "KAPUK"), (TOMANG, "TOMANG"))
    for number in (1, 2, 3)
)


@pytest.mark.parametrize(
    ("whole", "before", "after"),
    [
        (THREE, f"{KAPUK},", f"{CENGKARENG_BARAT},"),
        (THREE, f"{CENGKARENG_BARAT},", f"{KAPUK},"),
        (THREE, f"{KAPUK},DKI JAKARTA,KOTA ADM. JAKARTA BARAT,CENGKARENG,KAPUK", "31.73.77.1005,,,,"),
        (THREE, "KAPUK,3,3,,,DN", "KAPUK,3,3,,,LN"),
        (ONE_EACH, f"{KAPUK},1,", f"{CENGKARENG_BARAT},1,"),
        (ONE_EACH, f"{KAPUK},1,KAPUK", f"{CENGKARENG_BARAT},x,KAPUK"),
    ],
)
def test_a_row_of_tps_keeps_what_its_name_means(tmp_path: Path, whole: str, before: str, after: str) -> None:
    take_register(tmp_path, THREE, retire=True)
    assert standing() == 9 and before in whole
    report = take_register(tmp_path, whole.replace(before, after))
    assert report.refused and (report.left_out, report.retired, standing()) == (0, 0, 9)


def shifted(text: str) -> str:
    """The list with each village's name moved up one row."""
    rows = [line.split(",") for line in text.splitlines()]
    names = [row[1] for row in rows]
    return "\n".join(
        ",".join([row[0], name, *row[2:]]) for row, name in zip(rows, names[1:] + names[1:2], strict=True)
    )


def test_many_new_names_stop_the_list_until_somebody_says_yes(app: Flask, tmp_path: Path) -> None:
    take(tmp_path, many(6))
    told = many(6).splitlines(True)
    moved = "".join(told[:8]) + shifted("x,x\n" + "".join(told[8:])).partition("\n")[2] + "\n"
    with pytest.raises(
        BadFile, match=r"6 of 13 regions would get another name: 31\.73\.02\.1100 Desa 100 > Desa 101"
    ) as stopped:
        take(tmp_path, moved)
    assert "say --rename" in str(stopped.value) and region("31.73.02.1100").name == "Desa 100"
    said = ["places", "import-regions", str(lists.write(tmp_path, moved)), "--rename"]
    assert "6 regions get another name" in app.test_cli_runner().invoke(args=said).output
    db.session.expire_all()
    assert region("31.73.02.1100").name == "Desa 101"


def test_a_few_new_names_and_other_spellings_pass(tmp_path: Path) -> None:
    take(tmp_path, many(6))
    spelled = many(6).replace("Desa 1", "DESA  1").replace("Kapuk", "Kapuk Baru")
    report = take(tmp_path, spelled)
    assert region(KAPUK).name == "Kapuk Baru"
    assert f"1 regions get another name: {KAPUK} Kapuk > Kapuk Baru" in report.lines()


@pytest.mark.parametrize("name", ["#N/A", "#REF!", "12", "-"])
def test_what_cannot_be_a_name_is_refused_and_changes_none(tmp_path: Path, name: str) -> None:
    take(tmp_path, lists.REGIONS)
    report = take(tmp_path, lists.REGIONS.replace("Kapuk", name))
    assert numbers(report) == (0, 0, 0, 1) and region(KAPUK).name == "Kapuk"
    assert take(tmp_path, lists.REGIONS.replace("Kapuk", "8 Ilir")).refused == 0
