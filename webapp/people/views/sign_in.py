"""Signing in and out."""

from __future__ import annotations

from flask import Response

from webapp.people.views import room
from webapp.plumbing.doors import PUBLIC
from webapp.plumbing.render import render


@room.get("/masuk", needs=PUBLIC)
def sign_in() -> Response:
    return render("layout/plain.html")
