"""Cardinal Optimizer (COPT), by its Python package ``coptpy``."""

from __future__ import annotations

from typing import Any

import coptpy
import numpy as np
from coptpy import COPT

from optkit.backends.adapters.isolation import ENDING_SECONDS
from optkit.backends.adapters.session import (
    AdapterSession,
    finite,
    within,
)
from optkit.backends.base import Termination
from optkit.backends.session import RawResult

_TERMINATIONS = {
    COPT.OPTIMAL: Termination.OPTIMAL,
    COPT.INFEASIBLE: Termination.INFEASIBLE,
    COPT.UNBOUNDED: Termination.UNBOUNDED,
    COPT.INF_OR_UNB: Termination.INFEASIBLE_OR_UNBOUNDED,
    COPT.TIMEOUT: Termination.TIME_LIMIT,
    COPT.INTERRUPTED: Termination.INTERRUPTED,
}

_STATUS_NAMES = {
    getattr(COPT, name): name.lower().replace("_", " ")
    for name in (
        "OPTIMAL",
        "INFEASIBLE",
        "UNBOUNDED",
        "INF_OR_UNB",
        "NUMERICAL",
        "NODELIMIT",
        "IMPRECISE",
        "TIMEOUT",
        "UNFINISHED",
        "INTERRUPTED",
    )
}


_FINEST_TOLERANCE = 1e-6
"""COPT's own. With 1e-8 or less, COPT 8.0 calls wrong solutions optimal."""


class _News(coptpy.CallbackBase):  # type: ignore[misc]
    """Hands COPT's news to a session."""

    def __init__(self, session: CoptSession) -> None:
        super().__init__()
        self._session = session

    def callback(self) -> None:
        """Take news; COPT calls this method by its name."""
        values = None
        if self.where() == COPT.CBCONTEXT_INCUMBENT:
            values = self.getIncumbent
        if self._session.news(values, self.getInfo(COPT.CBInfo.BestBnd)):
            self.interrupt()


class CoptSession(AdapterSession):
    """One solve by COPT."""

    label = "copt"

    def stop(self) -> None:
        """Do nothing: the whole process is ended."""

    def solve(self) -> RawResult:
        """Load the model, solve it, and read the result."""
        try:
            model = coptpy.Envr().createModel("")
            self._load(model)
            model.solve()
            return self._result(model)
        except coptpy.CoptError as error:
            raise self.no_licence(error) from error

    def _load(self, model: Any) -> None:
        request, arrays = self.request, self.request.model
        model.setParam(COPT.Param.Logging, 0)
        model.setParam(COPT.Param.Threads, request.threads)
        # COPT measures the gap otherwise; the monitor stops it at the requested one.
        model.setParam(COPT.Param.RelGap, 0.0)
        model.setParam(COPT.Param.AbsGap, 0.0)
        tolerance = max(self.tolerance, _FINEST_TOLERANCE)
        model.setParam(COPT.Param.FeasTol, tolerance)
        model.setParam(COPT.Param.IntTol, tolerance)
        model.setParam(COPT.Param.DualTol, tolerance)
        remaining = request.remaining()
        if remaining is not None:
            seconds = max(1e-3, 0.97 * remaining - ENDING_SECONDS)
            model.setParam(COPT.Param.TimeLimit, seconds)
        low, high = (
            within(side, COPT.INFINITY) for side in (arrays.row_lower, arrays.row_upper)
        )
        model.loadMatrix(
            arrays.cost,
            arrays.matrix.tocsc(),
            low,
            high,
            within(arrays.column_lower, COPT.INFINITY),
            within(arrays.column_upper, COPT.INFINITY),
            np.where(arrays.integer, COPT.INTEGER, COPT.CONTINUOUS).tolist(),
        )
        model.setObjConst(arrays.offset)
        start = self.start_values()
        if start is not None:
            variables = model.getVars()
            chosen = [variables[j] for j in start[0].tolist()]
            model.setMipStart(chosen, start[1].tolist())
            model.loadMipStart()
        if self.discrete:
            self._news = _News(self)
            # Not CBCONTEXT_MIPSOL: with it, COPT 8.0 calls wrong solutions optimal.
            contexts = COPT.CBCONTEXT_INCUMBENT | COPT.CBCONTEXT_MIPNODE
            model.setCallback(self._news, contexts)

    def _result(self, model: Any) -> RawResult:
        status = model.status
        termination = _TERMINATIONS.get(status, Termination.ERROR)
        values, bound = None, None
        if self.discrete:
            if model.hasmipsol:
                values = np.array(model.getValues())
            bound = finite(model.bestbnd)
        elif termination is Termination.OPTIMAL:
            values = np.array(model.getValues())
            bound = finite(model.lpobjval)
        return RawResult(
            termination=termination,
            detail=f"COPT: {_STATUS_NAMES.get(status, status)}",
            values=values,
            bound=bound,
            nodes=int(model.nodecnt) if self.discrete else None,
            start=self.start_report(),
        )
