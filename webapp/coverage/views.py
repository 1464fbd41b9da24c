"""The pages of this room: a region with its map and table, and the TPS that nobody covers."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, make_response, redirect, request, url_for
from flask_babel import gettext as _

from webapp.coverage.figures.maps import drawing
from webapp.coverage.figures.missing import PAGE, lacking_stations, untrained_villages
from webapp.coverage.figures.regions import Overview, level_word, overview
from webapp.coverage.figures.villages import grid, state_words
from webapp.coverage.room import room
from webapp.coverage.rules.measures import Measure
from webapp.people.figures.people import coordinators_of
from webapp.people.labels import slot_words
from webapp.people.rules.permissions import Permission
from webapp.people.views.door import viewer
from webapp.places.figures.elections import NoElection, election_for
from webapp.places.rules.zones import offset_of
from webapp.plumbing.clock import now
from webapp.plumbing.fields import page_number
from webapp.plumbing.render import render, wants_part


@room.errorhandler(NoElection)
def unready(_refusal: NoElection) -> Response:
    """Before anybody has brought a register there is nothing to cover; say who brings it."""
    return render("coverage/unready.html")


@room.get("/cakupan", needs=Permission.SEE_COVERAGE)
def start() -> Response:
    """One's own region, or the first below it that has parts to compare."""
    top = viewer().scope(Permission.SEE_COVERAGE).top
    if top is None:
        abort(404)
    while len(parts := _seen(top).parts) == 1:
        top = parts[0].code
    kept: dict[str, Any] = _kept()
    return make_response(redirect(url_for("coverage.region", code=top, **kept)))


@room.get("/cakupan/<code>", needs=Permission.SEE_COVERAGE, kept=True)
def region(code: str) -> Response:
    """The numbers of a region with its map and the table of its parts, or the TPS of a kelurahan."""
    seen = _seen(code)
    more = _village(seen) if seen.is_village else _parts(seen)
    return render("coverage/region.html", "coverage/_region.html", **_about(seen), **more)


@room.get("/cakupan/<code>/kosong", needs=Permission.SEE_COVERAGE)
def empty(code: str) -> Response:
    """The TPS below a region where what is measured is missing, and whom to call."""
    seen = _seen(code)
    total = seen.lacking
    page = min(page_number(request.args.get("hal")), max(1, -(-total // PAGE)))
    return render(
        "coverage/empty.html",
        villages=lacking_stations(seen, page),
        total=total,
        at=page,
        first=(page - 1) * PAGE + 1,
        last=min(page * PAGE, total),
        **_about(seen),
    )


@room.get("/cakupan/<code>/belum-dilatih", needs=Permission.SEE_COVERAGE)
def untrained(code: str) -> Response:
    """Taken seats below a region whose holder has not been trained, and whom to call."""
    seen = _seen(code)
    total = seen.numbers.untrained if seen.asks_training else 0
    page = min(page_number(request.args.get("hal")), max(1, -(-total // PAGE)))
    return render(
        "coverage/untrained.html",
        villages=untrained_villages(seen, page) if total else [],
        total=total,
        at=page,
        first=(page - 1) * PAGE + 1,
        last=min(page * PAGE, total),
        slots=slot_words(),
        **_about(seen),
    )


def _seen(code: str) -> Overview:
    return overview(code, election_for(request.args.get("pemilihan")), _measure())


def _measure() -> Measure:
    asked = request.args.get("ukuran")
    return Measure(asked) if asked in tuple(Measure) else Measure.WITNESSES


def _kept() -> dict[str, str]:
    """What every link of the page carries along."""
    return {name: request.args[name] for name in ("ukuran", "pemilihan") if request.args.get(name)}


def _about(seen: Overview) -> dict[str, Any]:
    return {
        "seen": seen,
        "keep": _kept(),
        "asked_part": wants_part(),
        "under": _under(seen),
        "parts_word": level_word(min(seen.region.level + 1, 4)),
        "measures": _measures(),
        "offset": offset_of(seen.code),
        "moment": now(),
        "may_fill": viewer().may_at(Permission.FILL_SEATS, seen.code),
    }


def _parts(seen: Overview) -> dict[str, Any]:
    return {"map": drawing(seen)}


def _village(seen: Overview) -> dict[str, Any]:
    squares = grid(seen)
    block = squares.block(request.args.get("blok", type=int))
    listed = list(block.tps) if block else squares.empty[:PAGE]
    return {
        "grid": squares,
        "block": block,
        "listed": listed,
        "coordinator": coordinators_of([seen.code]).get(seen.code),
        "state_words": state_words,
    }


def _under(seen: Overview) -> str:
    """One line below the title: what it consists of, or for a kelurahan where it lies."""
    if seen.is_village:
        above = seen.trail[-1][1] if seen.trail else ""
        return " · ".join(filter(None, (above, seen.code)))
    parts = f"{len(seen.parts)} {level_word(seen.region.level + 1).lower()}"
    if seen.villages and seen.region.level < 3:
        return _("%(parts)s, %(n)s kelurahan", parts=parts, n=len(seen.villages))
    return parts


def _measures() -> dict[str, str]:
    return {
        Measure.WITNESSES: _("Saksi"),
        Measure.VOLUNTEERS: _("Relawan"),
        Measure.TODAY: _("Hari ini"),
    }
