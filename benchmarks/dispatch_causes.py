"""Why the paper's policy can lose to `queue-aware`: one cause at a time.

Each variant differs from `mdp` (or from `queue-aware` or `rollout`) in one thing, and all
meet the same sample paths. Printed are mean costs and, path by path, the differences to
`mdp` and to `queue-aware` with 95 % intervals of their means (Student's t).

    python benchmarks/dispatch_causes.py --paths 10 --intervals 100

A variant marked † knows what no online policy may know; it measures a cause and is no
policy of its own. Finished paths are kept in the file that ``--rows`` names.
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
from dispatch_policies import drawn, interval, options

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
"""A discount under which a choice is weighed for some two intervals, not for ever."""


class Turns(Policy):
    """Another policy, with other turns: who moves in which interval."""

    def __init__(self, data: ProblemData, policy: Policy, turns: list[Ints]) -> None:
        self._policy, self._turns = policy, turns

    def start(self) -> Ints:
        """Return the policy's start."""
        return self._policy.start()

    def decide(self, seen: Sequence[Observation]) -> Ints:
        """Return the policy's choices for those whose turn it is."""
        chosen = self._policy.decide(seen)
        actions = np.stack([view.own_action for view in seen])
        turn = self._turns[seen[0].interval % len(self._turns)]
        actions[turn] = chosen[turn]
        return actions


class Replies(Policy):
    """The step of `mdp` by everybody in every interval.

    Parameters
    ----------
    data
        The model.
    in_turn
        Whether each knows what those before it have just chosen, which nobody can;
        else all react to the same boundary at once.
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

    def decide(self, seen: Sequence[Observation]) -> Ints:
        """Return everybody's best reply."""
        actions = np.stack([view.own_action for view in seen])
        known = actions if self._in_turn else actions.copy()
        for view in seen:
            now = replace(view, actions=known[view.peers])
            costs = self._costs(now)
            actions[view.ap] = view.servers[np.argmin(costs, axis=1)]
        return actions


class OneTarget(RolloutPolicy):
    """`rollout`, but all jobs of a type go one way until the next observation acts."""

    def __init__(self, data: ProblemData) -> None:
        given = RolloutOptions()
        super().__init__(data, given.discount, given.horizon)
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


def fresh(seen: ProblemData) -> float:
    """Return the cost of `queue-aware` with the queues of the very slot, every slot."""
    system, latency = Simulator(seen), mean_latency(seen)
    for _ in range(seen.horizon):
        jobs = system.arrivals(1)
        ap, kind = seen.ap[jobs], seen.kind[jobs]
        waiting = system.queues * seen.service
        total = latency[ap, :, kind] + waiting[:, kind].T
        system.advance(1, np.argmin(total, axis=1))
    return objective(seen, system)


def _policy(build: Callable[[ProblemData], Policy]) -> Callable[[ProblemData], float]:
    return lambda seen: objective(seen, simulate(seen, build(seen)).system)


def _one_by_one(seen: ProblemData) -> list[Ints]:
    return [np.array([ap]) for ap in range(seen.shape[0])]


VARIANTS: dict[str, Callable[[ProblemData], float]] = {
    "queue-aware": _policy(QueueAwarePolicy),
    "mdp": _policy(lambda w: MdpPolicy(w, ARRIVALS["bernoulli"])),
    "mdp, Poisson-binomial arrivals": _policy(
        lambda w: MdpPolicy(w, ARRIVALS["poisson-binomial"])
    ),
    "mdp, one access point an interval": _policy(
        lambda w: Turns(w, Replies(w, False), _one_by_one(w))
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
        lambda w: Turns(w, QueueAwarePolicy(w), groups(w))
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
    given = options("base", intervals).model_copy(update=SETTINGS[setting])
    return VARIANTS[variant](drawn(given, seed))


def main() -> None:
    """Measure what is not kept yet, and print a table a setting."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--paths", type=int, default=10, help="sample paths a setting")
    parser.add_argument("--intervals", type=int, default=100)
    parser.add_argument("--settings", nargs="*", default=list(SETTINGS))
    parser.add_argument(
        "--variants", nargs="*", default=list(VARIANTS), choices=VARIANTS
    )
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rows", type=Path, default=Path("dispatch-causes.jsonl"))
    given = parser.parse_args()
    # What the others are compared with is always there.
    variants = [v for v in VARIANTS if v in {*given.variants, "mdp", "queue-aware"}]
    tasks: list[Task] = [
        (setting, variant, seed, given.intervals)
        for seed in range(given.paths)
        for setting in given.settings
        for variant in variants
    ]
    found: dict[Task, float] = {}
    if given.rows.exists():
        for line in given.rows.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            setting, variant, seed, intervals = row["task"]
            found[setting, variant, seed, intervals] = row["cost"]
    with (
        ProcessPoolExecutor(given.workers) as pool,
        given.rows.open("a", encoding="utf-8") as kept,
    ):
        missing = [task for task in tasks if task not in found]
        running = {pool.submit(cost, task): task for task in missing}
        for done in as_completed(running):
            found[running[done]] = done.result()
            row = {"task": running[done], "cost": done.result()}
            kept.write(json.dumps(row) + "\n")
            kept.flush()
    for setting in given.settings:
        print(f"\n**{setting}**, {given.paths} paths of {given.intervals} intervals\n")
        print("| variant | mean cost | − mdp | − queue-aware |\n|---|---|---|---|")
        of = {
            variant: [
                found[setting, variant, seed, given.intervals]
                for seed in range(given.paths)
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
