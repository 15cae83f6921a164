"""MILP: the declarative model P1 by a general solver, its answer made exact."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
from pydantic import Field, field_validator

from optkit.allocation.base import PAPER, TreeSolver, prove
from optkit.allocation.enumeration import evaluate_order, evaluation_seconds
from optkit.allocation.modelling import model_data, orders_of, precedences
from optkit.allocation.plan import Plan, compose, depth_first_order, report
from optkit.allocation.solution import AllocationSolution
from optkit.allocation.tree import Ints, SinkTree
from optkit.backends.registry import NAMES
from optkit.core.options import Options
from optkit.core.registry import register
from optkit.core.result import Reason
from optkit.core.run import Run
from optkit.core.solver import Capabilities, Kind, Outcome
from optkit.core.suggest import unknown

BOUND_SLACK = 1e-7
"""Share of a solver's bound that is given up for its tolerances."""

LOADING_SECONDS = 1.5
"""About the longest that importing Pyomo and a backend takes; it cannot be stopped."""

BUILD_SHARE = 0.4
"""Share of the time limit that building may take; compiling takes about as long."""


class MilpOptions(Options):
    """Options of the MILP solver."""

    backend: str = Field("highs", description="highs, scip or cp-sat")
    threads: int = Field(1, ge=1, description="threads the backend may use")

    @field_validator("backend")
    @classmethod
    def _known(cls, name: str) -> str:
        if name not in NAMES:
            raise ValueError(unknown("backend", name, NAMES))
        return name


class _OutOfTimeError(Exception):
    """Building the model takes longer than the limit allows."""


