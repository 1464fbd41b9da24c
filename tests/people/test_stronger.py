"""A weaker secret never sets or replaces a stronger one, and somebody promoted still gets a password."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from tests.cast import ANI, CENGKARENG, DEWI, LONG_AGO
from tests.visits import Visitor
from webapp.people.models import Account, Mandate, SignInAttempt
from webapp.people.rules import secrets
from webapp.people.rules import users as rules
from webapp.people.rules.permissions import Permission, Role
from webapp.people.rules.viewer import load_viewer
from webapp.places.rules.scope import EVERYWHERE, bind, everywhere
from webapp.plumbing.database import db, writing
from webapp.plumbing.refusal import Refusal

PEPPER = "p" * 32
PIN, PASSWORD, OTHER = "386042", "tiga kata acak", "sandi penyerang satu"
HASHES = {"pin": secrets.hash_pin(PIN, PEPPER), "password": secrets.hash_password(PASSWORD)}
TO_OTHER = {"cara": "sandi", "baru": OTHER, "ulangi": OTHER}


def set_up(app: Flask, *, password: bool, temporary: bool = False, role: str | None = "supervisor") -> None:
    """Ani with a PIN, perhaps with a password beside it, and perhaps promoted."""
    with app.app_context():
        account = db.session.get_one(Account, ANI.id)
        account.pin_hash, account.temporary = HASHES["pin"], temporary
        account.password_hash = HASHES["password"] if password else None
        if role:
            db.session.add(
                Mandate(person_id=ANI.id, role=role, region_code=CENGKARENG, since=LONG_AGO.date())
            )
        db.session.commit()


def hashes(app: Flask) -> tuple[str | None, str | None]:
    with app.app_context():
        account = db.session.get_one(Account, ANI.id)
        return account.pin_hash, account.password_hash


def failures(app: Flask) -> int:
    with app.app_context():
        failed = select(SignInAttempt).where(SignInAttempt.succeeded.is_(False))
        return len(db.session.scalars(failed).all())


def with_pin(app: Flask) -> Visitor:
    visitor = Visitor(app)
    visitor.post("/masuk", {"telp": ANI.phone, "pin": PIN})
    return visitor


@pytest.mark.parametrize(
    ("temporary", "old"), [(False, {"lama": PIN}), (True, {"lama": PIN}), (False, {}), (True, {})]
)
def test_a_pin_replaces_no_password(app: Flask, temporary: bool, old: dict[str, str]) -> None:
    set_up(app, password=True, temporary=temporary)
    thief = with_pin(app)
    page = thief.post("/ganti-pin", TO_OTHER | old, status=422)
    assert "Kata sandi yang sekarang tidak cocok" in page.words("main")
    assert "Kata sandi sekarang" in page.words("label")
    assert failures(app) == 1
    assert hashes(app) == (HASHES["pin"], HASHES["password"])
    thief.get("/tinjauan", status=303 if temporary else 404)


def test_wrong_old_passwords_share_the_lock_of_the_number(app: Flask) -> None:
    set_up(app, password=True)
    thief = with_pin(app)
    for _ in range(5):
        thief.post("/ganti-pin", TO_OTHER | {"lama": PIN}, status=422)
    thief.post("/ganti-pin", TO_OTHER | {"lama": PASSWORD}, status=429)
    Visitor(app).post("/masuk", {"telp": ANI.phone, "cara": "sandi", "sandi": PASSWORD}, status=429)
    thief.post("/keluar")
    thief.post(
        "/masuk", {"telp": ANI.phone, "pin": PIN}, status=429
    )  # nor a second budget on the stolen phone


def test_of_many_old_secrets_at_one_moment_none_is_taken_once_the_budget_is_used_up(app: Flask) -> None:
    """Two requests were judged before the fifth failure was kept: neither the right nor the wrong one learns more."""
    from webapp.people.rules import limits, renewing, sign_in

    set_up(app, password=True)
    with app.test_request_context():
        who = load_viewer(str(ANI.device))
        assert who is not None
        renewal = renewing.Renewal(PASSWORD, OTHER, to_password=True)
        judged = renewing.judge(who, renewal, PEPPER)
        with writing():
            for _ in range(5):
                sign_in.record_failure(judged.budgets, who.account_id)
        with pytest.raises(limits.Locked), writing():
            renewing.keep(who, judged)
    assert hashes(app)[1] == HASHES["password"]


def test_the_old_password_replaces_it_and_ends_the_pin(app: Flask) -> None:
    set_up(app, password=True)
    mine = with_pin(app)
    mine.post("/ganti-pin", TO_OTHER | {"lama": PASSWORD})
    assert hashes(app)[0] is None
    Visitor(app).post("/masuk", {"telp": ANI.phone, "pin": PIN}, status=422)
    mine.get("/tinjauan")


@pytest.mark.parametrize("temporary", [False, True])
@pytest.mark.parametrize("role", ["supervisor", None])
def test_a_pin_makes_no_first_password(app: Flask, temporary: bool, role: str | None) -> None:
    """Nor one that would wait for a later promotion."""
    set_up(app, password=False, temporary=temporary, role=role)
    thief = with_pin(app)
    page = thief.get("/ganti-pin?cara=sandi")
    assert "dibuat oleh admin" in page.words("main") and not page.soup.select("form#ganti")
    page = thief.post("/ganti-pin", TO_OTHER | {"lama": PIN}, status=422)
    assert "dibuat oleh admin" in page.words("main")
    assert hashes(app) == (HASHES["pin"], None)


def test_somebody_promoted_gets_a_password_from_the_admin_and_then_has_the_powers(
    app: Flask, dewi: Visitor
) -> None:
    set_up(app, password=False, role=None)
    old = with_pin(app)
    dewi.post(f"/pengguna/{ANI.id}/tugas", {"peran": "supervisor", "wilayah": CENGKARENG})
    assert "Minta kepada admin" in old.get("/akun").words("main")
    seal = dewi.get(f"/pengguna/{ANI.id}").one("button[name=segel]")
    assert "Kata sandi baru" in seal.get_text()
    given = dewi.post(f"/pengguna/{ANI.id}/rahasia", {"segel": seal["value"]}, status=200).words("code")
    old.get("/akun", status=302)
    Visitor(app).post("/masuk", {"telp": ANI.phone, "pin": PIN}, status=422)
    mine = Visitor(app)
    mine.post("/masuk", {"telp": ANI.phone, "cara": "sandi", "sandi": given})
    assert mine.get("/tinjauan", status=303).headers["Location"] == "/ganti-pin"
    mine.post("/ganti-pin", {"baru": PASSWORD, "ulangi": PASSWORD})
    mine.get("/tinjauan")


def test_a_pin_that_was_hashed_before_a_promotion_is_not_put_in_force(app: Flask) -> None:
    set_up(app, password=False, role=None)
    with app.test_request_context():
        bind(EVERYWHERE)
        who = load_viewer(str(DEWI.device))
        assert who is not None
        secret = rules.new_secret(Role.COORDINATOR, PEPPER)
        seal = rules.seal_of(db.session.get_one(Account, ANI.id), PEPPER)
        with writing():
            rules.grant(who, ANI.id, Role.SUPERVISOR, CENGKARENG, None, None)
        with pytest.raises(Refusal, match="baru saja berubah"), writing():
            rules.reset_secret(who, ANI.id, secret, seal, PEPPER)
    assert hashes(app) == (HASHES["pin"], None)


def test_the_command_gives_staff_no_pin(app: Flask) -> None:
    words = ["people", "create", "--name", "Pusat", "--phone", "0840 0000 091", "--pin", "--role"]
    for role in ("admin", "supervisor"):
        said = app.test_cli_runner().invoke(args=[*words, role])
        assert said.exit_code != 0 and "password" in said.output
    said = app.test_cli_runner().invoke(args=[*words, "coordinator", "--region", CENGKARENG])
    assert said.exit_code == 0 and said.output.split()[-1].isdecimal()


def test_a_mandate_that_is_opened_again_sleeps_in_a_session_with_a_pin(app: Flask, dewi: Visitor) -> None:
    set_up(app, password=False)
    with app.app_context(), everywhere("test"):
        held = select(Mandate.id).where(Mandate.person_id == ANI.id, Mandate.role == "supervisor")
        mandate = db.session.scalars(held).one()
    for act in ("akhiri", "buka"):
        dewi.post(f"/pengguna/{ANI.id}/tugas/{mandate}", {"laku": act})
    with_pin(app).get("/tinjauan", status=404)
    with app.app_context():
        who = load_viewer(str(ANI.device))
        assert who is not None and not who.may(Permission.REVIEW_ATTENDANCE)


def test_whoever_has_a_password_session_changes_no_pin_by_it(app: Flask) -> None:
    """The form of a password session is that of a password, whatever it says."""
    set_up(app, password=True)
    mine = Visitor(app)
    mine.post("/masuk", {"telp": ANI.phone, "cara": "sandi", "sandi": PASSWORD})
    form = {"cara": "pin", "lama": PASSWORD, "baru": "904817", "ulangi": "904817"}
    mine.post("/ganti-pin", form, status=422)
    assert hashes(app) == (HASHES["pin"], HASHES["password"])
