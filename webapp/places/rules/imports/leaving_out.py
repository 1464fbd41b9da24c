"""What a list of regions leaves out: what it abolishes, and what it only does not tell of.

A list speaks for the parts of a region of which it has at least one that can be read. Nothing is abolished that has
listed parts, or that a refused row may have been about.
"""

from __future__ import annotations

from collections.abc import Iterable

from webapp.places.models import NATION
from webapp.places.rules.codes import KECAMATAN, VILLAGE
from webapp.places.rules.imports.limits import Consent, listed, spread, stop_at_retired
from webapp.places.rules.imports.report import SHOWN, Report
from webapp.places.rules.imports.stage import Stage

LISTED = "EXISTS (SELECT 1 FROM staged s WHERE s.code = r.code)"
PARTS_LISTED = "EXISTS (SELECT 1 FROM staged s WHERE s.code > r.code AND s.code < r.code || '/')"
COVERED = "EXISTS (SELECT 1 FROM covered c WHERE r.code >= c.code AND r.code < c.code || '/')"
HELD = """
    EXISTS (SELECT 1 FROM held h WHERE (h.code >= r.code AND h.code < r.code || '/')
            OR (r.code >= h.code AND r.code < h.code || '/'))
"""
MISSING = f"NOT {LISTED} AND NOT {PARTS_LISTED} AND {COVERED}"
GONE = f"""
    INSERT INTO gone SELECT r.code, r.name FROM region r
    WHERE r.level = :level AND NOT r.retired AND {MISSING} AND NOT {HELD}
    AND (EXISTS (SELECT 1 FROM staged s WHERE s.parent_code = r.parent_code)
         OR EXISTS (SELECT 1 FROM gone g WHERE g.code = r.parent_code))
"""  # noqa: S608
SHARES = f"""
    SELECT substr(r.code, 1, 8), count(g.code), count(*) FROM region r LEFT JOIN gone g ON g.code = r.code
    WHERE NOT r.retired AND r.level > 0 AND {COVERED} GROUP BY substr(r.code, 1, 8)
"""  # noqa: S608
GAPS = f"SELECT r.code, r.name FROM region r WHERE r.level > 0 AND NOT {LISTED} AND {PARTS_LISTED} ORDER BY r.code"  # noqa: S608
UNTOLD = f"""
    SELECT r.code, r.name FROM region r WHERE NOT r.retired AND r.level > 0 AND {MISSING}
    AND NOT EXISTS (SELECT 1 FROM gone g WHERE g.code = r.code) ORDER BY r.code
"""  # noqa: S608
RETIRE = """
    UPDATE region SET retired = true, last_edition = :before
    WHERE NOT retired AND code IN (SELECT code FROM gone)
"""
REVIVE = f"""
    UPDATE region AS r SET retired = false, last_edition = NULL
    WHERE r.retired AND r.level > 0 AND NOT {LISTED} AND {PARTS_LISTED}
"""  # noqa: S608


def make_tables(stage: Stage) -> None:
    """Where the list speaks, where refused rows may have spoken of, and what goes."""
    code = "code VARCHAR(13)" + ("" if stage.on_sqlite else ' COLLATE "C"')
    stage.make("covered", code)
    stage.make("held", code)
    stage.make("gone", f"{code}, name VARCHAR")
    stage.prepare("CREATE INDEX gone_code ON gone (code)")


def covered(codes: set[str]) -> list[str]:
    """What a list speaks for: in each province the smallest region, a kecamatan at least, that holds all its rows.

    Rows of the regions above it, as a head, do not make it larger.
    """
    parts: dict[str, set[str]] = {}
    for code in codes - {NATION}:
        steps = code.split(".")
        for depth in range(1, len(steps) + 1):
            parts.setdefault(".".join(steps[: depth - 1]), set()).add(".".join(steps[:depth]))
    return sorted(_narrowed(province, parts) for province in parts.get("", ()))


def _narrowed(code: str, parts: dict[str, set[str]]) -> str:
    while code.count(".") + 1 < KECAMATAN and len(parts.get(code, ())) == 1:
        (code,) = parts[code]
    return code


def find(stage: Stage, codes: set[str], report: Report, consent: Consent) -> None:
    """Fill `gone` with what the list abolishes, and note what it does not tell of. Raises `BadFile`."""
    speaks = [] if "" in report.unread else covered(codes)
    stage.fill("covered", 1, ((code,) for code in speaks), "parts of the country")
    stage.fill("held", 1, ((code,) for code in sorted(report.unread)), "refused rows")
    stage.prepare("CREATE INDEX staged_parent ON staged (parent_code)", "ANALYZE staged")
    for level in range(KECAMATAN - 1, VILLAGE + 1):
        stage.prepare(GONE, level=level)
    _judge(stage, report, consent)
    _note(report, "stay in use: the list has their parts and not them", _named(stage, GAPS))
    _note(report, "stay as they are: the list tells nothing of them that can be read", _named(stage, UNTOLD))
    if "" in report.unread:
        report.notes.append(
            "nothing was retired: of some refused rows it cannot be told which region they are about"
        )


def _judge(stage: Stage, report: Report, consent: Consent) -> None:
    """Name what goes; stop where the country, or a kecamatan or more of it, would lose too much."""
    named = [
        (code, f"{code} {name}") for code, name in stage.ask("SELECT code, name FROM gone ORDER BY code")
    ]
    report.gone = [text for _code, text in named[:SHOWN]]
    shares = stage.ask(SHARES)
    going = spread((code, gone) for code, gone, _all in shares)
    in_use = spread((code, number) for code, _gone, number in shares)
    stop_at_retired(going, in_use, "regions", named, consent)


def retire(stage: Stage, before: str) -> int:
    """Retire what `find` has found, inside the swap; returns how many."""
    return stage.run(RETIRE, before=before)


def revive(stage: Stage) -> int:
    """Take back into use, inside the swap, what has listed parts; returns how many."""
    return stage.run(REVIVE)


def _named(stage: Stage, sql: str) -> list[str]:
    return [f"{code} {name}" for code, name in stage.ask(sql)]


def _note(report: Report, what: str, names: Iterable[str]) -> None:
    if found := list(names):
        report.notes.append(f"{len(found):,} regions {what}: {listed(found, len(found))}")
