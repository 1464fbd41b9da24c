"""The first page, what stands behind "Lainnya", and the bar that every page carries."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _
from flask_login import current_user

from webapp.home.figures.front import front as gather
from webapp.home.room import room
from webapp.people.rules.permissions import Permission
from webapp.people.rules.viewer import Viewer
from webapp.people.views.door import viewer
from webapp.plumbing.clock import now
from webapp.plumbing.render import render, see_other

Entry = tuple[str, str, str, str, bool]


@room.get("/", needs=Permission.SIGNED_IN, kept=True)
def front() -> Response:
    """What is due now, one big action, and what one did last; for whoever has no mandate the own account."""
    who = viewer()
    if not who.may(Permission.ENTER):
        return see_other(url_for("people.account"))
    return render("home/front.html", who=who, front=gather(who), today=now())


@room.get("/lainnya", needs=Permission.ENTER, kept=True)
def more() -> Response:
    """Everything that does not stand in the bar."""
    who = viewer()
    return render("home/more.html", who=who, entries=_behind(who))


@room.app_context_processor
def bar() -> dict[str, Any]:
    """The bar: (key, url, icon, word, whether it stands behind "Lainnya" on a phone)."""
    if not current_user or not current_user.is_authenticated:
        return {}
    return {"nav": _bar(viewer()), "lang": "id"}


def _bar(who: Viewer) -> list[Entry]:
    entries = (
        ("beranda", "/", "home", _("Beranda"), False, Permission.ENTER),
        ("check-in", "/check-in", "pin", _("Check-in"), False, Permission.CHECK_IN),
        ("rapat", "/rapat", "people", _("Rapat"), False, Permission.SEE_MEETINGS),
        ("cakupan", "/cakupan", "map", _("Cakupan"), False, Permission.SEE_COVERAGE),
        ("tinjauan", "/tinjauan", "check", _("Tinjauan"), True, Permission.REVIEW_ATTENDANCE),
        ("pengguna", "/pengguna", "person", _("Pengguna"), True, Permission.MANAGE_USERS),
        ("antrean", "/antrean", "queue", _("Antrean"), who.may(Permission.ENTER), Permission.SIGNED_IN),
        ("lainnya", "/lainnya", "more", _("Lainnya"), False, Permission.ENTER),
    )
    return [(key, url, icon, word, more) for key, url, icon, word, more, needs in entries if who.may(needs)]


def _behind(who: Viewer) -> list[tuple[str, str, str, str]]:
    entries = (
        ("/antrean", "queue", _("Antrean"), _("Yang menunggu di HP ini"), Permission.ENTER),
        ("/akun", "key", _("Akun saya"), _("Tugas, PIN, perangkat"), Permission.ENTER),
        ("/kartu", "person", _("Kartu saya"), _("Ditunjukkan di pintu rapat"), Permission.SEE_MEETINGS),
        ("/tinjauan", "check", _("Tinjauan"), _("Lembar hadir yang menunggu"), Permission.REVIEW_ATTENDANCE),
        (
            "/rapat/angka",
            "calendar",
            _("Rekap kehadiran"),
            _("Menurut wilayah dan simpul"),
            Permission.READ_SHEETS,
        ),
        ("/check-in/wilayah", "pin", _("Di lapangan"), _("Check-in orang lain"), Permission.SEE_CHECKINS),
        ("/pengguna", "person", _("Pengguna"), _("Orang, tugas, PIN baru"), Permission.MANAGE_USERS),
        ("/simpul", "people", _("Simpul"), _("Kelompok relawan dan anggotanya"), Permission.REGISTER_PEOPLE),
        ("/jejak", "search", _("Jejak"), _("Siapa mengubah apa"), Permission.SEE_TRAIL),
        (
            "/sinkron",
            "offline",
            _("Belum sinkron"),
            _("HP yang sudah lama tidak terhubung"),
            Permission.CONTACT,
        ),
        ("/kiriman", "queue", _("Kiriman"), _("Cari kode tanda terima"), Permission.ENTER),
        (
            "/kalender",
            "calendar",
            _("Kalender di HP"),
            _("Rapat Anda di aplikasi kalender"),
            Permission.ENTER,
        ),
        ("/check-in/riwayat", "calendar", _("Riwayat check-in"), _("Yang Anda kirim"), Permission.CHECK_IN),
        ("/pelatihan-saya", "check", _("Pelatihan saya"), _("Sertifikat bimtek Anda"), Permission.ENTER),
        ("/wilayah", "map", _("Wilayah dan TPS"), _("Cari tempat"), Permission.ENTER),
        ("/privasi", "lock", _("Privasi"), _("Apa yang disimpan"), Permission.ENTER),
        ("/keluar", "exit", _("Keluar"), "", Permission.ENTER),
    )
    return [(url, icon, word, small) for url, icon, word, small, needs in entries if who.may(needs)]
