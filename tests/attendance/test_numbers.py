"""One meeting, one set of numbers: whatever happened at the door, every screen and file says the same of it."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from datetime import timedelta
from random import Random
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import openpyxl
import pytest
import time_machine
from flask import Flask

from tests.attendance.scenes import NINE, NOON, Scene, meeting_of
from tests.attendance.test_papers import paper_of, words_of
from tests.attendance.test_review import hand_in
from tests.cast import KOTA
from tests.visits import Visitor

SAID = ("hadir", "hadir", "terlambat", "izin", "sakit", "alpa")
CAME = ("hadir", "terlambat")
SEATS = 9
Told = list[dict[str, Any]]


class Door:
    """What happens at the door of one meeting, as two phones tell of it; and the numbers that follow."""

    def __init__(self, scene: Scene, dice: Random) -> None:
        self.scene, self.dice = scene, dice
        self.first: Told = []
        self.second: Told = []
        self.last: dict[int, str] = {}
        self.guests: list[str] = []
        self.gone: list[str] = []
        self.minute = 0
        for seat in dice.sample(scene.seats, dice.randrange(3, SEATS)):
            self._mark(seat)
        for number in range(dice.randrange(1, 4)):
            self._guest(f"Tamu {number}", taken_back=dice.random() < 0.6)
        self._guest("Tamu Salah", taken_back=True)
        self._guest("Tamu Datang", taken_back=False)
        self.gone.append("Wakil Tak Datang")

    @property
    def numbers(self) -> Counter[str]:
        """How many of the invited have each word; those without one are `belum`."""
        return Counter({"belum": SEATS - len(self.last)}) + Counter(self.last.values())

    @property
    def came(self) -> int:
        return sum(word in CAME for word in self.last.values())

    def _mark(self, seat: int) -> None:
        word = self.dice.choice(SAID)
        said = self._say(self.first, "attendance.mark", {word: str(seat)})
        if self.dice.random() < 0.3:
            self._say(self.second, "attendance.mark", {"hadir": str(seat)})
            word = word if word in CAME else "hadir"
        elif self.dice.random() < 0.2:
            self._say(self.first, "attendance.void", {"urung": said, "kursi": str(seat)})
            return
        self.last[seat] = word

    def _guest(self, name: str, *, taken_back: bool) -> None:
        guest = self._say(self.first, "attendance.walk-in", {"nama": name})
        if taken_back:
            self._say(self.first, "attendance.void", {"urung": guest})
        (self.gone if taken_back else self.guests).append(name)

    def _say(self, phone: Told, kind: str, fields: dict[str, str]) -> str:
        self.minute += 1
        moment = NINE - timedelta(minutes=50) + timedelta(minutes=self.minute)
        where = {"rapat": str(self.scene.meeting), "lembar": str(self.scene.sheet)}
        told = {"id": str(uuid4()), "kind": kind, "fields": where | fields, "offset": "420"}
        phone.append(told | {"happened_at": moment.isoformat()})
        return str(told["id"])

    def arrive(self, *phones: Visitor) -> None:
        """Both phones send in pieces, in any order of arrival, and some of it twice."""
        for who, told in zip(phones, (self.first, self.second), strict=True):
            sent = told + self.dice.sample(told, len(told) // 3)
            self.dice.shuffle(sent)
            for start in range(0, len(sent), 4):
                body = {"items": sent[start : start + 4], "clock": NINE.isoformat()}
                said = who.post("/kirim", json=body, status=200).response.get_json()["verdicts"]
                assert {one["verdict"] for one in said} <= {"diterima", "sudah ada", "ganda"}, said


@pytest.mark.parametrize("seed", range(3))
def test_every_screen_and_file_says_the_same(
    app: Flask, ani: Visitor, kartika: Visitor, eko: Visitor, seed: int
) -> None:
    with app.app_context():
        scene = meeting_of(SEATS)
    door = Door(scene, Random(seed))
    with time_machine.travel(NINE, tick=False):
        ani.post(f"/undangan/{scene.seats[0]}/wakil", {"nama": "Wakil Tak Datang"})
        door.arrive(ani, kartika)
        _while_it_is_open(ani, scene, door)
    with time_machine.travel(NOON, tick=False):
        hand_in(ani, scene)
        closed = ani.get(scene.url)
        assert closed.words(".sticky .count").startswith(f"{door.came}/{SEATS} hadir + {len(door.guests)} ")
        assert not any(name in closed.text for name in door.gone)
        _once_it_is_closed(ani, eko, scene, door)
        _in_files(eko, scene, door)


def _while_it_is_open(ani: Visitor, scene: Scene, door: Door) -> None:
    """The counters of the keeper."""
    done, guests = SEATS - door.numbers["belum"], f"+ {len(door.guests)} tamu"
    page = ani.get(scene.url)
    assert page.words(".sticky .count").startswith(f"{done} / {SEATS} tercatat {guests}")
    assert page.words(".seg").split()[1::2] == [str(SEATS), str(door.numbers["belum"]), str(done)]
    assert f"{door.numbers['belum']} belum" in page.words(".act")
    for path, part in (("/rapat", ".day"), ("/", "#hari-ini")):
        assert f"{done}/{SEATS} tercatat {guests}" in ani.get(path).words(part), path
    scanner = ani.get(f"/lembar/{scene.sheet}/pindai").words(".sticky .count").replace(" ", "")
    assert scanner.startswith(f"{door.came}hadir/{SEATS}{guests}".replace(" ", ""))
    meeting = ani.get(f"/rapat/{scene.meeting}").words()
    assert f"{door.came}/{SEATS}" in meeting and f"{len(door.guests)} tamu" in meeting
    heads = ani.get(f"/lembar/{scene.sheet}/kepala").words()
    assert f"{door.came + len(door.guests)} tercatat hadir" in heads


def _once_it_is_closed(ani: Visitor, eko: Visitor, scene: Scene, door: Door) -> None:
    """The reviewer's page, the agenda, the text to paste, the figures over time."""
    review = eko.get(f"/tinjauan/{scene.sheet}")
    absent = door.numbers["alpa"] + door.numbers["belum"]
    excused = door.numbers["izin"] + door.numbers["sakit"]
    told = [dd.get_text().split()[0] for dd in review.soup.select(".rates dd")]
    assert told == [*(f"{part}/{SEATS}" for part in (door.came, excused, absent)), str(len(door.guests))]
    assert len(review.soup.select("tbody tr")) == SEATS + len(door.guests)
    assert not any(name in review.text for name in door.gone)
    assert f"{door.came}/{SEATS} hadir + {len(door.guests)} tamu" in ani.get("/rapat").words(".day")
    text = unquote(str(ani.get(f"/rapat/{scene.meeting}/notulen").soup))
    assert f"{door.came} dari {SEATS} undangan hadir" in text and f"{len(door.guests)} tamu" in text
    figures = _table(eko.get(f"/rapat/angka.csv?wilayah={KOTA}").text)
    row = next(line for line in figures if "Cengkareng" in line[0])
    numbers = dict(zip(figures[0], row, strict=False))
    assert (numbers["Undangan"], numbers["Datang"]) == (str(SEATS), str(door.came))
    assert (numbers["Alpa"], numbers["Tamu"]) == (str(absent), str(len(door.guests)))


