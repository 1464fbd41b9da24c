"""The invented country has the real size and shape, and its counts agree with one another."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.places import lists
from webapp.places.models import Election, Region, Station, StationCount, VillageCount, VillageDay
from webapp.places.rules.codes import is_code
from webapp.places.rules.nation import invent_nation
from webapp.places.rules.nation.country import Country
from webapp.plumbing.database import db

SMALL = "31 DKI_Jakarta 6 5 44 267 900 -6.2 106.8\n91 Papua 3 1 9 40 120 -2.6 138.5\n"


@pytest.mark.full
def test_the_country_has_the_real_numbers() -> None:
    country = Country()
    levels = Counter(one.code.count(".") + 1 for one in country.branches)
    assert levels == {1: 38, 2: 514, 3: 7_285, 4: 83_762}
    assert sum(count for _code, count in country.stations) == 820_161
    assert max(count for _code, count in country.stations) <= 451
    assert all(is_code(one.code) for one in country.branches)
    assert len({one.code for one in country.branches}) == len(country.branches)


def test_the_same_seed_gives_the_same_country() -> None:
    assert Country(SMALL).branches == Country(SMALL).branches
    assert list(Country(SMALL).numbers()) == list(Country(SMALL).numbers())
    assert Country(SMALL, seed=1).branches != Country(SMALL).branches


def test_west_jakarta_is_as_it_is() -> None:
    west = [
        one.code for one in Country(SMALL).branches if one.code.startswith("31.73.") and len(one.code) == 13
    ]
    assert len(west) == 56
    assert "31.73.01.1005" in west


def total(column: object, code: str = "negeri-contoh") -> int:
    counted = select(func.coalesce(func.sum(column), 0)).join(
        Election, Election.id == VillageCount.election_id
    )
    return int(db.session.execute(counted.where(Election.code == code)).scalar_one())


@pytest.mark.usefixtures("inside")
def test_tps_villages_and_people_agree_and_a_second_run_changes_nothing() -> None:
    db.session.commit()
    for _ in range(2):
        invent_nation(None, lambda _words: None, Country(SMALL))
        db.session.expire_all()
        election = db.session.scalars(select(Election).where(Election.current)).one()
        assert (election.code, election.sample) == ("negeri-contoh", True)
        assert total(VillageCount.stations) == 1_020
        stations = select(func.count()).select_from(Station).where(Station.election_id == election.id)
        assert db.session.scalar(stations) == 1_020
        held = select(func.sum(StationCount.volunteers)).where(StationCount.election_id == election.id)
        assert total(VillageCount.volunteers) == db.session.scalar(held)
        schooled = select(func.sum(StationCount.trained)).where(StationCount.election_id == election.id)
        assert total(VillageCount.trained) == db.session.scalar(schooled)
        assert 0.2 < total(VillageCount.trained) / total(VillageCount.volunteers) < 0.8
        assert 9 < total(VillageCount.volunteers) / 1_020 < 11
        covered = total(VillageCount.one_witness) + total(VillageCount.two_witnesses)
        assert 0.3 < covered / 1_020 < 0.95
        day = select(func.sum(VillageDay.stations)).where(VillageDay.election_id == election.id)
        assert 0 < (db.session.scalar(day) or 0) < covered
        assert total(VillageCount.stations, "pilkada-2024") == 12
    assert db.session.scalars(select(Region.name).where(Region.code == "31.73")).one() == "Jakarta Barat"


@pytest.mark.usefixtures("inside")
def test_real_files_are_loaded_from_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    db.session.commit()
    lists.write(tmp_path, lists.REGIONS, "wilayah_2029.csv")
    lists.write(tmp_path, lists.RANGES + lists.ABROAD, "tps_per_desa_2029.csv")
    said: list[str] = []
    assert invent_nation(tmp_path, said.append) == "pemilu-2029"
    db.session.expire_all()
    assert total(VillageCount.stations, "pemilu-2029") == 12
    assert total(VillageCount.volunteers, "pemilu-2029") > 40
    assert any("left out 1 rows" in words for words in said)
