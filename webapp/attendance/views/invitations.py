"""Who is invited: everybody of an office, whoever holds it by then, or somebody by name."""

from __future__ import annotations

from collections import Counter

from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict

from webapp.attendance.figures.given import by_rule, callers, given_by
from webapp.attendance.forms.invitations import LEVELS, ROLES, PersonForm, RuleForm
from webapp.attendance.models import InvitationRule
from webapp.attendance.room import room
from webapp.attendance.rules import inviting, moving
from webapp.attendance.rules.finding import Kept, kept_meeting, most_wanted, sheets_of
from webapp.attendance.rules.lines import lines_of
from webapp.attendance.rules.seating import Place, places_of
from webapp.attendance.views.answers import number
from webapp.people.figures.search import search as search_people
from webapp.people.rules import offices
from webapp.people.rules.permissions import Permission
from webapp.people.views.door import viewer
from webapp.places.figures.tree import names_of
from webapp.places.rules.scope import current
from webapp.plumbing.clock import now
from webapp.plumbing.doors import Afterwards
from webapp.plumbing.fields import row_number
from webapp.plumbing.refusal import NotThere, refusal_of
from webapp.plumbing.render import render, see_other

offices.listen(moving.offices_changed)


@room.get("/rapat/<int:meeting_id>/undangan", needs=Permission.KEEP_ATTENDANCE)
def invitations(meeting_id: int) -> Response:
    """The rules and the list of the invited at one site, and the two ways to make it longer."""
    return _page(_lists(meeting_id), RuleForm())


@room.post("/rapat/<int:meeting_id>/undangan", needs=Permission.KEEP_ATTENDANCE)
def invite(meeting_id: int) -> Response | Afterwards:
    """By a person, by a rule, or take one of these back. Doing it twice changes nothing."""
    lists = _lists(meeting_id)
    if "hapus" in request.form:
        inviting.uninvite(meeting_id, number("hapus"))
        flash(_("Undangan dihapus."))
        return see_other(_here(meeting_id, row_number(request.form.get("lokasi"))))
    if "aturan" in request.form:
        return _drop(meeting_id, number("aturan"))
    return _invite_person(lists) if "orang" in request.form else _invite_office(lists)


@room.get("/rapat/<int:meeting_id>/kursi-kosong", needs=Permission.KEEP_ATTENDANCE)
def vacant(meeting_id: int) -> Response:
    """Regions that a rule seats and where nobody holds the office, each with whom to call about it."""
    kept = kept_meeting(meeting_id)
    empty = given_by(_own(places_of(meeting_id))).empty
    return render(
        "attendance/vacant.html",
        held=kept,
        places=empty,
        callers=callers(empty),
        roles=dict(ROLES),
        own_id=viewer().person_id,
    )


def _invite_office(lists: list[Kept]) -> Response | Afterwards:
    form = _offering(RuleForm(request.form), _sites(lists))
    if not form.validate():
        return Afterwards(lambda: _page(lists, form, 422))
    meeting_id = lists[0].meeting.id
    seated: list[inviting.Seated] = []
    who = viewer().person_id
    refusal = refusal_of(lambda: seated.append(inviting.invite_office(meeting_id, form.wish, who)))
    if refusal is not None:
        flash(refusal.says, "bad")
    for one in seated:
        _tell(one)
    return see_other(_here(meeting_id, form.lokasi.data))


def _tell(seated: inviting.Seated) -> None:
    """What a rule has done, and what it could not do."""
    if seated.new:
        flash(ngettext("%(num)s orang diundang.", "%(num)s orang diundang.", seated.new))
    elif not seated.holders:
        flash(_("Belum ada pemegang peran itu, jadi belum ada yang diundang."), "bad")
    elif not seated.left:
        flash(_("Tidak ada undangan baru: %(n)s orang itu sudah diundang.", n=seated.holders))
    if seated.stayed:
        says = _(
            "%(n)s orang tetap di lokasi semula: undangan rapat yang sudah selesai tidak dipindahkan.",
            n=seated.stayed,
        )
        flash(says)
    if seated.left:
        says = _("%(n)s orang belum bisa diundang: daftar di lokasinya sudah diajukan.", n=seated.left)
        flash(says, "bad")


