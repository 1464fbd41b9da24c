"""The language of the screen, which no browser may speak over. The catalogue is looked up once a request."""

from __future__ import annotations

from typing import Any

from babel.support import NullTranslations
from flask import Flask, g
from flask_babel import Babel, Domain
from jinja2.ext import Extension
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


class Unvalidated(Extension):
    """Make every form of every template `novalidate`: a browser would speak its own language, and not ours.

    What is wrong is said by the form of the server, and by house/checks.js before something is kept on the phone.
    """

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """Add the attribute once, where a template is read."""
        return source.replace("<form ", "<form novalidate ")


def speak(app: Flask) -> None:
    """Give `app` its languages, and templates their `_`."""
    app.jinja_env.add_extension(Unvalidated)
    babel = Babel(app)
    catalogue = babel.domain_instance = Catalogue()

    def translate(text: str, **variables: Any) -> Markup:
        """As Jinja's own: a translation is safe, what is filled in gets escaped, and %% is a per cent sign."""
        words = Markup(catalogue.get_translations().gettext(text))  # noqa: S704 - ours, not a user's
        return words % variables if variables or "%" in words else words

    app.jinja_env.globals["_"] = translate
