"""Lists of participants as other programs and countries write them; what was taken for granted can be changed."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import fields
from datetime import UTC, datetime, timedelta

import pytest

from tests.attendance.scenes import NINE
from tests.effort import seconds
from webapp.attendance.models import Status
from webapp.attendance.rules.guests import same_guest
from webapp.attendance.rules.lines import Line
from webapp.attendance.rules.verdicts import Hours
from webapp.attendance.rules.zoom.gathering import By, Choice, Shown, gather, zones
from webapp.attendance.rules.zoom.matching import Likeness, suggest
from webapp.attendance.rules.zoom.reading import Listing, minutes_of, read
from webapp.attendance.rules.zoom.tables import MOST_CELLS, MOST_LINES, BadList
from webapp.plumbing.clock import MONTHS


def line_named(seat: int, name: str) -> Line:
    """A line of which only the name is of interest."""
    told = {field.name: None for field in fields(Line)} | {"delegate_status": Status.BELUM}
    return Line(
        **told | {"seat": seat, "name": name, "status": Status.BELUM, "offset": 420, "walk_in": False}
    )


HOURS = Hours(NINE, NINE + timedelta(hours=3), NINE + timedelta(minutes=15))
DAY = NINE + timedelta(hours=7)
US = DAY.strftime("%m/%d/%Y")
WORDS = DAY.strftime("%b %d, %Y")
WEBINAR = f"""Attendee Report
Report Generated:,"{WORDS} 01:30 PM"
Topic,Webinar ID,Actual Start Time,Actual Duration (minutes),# Registered,# Cancelled,Unique Viewers,Total Users
"Bimtek Saksi","812 3456 7890","{WORDS} 08:40 AM",195,120,0,98,131
Host Details,
Attended,User Name (Original Name),Email,Join Time,Leave Time,Time in Session (minutes),Is Guest,Country/Region Name,
Yes,"Posko Contoh","posko@example.id","{WORDS} 08:50:11 AM","{WORDS} 11:50:30 AM",180,No,"Indonesia",
Panelist Details,
Attended,User Name (Original Name),Email,Join Time,Leave Time,Time in Session (minutes),Is Guest,Country/Region Name,
No,"Narasumber Absen","n@example.id",--,--,--,--,--,
Attendee Details,
Attended,User Name (Original Name),First Name,Last Name,Email,Registered,Join Time,Leave Time,Time in Session (minutes)
Yes,"Kader Satu","Kader","Satu","k1@example.id","{WORDS} 07:00:00 AM","{WORDS} 09:13:00 AM","{WORDS} 11:20:00 AM",127
Yes,"Kader Satu","Kader","Satu","k1@example.id","{WORDS} 07:00:00 AM","{WORDS} 11:25:00 AM","{WORDS} 11:40:00 AM",15
No,"Kader Dua","Kader","Dua","k2@example.id","{WORDS} 07:00:00 AM",--,--,--
Other Attended,
User Name,Join Time,Leave Time,Time in Session (minutes),Country/Region Name
"62812****999","{WORDS} 09:30:00 AM","{WORDS} 10:00:00 AM",30,"Indonesia"
"""


def listing(text: str | bytes) -> Listing:
    return read(text.encode() if isinstance(text, str) else text, 420, NINE)


def shown(text: str | bytes, choice: Choice | None = None) -> dict[str, Shown]:
    found = listing(text)
    return {one.name: one for one in gather(found, choice or Choice(found.offset), HOURS).shown}


def test_a_webinar_has_sections_and_only_who_attended_was_there() -> None:
    people = shown(WEBINAR)
    assert sorted(people) == ["62812****999", "Kader Satu", "Posko Contoh"]
    kader = people["Kader Satu"]
    assert (kader.join, kader.minutes, kader.joins) == (NINE + timedelta(minutes=13), 142, 2)
    assert listing(WEBINAR).columns == ("User Name (Original Name)", "First Name Last Name")


def test_a_flat_export_gives_everybody_her_own_duration() -> None:
    text = (
        "Meeting ID,Topic,Start Time,End Time,Host Name,User Email,Duration (Minutes),Participants,"
        "Name (Original Name),User Email,Total Duration (Minutes),Guest\n"
        f"812,Rakor,{US} 08:50:00 AM,{US} 12:00:00 PM,Posko,x@y.id,190,63,Warga 001,a@b.id,12,Yes\n"
        f"812,Rakor,{US} 08:50:00 AM,{US} 12:00:00 PM,Posko,x@y.id,190,63,Warga 002,,150,Yes\n"
    )
    assert {name: one.minutes for name, one in shown(text).items()} == {"Warga 001": 12, "Warga 002": 150}
    behind = "Name,Total Duration (Minutes),Topic,Duration (Minutes)\nWarga 001,12,Rakor,190\n"
    assert shown(behind)["Warga 001"].minutes == 12
    actual = (
        "Topic,Actual Duration (minutes),Name,Join time,Duration\n"
        + f"Rakor,190,Warga 001,{US} 09:00 AM,12\n"
    )
    assert shown(actual)["Warga 001"].minutes == 12


CAME, MONTH = NINE - timedelta(seconds=299), MONTHS[DAY.month - 1]
NAMED, SPELT = f"{DAY.day} {MONTH[:3]} {DAY.year}", f"{DAY.day} {MONTH}"
MEET = (
    "First name,Last name,Email,Duration,Time joined,Time exited\n"
    f"Warga,001,a@b.id,1 hr 6 min,{US} 08:55:01,{US} 10:01\n"
)
SHORT = f"{DAY.month}/{DAY.day}/{DAY:%y}"
TEAMS = (
    "1. Summary\nMeeting title\tRakor\nAttended participants\t1\n\n2. Participants\n"
    "Name\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail\tParticipant ID (UPN)\tRole\n"
    f"Warga 001\t{SHORT}, 8:55:01 AM\t{SHORT}, 10:01:00 AM\t1h 6m 2s\ta@b.id\ta@b.id\tPresenter\n"
)


@pytest.mark.parametrize(
    "content",
    [
        MEET.encode(),
        TEAMS.encode("utf-16"),
        TEAMS.encode("utf-16-be"),
        f"Nama Peserta;Masuk;Keluar;Lama\nWarga 001;{NAMED} 08.55.01;{SPELT} {DAY.year} 10.01;66 menit\n".encode(),
        f"Nama Lengkap\tWaktu masuk\tDurasi\nWarga 001\tRabu, {SPELT} {DAY.year} pukul 08.55.01 WIB\t66:00\n".encode(),
        f"Name,Join Time,Duration\nWarga 001,{CAME:%Y-%m-%dT%H:%M:%SZ},66\n".encode(),
        f"Name,Join Time,Duration\nWarga 001,{CAME + timedelta(hours=9):%Y-%m-%d %H:%M:%S}+09:00,66\n".encode(),
        b"Name,Time joined,Duration\nWarga 001,8:55:01 a.m.,66 min\n",
        f"Nama;Masuk;Lama\nWarga\u00a0001;{NAMED} pukul 08.55.01;'66\n".encode(),
        f"Name,Join time,Duration\nWarga 001,{DAY:%B} {DAY.day} {DAY.year} at 8:55:01\u202fAM,66\n".encode(),
        f"Name,Join time,Duration\n\"Warga\n001\",\u200e{US} 08:55:01 AM\u200e,66\u200e\n".encode(),
        f"Name,Join time,Duration\nWarga\u3000001,'{US} 08:55:01 AM,６６\n".encode(),
        "Name,Join time,Duration\n'Warga 001,０８：５５：０１,66\n".encode(),
        f'Name;Join time;Duration\nWarga 001;"=""{US} 08:55:01 AM""";66\n'.encode(),
        f"Nombre;Hora de entrada;Duracion\nWarga 001;{DAY:%d/%m/%Y} 08:55:01;66\n".encode(),
        f"Nom,Heure d'arriv\u00e9e,Dur\u00e9e\nWarga 001,{DAY:%d/%m/%Y} 08:55:01,66\n".encode("cp1252"),
    ],
)  # fmt: skip
def test_lists_of_other_programs_and_countries_are_read(content: bytes) -> None:
    found = shown(content)
    assert list(found) == ["Warga 001"]
    assert found["Warga 001"].join == CAME and found["Warga 001"].minutes in (65, 66)


