"""Discovery's heuristics beside genetic algorithms and a swarm of other libraries.

    python -m pip install -r benchmarks/requirements-peers.txt
    python benchmarks/discovery_peers.py [--instances 12] [--seeds 2] [-o PAGE.md]
    python benchmarks/discovery_peers.py --large [--instances 3] [--seeds 1] [-o PAGE.md]

pymoo and mealpy search what optkit's engines search: the bits of
:class:`optkit.discovery.heuristics.leader_problem.LeaderProblem`, with the same evaluator,
the same count of evaluations, the same first choice and kind of random samples, scope after
scope, and the same budget. Selection, crossover, mutation and survival are their own, with
default parameters, except for a population of 20, which is optkit's too. The results of
their operators are brought into the columns' limits and repaired by the problem, as those
of optkit's own crossover and sampling are.

``--large`` runs networks of 200 and 800 nodes, with a fifth of them as candidates, 20
windows and 3 resources, instead of those of the paper's size. Without mealpy, pymoo is the
only peer.

Gaps are to the optimum proven by ``bilevel-exact``, or to its bound. Needs the extra
``optkit[bench]``. mealpy is under the GPL; it is imported here and nowhere in optkit.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import importlib.util
import math
import platform
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from discovery_table5 import SETTINGS, SOLVERS, Setting

import optkit
from optkit.bench.statistics.comparisons import friedman, pairs, ranks
from optkit.bench.statistics.runs import per_instance
from optkit.core.arrays import Floats
from optkit.core.runtime.machine import machine
from optkit.discovery.data.generate import GeneratorOptions, generate
from optkit.discovery.heuristics.leader_problem import LeaderProblem
from optkit.discovery.instance import DiscoveryInstance
from optkit.discovery.solvers.base import PAPER
from optkit.discovery.solvers.search_base import SearchSolver
from optkit.search import (
    Bits,
    Control,
    Evaluator,
    Neighbourhood,
    Score,
    SearchResult,
)
from optkit.search.initial_population import initial_population
from optkit.search.problem import flip

POPULATION = 20
"""Individuals or particles, as in optkit's engines."""

GENERATIONS = 100_000
"""More than any budget allows; mealpy needs a number."""

LARGEST_GAP = 0.01
"""Gap of the reference above which an instance is left out."""

NEVER_FEASIBLE = 1e12
"""Penalty for violation where a library has no constraints."""

Search = Callable[[Evaluator, np.random.Generator], None]


def run_library(
    leader: LeaderProblem, rng: np.random.Generator, control: Control, search: Search
) -> SearchResult:
    """Run a library's search; where there is nothing to choose, evaluate only the start."""

    def begin(evaluator: Evaluator) -> None:
        if len(leader.columns.movable()):
            search(evaluator, rng)
        else:
            evaluator.evaluate(leader.start(rng))

    return Evaluator(leader, control).run(begin)


def first_population(leader: LeaderProblem, rng: np.random.Generator) -> Bits:
    """Return the first population of every engine: the start, then random samples."""
    return np.array(list(initial_population(leader, rng, POPULATION, None)))


def legal_copy(
    leader: LeaderProblem, bits: Bits, priority: Floats, rng: np.random.Generator
) -> Bits:
    """Return a legal and repaired copy of the result of an operator."""
    legal = bits.copy()
    leader.columns.fit(legal, priority)
    leader.repair(legal, rng)
    return legal


def finite(score: Score) -> float:
    """Return a score's value; a large number where it is infinite."""
    return score.value if np.isfinite(score.value) else NEVER_FEASIBLE


class PymooGa(SearchSolver):
    """pymoo's binary genetic algorithm: single-point crossover, bit flips."""

    name = "pymoo GA"
    reference = f"{PAPER}, leader's choices; pymoo"
    own_moves: ClassVar[bool] = False

    def search(
        self, leader: LeaderProblem, rng: np.random.Generator, control: Control
    ) -> SearchResult:
        """Search one scope."""

        def search(evaluator: Evaluator, rng: np.random.Generator) -> None:
            from pymoo.algorithms.soo.nonconvex.ga import BGA
            from pymoo.core.termination import NoTermination

            operators = _moves_for_pymoo(leader, rng) if self.own_moves else {}
            algorithm = BGA(
                pop_size=POPULATION,
                sampling=first_population(leader, rng),
                repair=_repair_for_pymoo(leader, rng),
                **operators,
            )
            seed = int(rng.integers(2**31))
            problem = _problem_for_pymoo(evaluator, leader)
            algorithm.setup(problem, termination=NoTermination(), seed=seed)
            while algorithm.has_next():
                evaluator.begin_iteration()
                algorithm.next()

        return run_library(leader, rng, control, search)


