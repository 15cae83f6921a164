"""The interface of solvers: what a solver declares, and what it has to do."""

from __future__ import annotations

import abc
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Generic

from typing_extensions import TypeVar

from optkit.core.errors import UsageError
from optkit.core.instance import Instance
from optkit.core.options import Options as AnyOptions
from optkit.core.options import make_options
from optkit.core.solving.result import Reason
from optkit.core.solving.run import Run


class Kind(StrEnum):
    """The promise that a solver makes."""

    EXACT = "exact"
    """Given enough time, a proven optimum."""
    HEURISTIC = "heuristic"
    """A good solution."""
    LEARNED = "learned"
    """The solution of a trained policy."""
    BASELINE = "baseline"
    """A simple rule without optimisation, for comparison."""


@dataclass(frozen=True)
class Capabilities:
    """Features of a solver beyond returning a solution.

    To ask for a feature that a solver lacks is an error; it is never ignored silently.

    Parameters
    ----------
    bound
        It reports lower bounds.
    warm_start
        It uses an initial solution.
    seed
        The seed changes what it does.
    executor
        It can distribute its work over an executor.
    iterations, evaluations
        It counts them, so that they can be limited.
    """

    bound: bool = False
    warm_start: bool = False
    seed: bool = False
    executor: bool = False
    iterations: bool = False
    evaluations: bool = False


@dataclass(frozen=True)
class Outcome:
    """How a solver ended; its solution and bound are those it reported to its run.

    Parameters
    ----------
    reason
        Why it stopped.
    detail
        A short explanation for the reader.
    infeasible
        Whether it proved that there is no solution.
    """

    reason: Reason
    detail: str = ""
    infeasible: bool = False


@dataclass(frozen=True)
class Availability:
    """Whether a solver can run here, and if not, the reason."""

    available: bool = True
    reason: str = ""


InstanceT = TypeVar("InstanceT", bound=Instance)
OptionsT = TypeVar("OptionsT", bound=AnyOptions, default=Any)


class Solver(abc.ABC, Generic[InstanceT, OptionsT]):
    """A method that solves instances of one family.

    ``Solver[MyInstance, MyOptions]`` tells type checkers the types of the instance that
    ``run`` gets and of ``self.options``; the second may be left out.

    A subclass describes itself in class variables and does its work in :meth:`run`.
    :func:`optkit.solve` runs it inside the harness, which takes care of limits, time,
    Ctrl-C and events, and checks the solution.

    Parameters
    ----------
    options
        Values of its options by name, or an object of the class's ``Options``.

    Raises
    ------
    UsageError
        If an option is unknown or its value is not allowed.
    """

    name: ClassVar[str]
    family: ClassVar[str]
    kind: ClassVar[Kind]
    reference: ClassVar[str]
    """Paper and section or algorithm."""
    capabilities: ClassVar[Capabilities] = Capabilities()
    Options: ClassVar[type[AnyOptions]] = AnyOptions
    variant: ClassVar[str] = ""
    """The variant of the family's problem that it solves, if there are several: its
    objectives and bounds can be compared within the same variant only."""
    package: ClassVar[str | None] = None
    """The distribution that provides it, whose version is recorded; None for the
    distribution of its module."""

    def __init__(self, options: AnyOptions | Mapping[str, Any] | None = None) -> None:
        checked: Any = options
        if options is None or isinstance(options, Mapping):
            checked = make_options(self.Options, options or {}, f"solver {self.name}")
        elif not isinstance(options, self.Options):
            raise UsageError(
                f"solver {self.name}: options are {type(options).__name__}; give a"
                f" mapping or {self.Options.__qualname__}."
            )
        self.options: OptionsT = checked

    @classmethod
    def available(cls) -> Availability:
        """Return whether the solver can run here; override it if it may not."""
        return Availability()

    def supports(self, instance: InstanceT) -> Availability:
        """Return whether it takes this instance; override it if it may not."""
        return Availability()

    def able(self) -> Capabilities:
        """Return its capabilities; override it if they depend on the options."""
        return self.capabilities

    def bound_is_partial(self) -> bool:
        """Return whether its bound holds for a part of the problem only.

        That is so if an option fixes a part of the answer: the bound is then a bound on
        the rest, and is not compared with objectives of other solvers.
        """
        return False

    @abc.abstractmethod
    def run(self, instance: InstanceT, run: Run) -> Outcome:
        """Solve ``instance``, and report solutions and bounds to ``run``.

        Parameters
        ----------
        instance
            The instance.
        run
            Time, limits, random numbers, and where to report. Call
            ``run.should_stop()`` at least every 50 ms.
        """
