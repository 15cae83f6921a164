"""Worker selection: leave out servers that are too costly, then solve (Sec. VI-A)."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
from pydantic import Field

from optkit.allocation.problem.sink_tree import SinkTree
from optkit.allocation.problem.task_split import split_task
from optkit.allocation.solvers.base import PAPER, TreeSolver
from optkit.core.arrays import Bools
from optkit.core.errors import UsageError
from optkit.core.options import Options
from optkit.core.solving.registry import register, usable_solver_class
from optkit.core.solving.result import Reason
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Capabilities, Kind, Outcome


class PruningOptions(Options):
    """Options of every pruning."""

    inner: str = Field("pmo", description="the solver for what is left")
    inner_options: dict[str, Any] = Field(
        default_factory=dict, description="its options, as a JSON object"
    )


PruningOptionsT = TypeVar("PruningOptionsT", bound=PruningOptions)


class Pruning(TreeSolver[PruningOptionsT]):
    """Chooses which servers may work, then hands the rest of the tree to another solver.

    The bound is for the whole instance; a proof for the pruned tree proves nothing
    about it.
    """

    kind = Kind.HEURISTIC
    capabilities = Capabilities(
        bound=True, executor=True, seed=True, evaluations=True, iterations=True
    )

    def able(self) -> Capabilities:
        """Return what the inner solver can do; it takes no start on the whole tree."""
        return replace(self.inner().able(), warm_start=False)

    def inner(self) -> TreeSolver:
        """Return the solver for the pruned tree."""
        solver = usable_solver_class(self.family, self.options.inner)
        if not issubclass(solver, TreeSolver) or not solver.searches_pruned:
            raise UsageError(
                f"solver {self.name}: option inner: {self.options.inner!r} does not"
                " search a pruned tree; take cmo, pmo, milp or ga."
            )
        return solver(self.options.inner_options)

    def solve_tree(self, tree: SinkTree, run: Run) -> Outcome:
        """Prune, then solve."""
        pruned = tree.restrict(self.select(tree))
        outcome = self.inner().solve_tree(pruned, run)
        dropped = tree.count - int(pruned.works.sum())
        detail = f"{dropped} of {tree.count - 1} workers pruned; {outcome.detail}"
        reason = outcome.reason
        if reason is Reason.PROVED and pruned.pruned:
            reason = Reason.CONVERGED
        return Outcome(reason, detail)

    @abstractmethod
    def select(self, tree: SinkTree) -> Bools:
        """Return which servers may work, shape (N+1,)."""


class NodePruningOptions(PruningOptions):
    """Options of node pruning."""

    threshold: float = Field(
        0.3,
        ge=0.0,
        le=1.0,
        description="θ_p: a server works if sharing the task with it alone saves more"
        " than this share of the master's cost",
    )


@register
class NodePruning(Pruning[NodePruningOptions]):
    """NP: a server works if partial offloading to it alone saves enough (Sec. VI-A1)."""

    name = "node-pruning"
    reference = f"{PAPER}, Sec. VI-A1"
    Options = NodePruningOptions

    def select(self, tree: SinkTree) -> Bools:
        """Return the servers whose saving exceeds the threshold."""
        alone = float(tree.own[0])
        works = np.zeros(tree.count, dtype=bool)
        dearest = np.zeros(tree.count)  # relay on the way that pays most per Gbit
        first = np.arange(tree.count)
        for server in range(1, tree.count):
            parent = int(tree.parent[server])
            if parent:
                dearest[server] = max(dearest[parent], tree.relay[server])
                first[server] = first[parent]
            best = split_task(
                1.0,
                alone,
                tree.relay[[first[server]]],
                np.array([max(float(tree.own[server]), float(dearest[server]))]),
            )
            saving = (alone - best.cost) / alone if alone > 0.0 else 0.0
            works[server] = saving > self.options.threshold
        return works


class LevelPruningOptions(PruningOptions):
    """Options of level pruning."""

    levels: int = Field(
        2, ge=0, description="ξ: servers up to this many hops away work; 0: nobody"
    )


@register
class LevelPruning(Pruning[LevelPruningOptions]):
    """LP: only the servers of the first ξ levels work (Sec. VI-A2)."""

    name = "level-pruning"
    reference = f"{PAPER}, Sec. VI-A2"
    Options = LevelPruningOptions

    def select(self, tree: SinkTree) -> Bools:
        """Return the servers of the first levels."""
        return np.asarray(tree.depth <= self.options.levels)
