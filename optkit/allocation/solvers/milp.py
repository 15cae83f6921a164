"""MILP: the declarative model P1 by a general solver, its answer made exact."""

from __future__ import annotations

import logging
from typing import Any, Literal

import numpy as np
from pydantic import Field

from optkit.allocation.bounds.relay_condition import proven_subtrees
from optkit.allocation.exact.enumeration import evaluate_order, evaluation_seconds
from optkit.allocation.exact.milp_cuts.cuts import allocation_cuts
from optkit.allocation.heuristics.initial_plans import (
    improve_by_search,
    lossless_precedences,
)
from optkit.allocation.problem.contiguous_orders import (
    contiguous_blocks,
    contiguous_subtree_plans,
    supports_blocks,
)
from optkit.allocation.problem.plan import (
    Plan,
    SubtreePlan,
    compose,
    depth_first_order,
    report_plan,
)
from optkit.allocation.problem.pyomo_adapter import (
    model_data,
    orders_from_precedences,
    orders_from_solution,
    scaled_tree,
    start_values,
)
from optkit.allocation.problem.sink_tree import SinkTree
from optkit.allocation.solution import AllocationSolution
from optkit.allocation.solvers.base import PAPER, TreeSolver, gap_closed, prove
from optkit.allocation.solvers.block import prove_relaying
from optkit.backends.options import BackendName
from optkit.backends.registry import is_loaded
from optkit.core.arrays import Ints
from optkit.core.errors import UnavailableError
from optkit.core.options import Options
from optkit.core.solving.registry import register
from optkit.core.solving.result import Reason
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Capabilities, Kind, Outcome

BOUND_SLACK = 1e-7
"""Share of a backend's bound that is given up for its tolerances."""

LOADING_SECONDS = 1.5
"""About the longest that importing Pyomo and a backend takes; nothing can stop it."""

CUTOFF_SLACK = 1e-6
"""Share by which a solution may be worse than the start before it is cut off."""

SEARCH_SHARE = 0.1
"""Share of the time limit that improving the first solution may take."""

MAX_IMPROVED = 100
"""Most servers of a subtree whose first order is improved: a move costs their cube."""

BUILD_SHARE = 0.4
"""Share of the time limit that building may take; compiling takes about as long."""


Start = Literal["block-ls", "block", "depth-first"]


class MilpOptions(Options):
    """Options of the MILP solver."""

    backend: BackendName = "highs"
    threads: int = Field(1, ge=1, description="threads the backend may use")
    cuts: bool = Field(
        True,
        description="add cuts that are valid for all orders, and fix orders that are"
        " proven optimal; off, the model is P1 as the paper states it",
    )
    start: Start = Field(
        "block-ls",
        description="where the first solution comes from: local search from contiguous"
        " blocks, the blocks, or any depth-first order",
    )


class _OutOfTimeError(Exception):
    """Building the model takes longer than the limit allows."""


