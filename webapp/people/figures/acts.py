"""Acts of the trail in words: a sentence for each, names for codes and rows. What has no words here is not shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from webapp.people.models import AuditEntry, Group
from webapp.people.rules.naming import names_of
from webapp.people.rules.permissions import Role
from webapp.people.rules.trail import CHANGED
from webapp.places.models import Region
from webapp.plumbing.clock import date_words, number
from webapp.plumbing.database import db

ACTS = {
    "person.register": _l("Mendaftarkan orang"),
    "person.change": _l("Mengubah data"),
    "group.found": _l("Mencatat simpul"),
    "group.rename": _l("Mengganti nama simpul"),
    "group.end": _l("Mengakhiri simpul"),
    "group.reopen": _l("Menghidupkan lagi simpul"),
    "group.join": _l("Memasukkan ke simpul"),
    "group.leave": _l("Mengeluarkan dari simpul"),
    "account.create": _l("Membuat akun"),
    "account.off": _l("Menonaktifkan akun"),
    "account.on": _l("Mengaktifkan akun"),
    "mandate.grant": _l("Memberi tugas"),
    "mandate.end": _l("Mengakhiri tugas"),
    "mandate.open": _l("Membuka lagi tugas"),
    "pin.reset": _l("Membuat PIN baru"),
    "password.reset": _l("Membuat kata sandi baru"),
    "pin.renew": _l("Mengganti PIN sendiri"),
    "password.renew": _l("Mengganti kata sandi sendiri"),
    "devices.revoke": _l("Mengeluarkan semua perangkat"),
    "sheet.heads": _l("Menghitung orang di lembar"),
    "meeting.change": _l("Mengubah rapat"),
    "meeting.arrange": _l("Mengatur sesi dan lokasi"),
    "meeting.demand": _l("Mengubah syarat pelatihan"),
    "meeting.cancel": _l("Membatalkan rapat"),
    "meeting.reinstate": _l("Mengaktifkan lagi rapat"),
    "contact.read": _l("Membuka nomor telepon"),
    "contact.refused": _l("Ditolak: terlalu banyak nomor dibuka"),
    "sign_in.alarm": _l("Banyak percobaan masuk yang gagal"),
    "account.collision": _l("Ditolak: nomor sudah dipakai akun lain"),
}
SUBJECTS = {
    "group": _l("simpul"),
    "sheet": _l("daftar hadir"),
    "meeting": _l("rapat"),
    "installation": _l("semua akun"),
}
SECRETS = {"pin": _l("PIN"), "password": _l("kata sandi")}


@dataclass
class Names:
    """What the rows of one page speak of, by id or code."""

    people: Mapping[int, str] = field(default_factory=dict)
    groups: Mapping[int, str] = field(default_factory=dict)
    regions: Mapping[str, str] = field(default_factory=dict)

    def role(self, value: Any) -> str:
        """What a role is called; empty for one that is none."""
        with suppress(ValueError):
            return Role(value).word
        return ""

    def day(self, value: Any) -> str:
        """A day that was kept as text, in words."""
        with suppress(TypeError, ValueError):
            return date_words(date.fromisoformat(value))
        return ""


# field -> what it is called, and how its value is said; "" when it cannot be said
FIELDS: dict[str, tuple[Any, Callable[[Names, Any], str]]] = {
    "name": (_l("Nama"), lambda _names, _value: ""),
    "phone": (_l("Nomor telepon"), lambda _names, _value: ""),
    "birth_year": (_l("Tahun lahir"), lambda _names, _value: ""),
    "region_code": (_l("Wilayah"), lambda names, code: names.regions.get(code, "")),
    "role": (_l("Peran"), Names.role),
    "since": (_l("Mulai"), Names.day),
    "until": (_l("Hari terakhir"), Names.day),
    "secret": (_l("Masuk dengan"), lambda _names, kind: str(SECRETS.get(kind, ""))),
    "group": (_l("Simpul"), lambda names, group_id: names.groups.get(group_id, "")),
    "devices": (_l("Perangkat"), lambda _names, many: number(many)),
    "head_count": (_l("Jumlah orang"), lambda _names, many: number(many)),
    "failures": (_l("Gagal"), lambda _names, many: number(many)),
    "addresses": (_l("Alamat jaringan"), lambda _names, many: number(many)),
    "counted_by": (_l("Dihitung oleh"), lambda names, person_id: names.people.get(person_id, "")),
}
WITHOUT = {"until": _l("tanpa batas")}  # what is said of a field that is empty; of others nothing is


def names_in(rows: Iterable[AuditEntry]) -> Names:
    """All that these rows speak of. At most three statements."""
    people: set[Any] = set()
    groups: set[Any] = set()
    codes: set[Any] = set()
    for row in rows:
        codes.add(row.region_code)
        people |= {row.actor_id, row.subject_id if row.subject == "person" else None}
        groups.add(row.subject_id if row.subject == "group" else None)
        for told in (row.before or {}, row.after or {}):
            people.add(told.get("counted_by"))
            groups.add(told.get("group"))
            codes.add(told.get("region_code"))
    return Names(
        names_of(people - {None}),
        _found(Group.id, Group.name, groups),
        _found(Region.code, Region.name, codes),
    )


def sentence(row: AuditEntry, names: Names) -> str:
    """What was done: Memberi tugas Koordinator Cengkareng."""
    told = {**(row.before or {}), **(row.after or {})}
    done = str(ACTS.get(row.act, _("Mengubah data")))
    return " ".join(part for part in (done, *_object(row.act, told, names)) if part)


def subject(row: AuditEntry, names: Names) -> str:
    """About whom or what it was; never the number of a row."""
    if row.subject == "person":
        return names.people.get(row.subject_id, "") or _("orang yang sudah dihapus")
    if row.subject == "group" and row.subject_id in names.groups:
        return names.groups[row.subject_id]
    return str(SUBJECTS.get(row.subject, ""))


def changes(row: AuditEntry, names: Names) -> Iterator[str]:
    """A line for each field that changed, but for what the sentence says already."""
    before, after = row.before or {}, row.after or {}
    said = _SAID.get(row.act.partition(".")[0], ())
    for key in dict.fromkeys([*before, *after]):
        if key in FIELDS and key not in said and before.get(key) != after.get(key):
            yield from _line(key, before.get(key), after.get(key), names)


_SAID = {"mandate": ("role", "region_code"), "group": ("group",)}


def _object(act: str, told: Mapping[str, Any], names: Names) -> list[str]:
    keys = _SAID.get(act.partition(".")[0], ())
    return [FIELDS[key][1](names, told.get(key)) for key in keys if told.get(key) is not None]


def _line(key: str, before: Any, after: Any, names: Names) -> Iterator[str]:
    label, tell = FIELDS[key]
    if CHANGED in (before, after):
        yield _("%(field)s diganti", field=label)
        return
    old, new = ("" if value is None else tell(names, value) for value in (before, after))
    new = new or (str(WITHOUT.get(key, "")) if old else "")
    if old and new:
        yield _("%(field)s: %(old)s menjadi %(new)s", field=label, old=old, new=new)
    elif new:
        yield _("%(field)s: %(new)s", field=label, new=new)


def _found(key: Any, name: Any, wanted: set[Any]) -> dict[Any, str]:
    wanted = wanted - {None}
    return (
        {row[0]: row[1] for row in db.session.execute(select(key, name).where(key.in_(wanted)))}
        if wanted
        else {}
    )
