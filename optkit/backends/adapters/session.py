"""The code that all adapters share: news, stopping, starts, and missing licences."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from optkit.backends.base import Capability, StartReport, Termination
from optkit.backends.linear import LinearModel
from optkit.backends.session import Monitor, RawResult, Request, Session
from optkit.backends.starts import VerifiedStart, accepted_as_first_point
from optkit.backends.tolerances import FEASIBILITY, INFINITE
from optkit.core.arrays import Floats, Ints
from optkit.core.errors import UnavailableError


class Adapter:
    """A solver of linear and mixed-integer linear models with a Python interface.

    Derived classes name the solver, its package and its session.
    """

    name: str
    package: str
    session: type[AdapterSession]
    """The class of its solves, unless ``open`` is overridden."""
    capabilities: frozenset[Capability] = frozenset(Capability)
    loose = True

    def refuse(self, model: LinearModel, tolerance: float) -> str | None:
        """Return None: these solvers solve every linear model."""
        return None

    def open(self, request: Request, monitor: Monitor) -> Session:
        """Prepare a solve."""
        return self.session(request, monitor)


class AdapterSession(ABC):
    """One solve.

    Parameters
    ----------
    request
        The model to solve, and the limits.
    monitor
        Receives solutions and bounds.
    """

    label: ClassVar[str]
    """Name of the solver in messages."""

    def __init__(self, request: Request, monitor: Monitor) -> None:
        self.request = request
        self.monitor = monitor
        self.stopped = False
        self.failure: BaseException | None = None
        self.discrete = bool(request.model.integer.any())

    @abstractmethod
    def solve(self) -> RawResult:
        """Load the model, solve it, and read the result."""

    @abstractmethod
    def stop(self) -> None:
        """Tell the solver, if it runs, to stop; called from another thread."""

    def interrupt(self) -> None:
        """Tell the solver to stop, or not to begin."""
        self.stopped = True
        self.stop()

    def run(self) -> RawResult:
        """Solve."""
        result = self.solve()
        if self.failure is not None:
            raise self.failure
        return result

    @property
    def must_stop(self) -> bool:
        """Whether the solver has to stop."""
        return self.stopped or self.monitor.halted is not None

    @property
    def tolerance(self) -> float:
        """The feasibility tolerance; these solvers take none below 1e-9."""
        return max(self.request.tolerance, FEASIBILITY)

    @property
    def start(self) -> VerifiedStart | None:
        """The start to hand over; linear programs are not started from a point."""
        return self.request.start if self.discrete else None

    def start_values(self) -> tuple[Ints, Floats] | None:
        """Return the columns to which the start gives a value, and the values."""
        if self.start is None or self.start.values is None:
            return None
        columns = np.flatnonzero(~np.isnan(self.start.values))
        return columns, self.start.values[columns]

    def start_report(self) -> StartReport | None:
        """Judge by the solver's first solution whether it took the start."""
        if self.start is None:
            return None
        integer = self.request.model.integer
        return accepted_as_first_point(
            self.start, self.monitor.first_point, integer, self.label
        )

    def news(self, values: Any = None, bound: float | None = None) -> bool:
        """Pass news to the monitor; return whether the solver has to stop.

        Parameters
        ----------
        values
            The new solution, shape (columns,), or a function that fetches it; None if
            there is none.
        bound
            The lower bound; None or infinite (as the solver writes it) if there is none.
        """
        # An exception must not travel through the solver's own frames.
        try:
            if values is not None:
                point = values() if callable(values) else values
                self.monitor.offer(np.array(point, dtype=np.float64))
            proven = finite(bound)
            if proven is not None:
                self.monitor.raise_bound(proven)
        except BaseException as error:
            self.failure = error
            self.stopped = True
        return self.must_stop

    def too_late(self) -> RawResult | None:
        """Return the result if the solver has to stop before it begins; else None."""
        if not self.must_stop:
            return None
        return RawResult(
            Termination.INTERRUPTED, f"{self.label} was stopped before it began"
        )

    def no_licence(self, error: BaseException | str) -> UnavailableError:
        """Return the error for a licence that is missing or too small."""
        words = " ".join(str(error).split()).rstrip(".")
        return UnavailableError(
            f"backend {self.label}: {words}. Give it a licence for this model, or take"
            " the backend highs."
        )


def finite(bound: float | None) -> float | None:
    """Return a bound; None where the solver wrote infinity."""
    return None if bound is None or not abs(bound) < INFINITE else float(bound)


@dataclass(frozen=True, eq=False)
class Sides:
    """The rows as most solvers take them: a type, a right side and a range.

    Parameters
    ----------
    kinds
        Per row ``L`` (at most), ``G`` (at least), ``E`` (equal), ``R`` (between), or
        ``N`` (free).
    right
        Right side; of ``R`` the upper one.
    width
        Upper less lower side of ``R``; elsewhere 0.
    """

    kinds: list[str]
    right: Floats
    width: Floats


def sides(model: LinearModel) -> Sides:
    """Return the types and sides of a model's rows."""
    low, high = model.row_lower, model.row_upper
    has_low, has_high = np.isfinite(low), np.isfinite(high)
    equal = has_low & has_high & (low == high)
    between = has_low & has_high & ~equal
    kinds = np.select(
        [equal, between, has_high, has_low], ["E", "R", "L", "G"], default="N"
    )
    right = np.where(has_high, high, np.where(has_low, low, 0.0))
    width = np.where(between, np.where(between, high, 0.0) - low, 0.0)
    return Sides(kinds.tolist(), right, np.where(between, width, 0.0))


def within(bounds: Floats, infinity: float) -> Floats:
    """Return bounds with the solver's own infinity."""
    return np.clip(bounds, -infinity, infinity)


class Environments:
    """Environments of a solver that are free, for the next solve.

    Making one may ask a licence server, so they are kept. An environment serves one solve
    at a time.

    Parameters
    ----------
    make
        Makes an environment.
    """

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._free: list[Any] = []
        self._lock = threading.Lock()

    @contextmanager
    def borrow(self) -> Iterator[Any]:
        """Lend an environment for the time of a block."""
        with self._lock:
            environment = self._free.pop() if self._free else None
        if environment is None:
            environment = self._make()
        try:
            yield environment
        finally:
            with self._lock:
                self._free.append(environment)