def _invite_person(lists: list[Kept]) -> Response:
    form = PersonForm(request.form)
    form.lokasi.offer(_sites(lists))
    if not form.validate():
        raise NotThere
    meeting_id, site = lists[0].meeting.id, form.lokasi.data
    new = inviting.invite_person(meeting_id, form.orang.data or 0, viewer().person_id, site)
    flash(_("1 orang diundang.") if new else _("Tidak ada undangan baru: orang itu sudah ada di daftar."))
    return see_other(_here(meeting_id, site))


def _drop(meeting_id: int, rule_id: int) -> Response:
    rule = inviting.drop_rule(meeting_id, rule_id)
    if rule is None:
        return see_other(_here(meeting_id))
    back = f"{rule.role}.{rule.level}.{rule.site_id}.{int(rule.spread)}"
    return see_other(
        url_for("attendance.invitations", meeting_id=meeting_id, lokasi=rule.site_id, urung=back)
    )


def _page(lists: list[Kept], form: RuleForm, status: int = 200) -> Response:
    kept, query = _chosen(lists), request.args.get("cari", "")[:80]
    open_now = kept.stage.is_open and kept.meeting.cancelled_at is None
    follows = open_now and now() <= kept.session.ends_at
    places = moving.kept_up(kept.meeting.id) if follows else places_of(kept.meeting.id)
    seen = [one for one in _own(places) if _concerns(one.rule, kept)]
    lines, sites = lines_of(kept.sheet), _sites(lists)
    return render(
        "attendance/invitations.html",
        "attendance/_candidates.html",
        status=status,
        held=kept,
        open=open_now,
        follows=follows,
        by_rule=Counter(line.rule_id for line in lines),
        form=_offering(form, sites),
        sites=sites,
        spreads=len(sites) > 1 and current().covers(kept.meeting.region_code),
        rules=by_rule(seen),
        given=given_by(seen),
        may_drop=lambda rule: open_now and current().covers(rule.region_code),
        lines=lines,
        invited={line.person_id for line in lines},
        query=query,
        found=search_people(query) if query else None,
        dropped=_dropped(),
        roles=dict(ROLES),
        levels=dict(LEVELS),
    )


def _lists(meeting_id: int) -> list[Kept]:
    lists = sheets_of(meeting_id)
    if not lists:
        raise NotThere
    return lists


def _chosen(lists: list[Kept]) -> Kept:
    """At the site that the address names, else at the one that matters now."""
    wanted = row_number(request.args.get("lokasi"))
    return most_wanted([one for one in lists if one.site.id == wanted] or lists)


def _own(places: list[Place]) -> list[Place]:
    """Those of one's own part: a rule over all sites reaches farther."""
    return [one for one in places if current().covers(one.region_code)]


def _concerns(rule: InvitationRule, kept: Kept) -> bool:
    return rule.site_id == kept.site.id or rule.spread


def _sites(lists: list[Kept]) -> list[tuple[int, str]]:
    sites = {one.site.id: one.site for one in lists}.values()
    unnamed = {site.region_code for site in sites if not site.place}
    regions = names_of(unnamed) if unnamed else {}
    return [(site.id, site.called(regions.get(site.region_code, ""))) for site in sites]


def _offering(form: RuleForm, sites: list[tuple[int, str]]) -> RuleForm:
    form.lokasi.offer(sites)
    return form


def _dropped() -> RuleForm | None:
    """The rule that was just taken back, to be given once more."""
    told = request.args.get("urung", "").split(".")
    if len(told) != 4:
        return None
    role, level, site, spread = told
    said = {"peran": role, "tingkat": level, "lokasi": site} | ({"bagi": "y"} if spread == "1" else {})
    form = RuleForm(MultiDict(said))
    form.lokasi.offer([(row_number(site) or 0, "")])
    return form if form.validate() else None


def _here(meeting_id: int, site: int | None = None) -> str:
    return url_for("attendance.invitations", meeting_id=meeting_id, lokasi=site or None)
