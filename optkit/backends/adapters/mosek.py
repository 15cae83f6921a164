"""MOSEK, by its Python package ``Mosek``."""

from __future__ import annotations

from typing import Any

import mosek
import numpy as np

from optkit.backends.adapters.session import (
    Adapter,
    AdapterSession,
    Environments,
    finite,
)
from optkit.backends.base import Termination
from optkit.backends.session import RawResult
from optkit.core.arrays import Floats

_Code = mosek.rescode
_Solution = mosek.soltype

_LICENCE_ERRORS = {
    getattr(_Code, name)
    for name in dir(_Code)
    if name.startswith("err_") and "licen" in name
}

_STOPS = {
    _Code.trm_max_time: Termination.TIME_LIMIT,
    _Code.trm_user_callback: Termination.INTERRUPTED,
}

_PROBLEMS = {
    mosek.prosta.prim_infeas: Termination.INFEASIBLE,
    # Without a dual solution the program is unbounded, if it has a solution.
    mosek.prosta.dual_infeas: Termination.INFEASIBLE_OR_UNBOUNDED,
    mosek.prosta.prim_infeas_or_unbounded: Termination.INFEASIBLE_OR_UNBOUNDED,
    mosek.prosta.prim_and_dual_infeas: Termination.INFEASIBLE_OR_UNBOUNDED,
}

_OPTIMAL = (mosek.solsta.optimal, mosek.solsta.integer_optimal)
_FEASIBLE = (*_OPTIMAL, mosek.solsta.prim_feas, mosek.solsta.prim_and_dual_feas)

_ENVIRONMENTS = Environments(mosek.Env)


class MosekSession(AdapterSession):
    """One solve by MOSEK."""

    label = "mosek"

    def stop(self) -> None:
        """Do nothing: MOSEK's callback sees that it has to stop."""

    def solve(self) -> RawResult:
        """Load the model, solve it, and read the result."""
        try:
            with _ENVIRONMENTS.borrow() as environment, environment.Task() as task:
                self.load(task)
                task.set_InfoCallback(
                    lambda *event: self._on_event(task, *event),
                )
                late = self.too_late()
                if late is not None:
                    return late
                code = task.optimize()
                return self._result(task, code)
        except mosek.Error as error:
            if error.errno in _LICENCE_ERRORS:
                raise self.no_licence(error.msg) from error
            return RawResult(Termination.ERROR, f"MOSEK: {error}")

    def load(self, task: Any) -> None:
        """Put the model and the parameters into a task.

        Parameters
        ----------
        task
            An empty ``mosek.Task``.
        """
        request, model = self.request, self.request.model
        integers, reals = mosek.iparam, mosek.dparam
        task.putintparam(integers.num_threads, request.threads)
        task.putintparam(integers.mio_seed, request.seed)
        task.putintparam(integers.sim_seed, request.seed % 32750)
        if not self.discrete:
            # The interior-point method's optimum is not exact.
            task.putintparam(integers.optimizer, mosek.optimizertype.free_simplex)
        # MOSEK measures the gap otherwise; the monitor stops it at the requested one.
        task.putdouparam(reals.mio_tol_rel_gap, 0.0)
        task.putdouparam(reals.mio_tol_abs_gap, 0.0)
        for tolerance in (
            reals.mio_tol_feas,
            reals.mio_tol_abs_relax_int,
            reals.basis_tol_x,
            reals.basis_tol_s,
        ):
            task.putdouparam(tolerance, self.tolerance)
        remaining = request.remaining()
        if remaining is not None:
            task.putdouparam(reals.optimizer_max_time, remaining)
        columns, rows = model.columns, model.rows
        task.appendvars(columns)
        task.appendcons(rows)
        task.putclist(range(columns), model.cost)
        task.putcfix(model.offset)
        task.putvarboundslice(
            0, columns, *_bounds(model.column_lower, model.column_upper)
        )
        task.putconboundslice(0, rows, *_bounds(model.row_lower, model.row_upper))
        entries = model.matrix.tocoo()
        task.putaijlist(entries.coords[0], entries.coords[1], entries.data)
        whole = np.flatnonzero(model.integer)
        if self.discrete:
            kind = mosek.variabletype.type_int
            task.putvartypelist(whole, [kind] * len(whole))
        start = self.start_values()
        if start is not None:
            for column, value in zip(start[0].tolist(), start[1].tolist(), strict=True):
                task.putxxslice(_Solution.itg, column, column + 1, [value])

    def _on_event(self, task: Any, code: Any, reals: Any, integers: Any, _: Any) -> int:
        values, bound = None, None
        if self.discrete:
            if code == mosek.callbackcode.new_int_mio:
                values = lambda: task.getxx(_Solution.itg)  # noqa: E731
            # Before the first relaxation is solved the bound is not defined.
            if integers[mosek.iinfitem.mio_num_relax] > 0:
                bound = reals[mosek.dinfitem.mio_obj_bound]
        return int(self.news(values, bound))

    def _result(self, task: Any, code: Any) -> RawResult:
        which = _Solution.itg if self.discrete else _Solution.bas
        termination = _STOPS.get(code, Termination.ERROR)
        words = [str(code)]
        values, bound, nodes = None, None, None
        if task.solutiondef(which):
            status, problem = task.getsolsta(which), task.getprosta(which)
            words += [str(problem), str(status)]
            if status in _OPTIMAL:
                termination = Termination.OPTIMAL
            else:
                termination = _PROBLEMS.get(problem, termination)
            if status in (_FEASIBLE if self.discrete else _OPTIMAL):
                values = np.array(task.getxx(which))
                if not self.discrete:
                    bound = finite(task.getprimalobj(which))
        if self.discrete:
            nodes = int(task.getintinf(mosek.iinfitem.mio_num_branch))
            if task.getintinf(mosek.iinfitem.mio_num_relax) > 0:
                bound = finite(task.getdouinf(mosek.dinfitem.mio_obj_bound))
        return RawResult(
            termination=termination,
            detail=f"MOSEK: {', '.join(words)}",
            values=values,
            bound=bound,
            nodes=nodes,
            start=self.start_report(),
        )


def _bounds(lower: Floats, upper: Floats) -> tuple[list[Any], Floats, Floats]:
    """Return MOSEK's kinds of bounds, and the bounds, with 0 for infinite ones."""
    key = mosek.boundkey
    has_lower, has_upper = np.isfinite(lower), np.isfinite(upper)
    kinds = [
        (key.fx if low == high else key.ra)
        if has_low and has_high
        else key.lo
        if has_low
        else key.up
        if has_high
        else key.fr
        for low, high, has_low, has_high in zip(
            lower, upper, has_lower, has_upper, strict=True
        )
    ]
    return kinds, np.where(has_lower, lower, 0.0), np.where(has_upper, upper, 0.0)


class Mosek(Adapter):
    """MOSEK; it needs a licence for every model."""

    name = "mosek"
    package = "mosek"
    session = MosekSession