class PymooGaMoves(PymooGa):
    """The same engine with optkit's operators: whole columns crossed, one shared move."""

    name = "pymoo GA, our moves"
    own_moves = True


def _problem_for_pymoo(evaluator: Evaluator, leader: LeaderProblem) -> Any:
    from pymoo.core.problem import Problem

    class Choices(Problem):  # type: ignore[misc]
        """Value to minimise, violation as a constraint."""

        def _evaluate(self, x: Any, out: Any, *_: Any, **__: Any) -> None:
            scores = [evaluator.evaluate(bits.astype(np.bool_)) for bits in x]
            out["F"] = np.array([[finite(score)] for score in scores])
            out["G"] = np.array([[score.violation] for score in scores])

    size = leader.columns.size
    return Choices(n_var=size, n_obj=1, n_ieq_constr=1, xl=0, xu=1, vtype=bool)


def _repair_for_pymoo(leader: LeaderProblem, rng: np.random.Generator) -> Any:
    from pymoo.core.repair import Repair

    class Mend(Repair):  # type: ignore[misc]
        """Columns within their limits, then the problem's repair."""

        def _do(self, problem: Any, solutions: Any, **_: Any) -> Any:
            return np.array(
                [
                    legal_copy(
                        leader, bits.astype(np.bool_), rng.random(len(bits)), rng
                    )
                    for bits in solutions
                ]
            )

    return Mend()


def _moves_for_pymoo(leader: LeaderProblem, rng: np.random.Generator) -> dict[str, Any]:
    from pymoo.core.crossover import Crossover
    from pymoo.core.mutation import Mutation

    columns = leader.columns
    column = np.repeat(np.arange(len(columns)), np.diff(columns.first))
    moves = Neighbourhood(leader, rng)

    class CrossColumns(Crossover):  # type: ignore[misc]
        """Uniform crossover whose genes are whole columns; a child stays legal."""

        def _do(self, problem: Any, parents: Any, **_: Any) -> Any:
            chosen = rng.random((parents.shape[1], len(columns))) < 0.5
            swapped = chosen[:, column]
            one = np.where(swapped, parents[1], parents[0])
            return np.array([one, np.where(swapped, parents[0], parents[1])])

    class Move(Mutation):  # type: ignore[misc]
        """One move of the neighbourhood that optkit's engines share."""

        def _do(self, problem: Any, solutions: Any, **_: Any) -> Any:
            moved = solutions.astype(np.bool_)
            for bits in moved:
                flip(bits, moves.draw(bits))
            return moved

    return {
        "crossover": CrossColumns(2, 2, prob=0.8),
        "mutation": Move(prob=0.8),
    }


class MealpyGa(SearchSolver):
    """mealpy's genetic algorithm: uniform crossover, flips."""

    name = "mealpy GA"
    reference = f"{PAPER}, leader's choices; mealpy"

    def search(
        self, leader: LeaderProblem, rng: np.random.Generator, control: Control
    ) -> SearchResult:
        """Search one scope."""

        def search(evaluator: Evaluator, rng: np.random.Generator) -> None:
            self.optimizer().solve(
                _problem_for_mealpy(evaluator, leader, rng),
                starting_solutions=first_population(leader, rng).astype(float),
                seed=int(rng.integers(2**31)),
            )

        return run_library(leader, rng, control, search)

    def optimizer(self) -> Any:
        """Return the library's engine."""
        from mealpy import GA

        return GA.BaseGA(epoch=GENERATIONS, pop_size=POPULATION)


class MealpyPso(MealpyGa):
    """mealpy's particle swarm on its binary variables, reals in [0, 2) rounded down."""

    name = "mealpy PSO"

    def optimizer(self) -> Any:
        """Return the library's engine."""
        from mealpy import PSO

        return PSO.OriginalPSO(epoch=GENERATIONS, pop_size=POPULATION)


