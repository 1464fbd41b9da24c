"""From the stage into the register: what differs is worked out first, then everything changes in one step.

SQL on purpose, like the stage itself: the counters of a TPS and its village move in the same transaction.
"""

from __future__ import annotations

from datetime import date
from typing import Protocol

from webapp.places.rules.imports.files import BadFile
from webapp.places.rules.imports.limits import NONE, Consent, listed, spread, stop_at_retired
from webapp.places.rules.imports.report import SHOWN, Report
from webapp.places.rules.imports.stage import Stage


class Election(Protocol):
    """What is wanted of an election."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str | None: ...
    @property
    def day(self) -> date | None: ...
    @property
    def kind(self) -> str: ...
    @property
    def current(self) -> bool: ...


DOUBLED = """
    SELECT line, code, number FROM staged
    WHERE EXISTS (SELECT 1 FROM staged o
            WHERE o.code = staged.code AND o.number = staged.number AND o.line <> staged.line) ORDER BY line
"""
# The list speaks for a kecamatan of which it has a village, but for no village that a refused row may be about.
SPOKEN = "EXISTS (SELECT 1 FROM spoken k WHERE k.code = substr(t.village_code, 1, 8))"
HELD_BACK = "EXISTS (SELECT 1 FROM held h WHERE t.village_code >= h.code AND t.village_code < h.code || '/')"
# moved: TPS whose standing changes: 1 comes (back), -1 goes
FRESH = """
    INSERT INTO fresh SELECT s.code, s.number FROM staged s
    WHERE NOT EXISTS (SELECT 1 FROM station t
        WHERE t.election_id = :election AND t.village_code = s.code AND t.number = s.number)
"""
BACK = """
    INSERT INTO moved SELECT t.id, t.village_code, 1 FROM station t
    WHERE t.election_id = :election AND t.retired
    AND EXISTS (SELECT 1 FROM staged s WHERE s.code = t.village_code AND s.number = t.number)
"""
GONE = f"""
    INSERT INTO moved SELECT t.id, t.village_code, -1 FROM station t
    WHERE t.election_id = :election AND NOT t.retired AND {SPOKEN} AND NOT {HELD_BACK}
    AND NOT EXISTS (SELECT 1 FROM staged s WHERE s.code = t.village_code AND s.number = t.number)
"""  # noqa: S608
IN_USE = f"""
    SELECT substr(t.village_code, 1, 8), count(*) FROM station t
    WHERE t.election_id = :election AND NOT t.retired AND {SPOKEN} GROUP BY substr(t.village_code, 1, 8)
"""  # noqa: S608
GOING = """
    SELECT m.code, count(*) AS going, (SELECT count(*) FROM station t
        WHERE t.election_id = :election AND t.village_code = m.code AND NOT t.retired)
    FROM moved m WHERE m.sign = -1 GROUP BY m.code ORDER BY going DESC, m.code
"""
FIRST_GOING = """
    SELECT m.code, t.number FROM moved m JOIN station t ON t.id = m.id
    WHERE m.sign = -1 ORDER BY m.code, t.number LIMIT :most
"""
UNTOLD = f"""
    SELECT t.village_code, count(*) FROM station t
    WHERE t.election_id = :election AND NOT t.retired
    AND NOT EXISTS (SELECT 1 FROM staged s WHERE s.code = t.village_code AND s.number = t.number)
    AND (NOT {SPOKEN} OR {HELD_BACK})
    AND EXISTS (SELECT 1 FROM covered c WHERE t.village_code >= c.code AND t.village_code < c.code || '/')
    GROUP BY t.village_code ORDER BY t.village_code
"""  # noqa: S608
TOUCHED = "INSERT INTO touched SELECT code FROM fresh UNION SELECT code FROM moved"
MAKE_REGIONS = """
    INSERT INTO region (code, name, search_name, level, parent_code, kind, retired, first_edition, last_edition)
    SELECT code, name, search_name, level, parent_code, kind, true, :edition, :edition FROM made m
    WHERE NOT EXISTS (SELECT 1 FROM region r WHERE r.code = m.code) ORDER BY level
"""
ADD = """
    INSERT INTO station (election_id, village_code, number, retired)
    SELECT :election, code, number, false FROM fresh ORDER BY code, number
"""
RETIRE = "UPDATE station SET retired = true WHERE id IN (SELECT id FROM moved WHERE sign = -1)"
REVIVE = "UPDATE station SET retired = false WHERE id IN (SELECT id FROM moved WHERE sign = 1)"
# The register says how many TPS there are; what people hold there moves only with the TPS that come and go.
COUNT = """
    INSERT INTO village_count
        (election_id, region_code, stations, one_witness, two_witnesses, "full", volunteers, version)
    SELECT :election, u.code, count(t.id), 0, 0, 0, 0, 1
    FROM touched u LEFT JOIN station t
    ON t.village_code = u.code AND t.election_id = :election AND NOT t.retired
    WHERE true GROUP BY u.code
    ON CONFLICT (election_id, region_code)
    DO UPDATE SET stations = excluded.stations, version = village_count.version + 1
