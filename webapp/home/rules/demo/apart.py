"""The demo and the invented country stay apart from a real organisation: where they may go, and may not serve."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import ColumnElement, exists, func, inspect, select, true
from sqlalchemy.exc import OperationalError

from webapp.config import BadSetting, Config
from webapp.home.rules.demo.people import PREFIX
from webapp.people.models import BY_DEMO, Consent, Person
from webapp.places.models import Election, Region
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import db

ELECTION = "contoh"
WHY = "the demo looks whether it is needed"
FOUND = (
    "DEMO is 0, but this database holds the demo, whose secrets everybody knows: "
    "name another DATABASE_URL, or set DEMO=1."
)


def is_loaded() -> bool:
    """Whether the demo was loaded into this database before; an own election may bear the same code."""
    of_the_demo = exists().where(Consent.channel == BY_DEMO)
    return db.session.scalar(select(Election.id).where(Election.code == ELECTION, of_the_demo)) is not None


def is_empty() -> bool:
    """Whether there is nothing yet that the demo would mix with: no person, no election, no region."""
    with everywhere(WHY):
        return not any(
            db.session.scalar(select(exists().select_from(kind))) for kind in (Person, Election, Region)
        )


def has_its_own() -> bool:
    """Whether there are people or elections that neither the demo nor the invented country has made."""
    loaded = is_loaded()
    elections = exists().where(Election.sample.is_(False), Election.code != ELECTION if loaded else true())
    people = exists().where(Person.id.is_not(None), ~_is_made_up() if loaded else true())
    with everywhere(WHY):
        return bool(db.session.scalar(select(elections)) or db.session.scalar(select(people)))


def _is_made_up() -> ColumnElement[bool]:
    """Whom the demo has marked, and who bears a number that cannot ring, as all its people do from the beginning."""
    marked = select(Consent.person_id).where(Consent.channel == BY_DEMO)
    return func.coalesce(Person.phone, "").startswith(PREFIX) | Person.id.in_(marked)


def refuse_to_serve(config: Config) -> None:
    """Raise `BadSetting` where DEMO is off and the demo is there; a database that is away is not waited for."""
    if config.demo or not _may_be_there(config):
        return
    try:
        if inspect(db.engine).has_table(Election.__tablename__) and is_loaded():
            raise BadSetting(FOUND)
    except OperationalError:
        return
    finally:
        db.session.remove()
        db.engine.dispose()


def _may_be_there(config: Config) -> bool:
    """A SQLite file that is not there yet is not made by looking for it."""
    if not config.on_sqlite:
        return True
    name = db.engine.url.database
    return bool(name) and Path(name or "").is_file()
