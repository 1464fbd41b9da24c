"""The table that `make bench` prints for each database."""

from __future__ import annotations

import os
import platform

from tests.bench.race import Outcome, Outcomes, middle
from tests.bench.stores import Store

MEMORY_GOAL = 110  # MB a worker
HEAD = (
    f"{'job':28} {'req/s':>7} {'p50 ms':>7} {'p95 ms':>7} {'bytes':>7}   "
    f"{'beside':8} {'req/s':>7} {'p95 ms':>7}   {'ratio':>6} {'goal':>5} {'p95 x':>6}   {'SQL':>9}  {'foreign':>7}"
)


def print_report(store: Store, outcomes: Outcomes) -> None:
    """One line a job; ratios first of all, the absolute figures to see what they are made of."""
    data = "the nation" if store.nation else "the demo"
    print(f"\n== {store.kind}, {data}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(HEAD)
    for outcome in outcomes.jobs:
        print(_line(outcome))
        for run in (*outcome.ours, *outcome.theirs):
            if run.bad:
                print(f"    !!! answers that were not good (status: count): {run.bad}")
    mark = "" if outcomes.memory <= MEMORY_GOAL else f"   high: goal {MEMORY_GOAL}"
    print(
        f"memory of a worker: {outcomes.memory:.0f} MB{mark} (reference {outcomes.reference_memory:.0f} MB)"
    )
    _print_batch(outcomes)


def _line(outcome: Outcome) -> str:
    job, ours, theirs = outcome.job, middle(outcome.ours), middle(outcome.theirs)
    mine, bare = ours.percentile(0.95) * 1000, theirs.percentile(0.95) * 1000
    own = outcome.statements - outcome.of_sign_in
    verdict = " low" if outcome.ratio < job.goal else ""
    verdict += " many" if own > job.statements else ""
    return (
        f"{job.title:28} {ours.rate:>7.0f} {ours.percentile(0.5) * 1000:>7.1f} {mine:>7.1f} {ours.length:>7}   "
        f"{job.beside:8} {theirs.rate:>7.0f} {bare:>7.1f}   {outcome.ratio:>6.2f} {job.goal:>5.2f} "
        f"{mine / bare if bare else 0:>6.2f}   {f'{own} + {outcome.of_sign_in}':>9}  {outcome.foreign:>6.0%} {verdict}"
    )


def _print_batch(outcomes: Outcomes) -> None:
    """How much an item of a batch of 10 gains over items sent one by one."""
    rates = {outcome.job.name: middle(outcome.ours).rate for outcome in outcomes.jobs}
    if rates.get("batch") and rates.get("check-in"):
        print(
            f"a batch of 10 takes {rates['batch'] * 10 / rates['check-in']:.1f} x the items of single sends (goal 5)"
        )
