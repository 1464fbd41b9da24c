"""The invented tree of regions, with as many TPS in each village as the country has in all.

How many regions and TPS each province has is public (list of the ministry of 2025, register of February 2024);
the names below the provinces are invented, from a seed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from random import Random

from webapp.places.rules import names

SEED = 2024
# code, name, kabupaten and kota, kota among them, kecamatan, villages, TPS, middle
FACTS = """
11 Aceh 23 5 290 6500 16046 4.2 96.9
12 Sumatera_Utara 33 8 455 6110 45875 2.2 99.1
13 Sumatera_Barat 19 7 179 1265 17569 -0.8 100.5
14 Riau 12 2 172 1862 19366 0.5 101.8
15 Jambi 11 2 144 1585 11160 -1.7 102.7
16 Sumatera_Selatan 17 4 241 3259 25985 -3.2 104.2
17 Bengkulu 10 1 129 1513 6210 -3.6 102.3
18 Lampung 15 2 229 2651 25825 -4.9 105.0
19 Kepulauan_Bangka_Belitung 7 1 47 393 4116 -2.4 106.6
21 Kepulauan_Riau 7 2 80 419 5914 1.5 105.4
31 DKI_Jakarta 6 5 44 267 30766 -6.2 106.8
32 Jawa_Barat 27 9 627 5957 140457 -6.9 107.6
33 Jawa_Tengah 35 6 576 8563 117299 -7.3 110.2
34 DI_Yogyakarta 5 1 78 438 11932 -7.9 110.4
35 Jawa_Timur 38 9 666 8494 120666 -7.7 112.7
36 Banten 8 4 155 1552 33324 -6.5 106.1
51 Bali 9 1 57 716 12809 -8.4 115.1
52 Nusa_Tenggara_Barat 10 2 117 1166 16243 -8.6 117.5
53 Nusa_Tenggara_Timur 22 1 315 3442 16746 -9.3 122.2
61 Kalimantan_Barat 14 2 174 2145 17626 -0.1 111.1
62 Kalimantan_Tengah 14 1 136 1571 7830 -1.6 113.4
63 Kalimantan_Selatan 13 2 156 2016 13584 -3.5 114.8
64 Kalimantan_Timur 10 3 105 1038 11441 0.5 116.5
65 Kalimantan_Utara 5 1 55 482 2295 2.9 116.2
71 Sulawesi_Utara 15 4 171 1839 8240 1.3 124.5
72 Sulawesi_Tengah 13 1 177 2017 9462 -1.0 121.2
73 Sulawesi_Selatan 24 3 313 3059 26357 -3.7 120.2
74 Sulawesi_Tenggara 17 2 221 2285 8154 -4.1 122.1
75 Gorontalo 6 1 77 729 3539 0.7 122.4
76 Sulawesi_Barat 6 0 69 648 4219 -2.5 119.3
81 Maluku 11 2 119 1235 5622 -4.7 129.8
82 Maluku_Utara 10 2 118 1185 4192 0.2 127.5
91 Papua 9 1 105 999 3109 -2.6 138.5
92 Papua_Barat 7 0 91 824 1923 -2.7 133.6
93 Papua_Selatan 4 0 82 690 1770 -6.7 139.5
94 Papua_Tengah 8 0 131 1208 4484 -3.9 136.6
95 Papua_Pegunungan 8 0 252 2627 5850 -4.3 139.5
96 Papua_Barat_Daya 6 1 132 1013 2156 -1.1 132.0
"""
# Jakarta is as it is, so that the demo's West Jakarta is the same place and nothing stands twice.
JAKARTA = {"31.01": 2, "31.71": 8, "31.72": 6, "31.73": 8, "31.74": 10, "31.75": 10}
WEST_JAKARTA = (6, 7, 8, 11, 7, 5, 6, 6)
FIRST = (
    "Suka Karang Tanjung Muara Sumber Sido Purwo Mekar Banjar Lubuk Batu Kali Ranca Wono Air Padang Pulau Teluk"
).split()
SECOND = (
    "mulyo sari jaya agung rejo makmur harapan indah maju baru raya asri tengah kuning hilir mukti sono waru"
).split()
MOST_TPS = 451


@dataclass(frozen=True)
class Branch:
    """One invented region and how many regions or TPS stand in each of its parts."""

    code: str
    name: str
    kind: str | None
    lat: float
    lng: float


class Country:
    """The invented tree; the same for the same seed."""

    def __init__(self, facts: str = FACTS, seed: int = SEED) -> None:
        self.facts = [line.split() for line in facts.split("\n") if line]
        self.chance = Random(seed)  # noqa: S311 - invented numbers, no secrets

    @cached_property
    def branches(self) -> list[Branch]:
        """All regions, provinces first, each before its parts."""
        return [branch for facts in self.facts for branch in self._province(facts)]

    @cached_property
    def stations(self) -> list[tuple[str, int]]:
        """Villages and how many TPS each has."""
        found = []
        for code, *_rest, tps, _lat, _lng in self.facts:
            villages = [
                one.code for one in self.branches if len(one.code) == 13 and one.code.startswith(code)
            ]
            found += list(zip(villages, self.spread(int(tps), len(villages), MOST_TPS, 0.6), strict=True))
        return found

    def numbers(self) -> Iterator[tuple[int, str, int]]:
        """Every TPS: line, village and number; the last of some villages is in a prison or a hospital."""
        for line, (code, count) in enumerate(self.stations, 1):
            special = count > 12 and self.chance.random() < 0.02
            for number in range(1, count + 1):
                yield line, code, 901 if special and number == count else number

    def rows(self) -> Iterator[tuple[object, ...]]:
        """The regions as the stage takes them."""
        for line, one in enumerate(self.branches, 1):
            level = one.code.count(".") + 1
            above = one.code.rpartition(".")[0] or "ID"
            place = round(one.lat, 4), round(one.lng, 4)
            yield line, one.code, one.name, names.fold(one.name), level, above, one.kind, *place

    def spread(self, total: int, parts: int, most: int, uneven: float) -> list[int]:
        """`total` over `parts`, at least 1 and at most `most` each, exact in the sum."""
        weights = [self.chance.lognormvariate(0, uneven) for _ in range(parts)]
        free, whole = total - parts, sum(weights)
        borders = [round(free * reached / whole) for reached in accumulate(weights)]
        shares = [1 + b - a for a, b in zip([0, *borders], borders, strict=False)]
        over = sum(max(0, share - most) for share in shares)
        shares = [min(share, most) for share in shares]
        while over > 0:
            place = self.chance.randrange(parts)
            if shares[place] < most:
                shares[place] += 1
                over -= 1
        return shares

    def _province(self, facts: Sequence[str]) -> Iterator[Branch]:
        code, name, kabkota, kota, kecamatan, villages, _tps, lat, lng = facts
        top = Branch(code, name.replace("_", " "), None, float(lat), float(lng))
        yield top
        kabs = self._kabkota(top, int(kabkota), int(kota))
        shares = (
            [JAKARTA[one.code] for one in kabs]
            if code == "31"
            else self.spread(int(kecamatan), len(kabs), 90, 0.3)
        )
        kecs = [kec for kab, count in zip(kabs, shares, strict=True) for kec in self._kecamatan(kab, count)]
        yield from kabs
        yield from kecs
        for kec, count in zip(kecs, self._village_shares(kecs, int(villages)), strict=True):
            yield from self._villages(kec, count)

    def _kabkota(self, top: Branch, count: int, kota: int) -> list[Branch]:
        numbers = [*range(1, count - kota + 1), *range(71, 71 + kota)]
        return [
            self._part(top, f"{n:02}", "kota" if n > 70 else "kabupaten", i, count, 1.1)
            for i, n in enumerate(numbers)
        ]

    def _kecamatan(self, kab: Branch, count: int) -> list[Branch]:
        return [self._part(kab, f"{n + 1:02}", None, n, count, 0.18) for n in range(count)]

    def _village_shares(self, kecs: Sequence[Branch], villages: int) -> list[int]:
        west = [one for one in kecs if one.code.startswith("31.73")]
        if not west:
            return self.spread(villages, len(kecs), 200, 0.35)
        others = iter(self.spread(villages - sum(WEST_JAKARTA), len(kecs) - len(west), 12, 0.2))
        known = iter(WEST_JAKARTA)
        return [next(known) if one in west else next(others) for one in kecs]

    def _villages(self, kec: Branch, count: int) -> Iterator[Branch]:
        sign, kind = ("1", "kelurahan") if kec.code[3] == "7" or kec.code.startswith("31") else ("2", "desa")
        for n in range(count):
            yield self._part(kec, f"{sign}{n + 1:03}", kind, n, count, 0.04)

    def _part(self, above: Branch, end: str, kind: str | None, place: int, of: int, reach: float) -> Branch:
        """A part somewhere around the middle of what it lies in, on a sunflower's spiral."""
        turn, away = place * 2.39996, reach * math.sqrt((place + 0.5) / of)
        name = self.chance.choice(FIRST) + self.chance.choice(SECOND)
        prefix = {"kabupaten": "Kab. ", "kota": "Kota "}.get(kind or "", "")
        lat, lng = above.lat + away * math.sin(turn) * 0.7, above.lng + away * math.cos(turn)
        return Branch(f"{above.code}.{end}", prefix + name, kind, lat, lng)
