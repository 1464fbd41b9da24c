"""`flask people create`: the first admin of a real organisation."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from tests.visits import Visitor
from webapp.people.models import Account, Mandate
from webapp.places.models import Region
from webapp.plumbing.database import db


def run(app: Flask, *words: str, typed: str | None = None) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["people", "create", *words], input=typed)
    return result.exit_code, result.output


def test_the_first_admin_is_made_and_signs_in(app: Flask, stranger: Visitor) -> None:
    code, said = run(app, "--name", "Pusat", "--phone", "0840 0000 091")
    assert code == 0 and said.startswith("login: admin 0840 0000 091 ")
    stranger.post("/masuk", {"telp": "0840 0000 091", "cara": "sandi", "sandi": said.split()[-1]})
    assert stranger.get("/pengguna", status=303).headers["Location"] == "/persetujuan"


def test_a_password_from_standard_input_is_for_good(app: Flask) -> None:
    code, said = run(
        app, "--name", "Pusat", "--phone", "0840 0000 091", "--password-stdin", typed="tiga kata acak\n"
    )
    assert code == 0 and "tiga kata" not in said
    with app.app_context():
        account = db.session.scalars(select(Account).where(Account.phone == "+628400000091")).one()
        assert account.temporary is False and account.password_hash
        mandate = db.session.scalars(select(Mandate).where(Mandate.person_id == account.person_id)).one()
        assert (mandate.role, mandate.region_code) == ("admin", "ID")


def test_an_empty_register_gets_its_nation(app: Flask) -> None:
    with app.app_context():
        for table in reversed(db.metadata.sorted_tables):
            if table.name != "audit_entry":
                db.session.execute(table.delete())
        db.session.commit()
    assert run(app, "--name", "Pusat", "--phone", "0840 0000 091")[0] == 0
    with app.app_context():
        assert list(db.session.scalars(select(Region.code))) == ["ID"]


def test_mistakes_are_told_and_nothing_is_made(app: Flask) -> None:
    good = ["--name", "Pusat", "--phone", "0840 0000 091"]
    for words, typed in [
        (["--name", "Pusat", "--phone", "021"], None),
        (["--name", "", "--phone", "0840 0000 091"], None),
        ([*good, "--region", "99.99"], None),
        ([*good, "--role", "raja"], None),
        ([*good, "--password-stdin"], "pendek\n"),
        ([*good, "--password-stdin", "--pin"], "tiga kata acak\n"),
        (["--name", "Pusat", "--phone", "0840 0000 001"], None),
    ]:
        code, said = run(app, *words, typed=typed)
        assert code != 0 and "Error" in said
    with app.app_context():
        assert db.session.scalars(select(Account).where(Account.phone == "+628400000091")).all() == []
