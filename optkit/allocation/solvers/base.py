"""What the allocation solvers share: the sink tree, a first solution, a first bound."""

from __future__ import annotations

import abc
from typing import ClassVar

from optkit.allocation.bounds.relaxation import SOURCE, relaxation_bound
from optkit.allocation.instance import AllocationInstance
from optkit.allocation.problem.plan import local_plan, report
from optkit.allocation.problem.sink_tree import SinkTree, sink_tree
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Outcome, Solver

PAPER = "Ma and Xie, multi-layered distributed computing"


class TreeSolver(Solver[AllocationInstance]):
    """A solver that works on the sink tree.

    Before it begins, the bound of :mod:`optkit.allocation.bounds.relaxation` is
    reported, and, unless
    it is a baseline, the solution in which the master does everything: whatever stops the
    run, there is an answer.
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
            report(run, tree, local_plan(tree))
        run.model_built()
        return self.solve_tree(tree, run)

    @abc.abstractmethod
    def solve_tree(self, tree: SinkTree, run: Run) -> Outcome:
        """Solve on ``tree``, in which some servers may only relay.

        A solver that says ``searches_pruned`` gets such trees too; bounds go through
        :func:`prove`, which knows that they are then bounds on something else.
        """


def prove(run: Run, tree: SinkTree, bound: float, source: str) -> None:
    """Report a bound on what can be done on ``tree``, unless that is only a part."""
    if not tree.pruned:
        run.prove(bound, source)
