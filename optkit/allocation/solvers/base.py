"""Base of the allocation solvers: the sink tree, a first solution, a first bound."""

from __future__ import annotations

import abc
from typing import ClassVar

from optkit.allocation.bounds.relaxation import SOURCE, relaxation_bound
from optkit.allocation.instance import AllocationInstance
from optkit.allocation.problem.contiguous_orders import supports_blocks
from optkit.allocation.problem.plan import local_plan, report_plan
from optkit.allocation.problem.sink_tree import SinkTree, sink_tree
from optkit.core.consistency import OPTIMALITY_GAP, relative_gap
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Availability, OptionsT, Outcome, Solver

PAPER = "Ma and Xie, multi-layered distributed computing"


class TreeSolver(Solver[AllocationInstance, OptionsT]):
    """A solver that works on the sink tree.

    Before it begins, two things are reported, so that there is an answer whatever stops
    the run: the bound of :mod:`optkit.allocation.bounds.relaxation` and, unless it is a
    baseline, the solution in which the master does everything.
    """

    family: ClassVar[str] = "allocation"
    anytime: ClassVar[bool] = True
    """Whether the master's own solution is reported first."""
    searches_pruned: ClassVar[bool] = False
    """Whether it takes a tree on which some servers may only relay."""

    def run(self, instance: AllocationInstance, run: Run) -> Outcome:
        """Solve ``instance`` on its sink tree."""
        tree = sink_tree(instance)
        run.prove(relaxation_bound(tree), SOURCE)
        if self.anytime:
            report_plan(run, tree, local_plan(tree))
        run.model_built()
        return self.solve_tree(tree, run)

    @abc.abstractmethod
    def solve_tree(self, tree: SinkTree, run: Run) -> Outcome:
        """Solve on ``tree``.

        A solver with ``searches_pruned`` is also given trees in which some servers may
        only relay. It reports its bounds by :func:`prove`, which drops them there.
        """


def prove(run: Run, tree: SinkTree, bound: float, source: str) -> None:
    """Report a bound on the solutions on ``tree``, unless servers were pruned from it."""
    if not tree.pruned:
        run.prove(bound, source)


def gap_closed(run: Run) -> bool:
    """Say whether the bound reported proves the solution reported optimal."""
    gap = relative_gap(run.objective, run.bound)
    return gap is not None and gap <= OPTIMALITY_GAP


def needs_costs(tree: SinkTree, elsewhere: bool = True) -> Availability:
    """Refuse trees on which some server's own load costs nothing.

    Parameters
    ----------
    tree
        The sink tree.
    elsewhere
        Whether loads cost something on every other tree that may be used, too.
    """
    if supports_blocks(tree) and elsewhere:
        return Availability()
    return Availability(
        False, "a server computes at no cost, so no load fills its budget; take pmo"
    )
