"""Mandates: given and ended, with dates that count in the region's own calendar."""

from __future__ import annotations

from datetime import date, timedelta

from flask_babel import gettext as _

from webapp.people.models import Mandate, Person
from webapp.people.rules import offices
from webapp.people.rules.permissions import Role
from webapp.people.rules.trail import note
from webapp.people.rules.users.reach import (
    check_grant,
    is_over,
    managed,
    mandates_of,
    refuse_withdrawn,
    today_at,
)
from webapp.people.rules.viewer import Viewer
from webapp.plumbing.database import db
from webapp.plumbing.refusal import NotThere, Refusal


def grant(
    who: Viewer, person_id: int, role: Role, region_code: str, since: date | None, until: date | None
) -> Mandate:
    """A mandate; the same one once more gives the one that stands. Raises `NotYours`, `NotThere` or `Refusal`."""
    person = managed(who, person_id)
    refuse_withdrawn(person)
    check_grant(who, role, region_code)
    return give(who.person_id, person, role, region_code, since, until)


def end_mandate(who: Viewer, person_id: int, mandate_id: int, until: date | None) -> Mandate:
    """Let a mandate end with `until` (inclusive), or stand open again with None."""
    person = managed(who, person_id)
    mandate = next((m for m in mandates_of(person.id) if m.id == mandate_id), None)
    if mandate is None:
        raise NotThere
    check_grant(who, Role(mandate.role), mandate.region_code)
    if until is not None and until < mandate.since:
        until = mandate.since - timedelta(days=1)  # it never came into force
    if _is_later(until, mandate.until):
        refuse_withdrawn(person)
    if mandate.until == until:
        return mandate
    before, mandate.until = mandate.until, until
    db.session.flush()
    told = {"mandate": mandate.id, "role": mandate.role, "region_code": mandate.region_code}
    act = "mandate.open" if until is None else "mandate.end"
    note(act, "person", person.id, person.region_code, told | {"until": before}, told | {"until": until})
    offices.changed([mandate])
    return mandate


def end_now(who: Viewer, person_id: int, mandate_id: int) -> Mandate:
    """Let a mandate end at once: yesterday was its last day."""
    mandate = db.session.get(Mandate, mandate_id)
    if mandate is None or mandate.person_id != person_id:
        raise NotThere
    return end_mandate(who, person_id, mandate_id, today_at(mandate.region_code) - timedelta(days=1))


def _is_later(until: date | None, before: date | None) -> bool:
    """Whether a last day is put off; None is no end at all."""
    return before is not None and (until is None or until > before)


def give(
    granted_by: int | None,
    person: Person,
    role: Role,
    region_code: str,
    since: date | None,
    until: date | None,
) -> Mandate:
    """The mandate itself, without asking who gives it; `since` None is today."""
    since = since or today_at(region_code)
    if until is not None and until < since:
        raise Refusal(_("Hari terakhir harus sesudah hari pertama."), field="until")
    held = next((m for m in _running(person) if (m.role, m.region_code) == (role, region_code)), None)
    if held is not None:
        if held.since <= since and held.until == until:
            return held
        raise Refusal(_("Tugas ini sudah ada. Ubah tanggalnya pada tugas yang ada."), field="region_code")
    return _new(granted_by, person, role, region_code, since, until)


def _running(person: Person) -> list[Mandate]:
    return [mandate for mandate in mandates_of(person.id) if not is_over(mandate)]


def _new(
    granted_by: int | None, person: Person, role: Role, region_code: str, since: date, until: date | None
) -> Mandate:
    mandate = Mandate(
        person_id=person.id,
        role=role.value,
        region_code=region_code,
        since=since,
        until=until,
        granted_by=granted_by,
    )
    db.session.add(mandate)
    db.session.flush()
    told = {
        "mandate": mandate.id,
        "role": role.value,
        "region_code": region_code,
        "since": since,
        "until": until,
    }
    note("mandate.grant", "person", person.id, person.region_code, after=told)
    offices.changed([mandate])
    return mandate
