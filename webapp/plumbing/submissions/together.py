"""A batch in one go: read everything, insert all submissions at once, then take what is new, run by run.

A run is what follows on each other of one kind, in the order in which it happened. A kind with a `rule_all` takes its
run in a few statements; the others take one item after the other. Nothing here catches anything: if one item fails,
all is undone and each is tried alone (`receiving`), to the same end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any, cast

from werkzeug.datastructures import MultiDict
from wtforms import Form

from webapp.plumbing.refusal import Refusal
from webapp.plumbing.submissions.items import Admit, Item, Kind, Sender, Stamp, Verdict, kinds
from webapp.plumbing.submissions.keeping import (
    accepted,
    again,
    fate_of,
    first_of,
    first_to_come,
    keep,
    row_of,
    stamp_of,
)
from webapp.plumbing.submissions.models import REFUSED, REVIEW

UNKNOWN = "Jenis kiriman ini tidak dikenal. Perbarui aplikasi."
ENDED = "Tugas Anda di wilayah ini sudah berakhir; pengawas akan memeriksa."


@dataclass(frozen=True)
class Read:
    """One item as it was read: what its rule gets, or its fate when it cannot be taken."""

    item: Item
    stamp: Stamp
    data: Mapping[str, Any] = field(default_factory=dict)
    fate: Verdict | None = None


def take_together(items: Sequence[Item], sender: Sender, admit: Admit) -> list[Verdict]:
    """Take `items`, which come in the order in which they happened; the verdicts come in the same order."""
    forms: dict[str, Form] = {}
    told = [_read(item, sender, admit, forms) for item in items]
    firsts = {one.item.id: one for one in reversed(told)}
    new = first_to_come(row_of(one.item, sender, one.stamp, one.fate) for one in firsts.values())
    fresh = [place for place, one in enumerate(told) if one.item.id in new and firsts[one.item.id] is one]
    verdicts = dict(zip(fresh, _take_new([told[place] for place in fresh], admit), strict=True))
    rest = [place for place in range(len(told)) if place not in verdicts]
    verdicts |= zip(rest, again([told[place].item for place in rest], sender), strict=True)
    return [verdicts[place] for place in range(len(told))]


def are_alike(items: Sequence[Item]) -> bool:
    """Whether all are of one kind that is taken in one go: such batches lock whatever they lock in one order."""
    kind = kinds.get(items[0].kind)
    return kind is not None and kind.rule_all is not None and len({item.kind for item in items}) == 1


def _read(item: Item, sender: Sender, admit: Admit, forms: dict[str, Form]) -> Read:
    """Judge one item by its kind, the sender's rights and its form, as they are now."""
    stamp, kind = stamp_of(item, sender), kinds.get(item.kind)
    if kind is None:
        return Read(item, stamp, fate=fate_of(item, REFUSED, UNKNOWN, 422))
    if admit(kind.needs) is None:
        return Read(item, stamp, fate=fate_of(item, REVIEW, ENDED, 404))
    form = _filled(kind, item, forms)
    if not form.validate():
        fate = fate_of(item, REFUSED, first_of(form.errors), 422)
        return Read(item, stamp, fate=replace(fate, errors=form.errors))
    return Read(item, stamp, form.data)


def _filled(kind: Kind, item: Item, forms: dict[str, Form]) -> Form:
    """The form with what was told. Making one costs more than reading it: those of `rule_all` are filled anew."""
    told = MultiDict(item.fields)
    form = forms.get(item.kind)
    if form is None:
        form = kind.form(told)
        if kind.rule_all is not None:
            forms[item.kind] = form
        return form
    form.form_errors = []
    form.process(told)
    return form


def _take_new(fresh: Sequence[Read], admit: Admit) -> list[Verdict]:
    verdicts = {one.item.id: one.fate for one in fresh if one.fate}
    for _kind, run in groupby((one for one in fresh if not one.fate), key=lambda one: one.item.kind):
        verdicts |= {verdict.id: verdict for verdict in _take_run(list(run), admit)}
    return [verdicts[one.item.id] for one in fresh]


def _take_run(run: Sequence[Read], admit: Admit) -> list[Verdict]:
    kind = kinds[run[0].item.kind]
    with cast(AbstractContextManager[None], admit(kind.needs)):  # admitted when it was read
        rows = _rows(kind, run)
    return [
        keep(one.item, row) if isinstance(row, Refusal) else accepted(one.item, row)
        for one, row in zip(run, rows, strict=True)
    ]


def _rows(kind: Kind, run: Sequence[Read]) -> Sequence[Any]:
    """What the rules give; a `rule_all` gives a refusal in place of a row that it did not write."""
    if kind.rule_all is None or len(run) == 1:
        return [kind.rule(one.data, one.stamp) for one in run]
    return kind.rule_all([(one.data, one.stamp) for one in run])
