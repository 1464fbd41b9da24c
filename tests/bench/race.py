"""The race: product and reference in turns, a few rounds of each job."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.bench.client import Request, Result, hammer, once
from tests.bench.jobs import Job, Runner
from tests.bench.jobs import reference_request as reference
from tests.bench.servers import Server, machine_busy, serving
from tests.bench.stores import Store

Runs = list[Result]
WARM = 40  # answers


@dataclass
class Outcome:
    """What one job gave: the runs of both sides, and the statements of one answer."""

    job: Job
    ours: Runs
    theirs: Runs
    statements: int
    of_sign_in: int
    foreign: float  # share of the machine that other programs took meanwhile, 0 to 1

    @property
    def ratio(self) -> float:
        """Our throughput to the reference's, by the medians."""
        theirs = middle(self.theirs).rate
        return middle(self.ours).rate / theirs if theirs else 0.0


@dataclass
class Outcomes:
    """All jobs of one database, and what a worker of ours held in memory at the end (MB)."""

    jobs: list[Outcome] = field(default_factory=list)
    memory: float = 0.0
    reference_memory: float = 0.0


def middle(runs: Runs) -> Result:
    """The run with the median rate."""
    return sorted(runs, key=lambda run: run.rate)[len(runs) // 2]


@dataclass(frozen=True)
class Race:
    """How the jobs are run over one store."""

    store: Store
    connections: int
    seconds: float
    rounds: int

    def run(self, jobs: Sequence[Job]) -> Outcomes:
        """Count the statements first, on a server of its own; then race."""
        counted = self._count(jobs)
        outcomes = Outcomes()
        product, bare = self.store.product.environment, self.store.reference_environment
        with serving("wsgi:app", product) as ours, serving("tests.bench.reference:app", bare) as theirs:
            runner = Runner(ours.port, self.store.logins, self.store.crowd)
            for job in jobs:
                outcomes.jobs.append(self._race(job, runner, ours, theirs, counted[job.name]))
            outcomes.memory, outcomes.reference_memory = ours.memory(), theirs.memory()
        return outcomes

    def _race(
        self, job: Job, runner: Runner, ours: Server, theirs: Server, counted: tuple[int, int]
    ) -> Outcome:
        make, make_bare = job.prepare(runner), reference(job.beside, theirs.port)
        self._warm(ours, make)
        self._warm(theirs, make_bare)
        before, mine = machine_busy(), ours.busy() + theirs.busy()
        mine_too = _own_time()
        runs: tuple[Runs, Runs] = ([], [])
        for _ in range(self.rounds):
            runs[0].append(self._load(ours, make, self.seconds))
            runs[1].append(self._load(theirs, make_bare, self.seconds))
        whole = machine_busy() - before
        own = ours.busy() + theirs.busy() - mine + _own_time() - mine_too
        return Outcome(job, *runs, *counted, foreign=max(0.0, whole - own) / whole)

    def _load(self, server: Server, make: Request, seconds: float) -> Result:
        return hammer(server.port, make, connections=self.connections, seconds=seconds)

    def _warm(self, server: Server, make: Request) -> None:
        """Until both workers have surely compiled their templates and opened their connections."""
        for _ in range(10):
            if sum(self._load(server, make, 1.0).statuses.values()) >= WARM:
                return

    def _count(self, jobs: Sequence[Job]) -> dict[str, tuple[int, int]]:
        counted = {}
        with serving("tests.bench.counting:app", self.store.product.environment, workers=1) as server:
            runner = Runner(server.port, self.store.logins, self.store.crowd)
            for job in jobs:
                make = job.prepare(runner)
                for _ in range(3):  # warm caches: the last one counts
                    status, headers, body = once(server.port, make())
                if not 200 <= status < 400:
                    raise RuntimeError(f"{job.name} answered {status}: {body[:300]!r}")
                counted[job.name] = (int(headers["x-statements"][0]), int(headers["x-sign-in"][0]))
        return counted


def _own_time() -> float:
    return time.process_time()
