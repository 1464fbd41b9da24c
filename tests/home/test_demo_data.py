"""The demo's own data: the register adds up, the sketch fits together, nobody in it exists."""

import csv
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from webapp.home.rules import demo
from webapp.home.rules.demo.cells import draw
from webapp.home.rules.demo.people import invent

DATA = Path(demo.__file__).parent


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def corners(path: str) -> list[tuple[int, int]]:
    (x, y), *steps = [tuple(map(int, pair)) for pair in re.findall(r"(-?\d+) ?(-?\d+)", path)]
    points = [(x, y)]
    for dx, dy in steps:
        points.append((points[-1][0] + dx, points[-1][1] + dy))
    return points


def area(points: list[tuple[int, int]]) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise([*points, points[0]])) / 2


def test_west_jakarta_has_its_56_kelurahan_and_3452_tps():
    villages = rows("west_jakarta.csv")
    assert len({row["code"] for row in villages}) == len(villages) == 56
    assert sum(int(row["tps"]) for row in villages) == 3452
    assert all(row["code"].startswith(row["kecamatan"] + ".1") for row in villages)
    by_kecamatan = Counter(row["kecamatan"] for row in villages for _ in range(int(row["tps"])))
    assert len(by_kecamatan) == 8
    assert by_kecamatan["31.73.03"] == 177


def test_the_eight_targets_are_200_votes_a_tps():
    targets = rows("targets.csv")
    assert sum(int(row["votes"]) for row in targets) == 529_600
    assert sum(int(row["tps"]) for row in targets) == 2_648
    assert all(int(row["votes"]) == 200 * int(row["tps"]) for row in targets)


def test_every_place_of_the_register_is_on_the_map_and_no_other():
    villages = rows("west_jakarta.csv")
    shapes = rows("cells.csv")
    assert {row["code"] for row in shapes if row["kind"] == "cell"} == {row["code"] for row in villages}
    assert {row["code"] for row in shapes if row["kind"] == "outline"} == {
        row["kecamatan"] for row in villages
    } | {"31.73"}


def test_cells_meet_without_gap_or_overlap_and_none_is_a_splinter():
    shapes = rows("cells.csv")
    cells = [corners(row["path"]) for row in shapes if row["kind"] == "cell"]
    (kota,) = [corners(row["path"]) for row in shapes if row["code"] == "31.73"]
    kecamatan = [corners(row["path"]) for row in shapes if re.fullmatch(r"31\.73\.\d\d", row["code"])]
    walked = Counter(edge for cell in cells for edge in pairwise([*cell, cell[0]]))
    assert max(walked.values()) == 1
    assert sum(map(area, cells)) == area(kota) == sum(map(area, kecamatan))
    assert min(map(area, cells)) > 300


def test_the_map_is_small_and_drawn_from_the_register():
    drawn = [tuple(map(str, row)) for row in draw()]
    assert drawn == [tuple(row.values()) for row in rows("cells.csv")]
    assert sum(len(row[2]) for row in drawn) < 4_000


def test_invented_people_are_all_different_and_grown_up():
    people = invent(800, seed=7)
    assert len({person.name for person in people}) == len({person.phone for person in people}) == 800
    assert all(re.fullmatch(r"\+62840\d{8}", person.phone) for person in people)
    assert max(person.birth_year for person in people) + 17 < 2024


def test_the_same_seed_invents_the_same_people():
    assert invent(300, seed=1)[:10] == invent(10, seed=1)
    assert invent(10, seed=1) != invent(10, seed=2)


def test_more_people_than_names_are_refused():
    with pytest.raises(ValueError, match="more than the names allow"):
        invent(1201, seed=1)
