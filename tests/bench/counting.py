"""The product with two headers more: how many SQL statements an answer took. Never used for timing.

Counted are SELECT, INSERT, UPDATE and DELETE, not BEGIN, SAVEPOINT, PRAGMA and their like. X-Statements is the whole;
X-Sign-In are those among them that read who is signed in, which the budget counts apart (two at most).
Run by gunicorn as `tests.bench.counting:app`.
"""

from __future__ import annotations

from typing import Any

from flask import Response, g, has_request_context
from sqlalchemy import event

from webapp.plumbing.database import db
from wsgi import app

COUNTED = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
SIGN_IN = ("FROM device_session", "FROM mandate")


def _count(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
    if has_request_context() and statement.lstrip().upper().startswith(COUNTED):
        g.setdefault("statements", []).append(statement)


def _tell(response: Response) -> Response:
    statements = g.get("statements", [])
    response.headers["X-Statements"] = str(len(statements))
    response.headers["X-Sign-In"] = str(sum(any(sign in said for sign in SIGN_IN) for said in statements))
    return response


with app.app_context():
    event.listen(db.engine, "before_cursor_execute", _count)
app.after_request(_tell)
