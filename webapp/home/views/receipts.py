"""Kiriman: what a code stands for, and what phones sent that a person has to look at."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from flask import Response, flash, request, url_for
from flask_babel import gettext as _

from webapp.home.figures.contents import readable
from webapp.home.figures.receipts import (
    PAGE,
    TWICE,
    Entry,
    Shown,
    Waiting,
    drift_words,
    found,
    kind_words,
    waiting,
)
from webapp.home.figures.traces import Trace, trace_of
from webapp.home.room import room
from webapp.home.rules.settling import Settled, settle, unsettle
from webapp.people.rules.naming import names_of
from webapp.people.rules.permissions import Permission
from webapp.people.views.door import viewer
from webapp.plumbing.clock import hour, now
from webapp.plumbing.fields import page_number, row_number
from webapp.plumbing.refusal import NotThere
from webapp.plumbing.render import render, see_other
from webapp.plumbing.submissions import receipt_from


@room.get("/kiriman", needs=Permission.ENTER)
def receipts() -> Response:
    """One's own by their codes; for those who answer for a region also other people's, and what waits there."""
    typed = request.args.get("kode", "").strip()[:40]
    shown = _shown()
    entries = _found(typed) if typed else None
    told = Waiting() if typed else _waiting(shown)
    return render(
        "home/receipts.html",
        typed=typed,
        found=entries,
        traces={one.key: _link(one) for one in entries or ()},
        callable=_callable([*(entries or ()), *told.entries]),
        waiting=told,
        shown=shown.value,
        reviews=viewer().may(Permission.SEE_SUBMISSIONS),
        kinds=kind_words(),
        drift_words=drift_words,
        twice=TWICE,
        pages=(told.page - 1, told.page + 1 if told.page * PAGE < told.total else 0),
        first=(told.page - 1) * PAGE + 1,
        today=now(),
    )


@room.post("/kiriman/dilihat", needs=Permission.SEE_SUBMISSIONS)
def look_at() -> Response:
    """Note that it has been looked at, or take that back."""
    who = viewer()
    scope = who.scope(Permission.SEE_SUBMISSIONS)
    if "urung" in request.form:
        unsettle(_key("urung"), scope, who.person_id)
        flash(_("Kembali ke daftar."))
    else:
        key = _key("dilihat")
        _say(key, settle(key, scope, who.person_id))
    return see_other(url_for("home.receipts", tampil=request.args.get("tampil") and _shown().value))


def _key(name: str) -> UUID | int:
    """The id of a thing, or the number of a copy. Raises `NotThere`."""
    text = request.form.get(name, "")
    try:
        return row_number(text) or UUID(text)
    except ValueError:
        raise NotThere from None


def _say(key: UUID | int, settled: Settled) -> None:
    who = viewer()
    if settled.by == who.person_id:
        flash(f"{key} {_('Ditandai sudah dilihat.')}", "dilihat")
        return
    name = names_of([settled.by or 0]).get(settled.by or 0, "")
    flash(_("Sudah dilihat %(name)s pukul %(time)s.", name=name, time=hour(settled.at, who.offset)))


def _shown() -> Shown:
    asked = request.args.get("tampil")
    return Shown(asked) if asked in tuple(Shown) else Shown.ALL


def _found(typed: str) -> list[Entry]:
    who, receipt = viewer(), receipt_from(typed)
    if not receipt:
        return []
    return readable(found(receipt, who.scope(Permission.SEE_SUBMISSIONS), who.person_id))


def _waiting(shown: Shown) -> Waiting:
    who = viewer()
    if not who.may(Permission.SEE_SUBMISSIONS):
        return Waiting()
    told = waiting(who.scope(Permission.SEE_SUBMISSIONS), shown, page_number(request.args.get("hal")))
    return Waiting(readable(told.entries), told.counts, told.total, told.page)


def _callable(entries: Sequence[Entry]) -> set[str]:
    """Of whom of the senders the viewer may ask the number: by Hubungi, one at a time and on record."""
    who = viewer()
    return {
        one.key
        for one in entries
        if one.sender
        and one.sender_id != who.person_id
        and who.may_at(Permission.CONTACT, one.region_code or "")
    }


def _link(entry: Entry) -> tuple[str, str] | None:
    """Address and words of what came of it."""
    who = viewer()
    if entry.kind == "checkin" and entry.sender_id == who.person_id:
        return url_for("checkins.own"), _("Riwayat check-in")
    trace: Trace | None = trace_of(entry, who)
    match trace:
        case Trace("checkin"):
            return url_for("checkins.region", kode=entry.receipt), _("Lihat check-in")
        case Trace("rapat", meeting):
            return url_for("attendance.meeting", meeting_id=meeting), _("Buka rapat")
        case Trace("tps", station):
            return url_for("people.station", station_id=station), _("Buka TPS")
    return None
