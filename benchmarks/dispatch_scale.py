"""What a decision costs by the size of the network, and a study of a very large one.

    python benchmarks/dispatch_scale.py
    python benchmarks/dispatch_scale.py --cluster 2 --study FOLDER

The first command varies access points, servers and types, one at a time and together. Each
access point decides for itself, on one core: the processor time is that of some access
points drawn at random, for what one of them does in one interval (its observation, and
all jobs that arrive there). The others send their jobs to the server of least mean time.
*Build* is what is computed once from the model, for the whole network. An interval of the
generator lasts 0.5 s.

The second command starts a Dask cluster on this machine, of so many processes, and spreads
a study of 10,000 access points over it (extra ``dask``): ``optkit bench run SUITE -o FOLDER
--dask ADDRESS`` does the same on a cluster that is there already.
"""

from __future__ import annotations

import argparse
import logging
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from dispatch_policies import generated

from optkit.core.arrays import Ints
from optkit.dispatch.data.generate import GeneratorOptions
from optkit.dispatch.policies.adaptive.local_laws import LocalLaws
from optkit.dispatch.policies.adaptive.no_laws import without_laws
from optkit.dispatch.policies.adaptive.policy import LearningRouter
from optkit.dispatch.policies.base import Policy, SelfishStart
from optkit.dispatch.policies.baselines import QueueAwarePolicy
from optkit.dispatch.policies.lagrangian.policy import LagrangianPolicy
from optkit.dispatch.policies.mdp import MdpPolicy
from optkit.dispatch.policies.rollout import RolloutPolicy
from optkit.dispatch.policies.rollout_router import Router
from optkit.dispatch.policies.simulation import simulate
from optkit.dispatch.problem.agent_groups import groups
from optkit.dispatch.problem.observation import Observation
from optkit.dispatch.problem.problem_data import ProblemData, model_only
from optkit.dispatch.solvers.adaptive_rollout import AdaptiveRolloutOptions
from optkit.dispatch.solvers.lagrangian import LagrangianOptions
from optkit.dispatch.solvers.mdp import ARRIVALS
from optkit.dispatch.solvers.rollout import RolloutOptions

SIZES = (
    (10, 5, 10),
    (100, 50, 10),
    (1000, 500, 10),
    (10, 50, 10),
    (1000, 50, 10),
    (10000, 50, 1),
    (100, 5, 10),
    (100, 500, 10),
    (100, 50, 1),
    (100, 50, 100),
)
"""Access points, servers, types."""

LOAD = 0.58
"""Share of what all servers can take that arrives: that of the paper's base case."""

MOST_IN_GROUPS = 2000
"""Most access points of `mdp` here: its groups colour a graph of all pairs of them."""

DRAWN = 6
"""Access points whose decisions are timed."""

INTERVALS, SKIPPED = 9, 4
"""Intervals of a run, and those before the first that counts."""

SUITE = Path(__file__).with_suffix(".toml")


class Timed(SelfishStart):
    """Some access points decide by their own routers, and are timed; others are selfish."""

    per_job = True

    def __init__(self, data: ProblemData, routers: dict[int, Router]) -> None:
        super().__init__(data)
        self._routers = routers
        self.seconds: list[dict[int, float]] = []

    def decide(self, observations: Sequence[Observation]) -> Ints:
        """Give each router its observation; a new interval begins."""
        self.seconds.append(dict.fromkeys(self._routers, 0.0))
        for ap, router in self._routers.items():
            if router.pending is not None:
                self._timed(ap, router.observe, router.pending)
            router.pending = observations[ap]
        return self._first

    def route(self, ap: int, kind: int, slot: int, action: int) -> int:
        """Return where a router sends a job, or the selfish action."""
        if ap not in self._routers:
            return action
        server: int = self._timed(ap, self._routers[ap].route, kind, slot)
        return server

    def _timed(self, ap: int, call: Callable[..., Any], *arguments: Any) -> Any:
        begin = time.process_time()
        answer = call(*arguments)
        self.seconds[-1][ap] += time.process_time() - begin
        return answer


class TimedTogether(Policy):
    """A policy that decides for all access points in one call, which is timed."""

    def __init__(self, policy: Policy, deciding: Callable[[int], int]) -> None:
        self._policy, self._deciding = policy, deciding
        self.seconds: list[dict[int, float]] = []

    def start(self) -> Ints:
        """Return the policy's start."""
        return self._policy.start()

    def decide(self, observations: Sequence[Observation]) -> Ints:
        """Return the policy's decision."""
        begin = time.process_time()
        chosen = self._policy.decide(observations)
        took = time.process_time() - begin
        # The mean over those whose turn it is.
        self.seconds.append({0: took / self._deciding(observations[0].interval)})
        return chosen


