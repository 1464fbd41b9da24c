"""Pages and fragments: the only reader of htmx headers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, Response, make_response, redirect, render_template, request


def wants_part() -> bool:
    """Whether htmx asks for a fragment; a restore of history wants the page."""
    headers = request.headers
    return headers.get("HX-Request") == "true" and headers.get("HX-History-Restore-Request") != "true"


def render(page: str, part: str | None = None, *, status: int = 200, **context: Any) -> Response:
    """The page, or only its fragment `part` when htmx asked."""
    template = part if part and wants_part() else page
    return make_response(render_template(template, **context), status)


def neighbours(
    page: int, size: int, total: int, address: Callable[[int], str]
) -> tuple[str | None, str | None]:
    """Return the addresses of the pages before and after `page`; None where there is none."""
    before = address(page - 1) if page > 1 else None
    after = address(page + 1) if page * size < total else None
    return before, after


def retarget(response: Response, target: str) -> Response:
    """Tell htmx which element (a CSS selector) this fragment replaces."""
    response.headers["HX-Retarget"] = target
    response.headers["HX-Reswap"] = "outerHTML"
    return response


def see_other(url: str) -> Response:
    """The answer to a form that was taken: look there now. htmx is sent along as a whole navigation."""
    if wants_part():
        response = make_response("", 204)
        response.headers["HX-Redirect"] = url
        return response
    return make_response(redirect(url, code=303))


def add_vary(app: Flask) -> None:
    """Every answer that is not a static file differs by cookie and by htmx, and is for this reader alone."""

    @app.after_request
    def vary(response: Response) -> Response:
        response.vary.update(("Cookie", "HX-Request"))
        response.headers.setdefault("Cache-Control", "private, no-cache")
        page = request.method == "GET" and response.mimetype == "text/html" and response.status_code == 200
        if page and not response.is_streamed:
            response.add_etag(weak=True)
            response.make_conditional(request)
        return response
