"""Compare learned notification policies with rules on real load series.

    python benchmarks/sync_learned.py machine_usage_head.csv.gz -o DIR split
    python benchmarks/sync_learned.py machine_usage_head.csv.gz -o DIR judge POLICY.npz...

The source is the first part of the table machine_usage of the Alibaba cluster trace v2018.
``split`` writes the training instance: four machines, the first 6,700 minutes. ``judge``
takes five machines, none of them among the four, and windows of 300 minutes after that
time, and compares policies with the clairvoyant optimum for the same reports. Rules that
have a level are tuned on the training instance for each weight of cost; the policies are
not.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

import optkit
from optkit.core.arrays import Ints
from optkit.sync.exact.notifications import best_notifications
from optkit.sync.instance import SyncInstance
from optkit.sync.learning.checkpoint import load
from optkit.sync.learning.policy import notification_slots
from optkit.sync.policies.notification.index_rule import IndexRule
from optkit.sync.problem.held_values import HeldValues, held_values
from optkit.sync.problem.objective import objective
from optkit.sync.problem.observation import LinkView, link_views
from optkit.sync.problem.problem_data import ProblemData, problem_data

TRAINING = "m_1933,m_1936,m_1938,m_1939"
TRAINING_SLOTS = 6_700
TESTING = "m_1932,m_1940,m_1942,m_1944,m_1946"
FIRST_TEST_S = 420_000
"""Begin of the first test window, in s after the first sample of the test machines, which
is at 130 s of the trace's clock. Training ends at 405,490 s of that clock."""

WINDOWS = 14
WINDOW_S = 18_000
WEIGHTS = (0.1, 1.0)
PERIODS = (1, 4)

LEVELS = tuple(float(x) for x in np.geomspace(0.05, 4.0, 23))
ERRORS = tuple(float(x) for x in np.geomspace(0.25, 32.0, 22))

Rule = Callable[[LinkView], Ints]


def training(source: Path) -> SyncInstance:
    """Return the training instance."""
    instance = optkit.import_instance(
        "alibaba-usage",
        source,
        seed=1,
        machines=TRAINING,
        devices=4,
        routers=4,
        slots=TRAINING_SLOTS,
        begin_s=3_360,
        max_gap_s=30_000,
    )
    assert isinstance(instance, SyncInstance)
    return instance


def testing(source: Path) -> Iterator[SyncInstance]:
    """Yield the test instances, each with hops of its own."""
    for window in range(WINDOWS):
        instance = optkit.import_instance(
            "alibaba-usage",
            source,
            seed=window + 2,
            machines=TESTING,
            devices=5,
            routers=5,
            slots=300,
            begin_s=FIRST_TEST_S + window * WINDOW_S,
            max_gap_s=3_600,
        )
        assert isinstance(instance, SyncInstance)
        yield instance


def reported(data: ProblemData, period: int) -> tuple[list[Ints], HeldValues]:
    """Return reports at a fixed interval, and the values held with them."""
    reports = [np.arange(0, data.slots, period, dtype=np.int64)] * data.devices
    return reports, held_values(data, reports)


def rules() -> dict[str, list[tuple[float, Rule]]]:
    """Return the rules, each at all of its levels."""

    def index(level: float, keep: float) -> Rule:
        return lambda view: IndexRule(
            error=view.error_price,
            gain=view.age_price,
            keep=keep,
            level=level * view.fee,
            younger=True,
        ).slots(view)

    return {
        "rent-or-buy, level 1": [(1.0, index(1.0, 1.0))],
        "rent, tuned level": [(x, index(x, 1.0)) for x in LEVELS],
        "silence costs x fees, tuned x": [(x, index(x, 0.0)) for x in LEVELS],
        "threshold, tuned": [
            (x, lambda view, x=x: IndexRule(error=1.0, level=x).slots(view))
            for x in ERRORS
        ],
        "at every arrival": [(0.0, lambda view: np.flatnonzero(view.fresh))],
    }


def rule_cost(data: ProblemData, period: int, rule: Rule) -> float:
    """Return the objective of a rule."""
    reports, held = reported(data, period)
    return objective(data, reports, [rule(v) for v in link_views(data, held)], held)


def judge(source: Path, checkpoints: list[Path]) -> None:
    """Print the gap of every rule and policy to the clairvoyant optimum."""
    training_data = problem_data(training(source))
    tests = [problem_data(instance) for instance in testing(source)]
    policies = {str(path): load(path) for path in checkpoints}
    for period in PERIODS:
        for weight in WEIGHTS:
            tuning = replace(training_data, weight_cost=weight)
            # A window is enough to tune one number, and saves time.
            tuning = replace(tuning, slots=2_000, loads=training_data.loads[:, :2_000])
            cases = [replace(data, weight_cost=weight) for data in tests]
            best = []
            for data in cases:
                _, held = reported(data, period)
                best.append(float(best_notifications(data, held).cost.sum()))
            print(f"\nreports every {period} slots, weight of cost {weight}")
            for name, levels in rules().items():
                level, rule = min(levels, key=lambda x: rule_cost(tuning, period, x[1]))
                print_gap(
                    f"{name} ({level:.3g})",
                    [rule_cost(s, period, rule) for s in cases],
                    best,
                )
            for name, policy in policies.items():
                costs = []
                for data in cases:
                    reports, held = reported(data, period)
                    sent = notification_slots(policy, data, held)
                    costs.append(objective(data, reports, sent, held))
                print_gap(name, costs, best)


def print_gap(name: str, costs: list[float], best: list[float]) -> None:
    """Print the mean gap with its 95 % interval over the windows, by bootstrap."""
    from scipy.stats import bootstrap

    gaps = 100.0 * (np.array(costs) / np.array(best) - 1.0)
    spread = bootstrap((gaps,), np.mean, rng=np.random.default_rng(0))
    low, high = spread.confidence_interval
    print(f"  {name:<40} {gaps.mean():7.2f} %  [{low:.2f}, {high:.2f}]", flush=True)


def main() -> None:
    """Run the task that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("source", type=Path)
    parser.add_argument("-o", "--output", type=Path, default=Path())
    parser.add_argument("task", choices=("split", "judge"))
    parser.add_argument("checkpoints", nargs="*", type=Path)
    arguments = parser.parse_args()
    if arguments.task == "split":
        arguments.output.mkdir(parents=True, exist_ok=True)
        optkit.save_instance(
            training(arguments.source), arguments.output / "training.json.gz"
        )
    else:
        judge(arguments.source, arguments.checkpoints)


if __name__ == "__main__":
    main()