def _problem_for_mealpy(
    evaluator: Evaluator, leader: LeaderProblem, rng: np.random.Generator
) -> Any:
    from mealpy import BinaryVar, Problem

    class Choices(Problem):  # type: ignore[misc]
        """One number per choice: its value, or its violation above every value."""

        def correct_solution(self, position: Any) -> Any:
            """Return the position moved to where the repaired bits are."""
            within = super().correct_solution(position)
            wanted = within >= 1.0
            # Most positions are whole numbers: chance decides between equal ones.
            priority = within + 1e-6 * rng.random(len(within))
            bits = legal_copy(leader, wanted, priority, rng)
            return np.where(bits == wanted, within, bits.astype(float))

        def obj_func(self, position: Any) -> float:
            """Evaluate the choice that a position stands for."""
            score = evaluator.evaluate(position >= 1.0)
            if score.feasible:
                return finite(score)
            return NEVER_FEASIBLE * (1.0 + score.violation)

    # Without the number of objectives, mealpy would spend an evaluation to find it.
    return Choices(
        BinaryVar(n_vars=leader.columns.size),
        log_to=None,
        _n_objs=1,
        obj_weights=np.ones(1),
    )


MEALPY = importlib.util.find_spec("mealpy") is not None
"""Whether it is installed."""

LIBRARIES = ("pymoo", "mealpy") if MEALPY else ("pymoo",)

PEERS: tuple[type[SearchSolver], ...] = (
    PymooGa,
    PymooGaMoves,
    *((MealpyGa, MealpyPso) if MEALPY else ()),
)
LABELS = (*SOLVERS, *(peer.name for peer in PEERS))

CHOSEN = {
    "Paper's network": 40,
    "Dense network": 500,
    "Levels at odds": 300,
}
"""Settings of Table 5 that are run here, and evaluations per window."""


LARGE = tuple(
    Setting(
        f"{nodes} nodes{title}",
        f"Defaults of the generator with {nodes} nodes and {nodes // 5} candidates."
        f"{remark}",
        {"nodes": nodes, "windows": 20, **options},
        1000,
    )
    for nodes in (200, 800)
    for title, remark, options in (
        ("", "", {}),
        (
            ", optional connections",
            " Nodes may leave connections out, and energy counts 0.01 per joule.",
            {"connection": "optional", "weight_energy": 0.01},
        ),
    )
)
"""Settings of ``--large``."""


def settings(*, large: bool) -> list[Setting]:
    """Return the settings: large networks, or those of Table 5 with other budgets."""
    if large:
        return list(LARGE)
    return [
        replace(setting, evaluations=CHOSEN[setting.title])
        for setting in SETTINGS
        if setting.title in CHOSEN
    ]


def on_instance(setting: Setting, number: int, seeds: int) -> list[dict[str, Any]]:
    """Return one row per run of every solver on one instance."""
    options = GeneratorOptions.model_validate(setting.options)
    instance = DiscoveryInstance.parse(generate(options, number))
    exact = optkit.solve(
        instance, solver="bilevel-exact", limits=optkit.Limits(time=120)
    )
    if exact.bound is None or exact.gap is None or exact.gap > LARGEST_GAP:
        print(f"{setting.title}, {number}: no good bound", file=sys.stderr)
        return []
    limits = optkit.Limits(evaluations=setting.evaluations * instance.windows)
    rows = []
    for seed in range(seeds):
        for solver in (*SOLVERS, *PEERS):
            label = solver if isinstance(solver, str) else solver.name
            began = time.process_time()
            result = optkit.solve(instance, solver=solver, limits=limits, seed=seed)
            took = time.process_time() - began
            if result.objective is None:
                raise SystemExit(f"{label} found nothing on {instance.name}")
            slack = 1e-6 * abs(exact.bound)
            if result.objective < exact.bound - slack:
                raise SystemExit(
                    f"{label} claims {result.objective!r} on {instance.name}, below the"
                    f" proven bound {exact.bound!r}"
                )
            gap = 100.0 * (result.objective - exact.bound) / abs(exact.bound)
            rows.append(
                {
                    "sha256": number,
                    "label": label,
                    # A gap below the tolerance of an optimality proof counts as none.
                    "gap": 0.0 if gap <= 1e-4 else gap,
                    "reference": exact.gap,
                    "evaluations": int(result.termination.detail.split()[0]),
                    "seconds": took,
                }
            )
    print(f"{setting.title}: instance {number} done", file=sys.stderr)
    return rows


