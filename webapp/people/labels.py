"""Words of the screen for what the rows of this room hold."""

from __future__ import annotations

from flask_babel import gettext as _

from webapp.people.models import Slot
from webapp.people.rules.seats import Reason


def slot_words() -> dict[str, str]:
    """The slots as the screen says them."""
    return {
        Slot.MAIN: _("Saksi utama"),
        Slot.RESERVE: _("Saksi pengganti"),
        Slot.OUTSIDE: _("Relawan di luar"),
    }


def reasons() -> list[tuple[str, str]]:
    """The reasons in words, for the radios."""
    words = {
        Reason.MOVED: _("Pindah tugas atau alamat"),
        Reason.SICK: _("Sakit"),
        Reason.WITHDREW: _("Mengundurkan diri"),
        Reason.UNREACHABLE: _("Tidak bisa dihubungi"),
        Reason.MISTAKE: _("Salah catat"),
        Reason.OTHER: _("Alasan lain"),
    }
    return [(reason.value, words[reason]) for reason in Reason]
