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

from webapp.plumbing.budget import Cost, spend
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
from webapp.plumbing.submissions.models import REFUSED

UNKNOWN = "Server ini belum mengenal kiriman “{kind}”. Tetap tersimpan di HP, dikirim lagi setelah Simpul diperbarui."
NEWER = "belum dikenal"  # of a kind that this version does not know: the phone offers it to the next one
NEVER = (
    "Anda belum punya tugas, jadi kiriman ini tidak disimpan di server. Hubungi koordinator Anda bila keliru."
)
ENDED = "Tugas Anda di wilayah ini sudah berakhir; pengawas akan memeriksa."
BEYOND = "Kiriman ini di luar tugas Anda sekarang; pengawas akan memeriksa."


@dataclass(frozen=True)
class Filled:
    """One item with its form filled in: what the form gives, or what it found wrong; None: not filled in yet."""

    item: Item
    kind: Kind | None
    data: Mapping[str, Any] | None = None
    errors: Mapping[Any, Any] | None = None


@dataclass(frozen=True)
class Read:
    """One item as it was judged: what its rule gets, or its fate when it cannot be taken.

    Not `kept`: nothing of it stays here. `weight`: as how many things it counts in its sender's budget.
    """

    item: Item
    stamp: Stamp
    data: Mapping[str, Any] = field(default_factory=dict)
    fate: Verdict | None = None
    kept: bool = True
    weight: int = 1

    @property
    def cost(self) -> Cost:
        """What it takes of its sender's budget."""
        return Cost(self.weight, self.item.size)


def fill(items: Sequence[Item]) -> list[Filled]:
    """Fill in the forms of kinds that are taken many at once, one form for all of a kind: making one costs more than
    reading it. They ask neither who sends nor the database, so this may be done before a lock is taken.
    """
    forms: dict[str, Form] = {}
    return [_filled_early(item, forms) for item in items]


def take_together(filled: Sequence[Filled], sender: Sender, admit: Admit) -> list[Verdict]:
    """Take items, which come in the order in which they happened; the verdicts come in the same order."""
    told = [_read(one, sender, admit) for one in filled]
    firsts = {one.item.id: one for one in reversed(told) if one.kept}
    new = first_to_come(row_of(one.item, sender, one.stamp, one.fate) for one in firsts.values())
    fresh = [place for place, one in enumerate(told) if one.item.id in new and firsts[one.item.id] is one]
    left_out = {place: one.fate for place, one in enumerate(told) if one.fate and not one.kept}
    costs = (told[place].cost for place in (*fresh, *left_out))
    spend(sender.person_id, sum(costs, Cost(0)), single=len(told) == 1)
    verdicts = left_out | dict(zip(fresh, _take_new([told[place] for place in fresh], admit), strict=True))
    rest = [place for place in range(len(told)) if place not in verdicts]
    verdicts |= zip(rest, again([told[place].item for place in rest], sender), strict=True)
    return [verdicts[place] for place in range(len(told))]


def are_alike(filled: Sequence[Filled]) -> bool:
    """Whether all are of one kind that is taken in one go: such batches lock whatever they lock in one order."""
    kind = filled[0].kind
    return kind is not None and kind.rule_all is not None and len({one.item.kind for one in filled}) == 1


def _filled_early(item: Item, forms: dict[str, Form]) -> Filled:
    kind = kinds.get(item.kind)
    if kind is None or kind.rule_all is None:
        return Filled(item, kind)
    form = forms[item.kind] = forms.get(item.kind) or kind.form()
    form.form_errors = []
    try:
        form.process(MultiDict(item.fields))
        return _validated(item, kind, form)
    except Exception:  # noqa: BLE001 - it will be raised again behind the savepoint of its item
        return Filled(item, kind)


def _validated(item: Item, kind: Kind, form: Form) -> Filled:
    return Filled(item, kind, form.data) if form.validate() else Filled(item, kind, errors=form.errors)


def _read(one: Filled, sender: Sender, admit: Admit) -> Read:
    """Judge one item by its kind, the sender's rights and its form, as they are now."""
    item, stamp, kind = one.item, stamp_of(one.item, sender), one.kind
    if kind is None:
        newer = fate_of(item, UNKNOWN.format(kind=item.kind[:40]), 422, NEWER)
        return Read(item, stamp, fate=replace(newer, receipt=""), kept=False)
    if admit(kind.needs) is None:
        return _read_without_right(item, stamp, sender)
    if one.data is None and one.errors is None:
        one = _validated(item, kind, kind.form(MultiDict(item.fields)))
    if one.data is None:
        errors = one.errors or {}
        fate = fate_of(item, first_of(errors), 422)
        return Read(item, stamp, fate=replace(fate, errors=errors))
    return Read(item, stamp, one.data, weight=kind.weight(one.data))


def _read_without_right(item: Item, stamp: Stamp, sender: Sender) -> Read:
    """Whose mandate has ended meanwhile, or does not reach so far, waits for a person to look.

    Of whoever never held one nothing is kept.
    """
    if sender.served:
        return Read(item, stamp, fate=fate_of(item, BEYOND if sender.serves else ENDED, 404))
    never = fate_of(item, NEVER, 422, REFUSED)
    return Read(item, stamp, fate=replace(never, receipt=""), kept=False)


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
