"""People who do not exist, for the demo: names of many origins, phone numbers that cannot ring.

Names are put together by chance from parts that are common where they come from; whoever bears the same
name is not meant. No Indonesian operator has the prefix 0840, so the numbers are shaped like mobile numbers
and belong to nobody (`phonenumbers` calls them possible, but not valid).
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

PREFIX = "+62840"
BORN = range(1961, 2007)  # everybody was 17 before the election of 2024 and stays so


@dataclass(frozen=True, slots=True)
class Invented:
    """A person of the demo: phone in E.164 (+62840 and eight digits)."""

    name: str
    phone: str
    birth_year: int


@dataclass(frozen=True, slots=True)
class Origin:
    """How a people of the archipelago is named: given names of women and men, and what stands behind."""

    share: int
    women: tuple[str, ...]
    men: tuple[str, ...]
    women_last: tuple[str, ...]
    men_last: tuple[str, ...]


def _origin(share: int, women: str, men: str, last: str, men_last: str = "") -> Origin:
    """An origin from lists with `, ` between; without `men_last` both share the family names."""
    return Origin(share, *(tuple(part.split(", ")) for part in (women, men, last, men_last or last)))


ORIGINS = {
    "Javanese": _origin(
        30,
        "Sri, Endang, Wahyuni, Sulastri, Ratna, Dwi, Tri, Yuni, Rini, Suparti, Nanik, Lestari, Retno, Puji",
        "Agus, Slamet, Sugeng, Wahyu, Eko, Tri, Heru, Supri, Dwi, Bagus, Hari, Teguh, Wawan, Yanto, Sigit",
        "Sayekti, Handayani, Winarsih, Widyastuti, Purwanti, Astuti, Setyowati, Kusumawati, Ningsih, Palupi",
        "Pambudi, Nurcahyo, Santosa, Wibisono, Purwadi, Setyadi, Wijanarko, Sutarno, Marsono, Kuncoro",
    ),
    "Betawi": _origin(
        22,
        "Siti, Rohmah, Nur, Maysaroh, Romlah, Halimah, Neneng, Yati, Marwah, Saodah, Jubaedah, Lilis",
        "Ahmad, Muhamad, Rojali, Jaelani, Sarmili, Abdul, Marzuki, Nasrul, Husen, Mahmud, Sabeni, Romli",
        "Rukoyah, Hasanah, Sumarni, Maemunah, Zubaidah, Nuraini, Rosidah, Rohani, Khodijah, Soleha",
        "Marhali, Saidih, Nawawi, Fikri, Zaenudin, Syafei, Rohmat, Mansur, Naim, Sobari, Muhidin, Madani",
    ),
    "Sundanese": _origin(
        14,
        "Euis, Imas, Iis, Neng, Ai, Teti, Cucu, Lilis, Nia, Yayah, Entin, Popon",
        "Asep, Dadang, Ujang, Cecep, Deden, Yayan, Encep, Iwan, Aep, Tatang, Jajang, Wawan",
        "Nuraeni, Komalasari, Rohaeti, Sumiati, Kurniasih, Mulyati, Rosmiati, Suryani, Hodijah, Karwati",
        "Sutisna, Permana, Rustandi, Suryana, Wiharja, Ruhiyat, Sopandi, Kosasih, Mulyana, Sumarna",
    ),
    "Batak": _origin(
        8,
        "Rosmaida, Tiurma, Lamria, Devi, Marlina, Nurmala, Rotua, Junita, Elfrida, Melva",
        "Hasudungan, Tumpal, Sahat, Binsar, Rikardo, Togar, Jonter, Marihot, Mangasi, Edward",
        "Sitorus, Siahaan, Nainggolan, Manurung, Simbolon, Pardede, Sihombing, Tampubolon, Silalahi, Purba",
    ),
    "Minang": _origin(
        7,
        "Yulinar, Gusnita, Rahmi, Fitri, Elvira, Desmawati, Novia, Mardiana, Welly, Upik",
        "Rinaldi, Syafrizal, Yuhendri, Zulfahmi, Afrizal, Hendri, Robby, Masrizal, Irwandi, Dasril",
        "Chaniago, Piliang, Koto, Tanjung, Sikumbang, Guci, Jambak, Melayu, Pitopang",
    ),
    "Chinese-Indonesian": _origin(
        9,
        "Lilyana, Meilani, Yenny, Felicia, Susanti, Vivian, Mei Ling, Fransiska, Shinta, Kartini",
        "Hendra, Stefan, Kevin, Budhi, Antonius, Jimmy, Wiliam, Ferry, Suryadi, Handoko",
        "Halim, Tanujaya, Kusnadi, Lesmana, Setiadi, Hartanto, Limanto, Wirawan, Oentoro, Susilo",
    ),
    "Bugis": _origin(
        4,
        "Andi Tenri, Besse, Hasnah, Andi Marwah, Suriani, Rosdiana, Nurlaela, Hasmawati",
        "Andi Baso, Ambo, Baharuddin, Muh. Arfah, Syamsuddin, Andi Rilau, Lukman, Hamka",
        "Mappiasse, Tenriawaru, Pawellangi, Palallo, Mattola, Sulolipu, Pallawa, Passamula",
    ),
    "Ambonese": _origin(
        3,
        "Yosina, Selvi, Martha, Ludya, Evelin, Welmina, Novita, Dorkas",
        "Jopie, Semuel, Izaak, Marthen, Roland, Yohanis, Ferdy, Elvis",
        "Pattiasina, Tuhumury, Sahetapy, Nanlohy, Siwalette, Tomasoa, Latupeirissa, Hehanussa",
    ),
    "Papuan": _origin(
        3,
        "Yuliana, Orpa, Agustina, Mince, Ester, Naomi, Paulina, Susana",
        "Yakob, Melkias, Otniel, Nataniel, Frans, Isak, Demianus, Yulianus",
        "Rumbiak, Wanggai, Mambrasar, Korwa, Imbiri, Rumaropen, Yarangga, Sroyer, Warbal",
    ),
}


def invent(n: int, seed: int) -> list[Invented]:
    """`n` people, no two with the same name or phone; a larger `n` begins with the same people.

    The names allow some 1,700 different people; asking for more than 1,200 raises ValueError.
    """
    if n > 1200:
        raise ValueError(f"{n} people are more than the names allow (1200)")
    return list(islice(_people(random.Random(seed)), n))  # noqa: S311 - a demo, not a secret


def _people(chance: random.Random) -> Iterator[Invented]:
    names: set[str] = set()
    phones: set[str] = set()
    while True:
        name, phone, year = _name(chance), f"{PREFIX}{chance.randrange(10**8):08}", chance.choice(BORN)
        if name not in names and phone not in phones:
            names.add(name)
            phones.add(phone)
            yield Invented(name, phone, year)


def _name(chance: random.Random) -> str:
    origin = chance.choices(list(ORIGINS.values()), [origin.share for origin in ORIGINS.values()])[0]
    given, last = chance.choice([(origin.women, origin.women_last), (origin.men, origin.men_last)])
    return f"{chance.choice(given)} {chance.choice(last)}"