@pytest.mark.parametrize(
    ("told", "minutes"),
    [("66", 66), ("66.5", 66), ("66,5", 66), ("01:06:00", 66), ("1.06.00", 66), ("66:30", 66), ("1 jam 6 menit", 66),
     ("1h 6m 2s", 66), ("66 min", 66), ("45 detik", 0), ("", None), ("lama", None), ("-5", None), ("1 1", None)],
)  # fmt: skip
def test_durations_as_people_and_programs_write_them(told: str, minutes: int | None) -> None:
    assert minutes_of(told) == minutes


def test_a_name_of_pictures_or_dots_is_a_name() -> None:
    text = (
        "Name (original name),Join time,Leave time,Duration\n"
        f"🌸,{US} 09:00:00 AM,{US} 11:00:00 AM,120\n"
        f"🔥🔥🔥,{US} 09:40:00 AM,{US} 11:59:00 AM,139\n"
        f"...,{US} 11:10:00 AM,{US} 11:59:00 AM,49\n"
        f"🌸,{US} 11:05:00 AM,{US} 11:10:00 AM,5\n"
    )
    people = shown(text)
    assert {name: one.joins for name, one in people.items()} == {"🌸": 2, "🔥🔥🔥": 1, "...": 1}
    assert len({same_guest(name) for name in ("🌸", "🔥🔥🔥", "...", "")}) == 4
    assert same_guest("Budi  SANTOSO") == same_guest("budi santoso.")


