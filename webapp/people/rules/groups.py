"""Groups of volunteers: found, rename, end; join and leave. Each of them may be said twice.

The partial unique indexes of `Group` and `Membership` are the judge; what they refuse is told in the user's words.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import IntegrityError

from webapp.people.models import Group, Membership, Person
from webapp.people.rules.trail import note
from webapp.places.models import Region
from webapp.places.rules.names import fold
from webapp.places.rules.scope import current
from webapp.plumbing.clock import now
from webapp.plumbing.database import db
from webapp.plumbing.refusal import NotThere, Refusal

SHORTEST, LONGEST = 3, 80
A_MOMENT = timedelta(minutes=10)


class BadGroupName(Refusal):
    """The text cannot be a group's name."""

    field = "nama"


class NameTaken(Refusal):
    """An active group of that region bears the name."""

    status = 409
    field = "nama"


class Ended(Refusal):
    """Nothing is changed in a group that has ended."""

    status = 409


def group_within_reach(group_id: int) -> Group:
    """The group, when the bound scope covers its region. Raises `NotThere`."""
    group = db.session.scalars(select(Group).where(Group.id == group_id)).one_or_none()
    if group is None or not current().covers(group.region_code):
        raise NotThere
    return group


def found_group(name: str, region_code: str, by: int) -> Group:
    """A new group of a region. Raises `NotThere` for a region that is none of the actor's, `NameTaken`."""
    tidy = clean_group_name(name)
    if not current().covers(region_code) or db.session.get(Region, region_code) is None:
        raise NotThere(_("Wilayah ini tidak ditemukan di wilayah Anda. Pilih lagi."))
    group = Group(region_code=region_code, name=tidy, search_name=fold(tidy), created_at=now(), created_by=by)
    if known := _sent_twice(group):
        return known
    with _unique(tidy):
        db.session.add(group)
    note("group.found", "group", group.id, region_code)
    return group


def rename_group(group: Group, name: str) -> None:
    """Another name for the same group. Raises `Ended`, `NameTaken`."""
    _insist_active(group)
    tidy = clean_group_name(name)
    if tidy == group.name:
        return
    with _unique(tidy):
        group.name, group.search_name = tidy, fold(tidy)
    note("group.rename", "group", group.id, group.region_code)


def end_group(group: Group) -> None:
    """It counts nowhere any more; who belonged to it stays known. A second time changes nothing."""
    if group.ended_at is None:
        group.ended_at = now()
        note("group.end", "group", group.id, group.region_code)


def reopen_group(group: Group) -> None:
    """Take back the end. Raises `NameTaken` when another one has the name by now."""
    if group.ended_at is None:
        return
    with _unique(group.name):
        group.ended_at = None
    note("group.reopen", "group", group.id, group.region_code)


def join(group: Group, person_id: int, by: int) -> Membership:
    """Make somebody of the scope a member; who is one already stays it. Raises `Ended`, `NotThere`."""
    _insist_active(group)
    _insist_willing(person_id)
    known = _membership(Membership.group_id == group.id, Membership.person_id == person_id)
    return known or _new_member(group, person_id, by)


def leave(group: Group, membership_id: int) -> Membership:
    """End one membership of this group, once. Raises `NotThere`."""
    one = _of(group, membership_id)
    if one.until is None:
        one.until = now()
        note("group.leave", "person", one.person_id, group.region_code, before={"group": group.id})
    return one


def come_back(group: Group, membership_id: int) -> Membership:
    """Take back a `leave`: as a member since the day of old. Raises `Ended`, `NotThere`."""
    _insist_active(group)
    one = _of(group, membership_id)
    _insist_willing(one.person_id)
    known = _membership(Membership.group_id == group.id, Membership.person_id == one.person_id)
    if known is not None:
        return known
    one.until = None
    note("group.join", "person", one.person_id, group.region_code, after={"group": group.id})
    return one


def leave_all(person_id: int) -> None:
    """End every membership of somebody who has withdrawn consent."""
    still = select(Membership).where(Membership.person_id == person_id, Membership.until.is_(None))
    for one in db.session.scalars(still):
        one.until = now()


def clean_group_name(name: str) -> str:
    """The name with single spaces and no control signs; raises `BadGroupName`."""
    tidy = " ".join("".join(s for s in unicodedata.normalize("NFC", name) if s.isprintable()).split())
    if len(tidy) < SHORTEST or not fold(tidy):
        raise BadGroupName(_("Tulis nama simpul, paling sedikit 3 huruf."))
    if len(tidy) > LONGEST:
        raise BadGroupName(_("Nama ini terlalu panjang, paling banyak 80 huruf."))
    return tidy


@contextmanager
def _unique(name: str) -> Iterator[None]:
    """What the index refuses, in words."""
    try:
        with db.session.begin_nested():
            yield
    except IntegrityError as clash:
        says = _(
            "Simpul “%(name)s” sudah ada di wilayah ini. Pakai yang ada, atau pilih nama lain.", name=name
        )
        raise NameTaken(says) from clash


def _sent_twice(group: Group) -> Group | None:
    """The group that the same hand founded a moment ago: the form came a second time."""
    same = select(Group).where(
        Group.region_code == group.region_code,
        Group.search_name == group.search_name,
        Group.created_by == group.created_by,
        Group.created_at > group.created_at - A_MOMENT,
        Group.ended_at.is_(None),
    )
    return db.session.scalars(same).one_or_none()


def _new_member(group: Group, person_id: int, by: int) -> Membership:
    one = Membership(
        group_id=group.id, person_id=person_id, region_code=group.region_code, since=now(), added_by=by
    )
    try:
        with db.session.begin_nested():
            db.session.add(one)
    except IntegrityError:
        other = _membership(Membership.group_id == group.id, Membership.person_id == person_id)
        if other is None:
            raise
        return other
    note("group.join", "person", person_id, group.region_code, after={"group": group.id})
    return one


def _membership(*where: ColumnElement[bool]) -> Membership | None:
    return db.session.scalars(select(Membership).where(Membership.until.is_(None), *where)).one_or_none()


def _of(group: Group, membership_id: int) -> Membership:
    own = select(Membership).where(Membership.id == membership_id, Membership.group_id == group.id)
    one = db.session.scalars(own).one_or_none()
    if one is None:
        raise NotThere
    return one


def _insist_active(group: Group) -> None:
    if group.ended_at is not None:
        raise Ended(_("Simpul “%(name)s” sudah diakhiri. Hidupkan lagi dulu.", name=group.name))


def _insist_willing(person_id: int) -> None:
    """Only people of the scope, with consent."""
    person = db.session.scalars(select(Person).where(Person.id == person_id)).one_or_none()
    if person is None or person.withdrawn_at is not None:
        raise NotThere(_("Orang ini tidak ditemukan di wilayah Anda. Cari lagi namanya."))
