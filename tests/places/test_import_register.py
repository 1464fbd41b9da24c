"""A TPS register is taken over as a whole or not at all, and the counters of the villages follow."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import threading
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.cast import CENGKARENG_BARAT, KAPUK, TOMANG, station_id
from tests.effort import a_few
from tests.places import lists
from webapp.places.models import Election, Region, Station, VillageCount
from webapp.places.rules.counts import count_seat
from webapp.places.rules.imports.files import BadFile
from webapp.places.rules.imports.limits import Consent
from webapp.places.rules.imports.register import Wanted, import_register
from webapp.places.rules.imports.report import Report
from webapp.places.rules.imports.stage import Tell, silent
from webapp.plumbing.database import db

pytestmark = pytest.mark.usefixtures("inside")
DAY = date(2029, 2, 14)
OURS = Wanted("pilkada-2024")


def take(
    folder: Path,
    content: str | bytes,
    wanted: Wanted = OURS,
    tell: Tell = silent,
    *,
    retire: bool = False,
) -> Report:
    db.session.commit()
    path, consent = lists.write(folder, content), Consent(retire)
    report = import_register(path, wanted, folder / "refused.csv", tell, consent)
    db.session.expire_all()
    return report


def numbers(report: Report) -> tuple[int, int, int, int]:
    return report.new, report.changed, report.retired, report.refused


def village(code: str, election: str = "pilkada-2024") -> tuple[int, int, int, int, int]:
    found = db.session.scalars(
        select(VillageCount).join(Election).where(Election.code == election, VillageCount.region_code == code)
    ).one()
    return found.stations, found.one_witness, found.two_witnesses, found.full, found.volunteers


def standing(election: str = "pilkada-2024") -> int:
    counted = select(func.count()).select_from(Station).join(Election)
    return db.session.execute(counted.where(Election.code == election, ~Station.retired)).scalar_one()


def trained(code: str = KAPUK) -> int:
    return db.session.scalars(select(VillageCount.trained).where(VillageCount.region_code == code)).one()


def seat(number: int, *, witnesses: int = 0, volunteers: int = 1, trained: int = 0) -> None:
    station = db.session.get(Station, station_id(KAPUK, number))
    assert station is not None
    count_seat(station, 3, witnesses=witnesses, volunteers=volunteers, trained=trained)


def test_the_same_register_again_changes_nothing(tmp_path: Path) -> None:
    report = take(tmp_path, lists.RANGES)
    assert (report.read, report.found, *numbers(report)) == (3, 12, 0, 0, 0, 0)
    assert (village(KAPUK)[0], standing()) == (6, 12)


def test_a_new_election_is_made_with_its_tps_and_counts(tmp_path: Path) -> None:
    report = take(tmp_path, lists.RANGES, Wanted("pemilu-2029", "Pemilu 2029", DAY, "pemilu", current=True))
    assert (report.found, *numbers(report)) == (12, 12, 0, 0, 0)
    made = db.session.scalars(select(Election).where(Election.current)).one()
    assert (made.code, made.name, made.date, made.kind) == ("pemilu-2029", "Pemilu 2029", DAY, "pemilu")
    assert village(KAPUK, "pemilu-2029") == (6, 0, 0, 0, 0)
    assert village(KAPUK) == (6, 0, 0, 0, 0)
    last = db.session.scalars(
        select(Station.number).where(Station.election_id == made.id).order_by(Station.number.desc())
    )
    assert last.first() == 901


def test_a_new_election_needs_its_day(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="--date"):
        take(tmp_path, lists.RANGES, Wanted("pemilu-2029"))
    assert db.session.query(Election).count() == 1


def test_one_row_a_tps_is_read_too(tmp_path: Path) -> None:
    report = take(tmp_path, lists.SINGLE, Wanted("lain", day=DAY))
    assert (report.read, report.found, report.new) == (3, 3, 3)
    assert village(CENGKARENG_BARAT, "lain")[0] == 2


def test_a_tps_with_people_is_retired_and_its_people_leave_the_count_and_come_back(tmp_path: Path) -> None:
    seat(1, witnesses=1)
    seat(5, witnesses=1, trained=1)
    seat(5, witnesses=1, trained=1)
    seat(5)
    assert village(KAPUK) == (6, 1, 1, 1, 4) and trained() == 2
    report = take(tmp_path, lists.RANGES.replace("KAPUK,6,5,", "KAPUK,5,4,"))
    assert numbers(report) == (0, 0, 1, 0)
    assert village(KAPUK) == (5, 1, 0, 0, 1) and trained() == 0
    gone = db.session.get(Station, station_id(KAPUK, 5))
    assert gone is not None and gone.retired
    assert numbers(take(tmp_path, lists.RANGES)) == (0, 1, 0, 0)
    assert village(KAPUK) == (6, 1, 1, 1, 4) and trained() == 2


def test_a_seat_given_up_at_a_retired_tps_leaves_the_village_alone(tmp_path: Path) -> None:
    seat(5, witnesses=1)
    take(tmp_path, lists.RANGES.replace("KAPUK,6,5,", "KAPUK,5,4,"))
    seat(5, witnesses=-1, volunteers=-1)
    assert village(KAPUK) == (5, 0, 0, 0, 0)
    take(tmp_path, lists.RANGES)
    assert village(KAPUK) == (6, 0, 0, 0, 0)


def test_a_village_that_the_list_leaves_out_loses_its_tps(tmp_path: Path) -> None:
    report = take(tmp_path, "".join(line for line in lists.RANGES.splitlines(True) if "TOMANG" not in line)
                  + "31.73.02.1001,DKI JAKARTA,JAKARTA BARAT,GROGOL PETAMBURAN,GROGOL,1,1,,,DN,0\n")  # fmt: skip
    assert (report.new, report.retired) == (1, 3)
    assert village(TOMANG)[0] == 0


def test_a_list_of_one_kecamatan_retires_nothing_next_door(tmp_path: Path) -> None:
    take(tmp_path, "".join(line for line in lists.RANGES.splitlines(True) if "TOMANG" not in line))
    assert village(TOMANG)[0] == 3


def test_villages_of_no_list_become_retired_regions_with_their_parents(tmp_path: Path) -> None:
    more = "31.74.09.1002,DKI JAKARTA,KOTA ADM. JAKARTA SELATAN,JAGAKARSA,LENTENG AGUNG,2,2,,,DN,0\n"
    report = take(tmp_path, lists.RANGES + more)
    assert (report.new, report.refused) == (2, 0)
    assert any("3 regions" in note for note in report.notes)
    made = db.session.get(Region, "31.74.09.1002")
    assert made is not None
    assert (made.name, made.retired, made.last_edition, made.kind) == (
        "Lenteng Agung",
        True,
        "pilkada-2024",
        "kelurahan",
    )
    kota = db.session.get(Region, "31.74")
    assert kota is not None and kota.retired and kota.parent_code == "31"
    assert numbers(take(tmp_path, lists.RANGES + more)) == (0, 0, 0, 0)


@pytest.mark.parametrize("mark", ["TPS 00", "tps-", "TPS 0", "TPS. "])
def test_the_word_before_the_number_of_a_tps_is_no_part_of_it(tmp_path: Path, mark: str) -> None:
    told = lists.SINGLE.replace("1001,1,", f"1001,{mark}1,").replace("1005,1,", f"1005,{mark}1,")
    assert take(tmp_path, told, Wanted("lain", day=DAY)).new == 3
    assert village(CENGKARENG_BARAT, "lain")[0] == 2


def test_columns_that_are_read_stand_only_once(tmp_path: Path) -> None:
    told = lists.SINGLE.replace("kode_tps_kpu,kabkota", "kabkota,kabkota")
    with pytest.raises(BadFile, match="stand more than once: kabkota"):
        take(tmp_path, told)
    assert take(tmp_path, told.replace("kabkota,kabkota", "x,x"), Wanted("lain", day=DAY)).new == 3


def test_a_village_of_no_list_and_without_a_name_is_refused(tmp_path: Path) -> None:
    report = take(tmp_path, "kode_desa,no_tps\n31.73.01.1001,1\n31.99.01.1001,1\n", Wanted("lain", day=DAY))
    assert (report.new, report.refused) == (1, 1)
    assert "does not name it" in report.first[0][2]


def test_rows_abroad_are_left_out_and_counted(tmp_path: Path) -> None:
    report = take(tmp_path, lists.RANGES + lists.ABROAD)
    assert (report.read, report.left_out, report.refused) == (4, 1, 0)
    assert "left out 1 rows: TPS abroad" in "\n".join(report.lines())


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ("3,x,,,DN", "cannot be read"),
        (",3,,,DN", "cannot be read"),
        ("4,3,,,DN", "the ranges make 3"),
        ("0,0,,,DN", "no TPS"),
        ("5,3,901,,DN", "cannot be read"),
        ("2,3,901,900,DN", "ranges make 3"),
        ("4,3,3,3,DN", "after the regular"),
        ("1000,1000,,,DN", "1 to 999"),
        ("-3,3,,,DN", "cannot be read"),
    ],
)
def test_a_row_with_bad_numbers_is_refused_with_its_line(tmp_path: Path, cells: str, why: str) -> None:
    rest = "".join(line for line in lists.RANGES.splitlines(True) if "TOMANG" not in line)
    report = take(
        tmp_path, rest + f"31.73.02.1003,DKI,JAKBAR,GROGOL,TOMANG,{cells},1\n", Wanted("lain", day=DAY)
    )
    assert (report.new, report.refused) == (9, 1)
    assert report.first[0][:2] == (4, "31.73.02.1003")
    assert why in report.first[0][2]


def test_the_same_tps_twice_is_refused_the_second_time(tmp_path: Path) -> None:
    twice = lists.SINGLE + lists.SINGLE.splitlines(True)[1]
    report = take(tmp_path, twice, Wanted("lain", day=DAY))
    assert (report.read, report.found, report.new, report.refused) == (4, 3, 3, 1)
    assert report.first[0] == (5, "31.73.01.1001 TPS 001", "this stands in row 2 already")
    village_twice = take(tmp_path, lists.RANGES + lists.RANGES.splitlines(True)[1], Wanted("lagi", day=DAY))
    assert (village_twice.new, village_twice.refused) == (12, 1)


@pytest.mark.parametrize(
    "told", [lists.RANGES.replace("KAPUK,6", '"KAPUK,6'), lists.RANGES + '31.73.02.1001,"']
)
def test_a_quote_that_stays_open_lets_no_tps_go(tmp_path: Path, told: str) -> None:
    line = 1 + next(n for n, row in enumerate(told.splitlines()) if '"' in row)
    with pytest.raises(BadFile, match=f"Line {line} opens a quote that is not closed"):
        take(tmp_path, told)
    assert (standing(), village(TOMANG)[0]) == (12, 3)


def test_counts_that_a_spreadsheet_wrote_as_fractions_are_read(tmp_path: Path) -> None:
    told = lists.RANGES.replace(",3,3,", ",3.0,3.0,").replace("901,901", "901.0,901.0")
    assert numbers(take(tmp_path, told)) == (0, 0, 0, 0)


def test_bare_codes_are_taken_with_our_names_and_refused_with_others(tmp_path: Path) -> None:
    assert numbers(take(tmp_path, lists.without_dots(lists.RANGES))) == (0, 0, 0, 0)
    with pytest.raises(BadFile, match="99% of the names"):
        take(tmp_path, lists.without_dots(lists.RANGES).replace("KAPUK", "TANAH ABANG"))


def test_codes_of_bps_with_dots_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="is West Jakarta here, 3174 there"):
        take(tmp_path, "kode_desa,no_tps\n31.74.010.001,1\n31.74.010.002,1\n")


def test_a_list_whose_villages_we_do_not_know_is_refused_as_a_whole(tmp_path: Path) -> None:
    rows = "".join(f"11.01.01.2{n:03},ACEH,ACEH SELATAN,BAKONGAN,DESA {n},1,1,,,DN,1\n" for n in range(30))
    with pytest.raises(BadFile, match="30 of 30 villages"):
        take(tmp_path, lists.RANGES_HEAD + rows)
    assert standing() == 12


def test_a_register_before_any_region_is_refused(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapp.places.rules.imports.register.known_names", dict)
    with pytest.raises(BadFile, match="regions first"):
        take(tmp_path, lists.RANGES)


def test_whoever_reads_meanwhile_sees_the_old_register_until_the_new_one_is_whole(
    app: Flask, tmp_path: Path
) -> None:
    """While the stage is filled and at the moment of the swap."""
    seen: list[tuple[str, int]] = []

    def look(what: str, _count: int) -> None:
        found: list[int] = []

        def read() -> None:
            with app.app_context():
                found.append(standing())

        reader = threading.Thread(target=read)
        reader.start()
        reader.join()
        seen.append((what, found[0]))

    take(tmp_path, lists.RANGES.replace("KAPUK,6,5,", "KAPUK,9,8,"), tell=look)
    assert {count for _what, count in seen} == {12}
    assert standing() == 15


CHILD = """
import os, signal, sys
from pathlib import Path
from tests.conftest import config_for
from webapp import create_app
from webapp.places.rules.imports import register, stage

