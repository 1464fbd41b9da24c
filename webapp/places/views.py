"""The pages of this room: looking regions and TPS up, and the outlines of maps."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, make_response, request, url_for
from flask_babel import gettext as _

from webapp.places.figures.elections import NoElection, election_for
from webapp.places.figures.register import StationPage, station_page, stations_by_part
from webapp.places.figures.search import Choice, choose
from webapp.places.figures.shapes import map_svg
from webapp.places.figures.tree import Described, describe
from webapp.places.models import NATION, Election
from webapp.places.room import room
from webapp.places.rules.codes import VILLAGE
from webapp.plumbing.doors import ENTER
from webapp.plumbing.fields import page_number
from webapp.plumbing.refusal import NotThere
from webapp.plumbing.render import render

YEAR = 365 * 24 * 3600


@room.get("/wilayah", needs=ENTER)
def regions() -> Response:
    """The provinces, or what a search found."""
    return region(NATION)


@room.get("/wilayah/<code>", needs=ENTER)
def region(code: str) -> Response:
    """One region: its parts with their TPS, or a village's TPS."""
    here = describe(code)
    if here is None:
        raise NotThere(_("Wilayah ini tidak ada di daftar. Cari namanya."))
    election = _election()
    choice = choose({"cari": request.args.get("cari", ""), "di": code})
    context: dict[str, Any] = {"here": here, "election": election, "choice": choice, "keep": _kept()}
    context |= _numbers(here, election, choice)
    return render("places/regions.html", "places/_regions.html", **context)


@room.get("/peta/<code>.svg", needs=ENTER)
def shapes(code: str) -> Response:
    """The outlines of one map. With the version in the address a browser need not ask again."""
    found = map_svg(code)
    if found is None:
        abort(404)
    svg, version = found
    response = make_response(svg, {"Content-Type": "image/svg+xml; charset=utf-8"})
    response.set_etag(version)
    response.cache_control.private = True
    if request.args.get("v") == version:
        response.cache_control.max_age = YEAR
        response.cache_control.immutable = True
    else:
        response.cache_control.no_cache = True
    response.make_conditional(request)
    return response


def _election() -> Election | None:
    """The election asked for; without any the regions can still be looked up."""
    try:
        return election_for(request.args.get("pemilihan"))
    except NoElection:
        return None


def _kept() -> dict[str, str]:
    asked = request.args.get("pemilihan")
    return {"pemilihan": asked} if asked else {}


def _numbers(here: Described, election: Election | None, choice: Choice) -> dict[str, Any]:
    """TPS by part, or a page of a village's TPS; nothing while searching."""
    if election is None or choice.query:
        return {"counts": {}, "tps": None}
    if here.level == VILLAGE:
        page = station_page(election, here.code, page_number(request.args.get("hal")))
        return {"counts": {}, "tps": page, "previous": _turn(here, page, -1), "next": _turn(here, page, 1)}
    return {"counts": stations_by_part(election, here.code), "tps": None}


def _turn(here: Described, page: StationPage, step: int) -> str | None:
    """The address of the page before or after."""
    there = page.number + step
    if there < 1 or (step > 0 and page.last >= page.total):
        return None
    return url_for("places.region", code=here.code, hal=there, pemilihan=request.args.get("pemilihan"))
