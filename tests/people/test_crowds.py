"""Several at once: nothing is made twice, and no limit is passed in a crowd."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from sqlalchemy import func, select

from tests.cast import ANI, BUDI, CENGKARENG, DEWI, KAPUK, LONG_AGO
from tests.visits import SAME_SITE, Visitor
from webapp.people.models import Account, Mandate, Person, SignInAttempt
from webapp.people.rules import secrets
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import db

CROWD = 6
SARI = {"nama": "Sari Wulandari", "telepon": "0840 0000 077", "peran": "coordinator", "wilayah": CENGKARENG}


def at_once(app: Flask, path: str, forms: list[dict[str, str]], actor: object = DEWI) -> list[int]:
    visitors = [Visitor(app, actor) for _ in forms]  # type: ignore[arg-type]
    with ThreadPoolExecutor(len(forms)) as pool:
        answers = pool.map(
            lambda pair: pair[0].client.post(path, data=pair[1], headers=SAME_SITE),
            zip(visitors, forms, strict=True),
        )
        return sorted(answer.status_code for answer in answers)


def count(app: Flask, model: type, *conditions: object) -> int:
    with app.app_context(), everywhere("test"):
        return db.session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0  # type: ignore[arg-type]


def test_the_same_user_created_by_many_taps_is_one(app: Flask) -> None:
    assert at_once(app, "/pengguna/baru", [SARI] * CROWD) == [200, *[303] * (CROWD - 1)]
    assert count(app, Account, Account.phone == "+628400000077") == 1
    assert count(app, Person, Person.name == SARI["nama"]) == 1
    assert count(app, Mandate) == 7


def test_one_number_for_two_names_is_one_account(app: Flask) -> None:
    forms = [SARI | {"nama": f"Sari {letter}"} for letter in "abcdef"]
    assert at_once(app, "/pengguna/baru", forms) == [200, *[422] * (CROWD - 1)]
    assert count(app, Account, Account.phone == "+628400000077") == 1
    assert count(app, Person, Person.phone == "+628400000077") == 1


def test_a_mandate_granted_by_many_taps_is_one(app: Flask) -> None:
    form = {"peran": "coordinator", "wilayah": KAPUK}
    assert at_once(app, f"/pengguna/{BUDI.id}/tugas", [form] * CROWD) == [303] * CROWD
    assert count(app, Mandate, Mandate.person_id == BUDI.id, Mandate.role == "coordinator") == 1


def test_a_crowd_of_guesses_counts_no_more_than_five(app: Flask) -> None:
    with app.app_context():
        db.session.get_one(Account, ANI.id).pin_hash = secrets.hash_pin("386042", "p" * 32)
        db.session.commit()
    guesses = [{"telp": ANI.phone, "pin": "904817"}] * 12
    assert at_once(app, "/masuk", guesses, None) == [422] * 5 + [429] * 7
    assert count(app, SignInAttempt, SignInAttempt.account_id == ANI.id) == 5


def test_of_many_new_pins_at_once_one_is_kept_and_the_others_hear_of_it(app: Flask) -> None:
    with app.app_context():
        db.session.get_one(Account, ANI.id).pin_hash = secrets.hash_pin("386042", "p" * 32)
        db.session.commit()
    new = [f"90481{n}" for n in range(CROWD)]
    forms = [{"lama": "386042", "baru": pin, "ulangi": pin} for pin in new]
    assert at_once(app, "/ganti-pin", forms, ANI) == [303, *[422] * (CROWD - 1)]


def test_a_crowd_of_readings_shows_no_more_than_thirty_numbers(app: Flask) -> None:
    with app.app_context(), everywhere("test"):
        people = [
            Person(name=f"Orang {n}", search_name=f"orang {n}", region_code=KAPUK, created_at=LONG_AGO)
            for n in range(28 + CROWD)
        ]
        db.session.add_all(people)
        db.session.commit()
        ids = [person.id for person in people]
    ani = Visitor(app, ANI)
    for one in ids[:28]:
        ani.post(f"/orang/{one}/hubungi", status=200)
    with ThreadPoolExecutor(CROWD) as pool:
        taps = [(Visitor(app, ANI), f"/orang/{one}/hubungi") for one in ids[28:]]
        answers = list(pool.map(lambda tap: tap[0].client.post(tap[1], headers=SAME_SITE).status_code, taps))
    assert sorted(answers) == [200, 200, *[429] * (CROWD - 2)]
