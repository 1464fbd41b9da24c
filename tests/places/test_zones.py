"""Which hour a place keeps."""

import pytest

from webapp.places.rules.zones import PROVINCES, offset_of, word

WIB = "11 12 13 14 15 16 17 18 19 21 31 32 33 34 35 36 61 62"
WITA = "51 52 53 63 64 65 71 72 73 74 75 76"
WIT = "81 82 91 92 93 94 95 96"


@pytest.mark.parametrize(("zone", "provinces"), [("WIB", WIB), ("WITA", WITA), ("WIT", WIT)])
def test_every_province_keeps_the_hour_of_its_law(zone, provinces):
    assert {word(offset_of(code)) for code in provinces.split()} == {zone}


def test_the_table_holds_all_38_provinces():
    assert sorted(PROVINCES) == sorted(f"{WIB} {WITA} {WIT}".split())
    assert len(PROVINCES) == 38


@pytest.mark.parametrize(
    ("code", "minutes"),
    [("ID", 420), ("31.73.01.1005", 420), ("62.71", 420), ("63.71.01", 480), ("51.03", 480), ("94.01", 540)],
)
def test_a_village_keeps_the_hour_of_its_province(code, minutes):
    assert offset_of(code) == minutes


def test_a_province_made_later_keeps_the_hour_of_its_islands():
    assert word(offset_of("97.01")) == "WIT"
    assert word(offset_of("77")) == "WITA"


@pytest.mark.parametrize("text", ["", "00", "41.01", "Kapuk"])
def test_what_is_no_code_has_no_hour(text):
    with pytest.raises(ValueError, match="no zone"):
        offset_of(text)