NAMESAKES = (
    "Name,User Email,Join time,Leave time,Duration\n"
    f"Siti,siti1@x.id,{US} 09:00:00 AM,{US} 10:00:00 AM,60\n"
    f"Siti,siti2@x.id,{US} 09:30:00 AM,{US} 11:00:00 AM,90\n"
    f"Siti Aminah,siti2@x.id,{US} 11:05:00 AM,{US} 11:30:00 AM,25\n"
    f"iPhone,,{US} 09:00:00 AM,{US} 10:00:00 AM,60\n"
    f"iPhone,,{US} 09:20:00 AM,{US} 10:00:00 AM,40\n"
)


@pytest.mark.parametrize(
    ("by", "people"),
    [
        (By.NAME, [("iPhone", 2), ("Siti", 2), ("Siti Aminah", 1)]),
        (By.ACCOUNT, [("iPhone", 2), ("Siti", 1), ("Siti", 2)]),
        (By.LINE, [("iPhone", 1), ("iPhone", 1), ("Siti", 1), ("Siti", 1), ("Siti Aminah", 1)]),
    ],
)
def test_the_keeper_says_what_makes_two_lines_one_person(by: By, people: list[tuple[str, int]]) -> None:
    found = gather(listing(NAMESAKES), Choice(420, by), HOURS).shown
    assert sorted((one.name, one.joins) for one in found) == sorted(people)
    assert "@" not in str(listing(NAMESAKES))


def test_one_name_of_two_accounts_or_twice_at_once_is_said_and_never_chosen() -> None:
    people = shown(NAMESAKES)
    assert (people["Siti"].accounts, people["iPhone"].at_once, people["Siti Aminah"].at_once) == (
        2,
        True,
        False,
    )
    (siti,) = suggest([people["Siti"]], [line_named(1, "Siti")])
    assert (siti.likeness, siti.chosen) == (Likeness.SAME, None)


def test_the_zone_of_the_account_is_chosen_and_each_says_how_many_were_there_then() -> None:
    left = NINE + timedelta(hours=1)
    text = f"Name,Join time,Leave time,Duration\nWarga 001,{NINE:%m/%d/%Y %H:%M:%S},{left:%m/%d/%Y %H:%M:%S},60\n"
    found = listing(text)  # an account that was left on UTC
    assert gather(found, Choice(420), HOURS).shown == []
    assert {-60, 0} <= zones(found, Choice(420), HOURS).keys() and 420 not in zones(found, Choice(420), HOURS)
    (one,) = gather(found, Choice(0), HOURS).shown
    assert (one.join, one.minutes) == (NINE, 60)


