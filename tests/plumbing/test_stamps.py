"""A stamp that no phone makes is refused in words, and never breaks the server."""

from __future__ import annotations

import pytest

from tests.cast import KAPUK
from tests.checkins.taps import tap
from tests.visits import SAME_SITE, Visitor

POSKO = {"jenis": "posko", "tempat": KAPUK}


@pytest.mark.parametrize(
    "stamp",
    [
        {"happened_at": "9999-12-31T23:59:59+00:00", "clock": "1970-01-01T00:00:00+00:00"},
        {"happened_at": "0001-01-02T00:00:00+00:00", "clock": "9999-12-31T00:00:00+00:00"},
        {"offset": "999999999999999"},
        {"offset": "1000"},
        {"happened_at": "", "offset": "-901"},
    ],
)
def test_a_stamp_beyond_belief_is_refused(ani: Visitor, stamp: dict[str, str]) -> None:
    ani.post("/check-in", tap(POSKO) | stamp, status=422)
    item = {"kind": "checkin", "fields": POSKO, **tap() | stamp}
    answer = ani.client.post("/kirim", json={"items": [item], "clock": stamp.get("clock")}, headers=SAME_SITE)
    if stamp.get("happened_at", "x"):
        assert answer.get_json()["verdicts"][0]["verdict"] == "ditolak"


def test_half_a_sign_does_not_hold_up_the_queue(ani: Visitor) -> None:
    item = {"kind": "checkin", "fields": {**POSKO, "catatan": "a\ud800b"}, **tap()}
    answer = ani.client.post("/kirim", json={"items": [item]}, headers=SAME_SITE)
    assert answer.get_json()["verdicts"][0]["verdict"] == "diterima"
