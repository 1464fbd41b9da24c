"""What a coordinator types about a group."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from webapp.plumbing.fields import squeeze
from webapp.plumbing.forms import Form


class GroupForm(Form):
    """The name of a group."""

    nama = StringField(
        _l("Nama simpul"),
        [
            InputRequired(_l("Tulis nama simpul, paling sedikit 3 huruf.")),
            Length(min=3, max=80, message=_l("Nama simpul terdiri atas 3 sampai 80 huruf.")),
        ],
        filters=[squeeze],
    )
