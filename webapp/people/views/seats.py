"""One TPS: who sits there, and filling, changing and leaving its seats."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _

from webapp.people.figures.seats import AtStation, Candidate, Sitter, at_station, candidates, maybe_known
from webapp.people.labels import reasons, slot_words
from webapp.people.models import Slot
from webapp.people.room import room
from webapp.people.rules.permissions import Permission
from webapp.people.rules.seats import (
    Reason,
    seat_within_reach,
    station_within_reach,
)
from webapp.people.views.door import received, viewer
from webapp.places.models import Election, Station
from webapp.places.rules.zones import offset_of
from webapp.plumbing import submissions
from webapp.plumbing.database import db
from webapp.plumbing.fields import row_number
from webapp.plumbing.refusal import NotThere
from webapp.plumbing.render import render, see_other


@room.get("/tps/<int:station_id>", needs=Permission.SEE_COVERAGE, kept=True)
def station(station_id: int) -> Response:
    """Who sits at one TPS, and who did."""
    place = station_within_reach(station_id)
    seats = at_station(place)
    return render("people/station.html", fresh=_fresh(seats), **_about(place, seats))


@room.get("/tps/<int:station_id>/isi", needs=Permission.FILL_SEATS, kept="slot")
def fill_seat(station_id: int) -> Response:
    """Choose a person for a seat: one of ours, or somebody new."""
    return _filling(station_within_reach(station_id), request.args)


@room.post("/tps/<int:station_id>/isi", needs=Permission.FILL_SEATS)
def keep_seat(station_id: int) -> Response:
    """Give the seat, or say why not with what was typed."""
    place = station_within_reach(station_id)
    verdict = received("seat.assign", request.form.to_dict() | {"tps": str(place.id)})
    if verdict.status == 200:
        fresh = verdict.row.id if verdict.row is not None else None
        return see_other(url_for("people.station", station_id=place.id, baru=fresh))
    return _filling(place, request.form, verdict)


@room.get("/kursi/<int:seat_id>/lepas", needs=Permission.FILL_SEATS)
def leave_seat(seat_id: int) -> Response:
    """Ask for the reason."""
    return _leaving(seat_id)


@room.post("/kursi/<int:seat_id>/lepas", needs=Permission.FILL_SEATS)
def end_seat(seat_id: int) -> Response:
    """Take the person out, or go on and choose who comes instead."""
    seat = seat_within_reach(seat_id)
    if request.form.get("lanjut") and (reason := _reason(request.form.get("alasan"))):
        step = url_for("people.fill_seat", station_id=seat.station_id, ganti=seat_id, alasan=reason)
        return see_other(step)
    verdict = received("seat.end", request.form.to_dict() | {"kursi": str(seat_id)})
    if verdict.status == 200:
        return see_other(url_for("people.station", station_id=seat.station_id))
    return _leaving(seat_id, verdict)


@room.post("/tps/<int:station_id>/urung", needs=Permission.FILL_SEATS)
def undo_seat(station_id: int) -> Response:
    """Take back a slip of the last seconds."""
    place = station_within_reach(station_id)
    slip = {"kursi": request.form.get("urung", ""), "urung": "1"}
    verdict = received("seat.end", request.form.to_dict() | slip)
    if verdict.status == 200:
        return see_other(url_for("people.station", station_id=place.id))
    seats = at_station(place)
    context = _about(place, seats) | {"says": verdict.reason}
    return render("people/station.html", status=verdict.status, **context)


def _about(place: Station, seats: AtStation) -> dict[str, Any]:
    """What every page about a TPS says."""
    election = db.session.get_one(Election, place.election_id)
    return {
        "station": place,
        "seats": seats,
        "election": election,
        "offset": offset_of(place.village_code),
        "slots": slot_words(),
        "reasons": dict(reasons()),
        "may_fill": viewer().may_at(Permission.FILL_SEATS, place.village_code) and not place.retired,
    }


def _fresh(seats: AtStation) -> Sitter | None:
    """The seat that this viewer filled a moment ago, for the toast that can take it back."""
    sitter = seats.sitter(request.args.get("baru", type=int))
    return sitter if sitter is not None and sitter.assigned_by == viewer().person_id else None


def _filling(
    place: Station, asked: Mapping[str, str], verdict: submissions.Verdict | None = None
) -> Response:
    seats = at_station(place)
    leaving = seats.sitter(row_number(asked.get("ganti")))
    slot = Slot(leaving.slot) if leaving else _slot(asked.get("slot"), seats.free)
    query = asked.get("cari", "")[:80]
    known = _maybe_known(place, asked) if verdict and verdict.word == submissions.REVIEW else []
    return render(
        "people/seat.html",
        "people/_seat_people.html",
        status=verdict.status if verdict else 200,
        slot=slot.value,
        leaving=leaving,
        reason=_reason(asked.get("alasan")),
        query=query,
        people=known or candidates(place, query),
        known=bool(known),
        says=verdict.reason if verdict else None,
        typed=asked,
        **_about(place, seats),
    )


def _maybe_known(place: Station, asked: Mapping[str, str]) -> list[Candidate]:
    """Whom somebody new may be, when the number that was typed is theirs."""
    if asked.get("orang"):
        return []
    return maybe_known(place, asked.get("nama", ""), asked.get("telepon", ""))


def _leaving(seat_id: int, verdict: submissions.Verdict | None = None) -> Response:
    seat = seat_within_reach(seat_id)
    place = station_within_reach(seat.station_id)
    seats = at_station(place)
    sitter = seats.sitter(seat_id)
    if sitter is None and verdict is None:
        raise NotThere(_("Kursi ini sudah tidak diisi. Lihat lagi daftar di TPS-nya."))
    context = _about(place, seats) | {"sitter": sitter, "says": verdict.reason if verdict else None}
    return render("people/leave_seat.html", status=verdict.status if verdict else 200, **context)


def _slot(text: str | None, otherwise: Slot) -> Slot:
    return Slot(text) if text in tuple(Slot) else otherwise


def _reason(text: str | None) -> str:
    return text if text in tuple(Reason) else ""
