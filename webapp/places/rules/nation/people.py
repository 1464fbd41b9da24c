"""Invented people, as counts of every TPS and village: about ten volunteers and zero to two witnesses a TPS.

Each kabupaten and each village has a strength of its own, so that maps and tables look as they do in the field.
All of it comes from the ids and the seed, worked out inside the database: nobody waits for 820,161 objects.
"""

from __future__ import annotations

from datetime import date

from webapp.places.rules.imports.stage import Stage

# A spread of 0..999 over whole numbers (multiplicative hashing, Knuth 6.4); both databases count in 64 bits.
STRENGTH = """
    INSERT INTO strength SELECT DISTINCT village_code,
        350 + {kab} % 450 + {village} % 350, {village} % 60
    FROM station WHERE election_id = :election
"""
STATIONS = """
    INSERT INTO station_count (station_id, election_id, region_code, witnesses, volunteers, trained, version)
    SELECT t.id, t.election_id, t.village_code,
        CASE WHEN {first} < s.power - 200 THEN 2 WHEN {first} < s.power THEN 1 ELSE 0 END, 4 + {second} % 13,
        (4 + {second} % 13) * s.power / 1500, 1
    FROM station t JOIN strength s ON s.code = t.village_code
    WHERE t.election_id = :election AND NOT t.retired
    ON CONFLICT (station_id) DO NOTHING
"""
VILLAGES = """
    INSERT INTO village_count
        (election_id, region_code, stations, one_witness, two_witnesses, "full", volunteers, trained, version)
    SELECT k.election_id, k.region_code, count(*), sum(CASE WHEN k.witnesses = 1 THEN 1 ELSE 0 END),
        sum(CASE WHEN k.witnesses >= 2 THEN 1 ELSE 0 END), sum(CASE WHEN k.volunteers >= :target THEN 1 ELSE 0 END),
        sum(k.volunteers), sum(k.trained), 1
    FROM station_count k JOIN station t ON t.id = k.station_id AND NOT t.retired
    WHERE k.election_id = :election GROUP BY k.election_id, k.region_code
    ON CONFLICT (election_id, region_code) DO UPDATE SET stations = excluded.stations,
        one_witness = excluded.one_witness, two_witnesses = excluded.two_witnesses, "full" = excluded."full",
        volunteers = excluded.volunteers, trained = excluded.trained, version = village_count.version + 1
"""
TODAY = """
    INSERT INTO village_day (election_id, region_code, day, stations, version)
    SELECT v.election_id, v.region_code, :day, (v.one_witness + v.two_witnesses) * (40 + s.early) / 100, 1
    FROM village_count v JOIN strength s ON s.code = v.region_code
    WHERE v.election_id = :election AND v.stations > 0
    ON CONFLICT (election_id, region_code, day) DO NOTHING
"""
SAMPLE = "UPDATE election SET sample = true WHERE id = :election"
SAID = """
    SELECT count(*), sum(stations), sum(two_witnesses), sum(one_witness), sum(volunteers)
    FROM village_count WHERE election_id = :election
"""


def fill(stage: Stage, code: str, day: date, seed: int) -> None:
    """Invent the counts of the election `code`, and the check-ins of `day`; counts that are there stay."""
    election, target = stage.ask("SELECT id, volunteer_target FROM election WHERE code = :code", code=code)[0]
    text = "VARCHAR(13)" + ("" if stage.on_sqlite else ' COLLATE "C"')
    stage.make("strength", f"code {text} PRIMARY KEY, power INTEGER, early INTEGER")
    digits = "CAST(replace({}, '.', '') AS bigint)"
    kab = _hashed(digits.format("substr(village_code, 1, 5)"), seed)
    village = _hashed(digits.format("village_code"), seed)
    stage.prepare(STRENGTH.format(kab=kab, village=village), election=election)
    first, second = _hashed("t.id", seed + 1), _hashed("t.id", seed + 2)
    with stage.swap():
        stage.run(SAMPLE, election=election)
        stage.run(STATIONS.format(first=first, second=second), election=election)
        stage.run(VILLAGES, election=election, target=target)
        stage.run(TODAY, election=election, day=day.isoformat())


def said(stage: Stage, code: str) -> str:
    """The whole in words."""
    election = stage.number("SELECT id FROM election WHERE code = :code", code=code)
    villages, stations, two, one, people = stage.ask(SAID, election=election)[0]
    return (
        f"{code}: {villages:,} villages, {stations:,} TPS ({two:,} with two witnesses, {one:,} with one), "
        f"{people:,} volunteers"
    )


def _hashed(number: str, seed: int) -> str:
    """SQL for 0..999 out of a whole number; the low digits, which would repeat, are thrown away."""
    mixed = f"((CAST({number} AS bigint) % 1000003 + {seed * 7919}) * 2654435761 % 4294967296)"
    return f"({mixed} / 4096 % 1000)"
