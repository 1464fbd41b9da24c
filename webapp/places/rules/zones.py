"""The hour of a place: WIB, WITA or WIT, a constant of its province (Keppres 41/1987 and the provinces since)."""

from __future__ import annotations

from webapp.plumbing import clock

WIB, WITA, WIT = clock.WIB, 480, 540  # minutes east of UTC
WORDS = {WIB: "WIB", WITA: "WITA", WIT: "WIT"}
PROVINCES = {
    **dict.fromkeys("11 12 13 14 15 16 17 18 19 21".split(), WIB),  # Sumatera and its islands
    **dict.fromkeys("31 32 33 34 35 36".split(), WIB),  # Jawa
    **dict.fromkeys("51 52 53".split(), WITA),  # Bali, NTB, NTT
    **dict.fromkeys("61 62".split(), WIB),  # Kalimantan Barat, Tengah
    **dict.fromkeys("63 64 65".split(), WITA),  # Kalimantan Selatan, Timur, Utara
    **dict.fromkeys("71 72 73 74 75 76".split(), WITA),  # Sulawesi
    **dict.fromkeys("81 82".split(), WIT),  # Maluku, Maluku Utara
    **dict.fromkeys("91 92 93 94 95 96".split(), WIT),  # Papua
}
# A province that is split off later keeps the hour of its islands, so that no screen fails for it.
ISLANDS = {"1": WIB, "2": WIB, "3": WIB, "5": WITA, "6": WITA, "7": WITA, "8": WIT, "9": WIT}


def offset_of(code: str) -> int:
    """Minutes east of UTC at a wilayah code; the nation keeps WIB. ValueError for what is no wilayah code."""
    if code == "ID":
        return WIB
    offset = PROVINCES.get(code[:2], ISLANDS.get(code[:1]))
    if offset is None:
        raise ValueError(f"no zone is known for {code!r}")
    return offset


def word(offset: int) -> str:
    """WIB, WITA or WIT; KeyError for an offset of no Indonesian zone."""
    return WORDS[offset]
