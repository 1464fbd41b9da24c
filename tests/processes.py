"""Several processes at once, forked from one that has imported the app already: starting them costs little.

That one is made before any database is open in it, so that each has connections of its own.
"""

from __future__ import annotations

import multiprocessing

FRESH = multiprocessing.get_context("forkserver")
ROOMS = ("places", "people", "checkins", "attendance", "coverage", "home")
FRESH.set_forkserver_preload(
    ["tests.attendance.racing", "gunicorn.workers.gthread", *(f"webapp.{room}.views" for room in ROOMS)]
)
