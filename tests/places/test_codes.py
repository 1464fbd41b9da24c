"""What a wilayah code is, what it says about itself, and what only looks like one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.places.rules.codes import (
    CODE,
    begun,
    is_bps_shape,
    is_code,
    is_village,
    level_of,
    lineage,
    lost_zero,
    parent_of,
    village_kind,
    with_dots,
)

codes = st.from_regex(CODE, fullmatch=True)
KAPUK = "31.73.01.1005"
NOT_CODES = ["", "0", "3", "3173", "31.7", "31.73.1", "01.73", "31.73.01.0005", "31.73.01.4005", "31.73.01.100",
             "31.73.01.1005.1", "31.73.", " 31.73", "31.73\n", "id", "31,73", "٣١.٧٣"]  # fmt: skip


def test_kapuk_knows_its_way_up():
    assert lineage(KAPUK) == ["ID", "31", "31.73", "31.73.01", KAPUK]
    assert parent_of("31") == "ID"
    assert parent_of("ID") is None
    assert lineage("ID") == ["ID"]


def test_levels_count_from_the_nation():
    assert [level_of(code) for code in lineage(KAPUK)] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (KAPUK, "kelurahan"),
        ("11.01.01.2001", "desa"),
        ("91.03.01.3001", "desa_adat"),
        ("31.73.01", None),
        ("ID", None),
    ],
)
def test_the_fourth_part_says_what_kind_of_village_it_is(code, kind):
    assert village_kind(code) == kind
    assert is_village(code) == (kind is not None)


@pytest.mark.parametrize("text", NOT_CODES)
def test_what_is_no_code_is_not_taken_for_one(text):
    assert not is_code(text)
    assert not is_village(text)
    with pytest.raises(ValueError, match="not a wilayah code"):
        lineage(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [("31", "31"), ("3173", "31.73"), ("317301", "31.73.01"), ("3173011005", KAPUK), (f" {KAPUK} ", KAPUK)],
)
def test_bare_digits_get_their_dots(text, code):
    assert with_dots(text) == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "3",
        "317",
        "31730",
        "3173010",
        "31730110",
        "317301100",
        "9901010001",
        "0173",
        "31.7301",
        "ID",
        "3173.5",
    ],
)
def test_digits_of_another_shape_get_none(text):
    assert with_dots(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "31.73. 01.1005", " 31.73.01.1005\u00a0", "31.73\u200b.01.1005", "'31.73.01.1005", '="31.73.01.1005"',
        "31,73,01,1005", "3173011005.0", "3173011005,0", "3.173011005E+09", "3.173.011.005", "３１.73.01.1005",
    ],
)  # fmt: skip
def test_a_code_is_read_as_people_paste_it_and_spreadsheets_write_it(text):
    assert with_dots(text) == KAPUK


def test_a_code_that_a_spreadsheet_rounded_is_none():
    assert with_dots("3.17301E+09") is None
    assert (lost_zero("32.1"), lost_zero("32,1"), lost_zero("32.01"), lost_zero("3.2")) == (
        "32.10",
        "32.10",
        None,
        None,
    )


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("31.73.01.100", "31.73.01"),
        ("31.73.O1", "31.73"),
        ("32.1", "32"),
        ("31.74.010", ""),
        ("3173", ""),
        ("Kapuk", ""),
    ],
)
def test_of_a_code_that_cannot_be_read_the_certain_part_is_known(text, region):
    assert begun(text) == region


@pytest.mark.parametrize("text", ["31.74.010", "31.74.010.001", "3174.010", "3174010", "31.74.010.0001"])
def test_a_kecamatan_of_three_digits_can_only_be_bps(text):
    assert is_bps_shape(text)
    assert with_dots(text) is None


@given(codes)
def test_dots_can_be_left_out_and_put_back(code):
    assert with_dots(code.replace(".", "")) == code == with_dots(code)


@given(codes)
def test_a_code_is_never_taken_for_bps(code):
    assert not is_bps_shape(code)


@given(codes)
def test_each_step_up_is_one_level_and_a_prefix(code):
    line = lineage(code)
    assert line[0] == "ID"
    assert line[-1] == code
    assert [level_of(step) for step in line] == list(range(len(line)))
    assert [parent_of(step) for step in line] == [None, *line[:-1]]
    assert all(code.startswith(step) for step in line[1:])


@given(st.text(alphabet="0123456789.", max_size=14))
def test_whatever_gets_dots_is_a_code(text):
    dotted = with_dots(text)
    assert dotted is None or is_code(dotted)
