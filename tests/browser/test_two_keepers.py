"""Two keepers without network take the roll of one meeting between them; and one whose clock and zone are wrong."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Live, sign_in
from tests.browser.test_marking_offline import at_the_door, on_the_line
from tests.browser.test_rakor import SEATS, mark, meeting_id, statuses
from tests.browser.wire import cut

pytestmark = pytest.mark.browser
Phone = Callable[..., Page]
WIB = timezone(timedelta(hours=7))
SHARED = 10
AHEAD = 3  # hours: behind, the doors would not have been open by its clock
HERS = "UPDATE mandate SET region_code = '31.73' WHERE person_id = (SELECT id FROM person WHERE name = 'Ani Lestari')"
PHONE_OF = "SELECT account.phone FROM account JOIN person ON person.id = person_id WHERE name = 'Ani Lestari'"
RUNNING = "SELECT id FROM meeting WHERE title = 'Rakor saksi Jakarta Barat'"
RECORDED = f"""SELECT invitation_id, recorder_id FROM attendance_record
    JOIN invitation ON invitation.id = invitation_id WHERE meeting_id = ({RUNNING})"""
WRONG_CLOCK = """{
    const Real = Date, off = %d;
    window.Date = class extends Real {
        constructor(...told) { told.length ? super(...told) : super(Real.now() + off); }
        static now() { return Real.now() + off; }
    };
    Object.defineProperty(performance, "timeOrigin", { value: performance.timeOrigin + off });
}"""  # all else, timers too, stays as it is
SAID = """SELECT state, count(*) FROM submission WHERE kind LIKE 'attendance.%' GROUP BY state"""


def read(folder: Path, asked: str) -> list[tuple[object, ...]]:
    """What the server has."""
    with closing(sqlite3.connect(folder / "live.sqlite3")) as base:
        return base.execute(asked).fetchall()


def as_ani(live: Live, folder: Path) -> Live:
    """Let Ani keep the lists of the kota too; the same server with her in the coordinator's place."""
    with closing(sqlite3.connect(folder / "live.sqlite3")) as base, base:
        base.execute(HERS)
    [[number]] = read(folder, PHONE_OF)
    _kartikas, pin = live.logins["coordinator"]
    return Live(live.url, live.logins | {"coordinator": (str(number), pin)})


@pytest.mark.full
def test_sixty_three_people_and_ten_of_them_twice(phone: Phone, live: Live, tmp_path: Path) -> None:
    ani, path = at_the_door(phone, as_ani(live, tmp_path))
    kartika, _path = at_the_door(phone, live)
    seats = ani.locator("#daftar > li").evaluate_all("rows => rows.map(row => row.id)")
    assert len(seats) == SEATS
    half = (SEATS - SHARED) // 2
    begin = time.monotonic()
    for page, mine in ((ani, seats[: half + SHARED]), (kartika, seats[half:])):
        for seat in mine:
            mark(page, seat, "hadir")
        expect(page.locator(".count b")).to_have_text(f"{len(mine)}/{SEATS}")
    for page in (ani, kartika):
        on_the_line(page)
        told = page.evaluate("simpul.outbox.sum()")
        assert (told["wait"], told["check"]) == (0, 0)
        expect(page.locator("#daftar .fail, main > .note.bad, .toast.bad")).to_have_count(0)
    for page in (ani, kartika):
        page.goto(path)
        assert statuses(page) == {"h": SEATS}
        flagged = page.locator("#daftar > li", has=page.locator(".end small", has_text="ganda"))
        assert flagged.evaluate_all("rows => rows.map(row => row.id)") == seats[half : half + SHARED]
    recorded = read(tmp_path, RECORDED)
    assert len(recorded) == SEATS + SHARED and len({seat for seat, _by in recorded}) == SEATS
    assert len({by for _seat, by in recorded}) == 2
    assert {state for state, _many in read(tmp_path, SAID)} <= {"diterima", "ganda"}
    print(
        f"{len(recorded)} taps of two phones: {SEATS} persons, {SHARED} ganda, {time.monotonic() - begin:.0f} s"
    )


def test_a_wita_phone_with_a_wrong_clock_is_put_right_and_the_screen_says_so(
    phone: Phone, live: Live, tmp_path: Path
) -> None:
    page = phone(timezone_id="Asia/Makassar", service_workers="block")  # a worker's clock cannot be set
    page.add_init_script(WRONG_CLOCK % (AHEAD * 3_600_000))
    sign_in(page, live, "coordinator")
    path = f"/rapat/{meeting_id(page, live)}/hadir"
    page.goto(path)
    cut(page)
    seat = page.locator("#daftar > li").first.get_attribute("id") or ""
    mark(page, seat, "hadir")  # by this clock whoever comes now is late, so it asks
    page.get_by_label("hadir tepat waktu").check()
    tapped = datetime.now(UTC)
    mark(page, seat, "hadir")
    expect(page.locator(f"#{seat} .end small")).to_have_text("di HP")
    on_the_line(page)
    page.goto(path)
    expect(page.locator(f"#{seat} .end small")).to_contain_text("jam HP")
    shown = page.locator(f"#{seat} .end small").inner_text()
    near = [f"{tapped.astimezone(WIB) + timedelta(minutes=n):%H.%M}" for n in (-1, 0, 1)]
    assert shown[:5] in near, f"{shown}, not {near}"
    [(claimed, happened, offset, drift)] = read(
        tmp_path, "SELECT claimed_at, happened_at, offset, drift FROM attendance_record WHERE device_session_id "
        "IS NOT NULL ORDER BY received_at DESC LIMIT 1",
    )  # fmt: skip
    gap = datetime.fromisoformat(str(happened)) - tapped.replace(tzinfo=None)
    kept = datetime.fromisoformat(str(claimed)) - tapped.replace(tzinfo=None)
    assert abs(gap) < timedelta(minutes=1) and offset == 480
    assert abs(kept - timedelta(hours=AHEAD)) < timedelta(minutes=1), "what the phone said is kept too"
    assert abs(abs(int(str(drift))) - AHEAD * 3600) < 60
