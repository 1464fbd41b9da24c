"""Every way to write in this room, as (address or kind, fields): what stands in braces is a number out of a world."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tests.attendance.scenes import NINE
from tests.attendance.worlds import World

HOURS = {"tanggal": f"{NINE:%Y-%m-%d}", "mulai": "22:00", "selesai": "23:00"}
CALL = {"jenis": "rapat", "judul": "Rapat baru", "tempat": "Balai", **HOURS}
DUE = {"tenggat": f"{NINE:%Y-%m-%d}"}
WISH = {"menjadi": "sakit", "bukti": "Surat di posko.", "alasan": "Ada surat dokter"}
SLOT = re.compile(r"\{(\w+)\}")
Slot = tuple[str, str]  # the field (or "" for the address) and what stands in braces there
Filled = tuple[str, dict[str, str]]


@dataclass(frozen=True)
class Door:
    """One way in. `leads`: only for whoever leads the meeting's own region. `barred`: not as the worlds stand.

    `idle`: fields that decide nothing, such as the meeting beside its list.
    """

    to: str
    fields: Mapping[str, str] = field(default_factory=dict)
    leads: bool = False
    barred: bool = False
    reviews: bool = False
    idle: tuple[str, ...] = ()

    @property
    def slots(self) -> list[Slot]:
        """Each place where a number is wanted."""
        told = {"": self.to, **{f"{name}={words}": f"{name}={words}" for name, words in self.fields.items()}}
        return [(where, word) for where, words in told.items() for word in SLOT.findall(words)]

    def filled(self, chosen: Mapping[Slot, World]) -> Filled:
        """Address and fields, each number out of the world that is chosen for its slot."""

        def put(words: str, where: str) -> str:
            return SLOT.sub(lambda found: str(chosen[where, found[1]].ids[found[1]]), words)

        pairs = [put(f"{name}={words}", f"{name}={words}") for name, words in self.fields.items()]
        return put(self.to, ""), dict(pair.split("=", 1) for pair in pairs)

    def mixed(self, worlds: Mapping[str, World]) -> Iterator[dict[Slot, World]]:
        """All out of one world, and one of them each time out of another that lies near."""
        for name, world in worlds.items():
            whole = dict.fromkeys(self.slots, world)
            yield whole
            for slot in self.slots if len(self.slots) > 1 else ():
                yield from (whole | {slot: worlds[other]} for other in NEAR.get(name, ()))


NEAR = {"own": ("site", "foreign"), "site": ("beside",)}
LIST = {"rapat": "{meeting}", "lembar": "{sheet}"}
BY_LIST = ("rapat={meeting}",)
KINDS = [
    Door("attendance.mark", {**LIST, "hadir": "{seat}"}),
    Door("attendance.mark", {"rapat": "{meeting}", "izin": "{seat}"}),
    Door("attendance.void", {**LIST, "urung": "{record}", "kursi": "{marked}"}, idle=("urung={record}",)),
    Door("attendance.void", {"urung": "{record}"}),
    Door("attendance.walk-in", {**LIST, "nama": "Pak Karyo"}, idle=BY_LIST),
    Door("attendance.walk-in", {**LIST, "orang": "{person}"}, idle=BY_LIST),
    Door("attendance.walk-in", {**LIST, "nama": "Bu Tini", "mewakili": "{seat}"}, idle=BY_LIST),
    Door("attendance.walk-in", {"rapat": "{meeting}", "nama": "Pak Darto"}),
    Door("attendance.scan", {**LIST, "kode": "{card}", "cara": "kartu"}, idle=(*BY_LIST, "kode={card}")),
    Door("attendance.heads", {"lembar": "{sheet}", "jumlah": "7"}),
    Door("attendance.agree", {"rapat": "{meeting}", "butir": "Kumpul Senin"}, leads=True),
    Door(
        "attendance.follow-up", {"rapat": "{meeting}", "pemilik": "{owner}", "tugas": "Cetak daftar", **DUE}
    ),
    Door("attendance.follow-up-done", {"tindak": "{promise}", "keadaan": "selesai"}),
    Door(
        "attendance.paper",
        {"lembar": "{sheet}", "urutan": "{seat},{other}", "tanda-{seat}": "h", "tanda-{other}": "s"},
    ),
    Door("attendance.correction", {"lembar": "{locked}", "kursi": "{seat}", **WISH}),
    Door("attendance.call", {"wilayah": "{code}", **CALL}),
    Door("attendance.call", {"wilayah": "{code}", "salin": "{meeting}", **CALL}, leads=True),
    Door("attendance.self", {"rapat": "{meeting}"}, barred=True),
    Door("attendance.rsvp", {"rapat": "{meeting}", "jawaban": "datang"}, barred=True),
]
MEETING, SHEET = "/rapat/{meeting}", "/lembar/{sheet}"
PAGES = [
    Door(f"{SHEET}/hadir", {**LIST, "hadir": "{other}"}),
    Door(f"{MEETING}/hadir", {"rapat": "{meeting}", "sakit": "{other}"}),
    Door(f"{SHEET}/hadir", {**LIST, "urung": "{record}", "kursi": "{marked}"}, idle=("urung={record}",)),
    Door(f"{SHEET}/tamu", {**LIST, "nama": "Pak Samin"}, idle=BY_LIST),
    Door(f"{SHEET}/kepala", {"jumlah": "9"}),
    Door(f"{SHEET}/pengakuan", {"kursi": "{seat}"}, barred=True),
    Door(f"{SHEET}/pindai", {"kode": "{card}"}, idle=("kode={card}",)),
    Door(f"{SHEET}/kertas", {"urutan": "{seat}", "tanda-{seat}": "a"}),
    Door(f"{SHEET}/zoom/simpan", {"daftar": "{daftar}", "dibaca": "420 nama 0", "pilih-0": "tamu"}),
    Door(f"{MEETING}/undangan", {"orang": "{guest}", "lokasi": "{site}"}),
    Door(f"{MEETING}/undangan", {"peran": "coordinator", "tingkat": "4", "lokasi": "{site}"}),
    Door(f"{MEETING}/undangan", {"aturan": "{rule}"}),
    Door(f"{MEETING}/undangan", {"hapus": "{seat}"}, barred=True),
    Door("/undangan/{other}/wakil", {"nama": "Bu Ratna"}),
    Door("/undangan/{marked}/wakil", {"orang": "{deputy}"}),
    Door("/undangan/{other}/wakil", {"batal": "1"}),
    Door("/undangan/{seat}/ingatkan", barred=True),
    Door(f"{MEETING}/keputusan", {"butir": "Bagi tugas"}, leads=True),
    Door(f"{MEETING}/keputusan", {"hapus": "{decision}"}, leads=True),
    Door(f"{MEETING}/tindak-lanjut", {"pemilik": "{owner}", "tugas": "Pesan aula", **DUE}),
    Door(f"{MEETING}/tindak-lanjut", {"orang": "{person}", "tugas": "Pinjam kursi", **DUE}),
    Door(f"{MEETING}/tindak-lanjut", {"hapus": "{promise}"}, barred=True),
    Door("/tindak-lanjut", {"tindak": "{promise}", "keadaan": "belum"}),
    Door("/rapat/baru", {"wilayah": "{code}", **CALL}),
    Door(f"{MEETING}/ubah", {"jenis": "rapat", "judul": "Nama lain", "dasar": ""}, leads=True),
    Door(f"{MEETING}/pelatihan", {"peran": "witness", "boleh": "0"}, leads=True, barred=True),
    Door(f"{MEETING}/susunan/sesi", {"judul": "Malam", **HOURS}, leads=True),
    Door(f"{MEETING}/susunan/sesi/{{session}}", {"judul": "Malam", **HOURS}, leads=True, barred=True),
    Door(f"{MEETING}/susunan/sesi/{{session}}/hapus", leads=True, barred=True),
    Door(f"{MEETING}/susunan/lokasi", {"wilayah": "{code}", "cara": "zoom"}, leads=True),
    Door(
        f"{MEETING}/susunan/lokasi/{{site}}",
        {"wilayah": "{code}", "cara": "tatap muka", "tempat": "Aula"},
        leads=True,
    ),
    Door(f"{MEETING}/susunan/lokasi/{{site}}/hapus", leads=True, barred=True),
    Door(f"{MEETING}/susunan/tiap-bagian", leads=True),
    Door(f"{MEETING}/susunan/samakan", leads=True, barred=True),
    Door("/lembar/{locked}/koreksi", {"kursi": "{other}", **WISH}),
    Door(f"{MEETING}/batal", {"alasan": "Banjir"}, leads=True, barred=True),
    Door(f"{MEETING}/aktifkan", leads=True, barred=True),
    Door(f"{MEETING}/saya-hadir", barred=True),
    Door(f"{MEETING}/jawab", {"jawaban": "datang"}, barred=True),
    Door(f"{SHEET}/ajukan", {"versi": "1"}, barred=True),  # not before it has told what that decides
    Door("/lembar/{waiting}/tarik", {"versi": "2"}),
    Door(f"{MEETING}/notulen", {"tutup": "1"}, leads=True, barred=True),
]
REVIEWS = [
    Door(
        "/tinjauan/{waiting}", {"putusan": "kembalikan", "versi": "2", "alasan": "Belum lengkap"}, barred=True
    ),
    Door("/tinjauan/{waiting}", {"putusan": "setujui", "versi": "2"}),
    Door("/tinjauan/setujui", {"lembar": "{waiting}.2"}, barred=True),
    Door("/tinjauan/{waiting}/terima", {"versi": "2", "tanda": "kepala"}, barred=True),
    Door("/tinjauan/{locked}", {"putusan": "kunci", "versi": "2"}, barred=True),
    Door("/tinjauan/koreksi/{correction}", {"putusan": "setujui"}),
]
