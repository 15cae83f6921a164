"""Any solver that Pyomo can call, in a process of its own.

Pyomo's interfaces are written for scripts: some are not safe in threads, most cannot be
stopped.
"""

from __future__ import annotations

from optkit.backends.adapters.isolation import IsolatedSession
from optkit.backends.base import Capability
from optkit.backends.linear import LinearModel
from optkit.backends.session import Monitor, Request, Session


class PyomoSolver:
    """A solver by its name in ``pyomo.environ.SolverFactory``.

    It answers at its end only: a solve that is interrupted leaves nothing but its start.
    Its bound counts only if it says that it searched everything, and Pyomo is known to pass
    on a gap of zero.

    Parameters
    ----------
    solver
        The name, for example ``cbc``.
    """

    package = "pyomo"
    loose = True
    capabilities = frozenset(
        {
            Capability.CONTINUOUS,
            Capability.INTEGER,
            Capability.UNBOUNDED_INTEGERS,
            Capability.REAL_COEFFICIENTS,
        }
    )

    def __init__(self, solver: str) -> None:
        self.solver = solver
        self.name = f"pyomo:{solver}"

    def refuse(self, model: LinearModel, tolerance: float) -> str | None:
        """Return None: whether it solves the model is the solver's business."""
        return None

    def open(self, request: Request, monitor: Monitor) -> Session:
        """Prepare a solve."""
        return IsolatedSession(
            request,
            monitor,
            "optkit.backends.adapters.pyomo_session:PyomoSession",
            self.name,
            self.solver,
        )
