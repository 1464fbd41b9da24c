"""500 people in one hall say within a minute that they are there: what each waits, beside the bare app's check-in.

They come as people do, at moments of their own, and do not wait for each other: a server that falls behind shows it.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from tests.bench.client import Result, once
from tests.bench.jobs import claim, reference_request
from tests.bench.servers import serving
from tests.bench.stores import Store

HANDS = 64
COUNT = (
    "from webapp.attendance.models import AttendanceRecord as R, Invitation as I;"
    "from webapp.plumbing.database import db; from webapp.places.rules.scope import everywhere; from wsgi import app\n"
    "with app.app_context(), everywhere('the bench counts'):\n"
    " print(db.session.query(R.invitation_id).join(I, I.id == R.invitation_id)"
    ".filter(I.meeting_id == {hall}).distinct().count())"
)


@dataclass
class Hall:
    """What both sides saw, and how many of the people have a record afterwards."""

    ours: Result
    theirs: Result
    people: int
    stored: int


def fill_hall(store: Store, seconds: float) -> Hall:
    """Everybody once, spread over `seconds`; first to us, then the same moments to the reference."""
    people = store.crowd.witnesses
    moments = sorted(random.uniform(0, seconds) for _ in people)
    with serving("wsgi:app", store.product.environment) as server:
        ours = _pour(server.port, [lambda one=one: claim(store.crowd, one) for one in people], moments)  # type: ignore[misc]
    with serving("tests.bench.reference:app", store.reference_environment) as server:
        bare = reference_request("checkin", server.port)
        theirs = _pour(server.port, [bare] * len(people), moments)
    return Hall(ours, theirs, len(people), int(store.said(COUNT.format(hall=store.crowd.hall))))


def print_hall(hall: Hall, seconds: float) -> None:
    """Two lines: the waits and their ratio, and whether everybody is stored."""
    mine, bare = (1000 * side.percentile(0.95) for side in (hall.ours, hall.theirs))
    print(
        f"\n{hall.people} self check-ins within {seconds:.0f} s: p95 {mine:.1f} ms, bare {bare:.1f} ms,",
        end=" ",
    )
    print(
        f"ratio {mine / bare if bare else 0:.2f}; {hall.stored} of {hall.people} stored, answers {_words(hall.ours)}"
    )


def _pour(port: int, makes: Sequence[Callable[[], bytes]], moments: Sequence[float]) -> Result:
    result, begin = Result(), time.perf_counter()

    def send(make: Callable[[], bytes], at: float) -> tuple[int, float]:
        time.sleep(max(0.0, begin + at - time.perf_counter()))
        since = time.perf_counter()
        status, _headers, _body = once(port, make())
        return status, time.perf_counter() - since

    with ThreadPoolExecutor(HANDS) as hands:
        for status, waited in hands.map(send, makes, moments):
            result.statuses[status] += 1
            result.latencies.append(waited)
    result.seconds = time.perf_counter() - begin
    return result


def _words(result: Result) -> str:
    return ", ".join(f"{count} x {status}" for status, count in Counter(result.statuses).items())