def test_the_column_of_the_name_is_chosen() -> None:
    text = f"User Name,First Name,Last Name,Join Time,Duration\nGalaxy A12,Budi,Santoso,{US} 09:00 AM,60\n"
    found = listing(text)
    assert found.columns == ("User Name", "First Name Last Name")
    assert list(shown(text)) == ["Galaxy A12"]
    assert list(shown(text, Choice(420, By.NAME, 1))) == ["Budi Santoso"]


@pytest.mark.parametrize(("name", "likeness", "chosen"), [
    ("Rina Peminjam (Otniel Korwa)", Likeness.LIKE, None),
    ("iPhone (Otniel Korwa)", Likeness.LIKE, None),
    ("🌸 (Otniel Korwa)", Likeness.LIKE, None),
    ("Otniel (Otniel Korwa)", Likeness.SAME, 1),
    ("O. Korwa (Otniel Korwa)", Likeness.SAME, 1),
    ("Korwa Otniel (iPhone)", Likeness.SAME, 1),
    ("(Otniel Korwa)", Likeness.SAME, 1),
    ("otniel  KORWA", Likeness.SAME, 1),
    ("Pak Otniel Korwa, S.Pd.", Likeness.SAME, 1),
    ("Otni’el Korwa", Likeness.SAME, 1),
    ("Otnel Korwa", Likeness.LIKE, None),
    ("Otnielkorwa", Likeness.LIKE, None),
    ("Otniel Korwa 2", Likeness.LIKE, None),
    ("Entah Siapa", Likeness.UNKNOWN, None),
])  # fmt: skip
def test_the_name_of_the_account_is_a_hint_and_no_choice(
    name: str, likeness: Likeness, chosen: int | None
) -> None:
    lines = [line_named(1, "Otniel Korwa"), line_named(2, "Wahyu Setiawan")]
    (found,) = suggest([Shown(name, None, 60, 1)], lines)
    assert (found.likeness, found.chosen) == (likeness, chosen)
    assert [one.seat for one in found.seats] == ([] if likeness is Likeness.UNKNOWN else [1])


def test_the_shown_name_counts_where_both_are_invited() -> None:
    lines = [line_named(1, "Otniel Korwa"), line_named(2, "Rina Wati")]
    (found,) = suggest([Shown("Rina Wati (Otniel Korwa)", None, 60, 1)], lines)
    assert (found.chosen, [one.seat for one in found.seats]) == (2, [2, 1])


def test_a_long_list_costs_no_look_at_every_pair(monkeypatch: pytest.MonkeyPatch) -> None:
    """990 names by 4,800 seats, all of them Siti: how often two names are compared closely is bounded by the names."""
    looked = []
    score = "webapp.attendance.rules.zoom.matching._score"
    monkeypatch.setattr(score, lambda screen, seat: looked.append(1) or 0.0)
    lines = [line_named(n, f"Siti Nur {n:04}") for n in range(4800)]
    suggest([Shown(f"Siti {n:04}", None, 1, 1) for n in range(990)], lines)
    assert len(looked) <= 990 * 20


@pytest.mark.full
def test_a_long_list_is_matched_within_three_seconds() -> None:
    lines = [line_named(n, f"Siti Nur{n % 70:02} Wahyu{n:04}") for n in range(4800)]
    before = time.process_time()
    suggest([Shown(f"Siti Nur{n % 70:02} Wahyu{n:04}", None, 1, 1) for n in range(990)], lines)
    assert time.process_time() - before < seconds(3)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("Name,Duration\n" + "," * (MOST_CELLS + 1), "terlalu banyak kolom"),
        ("Name,Duration\n" + "Budi,5\n" * (MOST_LINES + 99), "5.000 baris"),
        ("\ufeffTopic,Webinar ID\nRakor,812\n", "laporan Peserta"),
        (WEBINAR.replace("\nYes", "\nNo").partition("Other Attended")[0], "tidak seorang pun hadir"),
        (b"\xd0\xcf\x11\xe0" + bytes(500), "berkas Excel"),
    ],
)
def test_what_is_too_much_or_another_report_is_said_in_words(
    inside: None, content: str | bytes, says: str
) -> None:
    with pytest.raises(BadList, match=says):
        listing(content)


