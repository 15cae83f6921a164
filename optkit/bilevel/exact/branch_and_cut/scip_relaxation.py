"""The high-point relaxation in SCIP, and the cone at the vertex of its current program."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from pyscipopt import SCIP_PARAMSETTING, Model, quicksum

from optkit.bilevel.exact.branch_and_cut.intersection_cuts import Cone, Cut
from optkit.bilevel.problem.problem_data import ProblemData, csr_row
from optkit.core.arrays import Floats, Ints

INFINITE = 1e19
"""Bounds of SCIP that are larger than this are none; its infinity is 1e20."""

LARGEST_DENSE = 1500
"""Most columns for which the cone's matrix is factorised."""

_PARAMETERS: dict[str, Any] = {
    "display/verblevel": 0,
    "misc/catchctrlc": False,
    # Of two points that SCIP thinks equally good, one may be bilevel feasible alone.
    "misc/allowstrongdualreds": False,
    "misc/allowweakdualreds": False,
    "misc/usesymmetry": 0,
    # Columns of the program remain columns of the linear relaxation, one for one.
    "presolving/maxrounds": 0,
    "presolving/maxrestarts": 0,
    "conflict/enable": False,
    # In trouble SCIP asks its LP solver for a thousandth of these, which it has to offer.
    "numerics/feastol": 1e-7,
    "numerics/dualfeastol": 1e-7,
    "timing/clocktype": 2,
}