@register
class Milp(TreeSolver[MilpOptions]):
    """P1 with precedence binaries and cuts, through any backend.

    The model is solved for a task of 1 Gbit, in units of the best known cost, which
    keeps the backend's absolute tolerances relative. Every order that the backend finds
    is evaluated exactly, so the objective carries none of its tolerances; its bound is
    lowered by 1e-7 of itself for the same reason. The backend starts from a complete
    solution, the contiguous order of ``block`` improved, so the answer is never worse
    than that. The bounds of ``block`` are reported first, so the bound is never weaker
    than theirs.
    """

    name = "milp"
    kind = Kind.EXACT
    reference = f"{PAPER}, problem P1 (eq 9); docs/allocation-bounds.md, Cuts"
    searches_pruned = True
    capabilities = Capabilities(bound=True, warm_start=True, seed=True)
    Options = MilpOptions

    def solve_tree(self, tree: SinkTree, run: Run) -> Outcome:
        """Find a first solution, build the model, solve it, evaluate what it finds."""
        options = self.options
        start = self._start(tree, run)
        if start is None:
            return Outcome(Reason.TIME_LIMIT, "not one order's program fits in")
        plan = compose(tree, start)
        report_plan(run, tree, plan)
        unit = min(plan.cost, tree.size * float(tree.own[0]))
        if unit <= 0.0:
            prove(run, tree, 0.0, "costs are not negative")
            return Outcome(Reason.PROVED, "a solution costs nothing")
        if not is_loaded(options.backend) and not run.affords(LOADING_SECONDS):
            return Outcome(Reason.TIME_LIMIT, "no time to load the modelling layer")
        _require_reals(options.backend)
        if options.cuts and gap_closed(run):
            return Outcome(
                Reason.PROVED, "the start reaches the bound; no model needed"
            )
        return self._optimise(tree, run, plan, unit / tree.size)

    def _start(self, tree: SinkTree, run: Run) -> list[SubtreePlan] | None:
        """Return the first plan of every subtree, the initial solution's where better."""
        plans: list[SubtreePlan] | None = None
        if supports_blocks(tree) and self.options.start != "depth-first":
            plans = self._contiguous_start(tree, run)
        if plans is not None and run.initial is None:
            return plans
        largest = max((len(s.workers) for s in tree.subtrees), default=0)
        if not run.affords(evaluation_seconds(largest) * len(tree.subtrees)):
            return plans
        orders = self._initial(tree, run)
        if orders is None:
            if plans is not None:
                return plans
            orders = [depth_first_order(subtree) for subtree in tree.subtrees]
        evaluated = _evaluate(tree, orders)
        if plans is None:
            return evaluated
        return [
            initial if initial.cost < contiguous.cost else contiguous
            for initial, contiguous in zip(evaluated, plans, strict=True)
        ]

    def _contiguous_start(self, tree: SinkTree, run: Run) -> list[SubtreePlan]:
        """Return contiguous plans, improved if asked for, and report their bounds."""
        blocks = contiguous_blocks(tree)
        plans = contiguous_subtree_plans(tree, blocks)
        report_plan(run, tree, compose(tree, plans))
        prove_relaying(run, tree, blocks)
        if self.options.start == "block":
            return plans
        deadline = run.share(SEARCH_SHARE)
        for index, proven in enumerate(proven_subtrees(tree)):
            subtree = tree.subtrees[index]
            if not proven and subtree.size <= MAX_IMPROVED:
                plans[index] = improve_by_search(subtree, plans[index], deadline)
        return plans

    def _initial(self, tree: SinkTree, run: Run) -> list[Ints] | None:
        """Return the orders of the initial solution, if there is one on this tree."""
        initial = run.initial
        if not isinstance(initial, AllocationSolution):
            return None
        orders = orders_from_solution(tree, initial)
        if orders is None:
            run.report_initial(False, "it uses another tree than the sink tree")
        else:
            run.report_initial(True, "its orders are tried as the start")
        return orders

    def _optimise(self, tree: SinkTree, run: Run, start: Plan, unit: float) -> Outcome:
        """Solve the model in units of ``unit`` cost per Gbit, beginning at ``start``."""
        from optkit.backends import Progress, Termination, compile_model, solve_model

        options = self.options
        model = _build(tree, run, options.cuts, start, unit)
        if model is None:
            return Outcome(
                Reason.TIME_LIMIT, "the time did not suffice to build the model"
            )
        run.model_built()
        columns: dict[int, tuple[str, str]] = {
            id(model.before[pair]): pair for pair in model.before
        }

        def orders(variables: Any, values: Any) -> list[Ints]:
            return orders_from_precedences(
                tree,
                {
                    columns[id(variable)]: value
                    for variable, value in zip(variables, values, strict=True)
                    if id(variable) in columns
                },
            )

        def report(orders: list[Ints]) -> None:
            report_plan(run, tree, compose(tree, _evaluate(tree, orders)))

        def report_bound(bound: float | None) -> None:
            if bound is not None and bound > 0.0:
                proven = bound * (1.0 - BOUND_SLACK) * unit * tree.size
                prove(run, tree, proven, f"{options.backend} on P1")

        compiled = compile_model(model)
        if run.remaining() <= 0.0:
            return Outcome(Reason.TIME_LIMIT, "the time went into building the model")

        def on_progress(progress: Progress) -> None:
            report_bound(progress.bound)
            if progress.values is not None:
                report(orders(compiled.variables, progress.values))

        cost = start.cost / (unit * tree.size)
        result = solve_model(
            compiled,
            options.backend,
            time_limit=None if run.remaining() == np.inf else run.remaining(),
            seed=int(run.rng().integers(2**31)),
            threads=options.threads,
            start=start_values(model, tree, start, cost * (1.0 + 1e-12)),
            should_stop=run.should_stop,
            on_progress=on_progress,
            load=False,
        )
        if result.values is not None:
            report(orders(compiled.variables, result.values))
        report_bound(result.bound)
        detail = (
            f"{options.backend} on P1{' with cuts' if options.cuts else ''},"
            f" {result.nodes or 0} nodes, start of {start.cost:.6g}"
            f" {result.start.status}"
        )
        if result.termination is Termination.OPTIMAL:
            reason = Reason.CONVERGED if tree.pruned else Reason.PROVED
            return Outcome(reason, detail)
        if result.termination is Termination.TIME_LIMIT:
            return Outcome(Reason.TIME_LIMIT, detail)
        if result.termination is Termination.INTERRUPTED:
            return Outcome(run.stop_reason() or Reason.INTERRUPTED, detail)
        # The bound it proved before still holds, and the incumbent is checked anyway.
        return Outcome(
            Reason.CONVERGED,
            f"{detail}; it ended with {result.termination}: {result.detail}",
        )