def rollout(data: ProblemData, aps: Sequence[int]) -> Timed:
    """Return `rollout` at some access points."""
    options = RolloutOptions()
    policy = RolloutPolicy(data, options.discount, options.horizon)
    return Timed(data, {ap: Router(policy, data, ap) for ap in aps})


def lagrangian(data: ProblemData, aps: Sequence[int]) -> Timed:
    """Return `lagrangian` at some access points."""
    options = LagrangianOptions()
    policy = LagrangianPolicy(data, options.discount, options.horizon, options.weight)
    return Timed(data, {ap: Router(policy, data, ap) for ap in aps})


def adaptive(data: ProblemData, aps: Sequence[int]) -> Timed:
    """Return `adaptive-rollout` at some access points."""
    options, network = AdaptiveRolloutOptions(), without_laws(data)
    routers: dict[int, Router] = {}
    for ap in aps:
        laws = LocalLaws(network, ap, options.discount, options.memory)
        routers[ap] = LearningRouter(laws, ap)
    return Timed(data, routers)


def queue_aware(data: ProblemData, aps: Sequence[int]) -> TimedTogether:
    """Return `queue-aware`."""
    return TimedTogether(QueueAwarePolicy(data), lambda _: data.shape[0])


def mdp(data: ProblemData, aps: Sequence[int]) -> TimedTogether:
    """Return `mdp`, of which one group of access points decides per interval."""
    policy = MdpPolicy(data, ARRIVALS["bernoulli"])
    turns = groups(data)
    return TimedTogether(policy, lambda t: len(turns[t % len(turns)]))


POLICIES: dict[str, Callable[[ProblemData, Sequence[int]], Timed | TimedTogether]] = {
    "queue-aware": queue_aware,
    "mdp": mdp,
    "rollout": rollout,
    "lagrangian": lagrangian,
    "adaptive-rollout": adaptive,
}


def capacity(servers: int) -> float:
    """Return the jobs of a type per slot that the generator's servers can take."""
    options = GeneratorOptions()
    return (servers - 1 + options.cloud_speed) / options.service


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0


def by_size(sizes: Sequence[tuple[int, int, int]], policies: Sequence[str]) -> None:
    """Print one line per size and policy."""
    print(
        "| access points × servers × types | policy | build (s) | median (ms)"
        " | longest (ms) | memory so far (MB) |"
    )
    print("|---|---|---|---|---|---|")
    for aps, servers, types in sizes:
        options = GeneratorOptions(
            aps=aps,
            servers=servers,
            types=types,
            intervals=INTERVALS,
            arrival=LOAD * capacity(servers) / aps,
        )
        data = generated(options, 0)
        drawn = np.random.default_rng(0).choice(aps, min(DRAWN, aps), replace=False)
        for name in policies:
            if name == "mdp" and aps > MOST_IN_GROUPS:
                continue
            begin = time.process_time()
            policy = POLICIES[name](model_only(data), drawn.tolist())
            build = time.process_time() - begin
            simulate(data, policy)
            taken = [
                1e3 * seconds
                for interval in policy.seconds[SKIPPED:]
                for seconds in interval.values()
            ]
            print(
                f"| {aps} × {servers} × {types} | {name} | {build:.2f}"
                f" | {statistics.median(taken):.2f} | {max(taken):.2f}"
                f" | {_megabytes():.0f} |",
                flush=True,
            )


def on_a_cluster(workers: int, folder: Path) -> int:
    """Run the study of the large network on a cluster; return the exit status."""
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        dashboard_address=None,
        silence_logs=logging.CRITICAL,  # workers end with their interpreters
    ) as cluster:
        optkit = [sys.executable, "-m", "optkit", "bench", "run", str(SUITE)]
        begin = time.monotonic()
        status = subprocess.run(
            [*optkit, "-o", str(folder), "--dask", cluster.scheduler_address]
        ).returncode
        took = time.monotonic() - begin
    print(f"{took:.0f} s on {workers} workers")
    return status


def main() -> None:
    """Time decisions by size, or run the study on a cluster."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--sizes",
        nargs="*",
        type=size,
        default=SIZES,
        help="access points, servers and types, such as 1000x500x10",
    )
    parser.add_argument("--policies", nargs="*", default=list(POLICIES))
    parser.add_argument("--cluster", type=int, help="processes of the Dask cluster")
    parser.add_argument(
        "--study",
        type=Path,
        default=Path("dispatch-large-study"),
        help="folder of the cluster's study",
    )
    arguments = parser.parse_args()
    if arguments.cluster is not None:
        sys.exit(on_a_cluster(arguments.cluster, arguments.study))
    by_size(arguments.sizes, arguments.policies)


def size(text: str) -> tuple[int, int, int]:
    """Return the three numbers of ``1000x500x10``; argparse names the option otherwise."""
    points, servers, types = map(int, text.replace("×", "x").split("x"))
    return points, servers, types


if __name__ == "__main__":
    main()