class ScipRelaxation:
    """The high-point relaxation of a bilevel program, inside SCIP.

    Parameters
    ----------
    problem
        The bilevel program.
    low, high
        Bounds of its columns, shape (columns,).

    Attributes
    ----------
    is_binary
        Whether all linking columns are binary, up to a shift.
    """

    def __init__(self, problem: ProblemData, low: Floats, high: Floats) -> None:
        self._problem, self._low, self._high = problem, low, high
        linking = problem.linking
        self.is_binary = bool((high[linking] - low[linking] <= 1.0).all())
        self.model = model = Model("high-point relaxation")
        model.setParams(_PARAMETERS)
        model.setHeuristics(SCIP_PARAMSETTING.OFF)
        if self.is_binary:
            # Where binaries decide, SCIP's own cuts seldom make the tree smaller. They take
            # rounds, in each of which the vertex is cut by the follower's responses, too.
            model.setSeparating(SCIP_PARAMSETTING.OFF)
        originals = [
            model.addVar(
                str(j),
                "I" if problem.integer[j] else "C",
                _finite(low[j]),
                _finite(high[j]),
                obj=float(problem.cost[j]),
            )
            for j in range(problem.columns)
        ]
        if np.isfinite(problem.column_upper[problem.lower]).all():
            # Without bounds the follower's columns are the harder ones: SCIP chooses.
            for j in problem.linking.tolist():
                model.chgVarBranchPriority(originals[j], 1)
        for i in range(len(problem.row_lower)):
            self._add_row(originals, i)
        self._originals = originals
        self._variables: list[Any] = []
        self._column_order: Ints = np.zeros(0, dtype=np.int64)

    def _add_row(self, variables: list[Any], i: int) -> None:
        problem = self._problem
        low, high = float(problem.row_lower[i]), float(problem.row_upper[i])
        indices, values = csr_row(problem.matrix, i)
        if not len(indices):
            return  # the first linear program of the solver has looked at it
        activity = quicksum(
            float(a) * variables[j] for j, a in zip(indices, values, strict=True)
        )
        if low == high:
            self.model.addCons(activity == high)
        elif math.isfinite(high):
            constraint = self.model.addCons(activity <= high)
            if math.isfinite(low):
                self.model.chgLhs(constraint, low)
        elif math.isfinite(low):
            self.model.addCons(activity >= low)

    @property
    def variables(self) -> list[Any]:
        """The columns' variables in the tree; known once the search has begun."""
        if not self._variables:
            self._variables = [
                self.model.getTransformedVar(variable) for variable in self._originals
            ]
        return self._variables

    def values(self) -> Floats:
        """Return the point of the current relaxation, shape (columns,)."""
        get = self.model.getSolVal
        return np.array([get(None, variable) for variable in self.variables])

    def local_bounds(self, indices: Ints) -> tuple[Floats, Floats]:
        """Return the current node's bounds of some columns, in the shape of ``indices``."""
        variables = self.variables
        chosen = [variables[j] for j in indices.tolist()]
        return (
            np.array([variable.getLbLocal() for variable in chosen]),
            np.array([variable.getUbLocal() for variable in chosen]),
        )

    def offer(self, values: Floats) -> bool:
        """Offer SCIP a point; return whether it kept it."""
        model = self.model
        point = model.createSol()
        for variable, value in zip(self.variables, values.tolist(), strict=True):
            model.setSolVal(point, variable, value)
        return bool(model.trySol(point, printreason=False, checklprows=False))

    def require_better(self, objective: float) -> None:
        """Cut off points whose objective, without the offset, is no better than this."""
        if objective < self.model.getObjlimit():
            self.model.setObjlimit(objective)

    @property
    def bound(self) -> float | None:
        """The lower bound of the tree; None if there is none."""
        bound = float(self.model.getDualbound())
        return bound + self._problem.offset if abs(bound) < INFINITE else None

    @property
    def vertex_objective(self) -> float:
        """The objective of the current linear program, without the offset."""
        return float(self.model.getLPObjVal())

    @property
    def node(self) -> int:
        """The number of the current node."""
        return int(self.model.getCurrentNode().getNumber())

    @property
    def is_at_root(self) -> bool:
        """Whether the current node is the root."""
        return bool(self.model.getDepth() == 0)

    def branch(self, j: int, value: float) -> None:
        """Branch on an integer column: below a value, at it, and above."""
        self.model.branchVarVal(self.variables[j], value)

    def add_cut(self, cut: Cut) -> bool:
        """Add a cut to the current program; return whether it makes it infeasible."""
        model = self.model
        row = model.createEmptyRowUnspec(
            "cut", lhs=cut.right, rhs=None, local=cut.local, removable=True
        )
        model.cacheRowExtensions(row)
        for j in np.flatnonzero(cut.values).tolist():
            model.addVarToRow(row, self.variables[j], float(cut.values[j]))
        model.flushRowExtensions(row)
        infeasible = bool(model.addCut(row, forcecut=True))
        if not cut.local and not infeasible:
            model.addPoolCut(row)
        model.releaseRow(row)
        return infeasible

    def cone(self) -> Cone | None:
        """Return the cone at the current program's vertex; None if it has none."""
        model, count = self.model, self._problem.columns
        if count > LARGEST_DENSE or not model.isLPSolBasic():
            return None
        columns = model.getLPColsData()
        if len(columns) != count:
            return None
        if len(self._column_order) != count:
            self._column_order = np.array(
                [int(column.getVar().name.removeprefix("t_")) for column in columns]
            )
        at_bound = self._columns_at_bound(columns)
        rows = self._active_rows()
        if at_bound is None or rows is None:
            return None
        (indices, signs, bounds), rigid, local, low, high = at_bound
        normals, sides, rigid_rows, local_rows = rows
        if len(indices) + len(sides) != count:
            return None
        basic = np.ones(count, dtype=np.bool_)
        basic[indices] = False
        cone = Cone(
            indices,
            signs,
            bounds,
            np.flatnonzero(basic),
            normals,
            sides,
            np.concatenate([rigid, rigid_rows]),
            np.concatenate([local, local_rows]),
            low,
            high,
        )
        try:
            usable = bool(np.isfinite(cone.vertex).all())
        except np.linalg.LinAlgError:
            return None
        return cone if usable else None

    def _columns_at_bound(self, columns: list[Any]) -> Any:
        """Return the nonbasic columns; None if one of them is at no bound.

        Returns
        -------
        tuple or None
            Their indices, signs and bounds, as :class:`Cone` has them; which of them are
            rigid; which are local; and the node's bounds of all columns.
        """
        order, variables = self._column_order, self.variables
        status = np.array([column.getBasisStatus() for column in columns])
        if (status == "zero").any():
            return None
        lows, highs = np.zeros(len(columns)), np.zeros(len(columns))
        lows[order] = [column.getLb() for column in columns]
        highs[order] = [column.getUb() for column in columns]
        indices = order[status != "basic"]
        at_low = status[status != "basic"] == "lower"
        low, high = lows[indices], highs[indices]
        moved = [
            low != [variables[j].getLbGlobal() for j in indices.tolist()],
            high != [variables[j].getUbGlobal() for j in indices.tolist()],
        ]
        rigid = low == high
        # A column that is fixed in the node rests on both of its bounds.
        local = np.where(at_low, *moved) | (rigid & (moved[0] | moved[1]))
        signs, bounds = np.where(at_low, 1.0, -1.0), np.where(at_low, low, -high)
        lows[lows <= -INFINITE], highs[highs >= INFINITE] = -np.inf, np.inf
        return (indices, signs, bounds), rigid, local, lows, highs

    def _active_rows(self) -> Any:
        """Return the nonbasic rows as ``normals @ z >= sides``; None if one has no side.

        Returns
        -------
        tuple or None
            Normals, sides, which of them are rigid, and which are local.
        """
        normals, sides, rigid, local = [], [], [], []
        for row in self.model.getLPRowsData():
            status = row.getBasisStatus()
            if status == "basic":
                continue
            if status == "zero":
                return None
            sign = 1.0 if status == "lower" else -1.0
            low, high = row.getLhs(), row.getRhs()
            normal = np.zeros(self._problem.columns)
            places = [column.getLPPos() for column in row.getCols()]
            normal[self._column_order[places]] = sign * np.array(row.getVals())
            normals.append(normal)
            sides.append(sign * ((low if sign > 0.0 else high) - row.getConstant()))
            rigid.append(low == high)
            local.append(row.isLocal())
        return (
            np.array(normals).reshape(len(sides), self._problem.columns),
            np.array(sides),
            np.array(rigid, dtype=np.bool_),
            np.array(local, dtype=np.bool_),
        )


def _finite(bound: float) -> float | None:
    return float(bound) if math.isfinite(bound) else None
