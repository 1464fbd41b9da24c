"""Names of places: how they are stored short, and how they are compared and searched."""

from __future__ import annotations

import re
import unicodedata

PREFIXES = (
    ("kabupaten administrasi ", ""),
    ("kota administrasi ", ""),
    ("kabupaten ", "Kab. "),
    ("daerah khusus ibukota ", "DKI "),
    ("daerah istimewa ", "DI "),
)
KINDS = re.compile(r"^(adm|administrasi|kab|kabupaten|kota|kec|kecamatan|kel|kelurahan|desa|prov|provinsi) ")


def fold(name: str) -> str:
    """The name as it is searched: small letters without accents, one space between words, nothing else."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return " ".join(
        re.findall(r"[^\W_]+", "".join(sign for sign in plain if not unicodedata.combining(sign)))
    )


def key(name: str) -> str:
    """The name as two lists compare it: what is before it (Kota, Kab., Kec.) and its spaces do not count."""
    folded = fold(name)
    while (shorter := KINDS.sub("", folded)) != folded:
        folded = shorter
    return folded.replace(" ", "")


def short(name: str) -> str:
    """The name as screens show it: Kab. Bogor, Kota Bogor, Jakarta Barat."""
    name = " ".join(name.split())
    for prefix, instead in PREFIXES:
        if name.casefold().startswith(prefix):
            return instead + name[len(prefix) :]
    return name
