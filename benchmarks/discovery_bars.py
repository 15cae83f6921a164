"""Measure the bars of the discovery family: agreement, proof, the paper's size.

    python benchmarks/discovery_bars.py [--part agreement|cells|proof|paper] [--seconds 60]
        [--case WORD ...] [--prover bilevel-exact|price]

``agreement`` compares `bilevel-exact` with full enumeration on 480 tiny instances over all
48 readings; ``cells`` does so for the bound by cells (triangles) of multipliers, up to 50
per scope, on 480 tiny instances of the readings that it is valid for. ``proof`` runs
`bilevel-exact` on 20 nodes, 5 windows, 2 resources, 6 candidates, with accuracies judged
over the horizon and random numbers without physics, so that rows bind. ``paper`` runs
`price` on Table 2's benchmark in every reading, with the paper's requirements and with
ones that bind. ``--case`` keeps the cases of these two parts whose name has all of the
words; ``--prover`` is the solver for ``proof``.
"""

from __future__ import annotations

import argparse
import itertools
import math
import time

import optkit
from optkit.core.solving import seeds
from optkit.core.solving.run import Run
from optkit.discovery.check.brute_force import brute_force
from optkit.discovery.exact.triangle_branching import TriangleBranching
from optkit.discovery.instance import DiscoveryInstance
from optkit.discovery.problem.evaluation import ChoiceEvaluator
from optkit.discovery.problem.incumbent import Incumbent
from optkit.discovery.problem.problem_data import problem_data
from optkit.discovery.testing import random_cases, random_document, reacting_instances

PARTS = ("agreement", "cells", "proof", "paper")

REQUIRED = {
    "mean": ((0.1, 0.1), (0.6, 0.372)),
    "sum": ((0.1, 0.1), (700.0, 1000.0)),
}
"""Required accuracies in both modes: Table 2's, and some that bind at seed 1."""


def agreement(count: int = 480) -> None:
    """Compare with full enumeration."""
    began, wrong, statuses = time.perf_counter(), 0, dict[str, int]()
    for case in random_cases(2, count):
        result = optkit.solve(case.instance, "bilevel-exact")
        statuses[result.status] = statuses.get(result.status, 0) + 1
        if case.optimum is None:
            wrong += result.status is not optkit.Status.INFEASIBLE
            continue
        right = result.status is optkit.Status.OPTIMAL and (
            abs((result.objective or 0.0) - case.optimum) <= 1e-9 * abs(case.optimum)
        )
        wrong += not right
    took = time.perf_counter() - began
    print(f"agreement: {count} instances, {wrong} wrong, {statuses}, {took:.1f} s")


class FrozenIncumbent(Incumbent):
    """An incumbent that takes no choice, so that no bound stops at its value."""

    def offer(self, *_: object) -> bool:
        """Take nothing."""
        return False


def cells(count: int = 480) -> None:
    """Compare the bound by cells, and its proofs of infeasibility, with enumeration."""
    began = time.perf_counter()
    above = close = allowed = claimed = wrongly = 0
    for instance in reacting_instances(77, count):
        least, problem = brute_force(instance), problem_data(instance)
        run = Run(optkit.Limits())
        incumbent = FrozenIncumbent(instance, problem, run)
        bound = 0.0
        for scope in range(problem.scopes):
            search = TriangleBranching(
                problem, scope, ChoiceEvaluator(problem), incumbent
            )
            bound += search.search(
                run.should_stop, lower=0.0, gap=1e-6, max_triangles=50
            ).bound
        claimed += bound == math.inf
        if least is None:
            continue
        allowed += 1
        wrongly += bound == math.inf
        above += bound > least * (1.0 + 1e-9) + 1e-9
        close += bound >= 0.9 * least
    took = time.perf_counter() - began
    print(
        f"cells: {count} instances, {allowed} with an optimum: {above} bounds above it,"
        f" {close} at 90 % of it or more; {claimed} claimed to have none,"
        f" {wrongly} wrongly; {took:.1f} s"
    )


def proof(seconds: float, words: list[str], prover: str) -> None:
    """Prove optima of a hundred requests judged together."""
    for rule, connection in (
        ("single", "optional"),
        ("cover", "optional"),
        ("cover", "forced"),
        ("single", "forced"),
    ):
        for seed, required, weight in itertools.product(
            range(3), ((0.1, 0.1), (0.5, 0.5), (0.6, 0.55)), (0.0, 0.3)
        ):
            label = (
                f"{rule:6} {connection:8} seed {seed} required {required}"
                f" energy weight {weight}"
            )
            if not all(word in label.split() for word in words):
                continue
            reading = {
                "qan_rule": rule,
                "connection": connection,
                "connection_cost": "agent-mode",
                "accuracy_form": "mean",
                "accuracy_scope": "horizon",
            }
            sizes = {"windows": 5, "nodes": 20, "resources": 2, "candidates": 6}
            rng = seeds.generator(seed, "proof")
            document = random_document(rng, reading, (1.0, weight), **sizes)
            document["required_accuracy"] = {"agent": required[0], "self": required[1]}
            instance = DiscoveryInstance.parse(document)
            result = optkit.solve(instance, prover, limits=optkit.Limits(time=seconds))
            _print(label, result)


def paper(seconds: float, words: list[str]) -> None:
    """Certify gaps at the paper's size."""
    for rule, connection, cost, scope, form in itertools.product(
        ("cover", "single"),
        ("forced", "optional"),
        ("connected", "agent-mode"),
        ("window", "horizon"),
        ("mean", "sum"),
    ):
        for required in REQUIRED[form]:
            if scope == "window" and required != (0.1, 0.1):
                continue  # rows that bind over the horizon cannot hold in every window
            reading = f"{rule:6} {connection:8} {cost:10} {scope:7} {form:4}"
            if not all(word in reading.split() for word in words):
                continue
            instance = optkit.generate(
                "discovery",
                seed=1,
                qan_rule=rule,
                connection=connection,
                connection_cost=cost,
                accuracy_scope=scope,
                accuracy_form=form,
                required_agent=required[0],
                required_self=required[1],
            )
            result = optkit.solve(instance, "price", limits=optkit.Limits(time=seconds))
            _print(f"{reading} {required}", result)


def _print(label: str, result: optkit.Result) -> None:
    gap = "none" if result.gap is None else f"{result.gap:.2e}"
    print(
        f"{label}: {result.status}, objective {result.objective}, gap {gap},"
        f" {result.timings.solve_s:.1f} s, {result.termination.detail}",
        flush=True,
    )


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--part", choices=PARTS, action="append")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--case", nargs="+", default=[], metavar="WORD")
    parser.add_argument(
        "--prover", choices=("bilevel-exact", "price"), default="bilevel-exact"
    )
    arguments = parser.parse_args()
    for part in arguments.part or PARTS:
        if part == "agreement":
            agreement()
        elif part == "cells":
            cells()
        elif part == "proof":
            proof(arguments.seconds, arguments.case, arguments.prover)
        else:
            paper(arguments.seconds, arguments.case)


if __name__ == "__main__":
    main()
