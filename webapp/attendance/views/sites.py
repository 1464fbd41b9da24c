"""The sites of a meeting, for whoever leads its region."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.attendance.forms.arranging import SiteForm
from webapp.attendance.models import Mode, Site
from webapp.attendance.room import room
from webapp.attendance.rules import arranging as rules
from webapp.attendance.rules import siting
from webapp.attendance.rules.finding import Kept
from webapp.attendance.views.answers import tried
from webapp.attendance.views.arranging import KEEP, back, basis_of
from webapp.people.figures.people import holders, line_above
from webapp.people.rules.naming import names_of as people_named
from webapp.people.rules.permissions import Role
from webapp.places.figures.search import choose
from webapp.places.figures.tree import names_of
from webapp.places.rules.codes import is_code, level_of
from webapp.places.rules.scope import Scope
from webapp.places.rules.zones import offset_of
from webapp.plumbing.fields import choices
from webapp.plumbing.refusal import NotThere
from webapp.plumbing.render import render, wants_part


@room.get("/rapat/<int:meeting_id>/susunan/lokasi", needs=KEEP)
def new_site(meeting_id: int) -> Response:
    """First the region, then the rest."""
    meeting = rules.led_lists(meeting_id)[0].meeting
    code = request.args.get("wilayah", "")
    if is_code(code) and Scope((meeting.region_code,)).covers(code):
        return _site_page(meeting_id, SiteForm(data={"wilayah": code}))
    place = choose(request.args, within=Scope((meeting.region_code,)))
    here = url_for("attendance.new_site", meeting_id=meeting_id)
    if wants_part():
        return Response(render_template("attendance/_site_region.html", place=place, here=here))
    return render("attendance/site_region.html", meeting=meeting, place=place, here=here)


@room.post("/rapat/<int:meeting_id>/susunan/lokasi", needs=KEEP)
def add_site(meeting_id: int) -> Response:
    """Add it with its lists; the same once more is the same one."""
    form = _offering(SiteForm(request.form))
    status = 422 if not form.validate() else tried(form, lambda: siting.add_site(meeting_id, form.spot))
    if status:
        return _site_page(meeting_id, form, status)
    flash(_("Lokasi disimpan."))
    return back(meeting_id)


@room.post("/rapat/<int:meeting_id>/susunan/tiap-bagian", needs=KEEP)
def add_child_sites(meeting_id: int) -> Response:
    """One site for every region right below; those that have one are left out."""
    lists = rules.led_lists(meeting_id)
    meeting = lists[0].meeting
    level = level_of(meeting.region_code) + 1
    keepers = {one.region_code: one.person_id for one in reversed(holders(level, meeting.region_code))}
    new = siting.add_child_sites(meeting_id, keepers, rules.sites_among(lists)[0].link)
    flash(
        ngettext("%(num)s lokasi ditambahkan.", "%(num)s lokasi ditambahkan.", new)
        if new
        else _("Semua sudah punya lokasi.")
    )
    return back(meeting_id)


@room.get("/rapat/<int:meeting_id>/susunan/lokasi/<int:site_id>", needs=KEEP)
def edit_site(meeting_id: int, site_id: int) -> Response:
    """Another place, link, or person in charge."""
    return _site_page(meeting_id, None, site_id=site_id)


@room.post("/rapat/<int:meeting_id>/susunan/lokasi/<int:site_id>", needs=KEEP)
def change_site(meeting_id: int, site_id: int) -> Response:
    """Keep the change."""
    held, seen = _site(meeting_id, site_id), request.form.get("dasar", "")
    form = _offering(SiteForm(request.form), held.pic_id)
    status = 422 if not form.validate() else 0
    status = status or tried(form, lambda: siting.change_site(meeting_id, site_id, form.spot, seen))
    if status:
        return _site_page(meeting_id, form, status, site_id)
    flash(_("Lokasi disimpan."))
    return back(meeting_id)


@room.post("/rapat/<int:meeting_id>/susunan/lokasi/<int:site_id>/hapus", needs=KEEP)
def remove_site(meeting_id: int, site_id: int) -> Response:
    """Take it away while it is empty."""
    form = SiteForm()
    status = tried(form, lambda: siting.remove_site(meeting_id, site_id))
    if status:
        return _site_page(meeting_id, None, status, site_id, form.form_errors)
    flash(_("Lokasi dihapus."))
    return back(meeting_id)


def _site(meeting_id: int, site_id: int) -> Site:
    found = rules.sites_among(rules.led_lists(meeting_id))
    site = next((one for one in found if one.id == site_id), None)
    if site is None:
        raise NotThere
    return site


def _site_page(
    meeting_id: int,
    form: SiteForm | None,
    status: int = 200,
    site_id: int = 0,
    wrong: list[str] | None = None,
) -> Response:
    lists = rules.led_lists(meeting_id)
    site = _site(meeting_id, site_id) if site_id else None
    if form is None and site is not None:
        form = SiteForm(data=_site_as_typed(site))
    form = _offering(form or SiteForm(), site.pic_id if site else None)
    form.form_errors = [*form.form_errors, *(wrong or ())]
    typed = form.wilayah.data or ""
    code = typed if is_code(typed) else lists[0].meeting.region_code
    removable = len(rules.sites_among(lists)) > 1 and not rules.are_settled(_at(lists, site_id))
    return render(
        "attendance/site_form.html",
        status=status,
        meeting=lists[0].meeting,
        site=site,
        form=form,
        region=names_of([code]).get(code, code),
        offset=offset_of(code),
        removable=removable,
        invited=removable and siting.is_anybody_invited(site_id),
        basis=basis_of(siting.site_mark(site), status) if site else "",
    )


def _at(lists: list[Kept], site_id: int) -> list[Kept]:
    return [one for one in lists if one.site.id == site_id]


def _offering(form: SiteForm, held: int | None = None) -> SiteForm:
    """Offer those who keep lists in the region: coordinators of it and above it; and whoever is in charge already."""
    code = form.wilayah.data or ""
    near = line_above([code]) if is_code(code) else []
    offered = {
        one.person_id: f"{one.name} · {one.region_name}" for one in near if one.role is Role.COORDINATOR
    }
    if held and held not in offered:
        offered |= people_named([held])
    form.pj.choices = choices([("", _("Belum ditentukan")), *offered.items()])
    return form


def _site_as_typed(site: Site) -> dict[str, Any]:
    placed = site.latitude is not None and site.longitude is not None
    return {
        "wilayah": site.region_code,
        "cara": Mode(site.mode),
        "tempat": site.place,
        "tautan": site.link,
        "pj": str(site.pic_id or ""),
        "titik": f"{site.latitude:.5f}, {site.longitude:.5f}" if placed else "",
        "radius": site.radius,
    }