"""
HELD = """
    UPDATE village_count AS v SET one_witness = v.one_witness + h.one, two_witnesses = v.two_witnesses + h.two,
        "full" = v."full" + h.filled, volunteers = v.volunteers + h.persons, trained = v.trained + h.trained
    FROM (SELECT m.code, sum(CASE WHEN k.witnesses = 1 THEN m.sign ELSE 0 END) AS one,
            sum(CASE WHEN k.witnesses >= 2 THEN m.sign ELSE 0 END) AS two,
            sum(CASE WHEN k.volunteers >= :target THEN m.sign ELSE 0 END) AS filled,
            sum(m.sign * k.volunteers) AS persons, sum(m.sign * k.trained) AS trained
        FROM moved m JOIN station_count k ON k.station_id = m.id GROUP BY m.code) AS h
    WHERE v.election_id = :election AND v.region_code = h.code
"""
NEW_ELECTION = """
    INSERT INTO election (code, name, kind, date, zone_rule, current, volunteer_target, sample)
    VALUES (:code, :name, :kind, :day, 'province', false, 10, false) ON CONFLICT (code) DO NOTHING
"""
KEEP_ELECTION = (
    "UPDATE election SET name = coalesce(:name, name), date = coalesce(:day, date) WHERE code = :code"
)
ONE_CURRENT = "UPDATE election SET current = (code = :code) WHERE current <> (code = :code)"
FIRST_CURRENT = """
    UPDATE election SET current = true
    WHERE code = :code AND NOT EXISTS (SELECT 1 FROM election e WHERE e.current)
"""


def make_tables(stage: Stage) -> None:
    """The stage's empty tables; codes in byte order on both databases."""
    code = "code VARCHAR(13)" + ("" if stage.on_sqlite else ' COLLATE "C"')
    parent = code.replace("code", "parent_code", 1)
    stage.make("staged", f"line INTEGER, {code}, number INTEGER")
    stage.make("covered", code)
    stage.make("spoken", code)
    stage.make("held", code)
    stage.make("fresh", f"{code}, number INTEGER")
    stage.make("moved", f"id INTEGER, {code}, sign INTEGER")
    stage.make("touched", code)
    stage.make("made", f"{code}, name VARCHAR, search_name VARCHAR, level INTEGER, {parent}, kind VARCHAR")


def index_staged(stage: Stage) -> None:
    """Once all is read, what is looked up is found fast."""
    stage.prepare("CREATE INDEX staged_key ON staged (code, number, line)", "ANALYZE staged")


def doubled(stage: Stage) -> list[tuple[int, str, str]]:
    """The rows of TPS that stand in more than one: line, village, and which TPS it is."""
    found = stage.ask(DOUBLED)
    return [(line, code, f"{code} TPS {number:03}") for line, code, number in found]


def take_over(stage: Stage, wanted: Election, report: Report, consent: Consent = NONE) -> None:
    """Work out what differs, then change it at once.

    Raises `BadFile` when a new election lacks its day, or when more TPS would go than anybody has said yes to.
    """
    known = stage.ask("SELECT id, volunteer_target FROM election WHERE code = :code", code=wanted.code)
    if not known and wanted.day is None:
        raise BadFile(f"The election {wanted.code} is not there yet: give its day with --date YYYY-MM-DD.")
    election, target = known[0] if known else (None, 10)
    stage.tell("comparing", report.found)
    stage.prepare(FRESH, BACK, GONE, TOUCHED, election=election)
    stage.prepare(*(f"ANALYZE {table}" for table in ("fresh", "moved", "touched", "spoken")))
    _judge(stage, election, report, consent)
    stage.tell("taking over", report.found)
    with stage.swap():
        election = _keep_election(stage, wanted)
        made = stage.run(MAKE_REGIONS, edition=wanted.code)
        report.new = stage.run(ADD, election=election)
        report.retired, report.changed = stage.run(RETIRE), stage.run(REVIVE)
        stage.run(COUNT, election=election)
        stage.run(HELD, election=election, target=target)
    if made:
        report.notes.append(f"{made:,} regions that our list does not have were made as retired ones")


def _judge(stage: Stage, election: int | None, report: Report, consent: Consent) -> None:
    """Stop where the country, or a village or more of it, would lose too many; note what the list does not tell of."""
    gone, untold = stage.ask(GOING, election=election), stage.ask(UNTOLD, election=election)
    going = spread((village, count) for village, count, _all in gone)
    in_use = spread((kecamatan, count) for kecamatan, count in stage.ask(IN_USE, election=election))
    for village, _gone, count in gone:
        in_use[village] = count
    named = ((village, f"{count} in {village}") for village, count, _all in gone)
    stop_at_retired(going, in_use, "TPS", named, consent)
    first = stage.ask(FIRST_GOING, most=SHOWN)
    report.gone = [f"{code} TPS {tps:03}" for code, tps in first]
    if untold:
        where = listed((f"{count} in {code}" for code, count in untold), len(untold))
        number = sum(count for _code, count in untold)
        report.notes.append(f"{number:,} TPS stay: the list tells nothing of them that can be read ({where})")


def _keep_election(stage: Stage, wanted: Election) -> int:
    """Make the election if need be, inside the swap; returns its id."""
    told = {"code": wanted.code, "name": wanted.name, "day": wanted.day.isoformat() if wanted.day else None}
    if wanted.day is not None:
        stage.run(NEW_ELECTION, **told | {"name": wanted.name or wanted.code, "kind": wanted.kind})
    stage.run(KEEP_ELECTION, **told)
    stage.run(ONE_CURRENT if wanted.current else FIRST_CURRENT, code=wanted.code)
    return int(stage.scalar("SELECT id FROM election WHERE code = :code", code=wanted.code))
