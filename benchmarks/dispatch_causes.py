"""Why the paper's policy can lose to `queue-aware`: one cause at a time.

Each variant differs from `mdp` (or from `queue-aware` or `rollout`) in one thing, and all
meet the same sample paths. The table shows mean costs and, path by path, the differences
to `mdp` and to `queue-aware` with 95 % intervals of their means (Student's t).

    python benchmarks/dispatch_causes.py --paths 10 --intervals 100

A variant marked † knows what no online policy may know: it measures a cause and is not a
policy to use. Finished paths are kept in the file that ``--rows`` names.
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from dispatch_policies import generated, interval, options

from optkit.core.arrays import Ints
from optkit.dispatch.policies.base import Policy
from optkit.dispatch.policies.baselines import QueueAwarePolicy
from optkit.dispatch.policies.mdp import ActionCosts, MdpPolicy
from optkit.dispatch.policies.rollout import RolloutPolicy
from optkit.dispatch.policies.simulation import simulate
from optkit.dispatch.problem.agent_groups import groups
from optkit.dispatch.problem.nearest_server import mean_latency, selfish_actions
from optkit.dispatch.problem.objective import objective
from optkit.dispatch.problem.observation import Observation
from optkit.dispatch.problem.problem_data import ProblemData
from optkit.dispatch.problem.simulator import Simulator
from optkit.dispatch.solvers.mdp import ARRIVALS
from optkit.dispatch.solvers.rollout import RolloutOptions

SETTINGS: dict[str, dict[str, Any]] = {
    "base": {},
    "latency 0": {"signal_slot": 0},
    "no cloud": {"cloud": False},
}
"""The paper's network; observations that are not late; no queue that all share."""

SHORT = 0.5
"""A discount by which a choice is weighed for some two intervals, not for ever."""


class Turns(Policy):
    """Another policy with other turns: the access points that move in each interval."""

    def __init__(self, policy: Policy, turns: list[Ints]) -> None:
        self._policy, self._turns = policy, turns

    def start(self) -> Ints:
        """Return the policy's start."""
        return self._policy.start()

    def decide(self, observations: Sequence[Observation]) -> Ints:
        """Return the policy's choices for the access points whose turn it is."""
        chosen = self._policy.decide(observations)
        actions = np.stack([view.own_action for view in observations])
        turn = self._turns[observations[0].interval % len(self._turns)]
        actions[turn] = chosen[turn]
        return actions


class Replies(Policy):
    """The step of `mdp` by all access points in every interval.

    Parameters
    ----------
    data
        The model.
    in_turn
        Whether each knows what those before it have just chosen, which is not possible
        online; otherwise all react to the same boundary at once.
    discount
        In place of γ: how long a choice is taken to last.
    """

    def __init__(
        self, data: ProblemData, in_turn: bool, discount: float | None = None
    ) -> None:
        if discount is not None:
            data = replace(data, discount=discount)
        self._costs = ActionCosts(data, ARRIVALS["bernoulli"])
        self._in_turn = in_turn
        self._first = selfish_actions(data)

    def start(self) -> Ints:
        """Return the selfish actions."""
        return self._first

    def decide(self, observations: Sequence[Observation]) -> Ints:
        """Return the best reply of each access point."""
        actions = np.stack([view.own_action for view in observations])
        latest = actions if self._in_turn else actions.copy()
        for view in observations:
            costs = self._costs(replace(view, actions=latest[view.peers]))
            actions[view.ap] = view.servers[np.argmin(costs, axis=1)]
        return actions


class OneTarget(RolloutPolicy):
    """`rollout`, but all jobs of a type go one way until the next observation acts."""

    def __init__(self, data: ProblemData) -> None:
        options = RolloutOptions()
        super().__init__(data, options.discount, options.horizon)
        self._kept: dict[tuple[int, int, int], int] = {}

    def route(self, ap: int, kind: int, slot: int, action: int) -> int:
        """Return where the first job since the last observation went."""
        per = self.data.slots_per_interval
        interval = slot // per
        if slot % per < self.data.signal[interval, ap]:
            interval -= 1
        key = (ap, kind, interval)
        if key not in self._kept:
            self._kept[key] = super().route(ap, kind, slot, action)
        return self._kept[key]


def fresh(data: ProblemData) -> float:
    """Return the cost of `queue-aware` if it sees the queues of every slot."""
    system, latency = Simulator(data), mean_latency(data)
    for _ in range(data.horizon):
        jobs = system.arrivals(1)
        ap, kind = data.ap[jobs], data.kind[jobs]
        waiting = system.queues * data.service
        total = latency[ap, :, kind] + waiting[:, kind].T
        system.advance(1, np.argmin(total, axis=1))
    return objective(data, system)


