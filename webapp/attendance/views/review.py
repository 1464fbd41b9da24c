"""The supervisor's side: what was handed in, one sheet with what is odd about it first, and the decision."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError

from webapp.attendance.figures import sheets
from webapp.attendance.figures.before import earlier
from webapp.attendance.figures.minutes import is_bare
from webapp.attendance.figures.oddities import Odd, grouped, oddities_of, unseen
from webapp.attendance.figures.rates import odd_first, rates_of
from webapp.attendance.figures.wishes import photos_of, wishes_of
from webapp.attendance.models import SheetState
from webapp.attendance.room import room
from webapp.attendance.rules import looking
from webapp.attendance.rules import review as rules
from webapp.attendance.rules.finding import Kept, kept_sheet
from webapp.attendance.rules.four_eyes import part_in
from webapp.attendance.rules.lines import lines_of
from webapp.attendance.views.answers import number
from webapp.people.rules.permissions import Permission
from webapp.people.views.door import viewer
from webapp.places.rules.scope import current
from webapp.plumbing.clock import now
from webapp.plumbing.database import Busy, writing
from webapp.plumbing.doors import Afterwards
from webapp.plumbing.fields import row_number, squeeze
from webapp.plumbing.refusal import Refusal
from webapp.plumbing.render import render, see_other

SHORTEST, LONGEST = 5, 500


@room.get("/tinjauan", needs=Permission.REVIEW_ATTENDANCE)
def queue() -> Response:
    """Sheets that wait, or those that are done."""
    return render("attendance/review.html", kept=None, **_queue(plain=True))


@room.post("/tinjauan/setujui", needs=Permission.REVIEW_ATTENDANCE)
def approve_several() -> Response:
    """Approve the ticked sheets, each on the version that was shown, if nothing about it is odd."""
    wanted = _ticked(request.form.getlist("lembar"))
    cards = {card.sheet_id: card for card in sheets.cards_of(list(wanted))}
    odd = wanted.keys() & cards.keys() - sheets.plain_ones(list(cards.values()))
    odd = {one for one in odd if cards[one].state is SheetState.SUBMITTED and not cards[one].own}
    tried = rules.approve_several({k: v for k, v in wanted.items() if k not in odd}, viewer().person_id)
    done = sum(one.refusal is None for one in tried)
    if done:
        flash(_("%(n)s lembar disetujui.", n=done))
    if not wanted:
        flash(_("Centang dulu lembar yang disetujui."), "bad")
    for one in tried:
        if one.refusal:
            flash(f"{cards[one.sheet_id].title}: {one.refusal}", "bad")
    for one_odd in sorted(odd):
        flash(_("%(title)s: ada yang janggal, jadi buka dulu.", title=cards[one_odd].title), "bad")
    return see_other(url_for("attendance.queue"))


@room.get("/tinjauan/<int:sheet_id>", needs=Permission.REVIEW_ATTENDANCE)
def sheet(sheet_id: int) -> Response:
    """One sheet: the odd ones first."""
    return _sheet_page(_opened(kept_sheet(sheet_id)))


@room.post("/tinjauan/<int:sheet_id>", needs=Permission.REVIEW_ATTENDANCE)
def decide(sheet_id: int) -> Response | Afterwards:
    """Approve, return with a reason, or lock."""
    found = rules.get_sheet(sheet_id)
    version, actor = number("versi"), viewer().person_id
    reason = squeeze(request.form.get("alasan"))
    match request.form.get("putusan"):
        case "setujui":
            return _approve(kept_sheet(sheet_id), version, actor)
        case "kunci":
            rules.lock(found, version, actor)
            flash(_("Lembar dikunci. Perubahan sekarang hanya lewat koreksi."))
        case "kembalikan" if SHORTEST <= len(reason) <= LONGEST:
            rules.send_back(found, version, actor, reason)
            flash(_("Lembar dikembalikan. Koordinator membaca alasan Anda."))
        case "kembalikan":
            error = _("Tulis alasannya, 5 sampai 500 huruf, agar koordinator tahu apa yang harus dibetulkan.")
            return Afterwards(lambda: _sheet_page(kept_sheet(sheet_id), error, reason, 422))
        case _:
            return Afterwards(lambda: _sheet_page(kept_sheet(sheet_id), _("Pilih putusannya."), reason, 422))
    return see_other(url_for("attendance.sheet", sheet_id=sheet_id))


@room.post("/tinjauan/<int:sheet_id>/terima", needs=Permission.REVIEW_ATTENDANCE)
def let_stand(sheet_id: int) -> Response:
    """One oddity was looked at, and stands."""
    kept = kept_sheet(sheet_id)
    version, key = number("versi"), request.form.get("tanda", "")
    known = {one.key: one for one in _oddities(kept)}
    if key not in known and kept.sheet.version == version:
        raise rules.OverTaken(_("Tanda ini sudah berubah. Muat ulang untuk melihat keadaan terbaru."))
    looking.look(kept.sheet, key, version, viewer().person_id)
    return see_other(url_for("attendance.sheet", sheet_id=sheet_id, _anchor=known[key].reason))


def _opened(kept: Kept) -> Kept:
    """Note the first look at what was handed in before it is shown: from then on its keeper cannot take it back.

    Where it cannot be noted because others are writing it is shown all the same: a step on it names its version.
    """
    reader, found = viewer().person_id, kept.sheet
    if found.stage is not SheetState.SUBMITTED or found.opened_at:
        return kept
    with suppress(Busy, OperationalError), writing():
        if rules.open_for(found, reader):
            return kept
    return kept_sheet(found.id)


def _approve(kept: Kept, version: int, actor: int) -> Response | Afterwards:
    """The rest in bulk, once every oddity was looked at: nothing odd is approved along with it."""
    waits = kept.stage is SheetState.SUBMITTED and kept.sheet.version == version
    left = len(unseen(_oddities(kept))) if waits else 0
    if left:
        error = _("Lihat dulu %(n)s hal yang janggal. Ketuk Diterima, atau kembalikan lembarnya.", n=left)
        return Afterwards(lambda: _sheet_page(kept, error, squeeze(request.form.get("alasan")), 422))
    rules.approve(kept.sheet, version, actor)
    flash(_("Lembar disetujui."))
    return see_other(url_for("attendance.sheet", sheet_id=kept.sheet.id))


def _oddities(kept: Kept) -> list[Odd]:
    lines = lines_of(kept.sheet)
    return oddities_of(kept, lines, rates_of(lines))


def _ticked(told: Sequence[str]) -> dict[int, int]:
    """Version by sheet, out of "12.3"; at most one page of the queue."""
    pairs = [one.partition(".") for one in told[: sheets.PAGE]]
    numbers = [(row_number(sheet_id), row_number(version)) for sheet_id, _dot, version in pairs]
    if not all(sheet_id and version for sheet_id, version in numbers):
        raise Refusal(_("Pilihan ini tidak terbaca. Muat ulang halaman lalu coba lagi."))
    return {sheet_id: version for sheet_id, version in numbers if sheet_id and version}


def _queue(*, plain: bool = False) -> dict[str, Any]:
    """The list on the left: what waits, with locked sheets whose correction waits; or what is done."""
    done = request.args.get("tampil") == "selesai"
    found = (sheets.reviewed if done else sheets.to_review)(current(), sheets.PAGE + 1)
    queue = found[: sheets.PAGE] + ([] if done else sheets.with_wishes(current()))
    return {
        "cards": queue,
        "more": len(found) > sheets.PAGE,
        "earlier": sheets.earlier_cards(queue),
        "done": done,
        "plain": sheets.plain_ones(queue) if plain else set(),
    }


def _sheet_page(kept: Kept, error: str = "", reason: str = "", status: int = 200) -> Response:
    lines = lines_of(kept.sheet)
    rates = rates_of(lines)
    odds = oddities_of(kept, lines, rates)
    about = next((one for one in odds if one.key == request.args.get("tentang")), None)
    locked = kept.stage is SheetState.LOCKED
    queue = _queue()
    return render(
        "attendance/review.html",
        status=status,
        kept=kept,
        lines=odd_first(lines),
        rates=rates,
        groups=grouped(odds),
        unseen=len(unseen(odds)),
        before=earlier(kept),
        events=sheets.history(kept.sheet),
        wishes=wishes_of(kept.sheet) if locked else [],
        photos=photos_of(kept.sheet).get(None, []),
        own=part_in(kept.sheet, viewer().person_id),
        unfinished=now() <= kept.session.ends_at,
        bare=_is_bare(kept, queue["cards"]),
        reader=viewer().person_id,
        error=error,
        reason=reason or (f"{about.title}: {about.evidence}" if about else ""),
        **queue,
    )


def _is_bare(kept: Kept, cards: Sequence[sheets.SheetCard]) -> bool:
    """Whether the minutes say nothing yet; asked only where the queue has not told it."""
    known = next((card.bare for card in cards if card.sheet_id == kept.sheet.id), None)
    return is_bare(kept.meeting.id) if known is None else known
