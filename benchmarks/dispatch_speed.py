"""How long policies take to decide one broadcast interval.

Times are those of the policy alone: its decision at the boundary and, where it routes
every job on its own, all jobs of the interval. The first intervals, while uploads fill the
network and loops are compiled, are left out. Processor time of one thread is measured, so
that other work on the machine counts little.

    python benchmarks/dispatch_speed.py
    python benchmarks/dispatch_speed.py --sizes small --policies mdp rollout
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Sequence

import numpy as np
from dispatch_policies import RATE, generated

from optkit.core.arrays import Ints
from optkit.core.solving.registry import solver_class
from optkit.dispatch.data.generate import GeneratorOptions
from optkit.dispatch.policies.base import Policy
from optkit.dispatch.policies.simulation import simulate
from optkit.dispatch.problem.observation import Observation
from optkit.dispatch.solvers.base import PolicySolver

SIZES = {"small": (15, 10, 10), "large": (200, 100, 10)}
"""Access points, servers, types."""

POLICIES = ("random", "selfish", "queue-aware", "mdp", "rollout", "joint")

SKIPPED = 6
"""Intervals before the first that counts."""


class Timed(Policy):
    """A policy whose decisions are timed."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._routes = policy.per_job
        self.seconds: list[float] = []

    @property
    def per_job(self) -> bool:  # type: ignore[override]
        """Whether the policy routes every job on its own."""
        return self._routes

    def start(self) -> Ints:
        """Return the policy's start."""
        return self._policy.start()

    def decide(self, observations: Sequence[Observation]) -> Ints:
        """Return the policy's decision; a new interval begins."""
        begin = time.process_time()
        chosen = self._policy.decide(observations)
        self.seconds.append(time.process_time() - begin)
        return chosen

    def route(self, ap: int, kind: int, slot: int, action: int) -> int:
        """Return where the policy sends a job."""
        begin = time.process_time()
        target = self._policy.route(ap, kind, slot, action)
        self.seconds[-1] += time.process_time() - begin
        return target


def main() -> None:
    """Print one line per size and policy."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="*", default=list(SIZES), choices=SIZES)
    parser.add_argument("--policies", nargs="*", default=list(POLICIES))
    parser.add_argument("--intervals", type=int, default=16)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    print("| network | policy | build (s) | median (ms) | longest (ms) |")
    print("|---|---|---|---|---|")
    for size in arguments.sizes:
        aps, servers, types = SIZES[size]
        options = GeneratorOptions(
            aps=aps,
            servers=servers,
            types=types,
            intervals=arguments.intervals,
            arrival=RATE / 3,
            drop_penalty=0.0,
        )
        data = generated(options, arguments.seed)
        for name in arguments.policies:
            solver = solver_class("dispatch", name)({})
            assert isinstance(solver, PolicySolver)
            begin = time.process_time()
            policy = Timed(solver.policy(data, np.random.default_rng(arguments.seed)))
            build = time.process_time() - begin
            simulate(data, policy)
            taken = [1e3 * seconds for seconds in policy.seconds[SKIPPED:]]
            print(
                f"| {aps} × {servers} × {types} | {name} | {build:.2f}"
                f" | {statistics.median(taken):.1f} | {max(taken):.1f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
