"""Finding a place by its name, or walking down to it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import pytest

from tests.cast import ANI, CENGKARENG, KAPUK, KOTA, TOMANG, station_id
from tests.effort import seconds
from webapp.places.figures.search import TPS, Place, choose, place_from, place_of
from webapp.places.models import Election, Region, Station
from webapp.places.rules.names import fold, key
from webapp.places.rules.scope import Scope
from webapp.plumbing.database import db

pytestmark = pytest.mark.usefixtures("inside")


def add(code: str, name: str, *, retired: bool = False) -> None:
    level = code.count(".") + 1
    db.session.add(
        Region(
            code=code,
            name=name,
            search_name=fold(name),
            level=level,
            parent_code=code.rpartition(".")[0] or "ID",
            retired=retired,
        )
    )
    db.session.flush()


def find(words: str, within: Scope | None = None) -> Sequence[Place]:
    return choose({"cari": words}, within=within).choices


def codes_of(places: Any) -> list[str]:
    return [place.code for place in places]


def test_a_village_is_found_by_the_beginning_of_its_name_with_its_parents() -> None:
    found = find("kapu")
    assert codes_of(found) == [KAPUK]
    assert (found[0].name, found[0].under) == ("Kapuk", "Cengkareng, Jakarta Barat")


def test_an_exact_name_stands_before_one_that_goes_on() -> None:
    found = find("cengkareng")
    assert codes_of(found) == [CENGKARENG, "31.73.01.1001"]


def test_the_middle_of_a_word_finds_nothing() -> None:
    assert find("apuk") == []


def test_accents_and_signs_do_not_matter() -> None:
    add("31.73.03", "Pëcah Kulit")
    assert codes_of(find("PECAH-kulit")) == ["31.73.03"]
    assert find("%") == find("_") == find("'") == []


def test_the_parents_name_tells_two_villages_of_one_name_apart() -> None:
    add("31.73.02.1099", "Kapuk")
    assert len(find("kapuk")) == 2
    assert codes_of(find("kapuk grogol")) == ["31.73.02.1099"]
    assert codes_of(find("kapuk jakarta barat cengkareng")) == [KAPUK]


AS_PEOPLE_WRITE_IT = [
    ("Kel. Kapuk", KAPUK), ("Kelurahan Kapuk", KAPUK), ("desa kapuk", KAPUK), ("KAPUK, KEC CENGKARENG", KAPUK),
    ("Kel. Kapuk, Kec. Cengkareng, Kota Jakarta Barat", KAPUK), ("kel kapuk kec cengkareng kota jakbar", KAPUK),
    ("Jl. Raya Duri No. 3, RT 05/RW 02, Kel. Kapuk, Kec. Cengkareng, Jakarta 11720", KAPUK), ("Kapuk 3", KAPUK),
    ("Kec. Cengkareng", CENGKARENG), ("kecamatan cengkareng", CENGKARENG),
    ("Kota Administrasi Jakarta Barat", KOTA),
    ("Kota Jakarta Barat", KOTA), ("Kota Adm. Jakarta Barat", KOTA), ("jakartabarat", KOTA), ("jakbar", KOTA),
    ("Prov. DKI Jakarta", "31"), ("Provinsi DKI Jakarta, Indonesia", "31"),
    ("grogolpetamburan", "31.73.02"), ("tomang grogolpetamburan", TOMANG), ("ka\u200bpuk", KAPUK),
    ("31.73.01.1005", KAPUK), ("3173011005", KAPUK), (" 31.73. 01.1005", KAPUK), ("31.73", KOTA),
    ("317301", CENGKARENG), ("Daerah Khusus Ibukota Jakarta", "31"), ("Provinsi Daerah Khusus Jakarta", "31"),
    ("D.K.I. Jakarta", "31"), ("Pemprov DKI Jakarta", "31"), ("Pemkot Jakarta Barat", KOTA), ("Jkt Barat", KOTA),
    ("Distrik Cengkareng", CENGKARENG), ("Kapanewon Cengkareng", CENGKARENG), ("Kemantren Cengkareng", CENGKARENG),
    ("Kalurahan Kapuk", KAPUK), ("Kampung Kapuk", KAPUK), ("Gampong Kapuk", KAPUK), ("Nagari Kapuk", KAPUK),
    ("Ka Puk Cengkareng", KAPUK), ("Cengka Reng", CENGKARENG), ("31-73-01-1005", KAPUK), ("31_73_01_1005", KAPUK),
    ("31.73.01.1005.", KAPUK), ("31.73.01.1005 Kapuk", KAPUK), ("Kapuk (3173011005)", KAPUK), ("kode 31.73", KOTA),
]  # fmt: skip


def test_a_place_is_found_as_people_write_it() -> None:
    for words, code in AS_PEOPLE_WRITE_IT:
        assert codes_of(find(words))[:1] == [code], words


def test_abbreviations_and_the_words_they_stand_for_are_one() -> None:
    add("31.73.02.1002", "Tanjung Duren Utara")
    add("31.73.05", "Kebon Jeruk")
    add("31.73.06", "Kp. Rawa")
    for words in ("Tj. Duren Utara", "tg duren", "tanjung duren", "tanjungduren", "tanj dur"):
        assert codes_of(find(words)) == ["31.73.02.1002"], words
    for words in ("Kb. Jeruk", "kebun jeruk", "kebonjeruk", "kebonjer", "Kec Kb Jeruk"):
        assert codes_of(find(words)) == ["31.73.05"], words
    assert codes_of(find("kampung rawa")) == codes_of(find("Kp. Rawa")) == ["31.73.06"]


def test_a_name_that_begins_with_what_a_village_is_called_elsewhere_is_found_by_it() -> None:
    add("31.73.02.2003", "Negeri Agung")
    add("31.73.02.2004", "Agung")
    add("31.73.02.2005", "Kampung Rawa")
    assert codes_of(find("Negeri Agung")) == ["31.73.02.2003"]
    assert codes_of(find("Pekon Agung")) == ["31.73.02.2004", "31.73.02.2003"]
    assert codes_of(find("Kp. Rawa, Grogol")) == codes_of(find("Rawa")) == ["31.73.02.2005"]


def test_provinces_are_found_in_full_and_in_short() -> None:
    add("34", "DI Yogyakarta")
    add("34.71", "Kota Yogyakarta")
    add("16", "Sumatera Selatan")
    for words in ("Daerah Istimewa Yogyakarta", "D.I. Yogyakarta", "DIY", "Prov. DIY", "DI. Jogjakarta"):
        assert codes_of(find(words))[0] == "34", words
    assert codes_of(find("Kota Jogja"))[0] == "34.71"
    assert codes_of(find("Sumsel")) == codes_of(find("Prov. Sumsel")) == ["16"]


def test_a_blank_may_be_left_out_or_put_in_anywhere() -> None:
    add("31.73.05", "Pondokgede")
    add("31.73.06", "Kota Gunungsitoli")
    add("31.73.06.1001", "Kedaung Kali Angke")
    for words in ("Pondok Gede", "Pd. Gede", "Pondok Gede Jakarta Barat", "pondokgede"):
        assert codes_of(find(words)) == ["31.73.05"], words
    for words in ("Gunung Sitoli", "Gn. Sitoli"):
        assert codes_of(find(words)) == ["31.73.06"], words
    for words in ("Kedaung Kaliangke", "Kedaung Kaliangke, Gunung Sitoli"):
        assert codes_of(find(words)) == ["31.73.06.1001"], words


def test_the_number_of_a_name_may_be_digits_roman_or_words() -> None:
    add("31.73.05", "Ilir Timur Dua")
    add("31.73.06", "Ilir Timur III")
    add("31.73.06.1001", "Tiga-belas Ulu")
    for words in ("Ilir Timur II", "Ilir Timur 2", "Ilir Timur Dua"):
        assert codes_of(choose({"cari": words}, down_to=TPS).choices)[0] == "31.73.05", words
    for words in ("Ilir Timur Tiga", "Ilir Timur 3"):
        assert codes_of(find(words))[0] == "31.73.06", words
    for words in ("13 Ulu", "XIII Ulu", "Kel. 13 Ulu"):
        assert codes_of(find(words)) == ["31.73.06.1001"], words
    assert key("Ilir Timur II") == key("Kec. Ilir Timur Dua") == key("Ilir Timur 2") != key("Ilir Timur III")


def test_a_number_behind_the_word_tps_is_that_of_a_tps() -> None:
    add("31.73.01.1013", "Kapuk I")
    assert codes_of(choose({"cari": "Kapuk 1"}, down_to=TPS).choices)[0] == "31.73.01.1013"
    assert [one.station_number for one in choose({"cari": "TPS 1 Kapuk"}, down_to=TPS).choices] == [1]


def test_an_apostrophe_is_none() -> None:
    add("31.73.07", "Sa\u2019dan")
    add("31.73.08", "La'bo'")
    for sign in ("'", "\u2019", "\u2018", "\u02bc", "\u02bb", "`", "\u00b4", ""):
        assert codes_of(find(f"sa{sign}dan")) == ["31.73.07"], sign
        assert codes_of(find(f"La{sign}bo")) == ["31.73.08"], sign


def test_a_kabupaten_and_a_kota_of_one_name_are_told_apart_by_the_word_in_front() -> None:
    add("31.02", "Kab. Bogor")
    add("31.79", "Kota Bogor")
    for words in ("Kabupaten Bogor", "Kab. Bogor", "kab bogor"):
        assert codes_of(find(words))[0] == "31.02"
    assert codes_of(find("Kota Bogor"))[0] == "31.79"
    assert set(codes_of(find("bogor"))) == {"31.02", "31.79"}


def test_a_number_may_be_part_of_a_name_or_that_of_a_tps_wherever_it_stands() -> None:
    add("31.73.01.1013", "13 Ulu")
    assert codes_of(find("13 ulu")) == ["31.73.01.1013"]
    for words in ("kapuk 4", "4 kapuk", "TPS 004 Kel. Kapuk", "kapuk tps 4, cengkareng"):
        assert [one.station_number for one in choose({"cari": words}, down_to=TPS).choices] == [4], words
    assert codes_of(choose({"cari": "13 ulu"}, down_to=TPS).choices) == ["31.73.01.1013"]
    assert codes_of(choose({"cari": "kapuk 777"}, down_to=TPS).choices) == [KAPUK]


def test_a_code_outside_what_one_answers_for_finds_nothing() -> None:
    assert find("31.73.02", Scope((CENGKARENG,))) == []


def test_of_two_villages_of_one_name_the_nearer_stands_first() -> None:
    add("31.73.02.1099", "Kapuk")
    assert codes_of(choose({"cari": "kapuk"}, near=TOMANG).choices) == ["31.73.02.1099", KAPUK]
    assert codes_of(choose({"cari": "kapuk"}, near=KAPUK).choices) == [KAPUK, "31.73.02.1099"]
    assert codes_of(choose({"cari": "kapuk"}).choices) == [KAPUK, "31.73.02.1099"]


def test_the_search_stays_inside_what_one_answers_for() -> None:
    within = Scope((CENGKARENG,))
    assert find("tomang", within) == []
    assert codes_of(choose({"cari": "kapuk"}, within=within).choices) == [KAPUK]


def test_walking_begins_at_the_nation_and_shows_the_way_back() -> None:
    assert codes_of(choose({}).choices) == ["31"]
    choice = choose({"di": CENGKARENG})
    assert choice.trail == [
        ("ID", "Indonesia"),
        ("31", "DKI Jakarta"),
        (KOTA, "Jakarta Barat"),
        (CENGKARENG, "Cengkareng"),
    ]
    assert codes_of(choice.choices) == [CENGKARENG, "31.73.01.1001", KAPUK]


def test_walking_begins_at_ones_own_region_and_never_leaves_it() -> None:
    within = Scope((ANI.region_code,))
    for args in ({}, {"di": "31"}, {"di": "31.73.02"}, {"di": "x"}):
        choice = choose(args, within=within)
        assert choice.trail == [(CENGKARENG, "Cengkareng")]
        assert codes_of(choice.choices) == [CENGKARENG, "31.73.01.1001", KAPUK]


def test_somebody_with_two_regions_is_offered_both() -> None:
    choice = choose({}, within=Scope((CENGKARENG, TOMANG)))
    assert codes_of(choice.choices) == [CENGKARENG, TOMANG]


def test_only_the_asked_levels_can_be_picked() -> None:
    choice = choose({"di": KOTA}, down_to=TPS, at_least=TPS)
    assert {place.pick for place in choice.choices} == {False}
    assert {place.deeper for place in choice.choices} == {True}
    tps = choose({"di": KAPUK}, down_to=TPS, at_least=TPS).choices
    assert [place.name for place in tps] == ["TPS 001", "TPS 002", "TPS 003", "TPS 004", "TPS 005", "TPS 901"]
    assert tps[0].value == f"tps-{station_id(KAPUK, 1)}"
    assert choose({"di": KAPUK}, down_to=4).trail == [("ID", "Indonesia")]


def test_a_village_with_many_tps_is_grouped() -> None:
    election = db.session.query(Election).one()
    db.session.add_all(Station(election_id=election.id, village_code=TOMANG, number=n) for n in range(4, 452))
    db.session.flush()
    groups = choose({"di": TOMANG}, down_to=TPS, at_least=TPS).choices
    assert [place.name for place in groups][:2] == ["TPS 001–050", "TPS 051–100"]
    assert groups[-1].name == "TPS 451–451"
    part = choose({"di": groups[1].code}, down_to=TPS, at_least=TPS).choices
    assert [place.station_number for place in part] == list(range(51, 101))


def test_a_number_behind_the_name_finds_the_tps() -> None:
    found = choose({"cari": "kapuk 4"}, down_to=TPS, at_least=TPS).choices
    assert [place.value for place in found] == [f"tps-{station_id(KAPUK, 4)}"]
    assert found[0].under == "Kapuk · Cengkareng, Jakarta Barat"
    assert choose({"cari": "TPS kapuk 901"}, down_to=TPS).choices[0].station_number == 901


def test_what_a_form_posts_is_read_back_or_refused() -> None:
    place = place_from(f"tps-{station_id(KAPUK, 1)}")
    assert place is not None
    assert (place.name, place.region_code, place.under) == (
        "TPS 001",
        KAPUK,
        "Kapuk · Cengkareng, Jakarta Barat",
    )
    region = place_from(KAPUK)
    assert region is not None and region.value == KAPUK
    for garbage in (
        "",
        None,
        "tps-",
        "tps-0",
        "tps-99999999999",
        "tps-١",
        "31.73.01.1999",
        "3173011005",
        "Kapuk",
    ):
        assert place_from(garbage) is None, garbage


def test_a_retired_region_is_offered_only_while_it_has_tps() -> None:
    add("31.73.01.1007", "Kapuk Lama", retired=True)
    assert codes_of(find("kapuk")) == [KAPUK]
    assert place_of("31.73.01.1007") is None
    election = db.session.query(Election).one()
    db.session.add(Station(election_id=election.id, village_code="31.73.01.1007", number=1))
    db.session.flush()
    found = find("kapuk")
    assert codes_of(found) == [KAPUK, "31.73.01.1007"]
    assert found[1].under.endswith("daftar lama")


def test_a_stored_place_is_said_with_its_parents_in_one_statement(statements: Any) -> None:
    with statements() as seen:
        place = place_of(region_code=KAPUK)
    assert place is not None and place.under == "Cengkareng, Jakarta Barat"
    assert len(seen.work) == 1


@pytest.mark.parametrize(
    "args",
    [
        {},
        {"di": CENGKARENG},
        {"di": KAPUK},
        {"cari": "kapuk"},
        {"cari": "kapuk 1"},
        {"cari": "31.73.01.1005"},
        {"cari": "3173011999"},
        {"cari": "negeri kapuk 1"},
    ],
)
def test_choosing_costs_at_most_three_statements(args: dict[str, str], statements: Any) -> None:
    with statements() as seen:
        choose(args, down_to=TPS, within=Scope((KOTA,)))
    assert len(seen.work) <= 3


def test_whatever_is_typed_as_a_name_is_compared_at_once() -> None:
    before = time.process_time()
    for sign in ("\ufdfa", "\u321d", "\u1fa7", "\uac01", "e\u0301", "\u200b", "'"):
        fold(f"Kebon {sign * 500_000}")
    assert time.process_time() - before < seconds(1)


def test_accents_hidden_signs_and_wishes_of_peace_make_no_other_name() -> None:
    assert {fold(name) for name in ("Él\u200b-Ṣádiq", "El\u0301 Sadiq", "ＥＬ  sadiq \ufdfa")} == {"el sadiq"}
    assert fold("강" * 80) == fold("강" * 80 + " ") != fold("강" * 79)
