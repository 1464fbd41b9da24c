"""Who is invited: everybody of an office under the meeting's region, or somebody by name."""

from __future__ import annotations

from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.attendance.forms.invitations import RuleForm
from webapp.attendance.rules import inviting as rules
from webapp.attendance.rules.finding import Kept, kept_meeting
from webapp.attendance.rules.inviting import Guest
from webapp.attendance.rules.lines import lines_of
from webapp.attendance.views import room
from webapp.attendance.views.answers import number
from webapp.people.figures.people import holders
from webapp.people.figures.people import search as search_people
from webapp.people.rules.permissions import Permission, Role
from webapp.people.views.door import viewer
from webapp.plumbing.render import render, see_other


@room.get("/rapat/<int:meeting_id>/undangan", needs=Permission.KEEP_ATTENDANCE)
def invitations(meeting_id: int) -> Response:
    """The list of the invited and the two ways to make it longer."""
    return _page(kept_meeting(meeting_id), RuleForm())


@room.post("/rapat/<int:meeting_id>/undangan", needs=Permission.KEEP_ATTENDANCE)
def invite(meeting_id: int) -> Response:
    """By a person, by a rule, or take an invitation back. Doing it twice changes nothing."""
    kept = kept_meeting(meeting_id)
    here = url_for("attendance.invitations", meeting_id=meeting_id)
    if "hapus" in request.form:
        rules.uninvite(meeting_id, number("hapus"))
        flash(_("Undangan dihapus."))
        return see_other(here)
    if "orang" in request.form:
        rules.invite_person(meeting_id, number("orang"), viewer().person_id)
        flash(_("Sudah diundang."))
        return see_other(here)
    form = RuleForm(request.form)
    if not form.validate():
        return _page(kept, form, 422)
    _invite_office(kept, Role(form.peran.data), form.tingkat.data)
    return see_other(here)


def _invite_office(kept: Kept, role: Role, level: int) -> None:
    found = holders(level, kept.meeting.region_code, role)
    guests = [Guest(one.person_id, one.role, one.region_code) for one in found]
    new = rules.invite(kept.meeting.id, guests, viewer().person_id)
    if not guests:
        flash(
            _("Belum ada pemegang peran itu di tingkat tersebut. Pilih tingkat lain, atau undang per orang."),
            "bad",
        )
        return
    flash(ngettext("%(num)s orang diundang.", "%(num)s orang diundang.", new))


def _page(kept: Kept, form: RuleForm, status: int = 200) -> Response:
    query = request.args.get("cari", "")[:80]
    lines = lines_of(kept.sheet)
    return render(
        "attendance/invitations.html",
        "attendance/_candidates.html",
        status=status,
        held=kept,
        form=form,
        lines=lines,
        invited={line.person_id for line in lines},
        query=query,
        found=search_people(query) if query else None,
    )
