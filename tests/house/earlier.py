"""A database as the release before many sites left it (0005): three meetings in every state of their lists."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, MetaData, Table, insert, select, text

NINE = datetime(2024, 11, 9, 2, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
VILLAGE, DISTRICT = "31.73.01.1005", "31.73.01"
DRAFT, ONLINE, LOCKED = 7, 8, 12
GUARDED = ("attendance_record", "review_event")
RENEWED = {"sheet": {"secret"}}


def fill(connection: Connection) -> None:
    """Write the rows as they were written then."""
    tables = _tables(connection)
    for name, rows in _rows().items():
        connection.execute(insert(tables[name]), [_as_kept(connection, row) for row in rows])
    if connection.dialect.name == "postgresql":
        for name in ("meeting", "meeting_session", "invitation", "sheet", "correction", "review_event"):
            connection.execute(
                text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))")
            )


def dump(connection: Connection) -> dict[str, dict[str, list[Any]]]:
    """Every column of every table, in the order of the primary keys; without what a migration draws by lot."""
    found = {}
    for name, table in _tables(connection).items():
        if name == "alembic_version":
            continue
        rows = connection.execute(select(table).order_by(*table.primary_key.columns)).mappings().all()
        columns = [one.name for one in table.columns if one.name not in RENEWED.get(name, ())]
        found[name] = {column: [row[column] for row in rows] for column in columns}
    return found


def _tables(connection: Connection) -> dict[str, Table]:
    known = MetaData()
    known.reflect(connection)
    return {table.name: table for table in known.sorted_tables}


def _as_kept(connection: Connection, row: dict[str, Any]) -> dict[str, Any]:
    """SQLite keeps a UUID as its 32 digits."""
    if connection.dialect.name != "sqlite":
        return row
    return {name: value.hex if isinstance(value, UUID) else value for name, value in row.items()}


def _rows() -> dict[str, list[dict[str, Any]]]:
    return {**_country(), **_meetings(), **_attendance(), **_reviews()}


def _country() -> dict[str, list[dict[str, Any]]]:
    regions = [("ID", "Indonesia", 0, None), ("31", "DKI", 1, "ID"), ("31.73", "Jakbar", 2, "31")]
    regions += [(DISTRICT, "Cengkareng", 3, "31.73"), (VILLAGE, "Kapuk", 4, DISTRICT)]
    people = ("Ani", "Budi", "Citra", "Dewi", "Eko", "Fajar")
    return {
        "region": [
            {"code": c, "name": n, "search_name": n.lower(), "level": lv, "parent_code": p, "retired": False}
            for c, n, lv, p in regions
        ],
        "person": [
            {"id": n, "name": name, "search_name": name.lower(), "region_code": DISTRICT, "created_at": NINE}
            for n, name in enumerate(people, start=1)
        ],
    }


def _meetings() -> dict[str, list[dict[str, Any]]]:
    places = {
        DRAFT: ("Aula", "https://zoom.us/j/1"),
        ONLINE: (None, "https://zoom.us/j/2"),
        LOCKED: (None, None),
    }
    here = {"region_code": DISTRICT}
    told = {"created_by": 1, "created_at": NINE, "submission_id": None, **here}
    hours = {"starts_at": NINE, "ends_at": NINE + 180 * MINUTE, "late_after": NINE + 15 * MINUTE}
    return {
        "meeting": [
            {"id": n, "kind": "rakor" if n != LOCKED else "bimtek", "title": f"Rapat {n}", **told} for n in places
        ],
        "meeting_session": [
            {"id": n + 20, "meeting_id": n, "offset": 420, "place": place, "link": link, "agenda": "Doa"} | hours | here
            for n, (place, link) in places.items()
        ],
        "decision": [{"id": 1, "meeting_id": LOCKED, "words": "Rapi", "added_by": 1, "added_at": NINE, **here}],
        "invitation": [
            {
                "id": 10 * n + seat, "meeting_id": n, "person_id": seat if seat < 6 else None, "role": None,
                "seat_code": None, "guest_name": "Tamu" if seat == 6 else None, "walk_in": seat > 4,
                "invited_by": 1, "invited_at": NINE - timedelta(days=1), **here,
            }
            for n in places
            for seat in range(1, 7)
        ],
    }  # fmt: skip


def _attendance() -> dict[str, list[dict[str, Any]]]:
    """On time; late; asked off; says so herself and waits; a cancelled tap; a guest. The verdicts as they were kept."""
    records, verdicts = [], []
    for n in (DRAFT, ONLINE, LOCKED):
        silent = ("alpa", None, None, None) if n == LOCKED else ("belum", None, None, None)
        said: dict[int, tuple[Any, ...]] = {
            1: ("in", None, "tap", 1), 2: ("in", None, "tap", 20), 3: ("status", "izin", "tap", 5),
            4: ("in", None, "self", 2), 5: ("in", None, "walk-in", 3), 6: ("in", None, "walk-in", 4),
        }  # fmt: skip
        for seat, (kind, status, method, minute) in said.items():
            records.append(_record(n, seat, kind, minute, status=status, method=method))
        records.append(_record(n, 5, "void", 6, method="tap", voids=_id(n, 5, "in")))
        records.append(_record(n, 6, "in", 7, method="self"))
        records.append(_record(n, 6, "void", 8, method="tap", voids=_id(n, 6, "in", 7)))
        outcomes: dict[int, tuple[Any, ...]] = {
            1: ("hadir", 1, 1, _id(n, 1, "in")), 2: ("terlambat", 20, 20, _id(n, 2, "in", 20)),
            3: ("izin", None, 5, _id(n, 3, "status")), 4: silent, 5: silent, 6: ("hadir", 4, 4, _id(n, 6, "in")),
        }  # fmt: skip
        verdicts += [_verdict(n, seat, *outcome) for seat, outcome in outcomes.items()]
    return {"attendance_record": records, "verdict": verdicts}


def _id(meeting: int, seat: int, kind: str, minute: int = 0) -> UUID:
    minute = minute if minute in (7, 8) else 0
    return UUID(int=meeting * 10**6 + seat * 10**4 + minute * 10**2 + {"in": 1, "status": 2, "void": 3}[kind])


def _record(meeting: int, seat: int, kind: str, minute: int, **what: Any) -> dict[str, Any]:
    at = NINE + minute * MINUTE
    return {
        "id": _id(meeting, seat, kind, minute), "invitation_id": 10 * meeting + seat, "session_id": meeting + 20,
        "kind": kind, "status": None, "claimed_at": at, "happened_at": at, "received_at": at, "offset": 420,
        "drift": 0, "recorder_id": 4 if what["method"] == "self" else 1, "device_session_id": None,
        "voids": None, "region_code": DISTRICT, **what,
    }  # fmt: skip


def _verdict(
    meeting: int, seat: int, status: str, came: int | None, said: int | None, record: UUID | None
) -> dict[str, Any]:
    return {
        "invitation_id": 10 * meeting + seat, "session_id": meeting + 20, "status": status, "record_id": record,
        "first_in": None if came is None else NINE + came * MINUTE, "odd_clock": False, "doubled": False,
        "said_at": None if said is None else NINE + said * MINUTE, "computed": status == "alpa",
        "claims_since": NINE + 2 * MINUTE if seat == 4 else None, "region_code": DISTRICT,
    }  # fmt: skip


def _reviews() -> dict[str, list[dict[str, Any]]]:
    states = {DRAFT: ("draf",), ONLINE: ("draf", "diajukan", "dikembalikan")}
    states[LOCKED] = ("draf", "diajukan", "disetujui", "dikunci")
    handed = {"submitted_by": 1, "submitted_at": NINE + 200 * MINUTE}
    here = {"region_code": DISTRICT}
    sheets = [
        {
            "id": n + 40, "session_id": n + 20, "meeting_id": n, "state": taken[-1], "version": len(taken),
            **(handed if n != DRAFT else dict.fromkeys(handed)), **here,
        }
        for n, taken in states.items()
    ]  # fmt: skip
    events = [
        {"sheet_id": n + 40, "state": state, "version": version, "at": NINE + (200 + version) * MINUTE,
         "actor_id": 1 if state == "diajukan" else 5, "reason": "Cek lagi" if state == "dikembalikan" else None, **here}
        for n, taken in states.items()
        for version, state in enumerate(taken[1:], start=2)
    ]  # fmt: skip
    wish = {
        "sheet_id": LOCKED + 40,
        "invitation_id": 10 * LOCKED + 4,
        "before": "alpa",
        "after": "izin",
        **here,
    }
    wish |= {"reason": "Surat", "asked_by": 1, "asked_at": NINE + 300 * MINUTE}
    return {
        "sheet": sheets,
        "review_event": [{"id": n, **event} for n, event in enumerate(events, start=1)],
        "correction": [{"id": 3, **wish}],
    }
