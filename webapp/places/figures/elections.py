"""Which election a page is about: the current one, or the one that the address names."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select

from webapp.places.models import Election
from webapp.plumbing.database import db
from webapp.plumbing.refusal import NotThere, Refusal

KEPT = "current_election"


class NoElection(Refusal):
    """Nobody has brought a register yet, or none of the elections is current."""

    status = 404

    def __init__(self) -> None:
        super().__init__(_("Belum ada pemilihan. Minta pusat memuat daftar TPS lebih dulu."))


def elections() -> list[Election]:
    """All elections, the newest first."""
    return list(db.session.scalars(select(Election).order_by(Election.date.desc(), Election.code)))


def current_election() -> Election:
    """The current election, asked for once a session. Raises `NoElection`."""
    kept: Election | None = db.session.info.get(KEPT)
    if kept is not None and kept in db.session and kept.current:
        return kept
    found = db.session.scalars(select(Election).where(Election.current).order_by(Election.id)).first()
    if found is None:
        raise NoElection
    db.session.info[KEPT] = found
    return found


def election_for(code: str | None) -> Election:
    """The election that `?pemilihan=CODE` names, else the current one. Raises `NotThere` and `NoElection`."""
    if not code:
        return current_election()
    found = None
    if code.isprintable():
        found = db.session.scalars(select(Election).where(Election.code == code)).first()
    if found is None:
        raise NotThere(_("Pemilihan ini tidak dikenal. Pilih dari daftar pemilihan."))
    return found
