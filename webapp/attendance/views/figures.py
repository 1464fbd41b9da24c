"""Rates over a period: a region's parts, roles, groups and series; and one person's own figures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from flask import Response, request, url_for
from flask_babel import gettext as _

from webapp.attendance.figures import over_time, periods, tables
from webapp.attendance.figures.facts import Asked, Tally, summed
from webapp.attendance.figures.listing import kind_of
from webapp.attendance.figures.over_time import Row, Series, Table
from webapp.attendance.figures.own import of_person
from webapp.attendance.forms.figures import AskForm
from webapp.attendance.room import room
from webapp.people.rules.permissions import Permission
from webapp.people.rules.users.reach import person_within_reach
from webapp.people.views.door import viewer
from webapp.places.figures.tree import Described, describe
from webapp.places.rules.codes import is_code
from webapp.places.rules.scope import current
from webapp.places.rules.zones import offset_of
from webapp.plumbing.clock import day_bounds, local_day, now
from webapp.plumbing.exports import stream_csv
from webapp.plumbing.fields import page_number
from webapp.plumbing.refusal import NotThere
from webapp.plumbing.render import render
from webapp.plumbing.workbooks import Grid, send_workbook, workbook

PAGE = 50
READ = Permission.READ_SHEETS
FILTERS = ("wilayah", "menurut", "dari", "sampai", "jenis", "seri")


@dataclass(frozen=True)
class Question:
    """What was asked, read from the address; what could not be read has its sentence in `form`."""

    form: AskForm
    place: Described
    table: Table
    days: periods.Days
    series: UUID | None

    @cached_property
    def asked(self) -> Asked:
        """The same for the database."""
        offset = offset_of(self.place.code)
        start, end = (day_bounds(day, offset) for day in self.days)
        return Asked(self.place.code, start[0], end[1], self.kind, self.series)

    @property
    def words(self) -> str:
        """The same for a reader."""
        return tables.chosen_words(self.place.name, *self.days, self.kind_words)

    @property
    def kind_words(self) -> str:
        """The kind that was asked for."""
        return kind_of(self.kind) if self.kind else _("Semua jenis rapat")

    @property
    def kind(self) -> str | None:
        """One of the kinds that there are, or None for all."""
        return None if self.form.jenis.errors else self.form.jenis.data or None


@room.get("/rapat/angka", needs=READ)
def figures() -> Response:
    """One of four tables, with what it stands on."""
    question = _question()
    shown = _answer(question)
    return render(
        "attendance/figures.html",
        status=422 if question.form.errors else 200,
        question=question,
        place=question.place,
        trail=[step for step in question.place.trail[:-1] if current().covers(step[0])],
        tops=current().codes,
        lists=over_time.lists(question.asked),
        shortcuts=_shortcuts(question),
        offset=offset_of(question.place.code),
        link=_link,
        **shown,
    )


@room.get("/rapat/angka.csv", needs=READ)
def figures_csv() -> Response:
    """The table as it stands on the screen, whole."""
    question = _question()
    return stream_csv(list(_rows(question)), f"{_file_name(question)}.csv")


@room.get("/rapat/angka.xlsx", needs=READ)
def figures_xlsx() -> Response:
    """The same as a workbook."""
    question = _question()
    grid = Grid(question.table.value, list(_rows(question)))
    return send_workbook(workbook([grid], question.words, now()), f"{_file_name(question)}.xlsx")


@room.get("/orang/<int:person_id>/kehadiran", needs=Permission.SEE_MEETINGS)
def person_figures(person_id: int) -> Response:
    """How many of one's invitations one followed: one's own, or of somebody of one's region."""
    person = person_within_reach(person_id)
    own = person.id == viewer().person_id
    return render(
        "attendance/person.html", "attendance/_own_figures.html",
        person=person, own=own, seen=of_person(person_id),
    )  # fmt: skip


