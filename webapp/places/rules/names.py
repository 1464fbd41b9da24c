"""Names of places: how they are stored short, and the one form in which names are compared and searched."""

from __future__ import annotations

import re
import unicodedata

from webapp.plumbing.written import visible

PREFIXES = (
    ("kabupaten administrasi ", ""),
    ("kota administrasi ", ""),
    ("kabupaten ", "Kab. "),
    ("daerah khusus ibukota ", "DKI "),
    ("daerah istimewa ", "DI "),
)
KINDS = frozenset(
    "adm administrasi kab kabupaten kodya kota kotamadya kec kecamatan kel kelurahan ds desa "
    "prov propinsi provinsi pemprov pemkot pemkab distrik dist kalurahan kapanewon".split()
)
# What a village or kecamatan is called in parts of the country; many a name begins so, too: Negeri Agung.
LOCAL_KINDS = frozenset("kampung kampong kp kmp kpg gampong nagari negeri pekon tiyuh kemantren".split())
# Sa'dan, Sa’dan, Saʼdan, Sa`dan and Sadan are one name: none of these signs parts a word.
APOSTROPHES = re.compile("['`´\u2018\u2019\u201b\u2032\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\uff07]")
ALIKE = (
    ("tanjung", "tanjong", "tj", "tjg", "tg"),
    ("kebon", "kebun", "kb", "kbn"),
    ("kampung", "kampong", "kp", "kmp", "kpg"),
    ("gunung", "gunong", "gn", "gng"),
    ("sungai", "sungei", "sei"),
    ("pondok", "pd", "pdk"),
    ("pasar", "ps", "psr"),
    ("pulau", "pl"),
    ("kepulauan", "kep"),
    ("teluk", "tlk"),
    ("utara", "utr"),
    ("selatan", "slt"),
    ("timur", "tmr"),
    ("barat", "brt"),
    ("pusat", "pst"),
    ("yogyakarta", "jogjakarta", "jogyakarta", "jogja"),
)
ONES = "satu dua tiga empat lima enam tujuh delapan sembilan".split()
TENS = ("", "x", "xx", "xxx")
ROMAN = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")


def _said(number: int) -> str:
    """Return a number from 1 to 39 in words."""
    tens, ones = divmod(number, 10)
    if number in (10, 11):
        return ("sepuluh", "sebelas")[ones]
    if tens == 1:
        return f"{ONES[ones - 1]} belas"
    return " ".join([*([ONES[tens - 1], "puluh"] if tens else []), *([ONES[ones - 1]] if ones else [])])


# Ilir Timur II, 2 and Dua are one place.
NUMBERS = tuple((str(n), TENS[n // 10] + ROMAN[n % 10], _said(n)) for n in range(1, 40))
SPELLINGS = {word: group for group in (*ALIKE, *NUMBERS) for word in group}
WORDS = re.compile(r"[^\W_]+")
# One sign each for "peace be upon him" and the like: no part of a name, and long when they are written out.
SENTENCES = re.compile("[\ufdfa\ufdfb]")
LONGEST = 240  # letters that are looked at; no name has half as many


def fold(name: str) -> str:
    """The name as it is compared: small letters without accents and apostrophes, one space between words."""
    told = APOSTROPHES.sub("", visible(name[:LONGEST])).casefold()
    return " ".join(WORDS.findall(told if told.isascii() else _without_accents(told)))


def key(name: str) -> str:
    """The name as two lists compare it: what is before it (Kota, Kab., Kec.), blanks and spelling do not count."""
    words = fold(name).split()
    while len(words) > 1 and words[0] in KINDS:
        words.pop(0)
    return "".join(SPELLINGS.get(word, (word,))[0] for word in words)


def is_name(text: str) -> bool:
    """Whether a place can be called so: 8 Ilir is a name; 12, and what a spreadsheet says of a mistake, are none."""
    return not text.startswith("#") and any(map(str.isalpha, text))


def short(name: str) -> str:
    """The name as screens show it: Kab. Bogor, Kota Bogor, Jakarta Barat."""
    name = " ".join(name.split())
    for prefix, instead in PREFIXES:
        if name.casefold().startswith(prefix):
            return instead + name[len(prefix) :]
    return name


def _without_accents(text: str) -> str:
    apart = unicodedata.normalize("NFKD", SENTENCES.sub(" ", text))
    return "".join([sign for sign in apart if not unicodedata.combining(sign)]).casefold()