def report(setting: Setting, runs: pd.DataFrame, seeds: int) -> list[str]:
    """Return the Markdown of one setting: the table, then tests."""
    wide = per_instance(runs, "gap")[list(LABELS)]
    loosest = 100.0 * float(runs["reference"].max())
    reference = (
        "The optimum of every instance is proven."
        if loosest <= 1e-4
        else f"Gaps are to bounds, up to {loosest:.2f} % below the best known answers."
    )
    mean_ranks = ranks(wide).mean()
    lines = [
        f"## {setting.title}",
        "",
        setting.remark,
        "",
        f"{len(wide)} instances of {setting.options['windows']} windows, {seeds} seeds"
        f" each, {setting.evaluations} evaluations per window. {reference}",
        "",
        "| solver | mean gap, % | median, % | worst, % | runs at the optimum | mean rank |"
        " evaluations | CPU s |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for label in LABELS:
        mine = runs[runs["label"] == label]
        gap = mine["gap"]
        lines.append(
            f"| {label} | {gap.mean():.3f} | {gap.median():.3f} | {gap.max():.3f} |"
            f" {int((gap == 0.0).sum())}/{len(gap)} | {mean_ranks[label]:.2f} |"
            f" {mine['evaluations'].mean():.0f} | {mine['seconds'].mean():.2f} |"
        )
    p = friedman(wide)
    lines += [
        "",
        "Friedman: " + ("nothing to test." if p is None else f"p = {p:.1e}."),
        "",
        "| | " + " | ".join(SOLVERS) + " |",
        "|---|" + "---|" * len(SOLVERS),
    ]
    compared = pairs(wide).set_index(["one", "other"])
    for peer in PEERS:
        cells = [_cell(compared.loc[(ours, peer.name)]) for ours in SOLVERS]
        lines.append(f"| {peer.name} | " + " | ".join(cells) + " |")
    return lines


def _cell(pair: pd.Series) -> str:
    """Return which side has the smaller median gap, and Holm's p."""
    if pd.isna(pair["p_holm"]):
        return "not tested"
    ratio = float(pair["ratio"])
    words = "level" if ratio == 1.0 else "ours" if ratio < 1.0 else "theirs"
    return f"{words}, {pair['p_holm']:.1e}"


def head(command: str) -> list[str]:
    """Return the first lines of the page."""
    versions = ", ".join(
        f"{name} {importlib.metadata.version(name)}"
        for name in (*LIBRARIES, "deap", "numpy", "scipy")
    )
    return [
        "# Discovery: heuristics of other libraries at equal evaluations",
        "",
        f"Command: `{command}`",
        "",
        f"optkit {optkit.__version__}, Python {platform.python_version()}, {versions}."
        f" {', '.join(machine().values())}; a busy machine.",
        "",
        "All search the same bits with the same evaluator, start and budget, and every"
        " answer passes the family's checker. optkit's six have their default options and"
        " may end by their own patience; what a scope leaves unused goes to the next."
        f" The engines of {' and '.join(LIBRARIES)} have the operators and parameters that"
        f" they ship with, but for a population of {POPULATION}, as in optkit, and go on"
        " until the budget is spent"
        " (pymoo also ends a scope in which it finds no new child). What their"
        " operators make is brought within the columns' limits and repaired by the problem."
        " *pymoo GA, our moves* has optkit's crossover of columns and shared move in their"
        " place. pymoo is told the violation as a constraint, mealpy as a penalty. Nothing"
        " was tuned for this comparison.",
        "",
        "Gaps are to the optimum proven by `bilevel-exact`, or to its bound after 120 s;"
        " below 1e-6 they count as none."
        " Below each table: which side has the smaller gap in the median ratio, and the p"
        " of Wilcoxon's signed-rank test over instances (means over seeds, logarithms of"
        " gaps, zeros set to the least positive gap), Holm's correction over all"
        f" {math.comb(len(LABELS), 2)} pairs of the setting (`optkit.bench.statistics`).",
    ]


def main() -> None:
    """Run the comparison and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--large", action="store_true", help="networks of 200 and 800 nodes"
    )
    parser.add_argument("--instances", type=int, help="of each setting: 12, 3 if large")
    parser.add_argument(
        "--seeds", type=int, help="runs on each instance: 2, 1 if large"
    )
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    parser.add_argument("-o", "--output", type=Path)
    arguments = parser.parse_args()
    large = arguments.large
    instances = arguments.instances or (3 if large else 12)
    seeds = arguments.seeds or (1 if large else 2)
    chosen = settings(large=large)
    lines = head(" ".join(["python", "benchmarks/discovery_peers.py", *sys.argv[1:]]))
    with ProcessPoolExecutor(arguments.jobs) as pool:
        jobs = [
            [
                pool.submit(on_instance, setting, number, seeds)
                for number in range(instances)
            ]
            for setting in chosen
        ]
        for setting, tasks in zip(chosen, jobs, strict=True):
            runs = pd.DataFrame([row for task in tasks for row in task.result()])
            lines += ["", *report(setting, runs, seeds)]
            if arguments.output is not None:
                arguments.output.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