@register
class Milp(TreeSolver):
    """P1 with precedence binaries, through any backend.

    The model is solved for a task of 1 Gbit, in units of the best known cost, which keeps
    the backend's absolute tolerances relative. Every order it finds is evaluated exactly,
    so the objective carries no tolerance of the backend's; its bound is lowered by 1e-7
    of itself for the same reason.
    """

    name = "milp"
    kind = Kind.EXACT
    reference = f"{PAPER}, problem P1 (eq 9)"
    searches_pruned = True
    capabilities = Capabilities(bound=True, warm_start=True, seed=True)
    Options = MilpOptions

    def solve_tree(self, tree: SinkTree, run: Run) -> Outcome:
        """Build the model, solve it, evaluate what it finds."""
        options = self.options
        assert isinstance(options, MilpOptions)
        largest = max((len(s.workers) for s in tree.subtrees), default=0)
        if not run.affords(evaluation_seconds(largest) * len(tree.subtrees)):
            return Outcome(Reason.TIME_LIMIT, "not one order's program fits in")
        start = self._start(tree, run)
        plan = self._evaluate(tree, run, start)
        unit = min(plan.cost, tree.size * float(tree.own[0]))
        if unit <= 0.0:
            prove(run, tree, 0.0, "costs are not negative")
            return Outcome(Reason.PROVED, "a solution costs nothing")
        if not _loaded(options.backend) and not run.affords(LOADING_SECONDS):
            return Outcome(Reason.TIME_LIMIT, "no time to load the modelling layer")
        return self._optimise(tree, run, options, start, unit / tree.size)

    def _start(self, tree: SinkTree, run: Run) -> list[Ints]:
        """Return the orders to start from: the initial solution's, or depth first."""
        initial = run.initial
        if isinstance(initial, AllocationSolution):
            orders = _orders_in(tree, initial)
            if orders is not None:
                run.report_initial(True, "its orders are the first incumbent")
                return orders
            run.report_initial(False, "it uses another tree than the sink tree")
        return [depth_first_order(subtree) for subtree in tree.subtrees]

    def _evaluate(self, tree: SinkTree, run: Run, orders: list[Ints]) -> Plan:
        plans = [
            evaluate_order(subtree, order)
            for subtree, order in zip(tree.subtrees, orders, strict=True)
        ]
        plan = compose(tree, plans)
        report(run, tree, plan)
        return plan

    def _optimise(
        self,
        tree: SinkTree,
        run: Run,
        options: MilpOptions,
        start: list[Ints],
        unit: float,
    ) -> Outcome:
        from optkit.backends import Progress, Termination, compile_model, solve_model
        from optkit.models.allocation import allocation_model

        deadline = run.elapsed() + BUILD_SHARE * run.remaining()

        def tick() -> None:
            if run.elapsed() > deadline:
                raise _OutOfTimeError

        # Pyomo reports an exception in a rule before it hands it on; this one is ours.
        loud = logging.getLogger("pyomo").level
        logging.getLogger("pyomo").setLevel(logging.CRITICAL)
        try:
            model = allocation_model(model_data(tree, 1.0, unit), tick)
        except _OutOfTimeError:
            return Outcome(
                Reason.TIME_LIMIT, "the time did not suffice to build the model"
            )
        finally:
            logging.getLogger("pyomo").setLevel(loud)
        run.built()
        columns: dict[int, tuple[str, str]] = {
            id(model.before[pair]): pair for pair in model.before
        }

        def orders(variables: Any, values: Any) -> list[Ints]:
            return orders_of(
                tree,
                {
                    columns[id(variable)]: value
                    for variable, value in zip(variables, values, strict=True)
                    if id(variable) in columns
                },
            )

        def take_bound(bound: float | None) -> None:
            if bound is not None and bound > 0.0:
                proven = bound * (1.0 - BOUND_SLACK) * unit * tree.size
                prove(run, tree, proven, f"{options.backend} on P1")

        compiled = compile_model(model)
        if run.remaining() <= 0.0:
            return Outcome(Reason.TIME_LIMIT, "the time went into building the model")

        def on_progress(news: Progress) -> None:
            take_bound(news.bound)
            if news.values is not None:
                self._evaluate(tree, run, orders(compiled.variables, news.values))

        result = solve_model(
            compiled,
            options.backend,
            time_limit=None if run.remaining() == np.inf else run.remaining(),
            seed=int(run.rng().integers(2**31)),
            threads=options.threads,
            start=[
                (model.before[pair], value)
                for pair, value in precedences(tree, start).items()
            ],
            should_stop=run.should_stop,
            on_progress=on_progress,
            load=False,
        )
        if result.values is not None:
            self._evaluate(tree, run, orders(compiled.variables, result.values))
        take_bound(result.bound)
        detail = f"{options.backend} on P1, {result.nodes or 0} nodes"
        if result.termination is Termination.OPTIMAL:
            reason = Reason.CONVERGED if tree.pruned else Reason.PROVED
            return Outcome(reason, detail)
        if result.termination is Termination.TIME_LIMIT:
            return Outcome(Reason.TIME_LIMIT, detail)
        if result.termination is Termination.INTERRUPTED:
            return Outcome(run.stop_reason() or Reason.INTERRUPTED, detail)
        # What it proved before still holds, and the incumbent is checked anyway.
        return Outcome(
            Reason.CONVERGED,
            f"{detail}; it ended with {result.termination}: {result.detail}",
        )


def _loaded(backend: str) -> bool:
    """Say whether the modules that cannot be interrupted while loading are there."""
    import sys

    native = "highspy" if backend == "highs" else "ortools"
    return "pyomo.environ" in sys.modules and native in sys.modules


def _orders_in(tree: SinkTree, solution: AllocationSolution) -> list[Ints] | None:
    """Return the orders of ``solution`` in the tree's numbers, if it is on this tree.

    Servers that it leaves out come last.
    """
    number = {name: k for k, name in enumerate(tree.ids)}
    for child, parent in solution.parent.items():
        if tree.ids[tree.parent[number[child]]] != parent:
            return None
    orders = []
    for subtree in tree.subtrees:
        listed = solution.order.get(tree.ids[subtree.members[0]], ())
        place = {name: k for k, name in enumerate(listed)}
        names = [tree.ids[member] for member in subtree.members[subtree.workers]]
        rank = np.array([place.get(name, len(place)) for name in names])
        orders.append(subtree.workers[np.argsort(rank, kind="stable")])
    return orders
