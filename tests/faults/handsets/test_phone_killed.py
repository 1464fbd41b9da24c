"""Bars 7 and 8: a tab and a browser that are killed while something is half done."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from playwright.sync_api import Error, Playwright

from tests.cast import ANI
from tests.clock import of_a_browser
from tests.faults.conftest import FULL
from tests.faults.handsets.handset import FLAGS, SCREEN, Handset
from tests.faults.handsets.house import House
from tests.faults.handsets.line import Line, passed, reset

KILLS = 50 if FULL else 5
pytestmark = pytest.mark.browser
SAVING = """(kapuk) => {
    const fields = { jenis: "posko", tempat: kapuk };
    if (!document.documentElement.dataset.user) return; // the page for nobody, which has nothing to save
    (async () => {
        for (;;) {
            const { id } = await simpul.outbox.save({ kind: "checkin", fields, what: "Check-in" });
            console.log("Tersimpan " + id);
        }
    })();
}"""


class Killed:
    """A phone whose browser can be killed, with a profile on disk."""

    def __init__(self, driver: Playwright, chromium: str | None, profile: Path, line: Line) -> None:
        self.driver, self.chromium, self.profile, self.line = driver, chromium, profile, line

    @contextmanager
    def running(self) -> Iterator[Handset]:
        """Start the browser; it is dead afterwards, one way or the other."""
        context = self.driver.chromium.launch_persistent_context(
            self.profile, executable_path=self.chromium, args=FLAGS, env=of_a_browser(), **SCREEN
        )
        try:
            yield Handset(context, self.line)
        finally:
            with suppress(Error):
                context.close()

    def kill(self) -> None:
        """kill -9 of the whole group of processes that has this profile open."""
        for pid in self._pids():
            with suppress(ProcessLookupError):
                os.killpg(os.getpgid(pid), signal.SIGKILL)
        while self._pids():
            time.sleep(0.01)

    def _pids(self) -> list[int]:
        return [
            int(path.name)
            for path in Path("/proc").iterdir()
            if path.name.isdecimal() and self._is_ours(path)
        ]

    def _is_ours(self, process: Path) -> bool:
        with suppress(OSError):
            return f"--user-data-dir={self.profile}".encode() in (process / "cmdline").read_bytes().split(
                b"\0"
            )
        return False


@pytest.fixture
def killed(driver: Playwright, chromium_path: str | None, line: Line, house: House, tmp_path: Path) -> Killed:
    """A phone that can be killed, on which Ani is signed in."""
    phone = Killed(driver, chromium_path, tmp_path / "profile", line)
    line.fate = reset
    with phone.running() as one:
        name, _, value = house.device(ANI)[1].partition("=")
        forever = {"name": name, "value": value, "url": line.url, "expires": time.time() + 10**6}
        one.context.add_cookies([forever])  # type: ignore[list-item]
        one.open()
    return phone


@pytest.mark.bar(8, "kill -9 of the browser with 20 items queued", "all delivered after the restart")
def test_a_killed_browser_delivers_its_queue_after_the_restart(
    killed: Killed, house: House, line: Line, verdict: dict[str, object]
) -> None:
    with killed.running() as phone:
        phone.open()
        ids = phone.save(20)
        killed.kill()
    assert not house.effects(ids)
    line.fate = passed
    with killed.running() as phone:
        phone.open()  # nothing but opening the app
        phone.until("sent", 20)
    assert house.effects(ids) == Counter(ids)
    verdict |= {"items": 20, "says": "20 of 20 after the restart"}


@pytest.mark.bar(8, "kill -9 of the browser while it saves", "whatever it called saved is there")
def test_what_was_called_saved_outlives_the_browser(
    killed: Killed, house: House, line: Line, dice: random.Random, verdict: dict[str, object]
) -> None:
    told: list[str] = []
    for _ in range(KILLS):
        with killed.running() as phone:
            phone.open()
            phone.page.on(
                "console",
                lambda said: said.text.startswith("Tersimpan") and told.append(said.text.split()[1]),
            )
            phone.page.evaluate(SAVING, ANI.home)
            phone.page.wait_for_timeout(dice.randrange(5, 250))
            killed.kill()
    assert told
    line.fate = passed
    with killed.running() as phone:
        phone.open()
        kept = {item["id"] for item in phone.items()}
        phone.send()
        assert set(phone.states()) == {"sent"}
    lost = set(told) - kept
    assert not lost
    assert house.effects(told) == Counter(told)
    verdict |= {"kills": KILLS, "saved": len(told), "unsaid": len(kept) - len(told)}
    verdict["says"] = f"{KILLS} kills: {len(told)} called saved, 0 of them lost"
