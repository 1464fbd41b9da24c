"""Simpul: the groups of one's regions, and one of them with its members."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, request, url_for
from flask_babel import gettext as _

from webapp.people.figures.groups import PAGE, listed, members_of, membership_of, who_may_join
from webapp.people.forms.groups import GroupForm
from webapp.people.models import Group
from webapp.people.room import room
from webapp.people.rules import groups as rules
from webapp.people.rules.permissions import Permission
from webapp.people.views.door import viewer
from webapp.places.figures.search import choose, place_from
from webapp.places.rules.zones import offset_of
from webapp.plumbing.fields import page_number, row_number, squeeze
from webapp.plumbing.refusal import Refusal, refusal_of
from webapp.plumbing.render import neighbours, render, see_other

REGISTER = Permission.REGISTER_PEOPLE


@room.get("/simpul", needs=REGISTER)
def groups() -> Response:
    """The groups of the scope by name; `?tampil=berakhir` shows those that ended."""
    query, ended = _query(), request.args.get("tampil") == "berakhir"
    listing = listed(query, page_number(request.args.get("hal")), ended=ended)
    kept: dict[str, Any] = {"cari": query or None, "tampil": "berakhir" if ended else None}
    pages = neighbours(
        listing.page, PAGE, listing.total, lambda page: url_for("people.groups", hal=page, **kept)
    )
    return render(
        "people/groups.html", "people/_groups.html", listing=listing, query=query, ended=ended, pages=pages
    )


@room.get("/simpul/baru", needs=REGISTER)
def new_group() -> Response:
    """The form; the place picker answers htmx with itself."""
    return _new_page(GroupForm(request.args if "nama" in request.args else None))


@room.post("/simpul/baru", needs=REGISTER)
def found_group() -> Response:
    """Found it, or say what is wrong with what was typed."""
    form, place = GroupForm(request.form), place_from(request.form.get("wilayah"))
    if not form.validate() or place is None:
        return _new_page(form, 422)
    made: list[Group] = []
    name, code = form.nama.data or "", place.region_code
    refusal = refusal_of(lambda: made.append(rules.found_group(name, code, viewer().person_id)))
    if refusal is not None:
        return _new_page(_blamed(form, refusal), refusal.status)
    return see_other(url_for("people.group", group_id=made[0].id))


@room.get("/simpul/<int:group_id>", needs=REGISTER)
def group(group_id: int) -> Response:
    """Who belongs to it, and finding somebody to add."""
    return _group_page(rules.group_within_reach(group_id))


@room.get("/simpul/<int:group_id>/ubah", needs=REGISTER)
def edit_group(group_id: int) -> Response:
    """Another name, or the end."""
    found = rules.group_within_reach(group_id)
    return render("people/edit_group.html", group=found, form=GroupForm(data={"nama": found.name}))


@room.post("/simpul/<int:group_id>/ubah", needs=REGISTER)
def change_group(group_id: int) -> Response:
    """Keep the new name."""
    found, form = rules.group_within_reach(group_id), GroupForm(request.form)
    if not form.validate():
        return render("people/edit_group.html", status=422, group=found, form=form)
    refusal = refusal_of(lambda: rules.rename_group(found, form.nama.data or ""))
    if refusal is not None:
        form = _blamed(form, refusal)
        return render("people/edit_group.html", status=refusal.status, group=found, form=form)
    return see_other(url_for("people.group", group_id=group_id))


@room.post("/simpul/<int:group_id>/keadaan", needs=REGISTER)
def switch_group(group_id: int) -> Response:
    """End it, or take the end back."""
    found = rules.group_within_reach(group_id)
    act = rules.reopen_group if request.form.get("aktif") == "1" else rules.end_group
    refusal = refusal_of(lambda: act(found))
    if refusal is not None:
        flash(refusal.says, "bad")
    return see_other(url_for("people.group", group_id=group_id))


@room.post("/simpul/<int:group_id>/anggota", needs=REGISTER)
def join_group(group_id: int) -> Response:
    """Add somebody; the page then offers to take it back."""
    found, person = rules.group_within_reach(group_id), row_number(request.form.get("orang"))
    if person is None:
        return _group_page(found, 422, _("Pilih orangnya dari daftar."))
    try:
        one = rules.join(found, person, viewer().person_id)
    except Refusal as refusal:
        return _group_page(found, refusal.status, refusal.says)
    return see_other(url_for("people.group", group_id=group_id, cari=_query(), baru=one.id))


@room.post("/simpul/<int:group_id>/keluar", needs=REGISTER)
def leave_group(group_id: int) -> Response:
    """Take somebody out, without asking twice: the page then offers to take it back."""
    found, member = rules.group_within_reach(group_id), row_number(request.form.get("keluar"))
    if member is None:
        return _group_page(found, 422, _("Pilih anggotanya dari daftar."))
    one = rules.leave(found, member)
    return see_other(url_for("people.group", group_id=group_id, baru=one.id, hal=request.args.get("hal")))


@room.post("/simpul/<int:group_id>/urung", needs=REGISTER)
def undo_group(group_id: int) -> Response:
    """Take back what was done to a membership just now: whoever left is in again, whoever joined is out."""
    found, member = rules.group_within_reach(group_id), row_number(request.form.get("urung", "")[1:])
    if member is None:
        return _group_page(found, 422, _("Tidak ada yang bisa dibatalkan. Muat ulang halaman."))
    act = rules.come_back if request.form["urung"].startswith("k") else rules.leave
    refusal = refusal_of(lambda: act(found, member))
    if refusal is not None:
        flash(refusal.says, "bad")
    return see_other(url_for("people.group", group_id=group_id))


def _group_page(found: Group, status: int = 200, says: str = "") -> Response:
    page, query = page_number(request.args.get("hal")), _query()
    members, total = members_of(found.id, page)
    if page > 1 and not members:  # the last one of this page has just left
        page = max(1, -(-total // PAGE))
        members, total = members_of(found.id, page)
    return render(
        "people/group.html",
        "people/_group.html",
        status=status,
        group=found,
        members=members,
        total=total,
        first=(page - 1) * PAGE + 1,
        pages=neighbours(page, PAGE, total, lambda one: url_for("people.group", group_id=found.id, hal=one)),
        query=query,
        people=who_may_join(found.id, query),
        just=membership_of(row_number(request.args.get("baru")), found.id),
        says=says,
        offset=offset_of(found.region_code),
    )


def _new_page(form: GroupForm, status: int = 200) -> Response:
    scope = viewer().scope(REGISTER)
    chosen = place_from(request.values.get("wilayah"))
    choice = choose(request.args, within=scope, at_least=0, chosen=chosen)
    missing = status == 422 and choice.chosen is None
    url = url_for("people.new_group")
    context = {"form": form, "choice": choice, "missing": missing, "url": url}
    return render("people/new_group.html", "people/_region.html", status=status, **context)


def _blamed(form: GroupForm, refusal: Refusal) -> GroupForm:
    form.nama.errors = [*form.nama.errors, refusal.says]
    return form


def _query() -> str:
    return squeeze(request.values.get("cari", "")[:80])
