"""Doors: every route says what it needs, is judged at every request, and commits once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final, Protocol

from flask import Blueprint, Flask, Response, abort, current_app, g, make_response, request, session
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter, Map

from webapp.plumbing.database import db, writing
from webapp.plumbing.headers import SAFE
from webapp.plumbing.render import wants_part

View = Callable[..., Any]


class _Public:
    """Said aloud on a route that strangers may open."""

    def __repr__(self) -> str:
        return "PUBLIC"


PUBLIC: Final = _Public()
ENTER: Final = "enter"  # the permission of everybody who is signed in, for rooms below `people`


@dataclass(frozen=True)
class Door:
    """What one route needs, whether a write transaction is opened for it, and whether phones keep its page.

    `kept` names the arguments that the query of a page worth keeping has, all of them; None: none is kept.
    `before` is done before the lock is taken and anything is judged; `brought()` is what it gave. `counted`: every
    call is one thing out of its sender's budget, unless it has been counted as what it brings.
    """

    needs: Any
    writing: bool = True
    kept: frozenset[str] | None = None
    before: Callable[[], Any] | None = None
    counted: bool = True


@dataclass(frozen=True)
class Afterwards:
    """A refusal whose page is long: the door draws it when the lock is free again. What it says is not counted."""

    draw: Callable[[], Response]


class Guard(Protocol):
    """Who judges at the door; the room `people` provides it. None lets pass."""

    def knock(self) -> Response | None:
        """Refuse strangers before anything is read or locked."""
        ...

    def admit(self, needs: Any) -> Response | None:
        """Load the viewer, judge `needs`, bind the scope."""
        ...

    def count(self) -> None:
        """Count what was written against the viewer's budget. Raises a `Refusal`."""
        ...


class RowNumber(IntegerConverter):
    """`<int:…>` in an address: never a number that no row has and no database takes."""

    def __init__(self, map: Map, *args: Any, **options: Any) -> None:  # noqa: A002
        super().__init__(map, *args, **{"max": 2**31 - 1} | options)


def number_rows(app: Flask) -> None:
    """Use `RowNumber` in every address, and mend no doubled slash; before the rooms are opened.

    Werkzeug would mend it with a redirect to whatever host the request has named.
    """
    app.url_map.merge_slashes = False
    app.url_map.converters["int"] = RowNumber


class Room(Blueprint):
    """A blueprint whose routes cannot be made without saying what they need."""

    def __init__(self, name: str, import_name: str, **options: Any) -> None:
        super().__init__(name, import_name, **options)
        self.doors: dict[str, Door] = {}

    def get(  # type: ignore[override]
        self, rule: str, *, needs: Any, kept: bool | str = False, **options: Any
    ) -> Callable[[View], View]:
        """`kept=True`: phones keep the page for reading offline; `kept="slot"`: if asked by `?slot=` alone."""
        names = frozenset({kept} if isinstance(kept, str) else ())
        return self._hang(rule, Door(needs, kept=names if kept else None), ["GET"], options)

    def post(  # type: ignore[override]
        self,
        rule: str,
        *,
        needs: Any,
        writing: bool = True,
        before: Callable[[], Any] | None = None,
        counted: bool = True,
        **options: Any,
    ) -> Callable[[View], View]:
        """`writing=False`: the view does slow work first and then opens `writing_again()` itself.

        `counted=False`: what it takes is counted item by item, or has a limit of its own.

        `before` reads what was sent while nobody has to wait for it; it must neither ask who sends nor the database.
        """
        return self._hang(rule, Door(needs, writing, None, before, counted), ["POST"], options)

    def route(self, rule: str, **options: Any) -> Any:
        """Refused: a route made this way would not say what it needs."""
        raise TypeError(f"{rule}: use get or post, and say what it needs")

    def _hang(
        self, rule: str, door: Door, methods: list[str], options: dict[str, Any]
    ) -> Callable[[View], View]:
        def decorate(view: View) -> View:
            endpoint = options.pop("endpoint", None) or view.__name__
            self.doors[endpoint] = door
            self.add_url_rule(rule, endpoint, _entered(view, door), methods=methods, **options)
            return view

        return decorate


@contextmanager
def writing_again(needs: Any, *, counted: bool = True) -> Iterator[None]:
    """A write transaction in which the rights are judged once more, for views with `writing=False`.

    `counted=False`: what is written has a budget of its own.
    """
    with writing():
        refused = _guard().admit(needs)
        if refused is not None:
            abort(refused)
        yield
        if counted:
            _count_once()


def _entered(view: View, door: Door) -> View:
    @wraps(view)
    def enter(**kwargs: Any) -> Response:
        if door.needs is PUBLIC:
            return make_response(view(**kwargs))
        refused = _guard().knock()
        if refused is not None:
            return refused
        keep = _worth_keeping(door)
        with _cookie_as_it_was():
            with _transaction(door):
                told: Any = _guard().admit(door.needs) or view(**kwargs)
                response = None if isinstance(told, Afterwards) else _settled(make_response(told), door)
            response = response or make_response(told.draw())
            if keep and response.status_code == 200:
                response.headers["X-Simpul-Keep"] = "1"
            return response

    return enter


def _settled(response: Response, door: Door) -> Response:
    """Count what was written, or let nothing of it stand after a fault."""
    if door.writing and door.counted and request.method not in SAFE and response.status_code < 400:
        _count_once()
    if response.status_code >= 500:
        db.session.rollback()
    return response


@contextmanager
def _cookie_as_it_was() -> Iterator[None]:
    """What is refused or fails is rolled back, and the visitor's cookie with it: nobody is signed out by a no."""
    before, touched = dict(session), session.modified
    try:
        yield
    except HTTPException:
        raise
    except Exception:
        session.clear()
        session.update(before)
        session.modified = touched
        raise


def _worth_keeping(door: Door) -> bool:
    """Whether this is a whole page of those that phones keep, and says nothing that is said only once."""
    if door.kept is None or wants_part() or "_flashes" in session:
        return False
    return request.args.keys() == door.kept


def _transaction(door: Door) -> AbstractContextManager[None]:
    if request.method in SAFE or not door.writing:
        return nullcontext()
    _read_body()
    g.brought = door.before() if door.before else None
    return writing()


def counted() -> None:
    """Say that what this request writes has been counted already, or takes rights away: that is always free."""
    g.counted = True


def _count_once() -> None:
    if not g.pop("counted", False):
        _guard().count()


def brought() -> Any:
    """What this route's `before` gave."""
    return g.brought


def _read_body() -> None:
    """Read the whole body before the lock is taken: a slow phone must not make others wait."""
    request.get_data(cache=True, parse_form_data=True)


def _guard() -> Guard:
    guard: Guard = current_app.extensions["guard"]
    return guard