def _question() -> Question:
    form = AskForm(request.args)
    form.validate()
    place = _place()
    asked = request.args.get("menurut", "")
    table = Table(asked) if asked in tuple(Table) else Table.REGION
    series = _series() if table is Table.SERIES else None
    return Question(form, place, table, _days(form, place.code), series)


def _place() -> Described:
    code = request.args.get("wilayah") or current().top or ""
    place = describe(code) if is_code(code) and current().covers(code) else None
    if place is None:
        raise NotThere
    return place


def _days(form: AskForm, code: str) -> periods.Days:
    """What was asked, if it can be read; what is left open is filled from the last three months."""
    first, last = periods.three_months(local_day(now(), offset_of(code)))
    if form.dari.errors or form.sampai.errors:
        return first, last
    since, until = form.dari.data, form.sampai.data
    last = until or max(last, since or last)
    return since or (periods.three_months(last)[0] if until else first), last


def _series() -> UUID | None:
    try:
        return UUID(request.args["seri"]) if request.args.get("seri") else None
    except ValueError as mistake:
        raise NotThere from mistake


def _answer(question: Question) -> dict[str, Any]:
    """The rows of the table that was asked for, and their sum where rows may be summed."""
    asked, page = question.asked, page_number(request.args.get("hal"))
    outside: Row | None = None
    every: list[Row] | list[Series]
    match question.table:
        case Table.REGION:
            every, outside = over_time.by_region(asked)
        case Table.ROLE:
            every = over_time.by_role(asked)
        case Table.GROUP:
            every = over_time.by_group(asked)
        case Table.SERIES:
            every = over_time.by_series(asked)
    shown = every[(page - 1) * PAGE : page * PAGE]
    return {"rows": shown, "outside": outside, "total": _total(question.table, every)} | _pages(
        page, len(every)
    )


def _total(table: Table, rows: Iterable[Row | Series]) -> Tally | None:
    """None for groups: one person may belong to several."""
    return None if table is Table.GROUP else summed((row.tally for row in rows), 0)


def _pages(page: int, count: int) -> dict[str, Any]:
    first = (page - 1) * PAGE + 1
    return {
        "first": first,
        "last": min(page * PAGE, count),
        "count": count,
        "before": _link(hal=page - 1) if page > 1 else None,
        "after": _link(hal=page + 1) if page * PAGE < count else None,
    }


def _rows(question: Question) -> Iterable[tables.Cells]:
    asked, lists = question.asked, over_time.lists(question.asked)
    offset = offset_of(question.place.code)
    footer = tables.Footer(viewer().name, now(), offset, question.words, lists)
    heads = {Table.REGION: _("Wilayah"), Table.ROLE: _("Peran"), Table.GROUP: _("Simpul")}
    if question.table is Table.SERIES:
        return tables.series_table(over_time.by_series(asked), footer)
    if question.table is Table.REGION:
        return tables.table_of(heads[question.table], *over_time.by_region(asked), footer)
    rows = over_time.by_role(asked) if question.table is Table.ROLE else over_time.by_group(asked)
    return tables.table_of(heads[question.table], rows, None, footer)


def _shortcuts(question: Question) -> list[tuple[str, str, bool]]:
    """Periods that are asked for most: words, address, and whether it is the one shown."""
    today = local_day(now(), offset_of(question.place.code))
    known = (
        (_("Bulan ini"), periods.month_of(today)),
        (_("Bulan lalu"), periods.month_before(today)),
        (_("3 bulan"), periods.three_months(today)),
    )
    return [
        (words, _link(dari=days[0].isoformat(), sampai=days[1].isoformat()), days == question.days)
        for words, days in known
    ]


def _link(endpoint: str = "attendance.figures", **changes: Any) -> str:
    """The same question with some of it changed; None takes a part away."""
    kept = {name: request.args.get(name) for name in FILTERS} | changes
    return url_for(endpoint, **{name: value for name, value in kept.items() if value})


def _file_name(question: Question) -> str:
    since, until = (day.isoformat() for day in question.days)
    return f"angka-{question.table.value}-{question.place.code}-{since}-{until}"