def _in_files(eko: Visitor, scene: Scene, door: Door) -> None:
    """The list as CSV, XLSX and PDF, and the whole meeting."""
    book = eko.get(f"/lembar/{scene.sheet}/hadir.xlsx").response.get_data()
    sheet = openpyxl.load_workbook(io.BytesIO(book), read_only=True).worksheets[0]
    grid = [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    for rows in (
        _table(eko.get(f"/lembar/{scene.sheet}/hadir.csv").text),
        _table(eko.get(f"/rapat/{scene.meeting}/rekap.csv").text),
        grid,
    ):
        kinds = Counter(row[4] for row in rows if len(row) > 5 and row[4] in ("tamu", "undangan"))
        assert kinds == {"undangan": SEATS, "tamu": len(door.guests)}
        assert not any(name in str(rows) for name in door.gone)
        assert any(row[:2] == ["tamu", str(len(door.guests))] for row in rows)
    paper = words_of(paper_of(eko, f"/lembar/{scene.sheet}/hadir.pdf?isi=terisi"))
    assert all(name in paper for name in door.guests) and not any(name in paper for name in door.gone)
    assert f"Undangan {SEATS} orang" in paper
    assert re.search(rf"Tamu {len(door.guests)}\b", paper.rpartition("Jumlah Hadir")[2])


def _table(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=";"))
