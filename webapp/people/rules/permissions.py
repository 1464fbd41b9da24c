"""Roles and permissions: one enum each, one table. Whoever holds a role anywhere is judged by this page."""

from __future__ import annotations

from enum import StrEnum, auto

from flask_babel import gettext as _


class Role(StrEnum):
    """The four roles, highest first; one grants only what stands below one's own."""

    ADMIN = "admin"
    SUPERVISOR = "supervisor"
    COORDINATOR = "coordinator"
    WITNESS = "witness"

    @property
    def is_staff(self) -> bool:
        """Whether it grants anything only behind a password."""
        return self in (Role.ADMIN, Role.SUPERVISOR)

    @property
    def below(self) -> tuple[Role, ...]:
        """The roles that it may grant."""
        order = tuple(Role)
        return order[order.index(self) + 1 :]

    @property
    def word(self) -> str:
        """What the role is called on the screen."""
        return {
            Role.ADMIN: _("Admin"),
            Role.SUPERVISOR: _("Pengawas"),
            Role.COORDINATOR: _("Koordinator"),
            Role.WITNESS: _("Saksi"),
        }[self]


class Permission(StrEnum):
    """What a route may need."""

    SIGNED_IN = auto()  # the own account, and what waits on the phone: also without any mandate
    ENTER = auto()  # anything that every signed-in person with a mandate may open
    CHECK_IN = auto()
    SEE_MEETINGS = auto()  # those one is invited to, and those of one's region
    KEEP_ATTENDANCE = auto()  # make meetings, mark, submit
    REVIEW_ATTENDANCE = auto()
    READ_SHEETS = auto()  # take a list away as a file, ask for a correction: who keeps it and who reviews it
    SEE_CHECKINS = auto()  # other people's
    SEE_SUBMISSIONS = auto()  # other people's: by their code, and what could not be taken
    SEE_COVERAGE = auto()
    FILL_SEATS = auto()
    REGISTER_PEOPLE = auto()
    CONTACT = auto()  # a phone number on request, logged
    EXPORT = auto()
    MANAGE_USERS = auto()
    SEE_TRAIL = auto()


_EVERYBODY = {Permission.SIGNED_IN, Permission.ENTER, Permission.CHECK_IN, Permission.SEE_MEETINGS}
_LEADING = _EVERYBODY | {Permission.SEE_COVERAGE, Permission.CONTACT}

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.WITNESS: frozenset(_EVERYBODY),
    Role.COORDINATOR: frozenset(
        _LEADING
        | {
            Permission.KEEP_ATTENDANCE,
            Permission.READ_SHEETS,
            Permission.FILL_SEATS,
            Permission.REGISTER_PEOPLE,
        }
    ),
    Role.SUPERVISOR: frozenset(
        _LEADING
        | {
            Permission.REVIEW_ATTENDANCE,
            Permission.READ_SHEETS,
            Permission.SEE_CHECKINS,
            Permission.SEE_SUBMISSIONS,
            Permission.EXPORT,
        }
    ),
    Role.ADMIN: frozenset(
        _LEADING
        | {
            Permission.SEE_CHECKINS,
            Permission.SEE_SUBMISSIONS,
            Permission.FILL_SEATS,
            Permission.REGISTER_PEOPLE,
            Permission.EXPORT,
            Permission.MANAGE_USERS,
            Permission.SEE_TRAIL,
        }
    ),
}
