"""Finding people: by name inside the scope, by office anywhere. Names and offices only, never a number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import contains_eager

from webapp.people.models import Account, Mandate, Person
from webapp.people.rules.permissions import Role
from webapp.people.rules.viewer import Viewer, in_force
from webapp.places.models import Region
from webapp.places.rules.codes import lineage
from webapp.places.rules.scope import current, everywhere
from webapp.plumbing.database import db, within


@dataclass(frozen=True)
class Holder:
    """Somebody who holds an office: a role over a region."""

    person_id: int
    name: str
    role: Role
    region_code: str
    region_name: str
    mandate_id: int


def coordinators_of(codes: Iterable[str]) -> dict[str, tuple[int, str]]:
    """For each region of the caller's the nearest coordinator at or above it: person and name. One statement."""
    lines = {code: lineage(code) for code in _covered(codes)}
    above = {step for line in lines.values() for step in line}
    nearest = {holder.region_code: holder for holder in reversed(_in_office(above, (Role.COORDINATOR,)))}
    found = {
        code: next((nearest[step] for step in reversed(line) if step in nearest), None)
        for code, line in lines.items()
    }
    return {code: (holder.person_id, holder.name) for code, holder in found.items() if holder}


def holders(level: int, under: str, role: Role = Role.COORDINATOR) -> list[Holder]:
    """Who holds `role` over a region of `level` (1 provinsi to 4 kelurahan) at or below `under`, by code and name.

    Empty for a region that is none of the caller's. One statement.
    """
    if not current().covers(under):
        return []
    wanted = _offices((role,)).where(within(Mandate.region_code, under), Region.level == level)
    return _held(wanted.order_by(Mandate.region_code, Person.search_name, Mandate.id))


def line_above(codes: Iterable[str]) -> list[Holder]:
    """Coordinators and supervisors at or above those of these regions that are the caller's, the nearest first.

    One statement.
    """
    return _line(_covered(codes))


def own_line(who: Viewer) -> list[Holder]:
    """Whom the viewer answers to: at or above the home region and all mandates, the nearest first. One statement."""
    return _line(who.codes)


def _covered(codes: Iterable[str]) -> list[str]:
    """What leaves the scope below begins inside it: a code that was typed in a form opens nothing."""
    mine = current()
    return [code for code in codes if mine.covers(code)]


def _line(codes: Iterable[str]) -> list[Holder]:
    steps = {step for code in codes for step in lineage(code)}
    held = _in_office(steps, (Role.COORDINATOR, Role.SUPERVISOR))
    return sorted(held, key=lambda holder: -len(holder.region_code) if holder.region_code != "ID" else 0)


def _in_office(codes: Iterable[str], roles: Sequence[Role]) -> list[Holder]:
    wanted = set(codes)
    if not wanted:
        return []
    return _held(_offices(roles).where(Mandate.region_code.in_(wanted)).order_by(Mandate.id))


def _offices(roles: Sequence[Role]) -> Select[Mandate, str]:
    """Mandates of people who can be called upon: not without an account in use, nor without consent."""
    return (
        select(Mandate, Person.name)
        .select_from(Person)
        .join(Mandate, Mandate.person_id == Person.id)
        .join(Mandate.region)
        .outerjoin(Account, Account.person_id == Person.id)
        .where(Mandate.role.in_(roles), or_(Account.id.is_(None), Account.active))
        .where(Person.withdrawn_at.is_(None))
        .options(contains_eager(Mandate.region))
    )


def _held(wanted: Select[Mandate, str]) -> list[Holder]:
    with everywhere("name and office of those one answers to, or invites, are visible"):
        rows = db.session.execute(wanted).all()
    said = {row[0].id: row[1] for row in rows}
    return [
        Holder(m.person_id, said[m.id], Role(m.role), m.region_code, m.region.name, m.id)
        for m in in_force(row[0] for row in rows)
    ]


def person_ids_above(who: Viewer) -> frozenset[int]:
    """Those on the viewer's own line upward: at or above the home region and the mandates."""
    return frozenset(holder.person_id for holder in own_line(who))
