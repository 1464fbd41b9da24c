"""The check-ins of one's part of the country: the list, and the table to take away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _

from webapp.checkins.figures.photos import photos_of
from webapp.checkins.figures.region import PAGE, Line, Steps, Wanted, every, listed, steps
from webapp.checkins.forms import ACTIVITIES, KINDS, ODDITIES, FilterForm
from webapp.checkins.models import CheckIn, Kind
from webapp.checkins.room import room
from webapp.people.rules.permissions import Permission
from webapp.people.views.door import viewer
from webapp.places.models import NATION
from webapp.places.rules import codes
from webapp.places.rules.scope import Scope
from webapp.places.rules.zones import word as zone_word
from webapp.plumbing.clock import as_local
from webapp.plumbing.exports import stream_csv
from webapp.plumbing.fields import choices, page_number
from webapp.plumbing.render import render
from webapp.plumbing.submissions import receipt_from

FILTERS = ("cari", "hari", "jenis", "wilayah", "kode", "janggal")
WORDS = {str(key): word for key, word in (*KINDS, *ACTIVITIES)}


@room.get("/check-in/wilayah", needs=Permission.SEE_CHECKINS)
def region() -> Response:
    """The list, the newest first, narrowed by day, kind, region, name, receipt or what is odd."""
    form, wanted, page = FilterForm(request.args), _wanted(), page_number(request.args.get("hal"))
    lines, total = listed(wanted, page)
    scope = viewer().scope(Permission.SEE_CHECKINS)
    way = steps(wanted.region or scope.top or NATION)
    form.wilayah.choices = choices(_regions(way, scope))
    return render(
        "checkins/region.html",
        form=form,
        wanted=wanted,
        lines=lines,
        photos=photos_of([line.row for line in lines]),
        total=total,
        at=page,
        size=PAGE,
        where=way.trail[-1].name if way.trail else "",
        used=sum(
            bool(value) for value in (wanted.day, wanted.kind, wanted.region, wanted.receipt, wanted.odd)
        ),
        address=_address,
        odd_words=_odd_words,
        export=_address("checkins.table"),
    )


@room.get("/check-in/wilayah.csv", needs=Permission.EXPORT)
def table() -> Response:
    """The same list as a table, sent while it is read."""
    return stream_csv(_rows(_wanted()), "check-in.csv")


def _wanted() -> Wanted:
    """What the address asks for; what cannot be read asks for everything."""
    form = FilterForm(request.args)
    form.validate()
    told = {name: None if form[name].errors else form[name].data for name in FILTERS}
    code, typed = str(told["wilayah"] or ""), told["kode"] or ""
    return Wanted(
        day=told["hari"],
        kind=told["jenis"] if told["jenis"] in set(Kind) else "",
        region=code if codes.is_code(code) else "",
        words=told["cari"] or "",
        receipt=receipt_from(typed) or typed,
        odd=bool(told["janggal"]),
    )


def _regions(at: Steps, scope: Scope) -> list[tuple[str, str]]:
    """The whole, the way down to the open region, and its parts, as far as one may look."""
    line = [(one.code, one.name) for one in at.trail if scope.covers(one.code)]
    parts = [(one.code, f"– {one.name}") for one in at.parts if scope.touches(one.code)]
    return [("", _("Semua wilayah saya")), *line, *parts]


def _address(endpoint: str = "checkins.region", **changes: Any) -> str:
    """The same list with some of its filters changed; a page number is never kept."""
    kept: dict[str, Any] = {name: request.args[name] for name in FILTERS if request.args.get(name)}
    return url_for(endpoint, **{**kept, **changes})


def _odd_words(row: CheckIn) -> list[str]:
    return [str(ODDITIES[one]) for one in row.odd]


def _rows(wanted: Wanted) -> Iterator[list[object]]:
    yield [
        _("Kode"), _("Tanggal"), _("Jam"), _("Zona"), _("Nama"), _("Jenis"), _("Kegiatan"), _("TPS"),
        _("Wilayah"), _("Kode wilayah"), _("Di dalam"), _("Orang ditemui"), _("Catatan"), _("Diterima"),
        _("Ketelitian posisi (m)"), _("Janggal"), _("Dibatalkan"),
    ]  # fmt: skip
    for line in every(wanted):
        yield _cells(line)


def _cells(line: Line) -> list[object]:
    row = line.row
    local, received = as_local(row.happened_at, row.zone), as_local(row.received_at, row.zone)
    return [
        row.receipt, local.date().isoformat(), local.strftime("%H.%M"), zone_word(row.zone),
        line.person or _("Orang dari wilayah lain"), str(WORDS[row.kind]),
        str(WORDS[row.activity]) if row.activity else "", line.station, line.region, row.region_code,
        line.under, row.people_met, row.note, received.strftime("%Y-%m-%d %H.%M"), row.accuracy,
        ", ".join(_odd_words(row)), _("ya") if row.is_voided else _("tidak"),
    ]  # fmt: skip
