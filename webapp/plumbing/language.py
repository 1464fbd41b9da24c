"""The language of the screen. A page has hundreds of words, so its catalogue is looked up once a request."""

from __future__ import annotations

from typing import Any

from babel.support import NullTranslations
from flask import Flask, g
from flask_babel import Babel, Domain
from markupsafe import Markup


class Catalogue(Domain):
    """Flask-Babel's domain, which asks for the language at every single word, with a memory of the request."""

    def get_translations(self) -> NullTranslations:
        """The catalogue of this request's language."""
        try:
            kept: NullTranslations = g.catalogue
        except AttributeError:
            kept = g.catalogue = super().get_translations()
        except RuntimeError:  # outside of a request, at the command line
            return super().get_translations()
        return kept


def speak(app: Flask) -> None:
    """Give `app` its languages, and templates their `_`."""
    babel = Babel(app)
    catalogue = babel.domain_instance = Catalogue()

    def translate(text: str, **variables: Any) -> Markup:
        """As Jinja's own: a translation is safe, what is filled in gets escaped, and %% is a per cent sign."""
        words = Markup(catalogue.get_translations().gettext(text))  # noqa: S704 - ours, not a user's
        return words % variables if variables or "%" in words else words

    app.jinja_env.globals["_"] = translate
