"""Pengguna: the list, a new one, and the trail of what was done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, flash, request, url_for

from webapp.config import settings
from webapp.people.figures.users import PAGE, State, Wanted, listed
from webapp.people.forms.users import ChangeForm, CreateForm, blame
from webapp.people.models import Person
from webapp.people.room import room
from webapp.people.rules import users as rules
from webapp.people.rules.permissions import Permission, Role
from webapp.people.rules.registering import Known, MaybeKnown
from webapp.people.views.door import viewer
from webapp.places.figures.search import Choice, choose, place_from
from webapp.plumbing.database import db
from webapp.plumbing.doors import writing_again
from webapp.plumbing.fields import page_number
from webapp.plumbing.refusal import Refusal
from webapp.plumbing.render import neighbours, render, see_other

NATION_TOO = 0
FILTERS = ("cari", "peran", "wilayah", "keadaan")
MANAGE = Permission.MANAGE_USERS


@room.get("/pengguna", needs=MANAGE)
def users() -> Response:
    """Search by name or number, narrow by role, region and state, fifty at a time."""
    wanted = _wanted()
    listing = listed(wanted)
    return render(
        "people/users.html",
        "people/_users.html",
        listing=listing,
        wanted=wanted,
        roles={role: role.word for role in Role},
        page_url=_page_url,
        pages=neighbours(wanted.page, PAGE, listing.total, lambda page: _page_url(hal=page)),
        offset=viewer().offset,
    )


@room.get("/pengguna/baru", needs=MANAGE)
def new_user() -> Response:
    """The form; the place picker answers htmx with itself."""
    return _new_page(_create_form(request.args))


@room.post("/pengguna/baru", needs=MANAGE, writing=False)
def create_user() -> Response:
    """Make person, account and mandate; the first secret is shown exactly once."""
    form = _create_form(request.form)
    place = place_from(request.form.get("wilayah"))
    if not form.validate() or place is None:
        return _new_page(form, 422)
    role, code = form.role, place.region_code
    secret = rules.new_secret(role, settings().pin_pepper)
    try:
        with writing_again(MANAGE), db.session.begin_nested():
            person = rules.create_user(viewer(), details_from(form, code), role, code, secret)
    except rules.Repeated as repeated:
        flash(repeated.says, "bad")
        return see_other(url_for("people.users", cari=form.nama.data))
    except Refusal as refusal:
        with writing_again(MANAGE):
            rules.note_taken(viewer(), refusal)
        blame(form, refusal.field, refusal.says)
        return _new_page(form, refusal.status, known_in(refusal))
    return shown_once(person, secret)


def shown_once(person: Person, secret: rules.Secret) -> Response:
    """The page with a first secret: kept by no cache, and never to be seen again."""
    response = render("people/secret.html", person=person, secret=secret)
    response.headers["Cache-Control"] = "no-store"
    return response


def region_choice(**more: Any) -> Choice:
    """What the place picker offers: the viewer's own part, down to the kelurahan."""
    scope = viewer().scope(MANAGE)
    chosen = place_from(request.values.get("wilayah"))
    return choose(request.args, within=scope, at_least=NATION_TOO, **{"chosen": chosen, **more})


def grantable() -> tuple[Role, ...]:
    """The roles that the viewer may give to others."""
    held = viewer().granting(MANAGE)
    return tuple(role for role in Role if any(role in one.role.below for one in held))


def known_in(refusal: Refusal) -> Sequence[Known]:
    """Whom somebody may be who was refused for it."""
    return refusal.known if isinstance(refusal, MaybeKnown) else ()


def _create_form(data: Any) -> CreateForm:
    return CreateForm(data, roles=grantable()[::-1])


def details_from(form: CreateForm | ChangeForm, region_code: str) -> rules.Details:
    """What was typed about somebody."""
    return rules.Details(
        form.nama.data or "", form.telepon.data or "", region_code, form.lahir.data, form.bersama.data
    )


def _new_page(form: CreateForm, status: int = 200, known: Sequence[Known] = ()) -> Response:
    """`known`: whom this may be; their own pages offer an account."""
    choice = region_choice()
    missing = status == 422 and choice.chosen is None
    url = url_for("people.new_user")
    context = {"form": form, "choice": choice, "missing": missing, "url": url, "known": known}
    return render("people/new_user.html", "people/_region.html", status=status, **context)


def _wanted() -> Wanted:
    args = request.args
    return Wanted(
        query=args.get("cari", "").strip()[:80],
        role=args.get("peran", type=Role),
        region_code=args.get("wilayah", ""),
        state=args.get("keadaan", type=State),
        page=page_number(request.args.get("hal")),
    )


def _page_url(**changes: Any) -> str:
    """This list with some of its filters changed; None takes one away."""
    kept = {name: request.args.get(name) for name in FILTERS} | changes
    return url_for(str(request.endpoint), **{name: value for name, value in kept.items() if value})