def die_at(when, real):
    def run(self, sql, **values):
        done = real(self, sql, **values)
        if when in sql:
            os.kill(os.getpid(), signal.SIGKILL)
        return done
    return run

stage.Stage.run = die_at(sys.argv[3], stage.Stage.run)
with create_app(config_for(sys.argv[1])).app_context():
    register.import_register(Path(sys.argv[2]), register.Wanted("pilkada-2024"), Path(sys.argv[2] + ".refused"))
"""


@pytest.mark.parametrize(
    "moment", a_few(["SET retired = true", "INSERT INTO station", "one_witness = v."], many=1)
)
def test_an_import_that_is_killed_in_the_middle_leaves_the_old_register_whole(
    store: Any, tmp_path: Path, moment: str
) -> None:
    db.session.commit()
    longer = lists.RANGES.replace("KAPUK,6,5,", "KAPUK,9,8,").replace("TOMANG,3,3", "TOMANG,2,2")
    file = lists.write(tmp_path, longer)
    child = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(CHILD), store.url, str(file), moment],
        cwd=Path(__file__).parents[2], capture_output=True, timeout=300, check=False,
    )  # fmt: skip
    assert child.returncode == -9, child.stderr.decode()[-2000:]
    db.session.rollback()
    assert (standing(), village(KAPUK)[0], village(TOMANG)[0]) == (12, 6, 3)
    assert numbers(take(tmp_path, longer)) == (3, 0, 1, 0)
    assert (standing(), village(KAPUK)[0], village(TOMANG)[0]) == (14, 9, 2)


def test_the_command_prints_the_report_and_what_it_cost(app: Flask, tmp_path: Path) -> None:
    db.session.commit()
    file = lists.write(tmp_path, lists.RANGES + lists.ABROAD + "Kapuk,,,,,1,1,,,DN,\n")
    told = app.test_cli_runner().invoke(
        args=["places", "import-register", str(file), "--election", "pilkada-2024"]
    )
    assert told.exit_code == 0, told.output
    assert "read 5 rows, 12 TPS: 0 new, 0 changed, 0 retired, 1 rows refused" in told.output
    assert "row 6: Kapuk: no Kemendagri code" in told.output
    assert "MB" in told.output
    assert (tmp_path / "list.refused.csv").exists()


def test_the_command_says_in_a_sentence_why_a_file_is_not_taken(app: Flask, tmp_path: Path) -> None:
    file = lists.write(tmp_path, "kode,nama\n31,DKI\n")
    told = app.test_cli_runner().invoke(args=["places", "import-register", str(file), "--election", "x"])
    assert told.exit_code == 1
    assert "A column is missing" in told.output and "Nothing was changed." in told.output
