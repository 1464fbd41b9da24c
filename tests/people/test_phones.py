"""A phone number in any usual way of writing it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.effort import seconds
from webapp.people.rules.phones import BadPhone, masked, phone_of, readable, search_digits

WAYS = [
    "081234567890", "0812-3456-7890", "0812 3456 7890", "0812.3456.7890", "(0812) 3456-7890", "+6281234567890",
    "+62 812-3456-7890", "6281234567890", "62 812 3456 7890", "0062 812 3456 7890", "81234567890",
    "+62 (0)812 3456 7890", "+62 0812 3456 7890", "  0812\u00a03456\u00a07890 ", "0812–3456–7890", "0812/34567890",
    "\u202a+62 812\u20113456\u20117890\u202c", "\u200e0812\u22123456\u22127890\u200f", "0812\u200c3456\ufe0d7890",
    "\ufeff0812\u00ad3456\u20607890", "0812\u20103456\u20147890", "81234567890.0", "81234567890,0",
    "081234567890.00",
    "'081234567890", '="081234567890"', "8.1234567890E+10", "81.234.567.890", "81,234,567,890.00",
    "6281234567890.0", "+6281234567890.0", "0812.345.67.890", "0812\uff0d3456\uff0d7890",
    "０８１２３４５６７８９０", "٠٨١٢٣٤٥٦٧٨٩٠", "08١٢٣٤٥٦٧٨٩٠",
    "081234567890.", "81234567890,", "0812 3456 7890;", "81234567890.0.", "WA 081234567890", "wa:0812-3456-7890",
    "WhatsApp: +62 812-3456-7890", "HP: 0812 3456 7890", "No. HP. 0812.3456.7890", "Telp/WA – 0812 3456 7890",
    "(WA) 0812-3456-7890", "0812 3456 7890 (WA)", "0812-3456-7890 WA/Telp.", "tel:+6281234567890",
    "tel:+62-812-3456-7890", "wa.me/6281234567890", "https://wa.me/6281234567890", "http://www.wa.me/+6281234567890/",
    "https://api.whatsapp.com/send?phone=6281234567890", "\"081234567890\"", "\u201c0812 3456 7890\u201d",
    "«+62 812 3456 7890»", "[081234567890]", "<081234567890>", "{0812-3456-7890},", "*0812 3456 7890*",
    "HP: \"0812-3456-7890\" (WA);", "0812_3456_7890", "_081234567890_", "0812·3456·7890", "0812•3456•7890",
    "+62·812·3456·7890", "+62_812_3456_7890", "CP: 081234567890", "Contact person : 0812-3456-7890",
    "Kontak: +62 812 3456 7890", "Narahubung (WA): 0812.3456.7890", "Hub. 081234567890", "sms:+6281234567890",
    "callto:081234567890", "callto://+6281234567890", "sms:081234567890?body=Halo",
    "whatsapp://send?phone=6281234567890", "whatsapp://send/?phone=%2B62%20812-3456-7890&text=Halo",
    "https://wa.me/+62 812-3456-7890", "wa.me/62%20812%203456%207890",
    "https://api.whatsapp.com/send?text=x&phone=6281234567890", "https://web.whatsapp.com/send?phone=081234567890",
]  # fmt: skip


@pytest.mark.parametrize("written", WAYS)
def test_every_usual_way_means_the_same_number(written: str) -> None:
    assert phone_of(written) == "+6281234567890"


@pytest.mark.parametrize("written", ["8.12346E+10", "0812.3456.789.0", "81234567890.5"])
def test_a_number_that_a_table_may_have_changed_is_asked_for_again(written: str) -> None:
    with pytest.raises(BadPhone, match="dari tabel"):
        phone_of(written)


@pytest.mark.parametrize("written", ["0812345678901234.", "0812,", "12345678,", "021 555 1234."])
def test_a_full_stop_behind_a_number_is_no_table(written: str) -> None:
    with pytest.raises(BadPhone) as refusal:
        phone_of(written)
    assert "tabel" not in refusal.value.says


def test_a_link_to_a_chat_may_bring_its_greeting() -> None:
    for query in ("?text=Halo%2012", "/?text=Halo", "#1"):
        assert phone_of(f"https://wa.me/6281234567890{query}") == "+6281234567890"
    assert phone_of("https://wa.me/+62 812-3456-7890?text=Halo 12") == "+6281234567890"
    greeting = "https://api.whatsapp.com/send/?phone=%2B6281234567890&text=Selamat%20pagi&type=phone_number&app_absent=0"
    assert phone_of(greeting) == "+6281234567890"


def test_a_long_text_with_few_figures_is_answered_at_once() -> None:
    before = time.process_time()
    for words in ("HP ", "0812 ", "wa.me/", '"', "cp", "kontak person ", "send?phone=", "&phone="):
        for written in (words * 50_000 + "x", "whatsapp://send?" + (words * 380)[:380]):
            with pytest.raises(BadPhone):
                phone_of(written)
    assert time.process_time() - before < seconds(1)


def test_a_number_with_62_and_no_plus_is_no_fixed_line() -> None:
    assert phone_of("62812345678") == "+62812345678"


@pytest.mark.parametrize("written", ["0840 000 0001", "084000000017", "+62840123456789", "840-1234-0017"])
def test_the_prefix_of_the_demo_is_shaped_right(written: str) -> None:
    assert phone_of(written).startswith("+62840")


@pytest.mark.parametrize(
    "written",
    [
        "", "   ", "saya", "0812", "08123456", "0812345678901234", "021 555 1234", "+1 415 555 2671",
        "0044 7911 123456",
        "+60 12 345 6789", "0840123", "084012345678901", "0812+3456789", "08123456789a", "nol delapan", "8" * 60, "+",
        "8.12346E+10", "81234567890.5", "0812.3456.789.0", "0812345678,9", "+81234567890.0", "https://contoh.id/081234567890",
        "081234567890 dan 081234567891", "Budi 081234567890", "081234567890 (aktif mulai besok)",
        "WA", "HP:", ".", "WA 12",
        "8,12346e+10",
        "6262812345678", "08-08-08", "0899", "٠٨١٢٣٤٥٦٧٨٩٠x",
    ],
)  # fmt: skip
def test_anything_else_is_refused_in_words(written: str) -> None:
    with pytest.raises(BadPhone) as refusal:
        phone_of(written)
    assert refusal.value.says.endswith(".")


@given(st.text(max_size=60))
def test_whatever_is_typed_is_a_number_or_a_sentence(written: str) -> None:
    try:
        phone = phone_of(written)
    except BadPhone:
        return
    assert phone.startswith("+628") and phone[1:].isascii() and phone[1:].isdecimal()
    assert phone_of(phone) == phone


@given(st.integers(min_value=10**8, max_value=10**11 - 1))
def test_country_code_zero_or_neither_mean_the_same(rest: int) -> None:
    forms = [f"0812{rest}", f"62812{rest}", f"+62 812 {rest}", f"812{rest}"]
    results = set()
    for form in forms:
        try:
            results.add(phone_of(form))
        except BadPhone:
            results.add("refused")
    assert len(results) == 1


def test_a_list_shows_too_little_to_call() -> None:
    assert masked("+6281234560017") == "0812-••••-0017"
    assert masked(None) == ""
    assert readable("+6281234560017") == "0812-3456-0017"


def test_a_part_of_a_number_can_be_searched() -> None:
    assert search_digits("0812 34") == ("081234", "6281234")
    assert search_digits("+62 812") == ("62812",)
    assert search_digits("\u202a+62\u00a0812\u2011345\u202c") == ("62812345",)
    assert search_digits("٠٨١٢") == search_digits("0812") == ("0812", "62812")
    assert search_digits("81234567890.0") == ("81234567890",)
    assert search_digits("WA: 0812_34") == search_digits("0812·34.") == ("081234", "6281234")
    assert search_digits("0017") == ("0017", "62017")
    assert search_digits("12") == search_digits("Budi 3") == search_digits("") == ()
