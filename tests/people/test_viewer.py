"""Who is looking, and how much of the country they answer for."""

from __future__ import annotations

from tests.cast import ANI, BUDI, CENGKARENG, CITRA, DEWI, EKO, KOTA
from webapp.people.rules.permissions import Permission, Role
from webapp.people.rules.viewer import load_viewer


def test_a_coordinator_answers_for_her_kecamatan(inside: None) -> None:
    ani = load_viewer(str(ANI.device))
    assert ani is not None
    assert ani.scope(Permission.FILL_SEATS).codes == (CENGKARENG,)
    assert ani.highest is not None and ani.highest.role is Role.COORDINATOR


def test_a_witness_has_own_rows_and_no_region(inside: None) -> None:
    budi = load_viewer(str(BUDI.device))
    assert budi is not None
    assert budi.scope(Permission.CHECK_IN).codes == ()
    assert budi.scope(Permission.CHECK_IN).person_id == BUDI.id
    assert not budi.may(Permission.SEE_COVERAGE)


def test_a_supervisor_reviews_in_the_kota(inside: None) -> None:
    eko = load_viewer(str(EKO.device))
    assert eko is not None
    assert eko.scope(Permission.REVIEW_ATTENDANCE).covers(f"{KOTA}.02")
    assert not eko.scope(Permission.REVIEW_ATTENDANCE).covers("31.74")


def test_an_admin_of_the_nation_covers_everything(inside: None) -> None:
    dewi = load_viewer(str(DEWI.device))
    assert dewi is not None and dewi.scope(Permission.MANAGE_USERS).covers("94.01")


def test_a_device_that_is_not_known_is_nobody(inside: None) -> None:
    assert load_viewer("nonsense") is None
    assert load_viewer(str(CITRA.device).replace("4", "9")) is None