def _policy(build: Callable[[ProblemData], Policy]) -> Callable[[ProblemData], float]:
    return lambda data: objective(data, simulate(data, build(data)).system)


def _one_by_one(data: ProblemData) -> list[Ints]:
    return [np.array([ap]) for ap in range(data.shape[0])]


VARIANTS: dict[str, Callable[[ProblemData], float]] = {
    "queue-aware": _policy(QueueAwarePolicy),
    "mdp": _policy(lambda w: MdpPolicy(w, ARRIVALS["bernoulli"])),
    "mdp, Poisson-binomial arrivals": _policy(
        lambda w: MdpPolicy(w, ARRIVALS["poisson-binomial"])
    ),
    "mdp, one access point an interval": _policy(
        lambda w: Turns(Replies(w, False), _one_by_one(w))
    ),
    "mdp, all in every interval": _policy(lambda w: Replies(w, False)),
    "mdp, all in every interval, in turn †": _policy(lambda w: Replies(w, True)),
    "mdp, γ = 0.5": _policy(
        lambda w: MdpPolicy(replace(w, discount=SHORT), ARRIVALS["bernoulli"])
    ),
    "mdp, γ = 0.5, all in every interval": _policy(lambda w: Replies(w, False, SHORT)),
    "mdp, γ = 0.5, all in every interval, in turn †": _policy(
        lambda w: Replies(w, True, SHORT)
    ),
    "queue-aware, in the turns of mdp": _policy(
        lambda w: Turns(QueueAwarePolicy(w), groups(w))
    ),
    "queue-aware, queues of the slot †": fresh,
    "rollout, one target an interval": _policy(OneTarget),
    "rollout": _policy(
        lambda w: RolloutPolicy(w, RolloutOptions().discount, RolloutOptions().horizon)
    ),
}

Task = tuple[str, str, int, int]
"""Setting, variant, path, intervals."""


def cost(task: Task) -> float:
    """Return a variant's cost on one sample path."""
    setting, variant, seed, intervals = task
    chosen = options("base", intervals).model_copy(update=SETTINGS[setting])
    return VARIANTS[variant](generated(chosen, seed))


def main() -> None:
    """Run what is not in the file yet, and print one table per setting."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--paths", type=int, default=10, help="sample paths per setting"
    )
    parser.add_argument("--intervals", type=int, default=100)
    parser.add_argument("--settings", nargs="*", default=list(SETTINGS))
    parser.add_argument(
        "--variants", nargs="*", default=list(VARIANTS), choices=VARIANTS
    )
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rows", type=Path, default=Path("dispatch-causes.jsonl"))
    arguments = parser.parse_args()
    # The two that others are compared with always run.
    variants = [v for v in VARIANTS if v in {*arguments.variants, "mdp", "queue-aware"}]
    tasks: list[Task] = [
        (setting, variant, seed, arguments.intervals)
        for seed in range(arguments.paths)
        for setting in arguments.settings
        for variant in variants
    ]
    costs: dict[Task, float] = {}
    if arguments.rows.exists():
        for line in arguments.rows.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            setting, variant, seed, intervals = row["task"]
            costs[setting, variant, seed, intervals] = row["cost"]
    with (
        ProcessPoolExecutor(arguments.workers) as pool,
        arguments.rows.open("a", encoding="utf-8") as kept,
    ):
        missing = [task for task in tasks if task not in costs]
        running = {pool.submit(cost, task): task for task in missing}
        for done in as_completed(running):
            costs[running[done]] = done.result()
            row = {"task": running[done], "cost": done.result()}
            kept.write(json.dumps(row) + "\n")
            kept.flush()
    for setting in arguments.settings:
        print(
            f"\n**{setting}**, {arguments.paths} paths of {arguments.intervals} intervals\n"
        )
        print("| variant | mean cost | − mdp | − queue-aware |\n|---|---|---|---|")
        of = {
            variant: [
                costs[setting, variant, seed, arguments.intervals]
                for seed in range(arguments.paths)
            ]
            for variant in variants
        }
        for variant, values in of.items():
            ahead = [
                interval([a / b - 1 for a, b in zip(values, of[other], strict=True)])
                if variant != other
                else ""
                for other in ("mdp", "queue-aware")
            ]
            mean = statistics.fmean(values)
            print(f"| {variant} | {mean:.1f} | " + " | ".join(ahead) + " |")


if __name__ == "__main__":
    main()
