"""`make bench`: how fast Simpul is beside a bare app that does the least of the same job, on both databases.

Both servers run under the same gunicorn settings and are loaded in turns, one at a time; the figure that counts is the
ratio, because machines differ and are noisy. Nothing here fails on a clock: a ratio below its goal is marked "low".
Statement counts are exact; one above its budget is marked "many".

    make bench                              the nation, SQLite and PostgreSQL, a few minutes
    make bench BENCH="--demo"               the demo's data only, without inventing a country
    make bench BENCH="--on sqlite --seconds 8 --rounds 5 --connections 32 map-kota list"
"""

from __future__ import annotations

import argparse
import sys

from tests import postgres
from tests.bench import jobs, stores
from tests.bench.hall import fill_hall, print_hall
from tests.bench.race import Race
from tests.bench.report import print_report
from tests.bench.thumb import take_the_roll


def main(told: list[str]) -> int:
    """Run the wanted jobs on the wanted databases and print a table for each."""
    wanted = _read(told)
    for kind in wanted.on.split(","):
        try:
            with stores.opened(kind, nation=not wanted.demo) as store:
                race = Race(store, wanted.connections, wanted.seconds, wanted.rounds)
                print_report(store, race.run(jobs.named(wanted.jobs)))
                if wanted.hall:
                    print_hall(fill_hall(store, wanted.hall), wanted.hall)
                if wanted.thumb and kind == wanted.on.split(",")[0]:
                    take_the_roll(store)
        except postgres.NoPostgres as problem:
            print(f"\n!!! NOT MEASURED ON POSTGRESQL: {problem}\n")
    return 0


def _read(told: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description="Ratios to a bare reference app.")
    parser.add_argument("jobs", nargs="*", help=f"which of: {', '.join(job.name for job in jobs.ALL)}")
    parser.add_argument("--on", default="sqlite,postgres", help="databases, with a comma between")
    parser.add_argument("--demo", action="store_true", help="do not invent a country")
    parser.add_argument("--seconds", type=float, default=4.0, help="of each run")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each side; the median counts")
    parser.add_argument(
        "--hall", type=float, default=60.0, help="seconds in which 500 people come; 0: nobody"
    )
    parser.add_argument(
        "--thumb", action=argparse.BooleanOptionalAction, default=True, help="take a roll of 63"
    )
    parser.add_argument("--connections", type=int, default=8)
    return parser.parse_args(told)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