LONG = "\ufdfa"  # one sign that stands for eighteen
COSTLY = {
    "cells of 110,000 signs that say whether she came": "Name,Attended,Join time\n"
    + f"Warga 001,{LONG * 110_000},9:00\n" * 6,
    "cells of 110,000 signs that say whether she waited": "Name,Waiting room,Join time\n"
    + f"Warga 001,{LONG * 110_000},9:00\n" * 6,
    "a head to look for below every blank line": f"{','.join([LONG * 80] * 60)}\n\n" * 138,
    "names of nothing else": "Name,Join time\n"
    + "".join(f"{LONG * 70}{n % 900},9:00\n" for n in range(4_900)),
}


@pytest.mark.parametrize("text", COSTLY.values(), ids=COSTLY)
def test_no_list_holds_the_worker_for_long(inside: None, text: str) -> None:
    before = time.process_time()
    with suppress(BadList):
        found = listing(text)
        zones(found, Choice(420), HOURS)
    assert time.process_time() - before < seconds(2)


def test_whether_she_came_is_read_of_a_long_cell_too() -> None:
    assert list(shown("Name,Attended,Duration\nBudi,Yes,5\nAni,yes please" + "." * 9_000 + ",5\n")) == [
        "Budi"
    ]


def test_who_waited_was_not_there_however_yes_is_written() -> None:
    rows = "".join(
        f"Warga {n},{word},5\n" for n, word in enumerate(["Iya", "Benar", "\u200bYes", "Tidak", ""])
    )
    assert list(shown(f"Name,In Waiting Room,Duration\n{rows}")) == ["Warga 3", "Warga 4"]


def test_an_address_with_a_sign_that_nobody_sees_is_the_same_account() -> None:
    text = "Name,User Email,Duration\nSiti,\u200ba@b.id,5\nSiti,A@b.id ,9\n"
    assert shown(text)["Siti"].accounts == 1


def test_two_lists_side_by_side_lose_nobody_in_silence() -> None:
    head, row = "Name,Join time,Duration", f"{US} 09:00 AM"
    with pytest.raises(BadList, match="“Join time” ada dua kali"):
        listing(f"{head},{head}\nAni,{row},5,Budi,{US} 09:10 AM,9\n")
    assert len(listing(f"{head},Duration\nAni,{row},5,5\n").stays) == 1


def test_days_are_read_in_the_order_that_lies_next_to_the_session() -> None:
    for order in ("%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%Y/%m/%d", "%d.%m.%y"):
        (one,) = shown(f"Name;Join time;Duration\nWarga;{DAY.strftime(order)} 09:05;60\n").values()
        assert one.join == NINE + timedelta(minutes=5), order
    told = listing(f"Name;Join time;Duration\nWarga;{DAY:%d/%m/%Y} 09:05;60\n")
    assert told.day_first is (DAY.day != DAY.month)  # the first of January is the same either way
    assert datetime.now(UTC) < NINE


PEOPLE = "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest\n" + "".join(
    f"{name},,{US} 09:0{n}:00 AM,{US} 11:50:00 AM,160,No\n"
    for n, name in enumerate(["Ani Lestari", "Budi Santoso", '"Citra, S.H."', "Dewi Anggraini"])
)


@pytest.mark.parametrize(("name", "line"), [("Ani Lestari", 2), ("Budi Santoso", 3)])
def test_a_quote_that_stays_open_takes_no_participant_after_it(name: str, line: int) -> None:
    assert len(listing(PEOPLE).stays) == 4
    for told in (PEOPLE, PEOPLE.replace('"Citra, S.H."', "Citra")):
        with pytest.raises(BadList, match=f"baris {line} tidak ditutup"):
            listing(told.replace(name, f'"{name}'))


def test_an_answer_of_several_lines_in_quotes_is_read() -> None:
    told = WEBINAR.replace('"Kader Dua","Kader"', '"Kader Dua","Kader\nlama"')
    assert listing(told).stays == listing(WEBINAR).stays
