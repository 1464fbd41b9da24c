"""The form that every form is one of: what WTForms itself has to say, it says in the language of the screen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import wtforms
from flask_babel import lazy_gettext as _l
from wtforms import PasswordField
from wtforms.meta import DefaultMeta
from wtforms.validators import InputRequired
from wtforms.widgets import HiddenInput

from webapp.plumbing.written import visible

UNREADABLE = _l("Isian ini tidak terbaca. Periksa lagi.")
SENTENCES = {
    "This field is required.": _l("Isian ini belum diisi."),
    "Not a valid choice.": _l("Pilih salah satu dari daftar."),
    "Invalid Choice: could not coerce.": _l("Pilih salah satu dari daftar."),
    "Not a valid integer value.": _l("Tulis dengan angka."),
    "Not a valid float value.": _l("Tulis dengan angka."),
    "Not a valid date value.": _l("Tanggal ini tidak terbaca. Pilih dari kalender."),
    "Not a valid time value.": _l("Jam ini tidak terbaca. Contoh: 09.00."),
    "Field cannot be longer than %(max)d characters.": _l("Paling panjang %(max)d huruf."),
    "Field must be at least %(min)d characters long.": _l("Paling sedikit %(min)d huruf."),
    "Field must be between %(min)d and %(max)d characters long.": _l("Antara %(min)d dan %(max)d huruf."),
}


class _Ours:
    """What WTForms asks for its own sentences; one that is not in the table becomes a general one.

    It asks for the label of a field without one too, which it makes of the name: that one is no sentence.
    """

    def gettext(self, sentence: str) -> str:
        return str(SENTENCES.get(sentence, UNREADABLE)) if sentence.endswith(".") else sentence

    def ngettext(self, _one: str, many: str, _number: int) -> str:
        return self.gettext(many)


class _Visible:
    """What was sent, without the signs that nobody sees; of secrets nothing is taken away here."""

    def __init__(self, sent: Any, secrets: frozenset[str]) -> None:
        self.sent, self.secrets = sent, secrets

    def __iter__(self) -> Iterator[str]:
        return iter(self.sent)

    def __len__(self) -> int:
        return len(self.sent)

    def __contains__(self, name: str) -> bool:
        return name in self.sent

    def getlist(self, name: str) -> list[Any]:
        values = self.sent.getlist(name)
        if name in self.secrets:
            return list(values)
        return [visible(value) if isinstance(value, str) else value for value in values]


class Form(wtforms.Form):
    """A form of ours; it carries no token (see `headers`)."""

    class Meta(DefaultMeta):
        def get_translations(self, _form: Any) -> _Ours:
            """The same for every form."""
            return _Ours()

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Drop what nobody sees before any field reads it."""
            sent = super().wrap_formdata(form, formdata)
            hidden = ((name, made.field_class) for name, made in form._unbound_fields or ())
            secrets = frozenset(name for name, kind in hidden if issubclass(kind, PasswordField))
            return None if sent is None else _Visible(sent, secrets)

        def render_field(self, field: wtforms.Field, render_kw: Any) -> Any:
            """Send along what is said of an empty field, for a phone without a line (house/checks.js)."""
            return super().render_field(field, _empty(field) | dict(render_kw))


def _empty(field: wtforms.Field) -> dict[str, str]:
    said = [check.message for check in field.validators if isinstance(check, InputRequired) and check.message]
    return {"data-empty": str(said[0])} if said and not isinstance(field.widget, HiddenInput) else {}
