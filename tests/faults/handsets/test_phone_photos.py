"""Bar 6, and the data saver: photos of a check-in go up in parts, after the words, and only when they may."""

from __future__ import annotations

import base64
import hashlib
import random
import socket
from collections import Counter
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests.cast import KAPUK
from tests.faults.conftest import FULL
from tests.faults.handsets.handset import Handset
from tests.faults.handsets.house import House
from tests.faults.handsets.line import Asked, Line, forward, lost, passed, reset, says
from tests.pictures import photo, sha

CHUNK = 64 * 1024
ROUNDS = 10 if FULL else 1
SAVE = """async ([bytes, sha, kapuk]) => {
    const blob = new Blob([Uint8Array.from(atob(bytes), (sign) => sign.charCodeAt())]);
    const fields = { jenis: "posko", tempat: kapuk, foto: [sha] };
    return (await simpul.outbox.save({ kind: "checkin", fields, what: "Check-in", photos: [{ sha, blob }] })).id;
}"""
SLOW = """
    Object.defineProperty(NetworkInformation.prototype, "effectiveType", { get: () => "2g" });
    Object.defineProperty(ServiceWorkerRegistration.prototype, "sync", { value: undefined });
"""
pytestmark = pytest.mark.browser


@pytest.mark.bar(
    6,
    "a photo of 250 KB cut at every 10 %, and every answer to a whole part lost once",
    "resumed with at most a part again, hash equal, the item leaves the queue only then",
)
def test_a_photo_that_is_cut_at_every_tenth_arrives_whole(
    handset: Callable[..., Handset], house: House, line: Line, dice: random.Random, verdict: dict[str, object]
) -> None:
    phone = handset()
    cuts = again = 0
    for _ in range(ROUNDS):
        picture = photo(dice.randrange(10**6), (900, 700))
        assert 200_000 < len(picture) < 300_000
        bad = _Cutter(house, picture)
        line.fate = bad
        line.sendings.clear()
        one = phone.page.evaluate(SAVE, [base64.b64encode(picture).decode(), sha(picture), KAPUK])
        for _ in range(20):
            phone.send()
            [item] = [item for item in phone.items() if item["id"] == one]
            if item["state"] != "wait":
                break
        assert item["state"] == "sent"
        assert not bad.left
        assert bad.hashes == {sha(picture)}
        assert _complete(house, picture)
        assert house.effects([one]) == Counter([one])
        sent = sum(len(asked.body) for asked in line.sendings if "/foto/" in asked.target)
        assert sent <= len(picture) + bad.cuts * CHUNK
        cuts, again = cuts + bad.cuts, again + sent - len(picture)
    verdict |= {"photos": ROUNDS, "cuts": cuts, "again_kb": again // 1024}
    verdict["says"] = (
        f"{ROUNDS} photo(s), {cuts} cuts: hash equal, {again // cuts // 1024} KB sent again a cut"
    )


@pytest.mark.bar("–", "Save-Data, or a 2G line", "words go at once, photos wait until “Kirim sekarang”")
@pytest.mark.parametrize("why", ["save-data", "2g"])
def test_photos_wait_for_a_better_line_unless_they_are_told_to_go(
    why: str, handset: Callable[..., Handset], house: House, dice: random.Random, verdict: dict[str, object]
) -> None:
    phone = handset()
    if why == "2g":
        phone.context.add_init_script(SLOW)
    else:
        saver = phone.context.new_cdp_session(phone.page)
        saver.send("Emulation.setDataSaverOverride", {"dataSaverEnabled": True})
    phone.open("/antrean")
    assert phone.page.evaluate(
        "() => navigator.connection.saveData || /2g/.test(navigator.connection.effectiveType)"
    )
    picture = photo(dice.randrange(10**6))
    one = phone.page.evaluate(SAVE, [base64.b64encode(picture).decode(), sha(picture), KAPUK])
    phone.page.evaluate("() => simpul.outbox.send()")
    assert house.effects([one]) == Counter([one])
    assert phone.states() == Counter(wait=1)
    assert not house.read("SELECT 1 FROM blob WHERE sha256 = ?", sha(picture))
    expect(phone.page.locator("#undone")).to_contain_text("Menunggu Wi-Fi")
    phone.says("1 antre")
    phone.page.get_by_role("button", name="Kirim sekarang").click()
    phone.until("sent", 1)
    assert _complete(house, picture)
    verdict |= {"why": why, "says": f"{why}: text sent, photo waited, then sent on demand"}


@pytest.mark.bar(
    6, "a photo at the head of the queue that the server cannot take (500)", "the others go up; it waits"
)
def test_a_photo_that_nobody_can_take_does_not_hold_up_the_others(
    handset: Callable[..., Handset], house: House, line: Line, dice: random.Random, verdict: dict[str, object]
) -> None:
    phone = handset()
    first, second = (photo(dice.randrange(10**6), (400, 300)) for _ in range(2))
    broken = says("500 Internal Server Error")

    def poison(line: Line, asked: Asked, phone: socket.socket) -> None:
        (broken if sha(first) in asked.target else passed)(line, asked, phone)

    line.fate = poison
    ids = [
        phone.page.evaluate(SAVE, [base64.b64encode(picture).decode(), sha(picture), KAPUK])
        for picture in (first, second)
    ]
    phone.send()
    assert phone.states() == Counter(wait=1, sent=1)
    assert _complete(house, second)
    line.fate = passed
    phone.deliver(2)
    assert _complete(house, first)
    assert house.effects(ids) == Counter(ids)
    verdict["says"] = "the other photo went up at once, this one when the server was well"


class _Cutter:
    """Breaks the line at every tenth of a photo while it goes up, and when the server first answers to a whole part."""

    def __init__(self, house: House, picture: bytes) -> None:
        self.house, self.picture = house, picture
        self.left = [len(picture) * tenth // 10 for tenth in range(1, 10)]
        self.cuts = 0
        self.hashes: set[str] = set()
        self.deaf: set[int] = set()

    def __call__(self, line: Line, asked: Asked, phone: socket.socket) -> None:
        if "/foto/" not in asked.target:
            return passed(line, asked, phone)
        begin = int(parse_qs(urlsplit(asked.target).query)["mulai"][0])
        reached = [cut for cut in self.left if begin < cut <= begin + len(asked.body)]
        if reached:
            self.left.remove(reached[0])
            self.cuts += 1
            forward(line, asked, reached[0] - begin)
            return reset(line, asked, phone)
        kept, end = self._kept(), begin + len(asked.body)
        if len(kept) == begin and end == len(self.picture):
            self.hashes.add(hashlib.sha256(kept + asked.body).hexdigest())
        if asked.body and end not in self.deaf:
            self.deaf.add(end)
            self.cuts += 1
            return lost(line, asked, phone)
        return passed(line, asked, phone)

    def _kept(self) -> bytes:
        rows = self.house.read(
            "SELECT bytes FROM blob_part JOIN blob ON blob.id = blob_id WHERE sha256 = ? ORDER BY begins_at",
            sha(self.picture),
        )
        return b"".join(part for (part,) in rows)


def _complete(house: House, picture: bytes) -> bool:
    return house.read("SELECT state FROM blob WHERE sha256 = ?", sha(picture)) == [("lengkap",)]