def _evaluate(tree: SinkTree, orders: list[Ints]) -> list[SubtreePlan]:
    """Return the plan for each subtree's order."""
    return [
        evaluate_order(subtree, order)
        for subtree, order in zip(tree.subtrees, orders, strict=True)
    ]


def _build(tree: SinkTree, run: Run, cuts: bool, start: Plan, unit: float) -> Any:
    """Return the model in units of ``unit`` cost per Gbit; None if time is too short."""
    from optkit.models.allocation import allocation_model, strengthen

    deadline = run.share(BUILD_SHARE)

    def check_time() -> None:
        if deadline.remaining <= 0.0:
            raise _OutOfTimeError

    # Pyomo logs an exception in a rule before it passes it on; this one is intended.
    level = logging.getLogger("pyomo").level
    logging.getLogger("pyomo").setLevel(logging.CRITICAL)
    data = model_data(tree, 1.0, unit)
    try:
        model = allocation_model(data, check_time)
        if cuts:
            cost = start.cost / (unit * tree.size)
            proven = 0.0 if run.bound is None else run.bound / (unit * tree.size)
            strengthen(
                model,
                data,
                allocation_cuts(
                    scaled_tree(tree, unit),
                    lowest=proven * (1.0 - BOUND_SLACK),
                    highest=cost * (1.0 + CUTOFF_SLACK),
                    order=lossless_precedences(tree, start.orders),
                    check_time=check_time,
                ),
            )
    except _OutOfTimeError:
        return None
    finally:
        logging.getLogger("pyomo").setLevel(level)
    return model


def _require_reals(backend: str) -> None:
    """Refuse a backend that takes only integers, whatever the instance.

    Raises
    ------
    UnavailableError
        If it does.
    """
    from optkit.backends import Capability
    from optkit.backends.registry import find

    if Capability.CONTINUOUS not in find(backend).capabilities:
        raise UnavailableError(
            f"backend {backend} cannot solve P1: its loads are continuous, and {backend}"
            " is exact on bounded integers only; take highs or scip."
        )
