"""The Solver interface: what a solver declares, and what it has to do."""

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
    """What a solver promises."""

    EXACT = "exact"
    """Given time, a proven optimum."""
    HEURISTIC = "heuristic"
    """A good solution."""
    LEARNED = "learned"
    """A trained policy's solution."""
    BASELINE = "baseline"
    """What one would do without optimising, to compare with."""


@dataclass(frozen=True)
class Capabilities:
    """What a solver can do beyond returning a solution.

    A capability that is asked for and missing is an error, never dropped in silence.

    Parameters
    ----------
    bound
        It reports lower bounds.
    warm_start
        It makes use of an initial solution.
    seed
        The seed changes what it does.
    executor
        It can spread its work over an executor.
    iterations, evaluations
        It counts them, so they can be limited.
    """

    bound: bool = False
    warm_start: bool = False
    seed: bool = False
    executor: bool = False
    iterations: bool = False
    evaluations: bool = False


@dataclass(frozen=True)
class Outcome:
    """How a solver ended; solution and bound are what it reported to its run.

    Parameters
    ----------
    reason
        Why it stopped.
    detail
        A word for the reader.
    infeasible
        It proved that there is no solution.
    """

    reason: Reason
    detail: str = ""
    infeasible: bool = False


@dataclass(frozen=True)
class Availability:
    """Whether a solver can run here, and if not, why."""

    available: bool = True
    reason: str = ""


InstanceT = TypeVar("InstanceT", bound=Instance)
OptionsT = TypeVar("OptionsT", bound=AnyOptions, default=Any)


class Solver(abc.ABC, Generic[InstanceT, OptionsT]):
    """One way to solve instances of one family.

    ``Solver[MyInstance, MyOptions]`` tells type checkers what ``run`` is handed and what
    ``self.options`` holds; the second may be left out.

    A subclass declares what it is in class variables and does its work in :meth:`run`.
    :func:`optkit.solve` runs it inside the harness: limits, clock, Ctrl-C, events, and
    the check of what it returns.

    Parameters
    ----------
    options
        Values of its options by name; see the class's ``Options``.

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
    """Which variant of the family's problem it solves, where there are several: its
    objectives and bounds compare with those of the same variant only."""
    package: ClassVar[str | None] = None
    """The distribution that provides it, whose version is recorded; None for the one
    that its module belongs to."""

    def __init__(self, options: AnyOptions | Mapping[str, Any] | None = None) -> None:
        made: Any = options
        if options is None or isinstance(options, Mapping):
            made = make_options(self.Options, options or {}, f"solver {self.name}")
        elif not isinstance(options, self.Options):
            raise UsageError(
                f"solver {self.name}: options are {type(options).__name__}; give a"
                f" mapping or {self.Options.__qualname__}."
            )
        self.options: OptionsT = made

    @classmethod
    def available(cls) -> Availability:
        """Say whether the solver can run here; overridden where it may not."""
        return Availability()

    def supports(self, instance: InstanceT) -> Availability:
        """Say whether it takes this instance; overridden where it may not."""
        return Availability()

    def able(self) -> Capabilities:
        """Return what it can do with its options; overridden where these matter."""
        return self.capabilities

    def bound_is_partial(self) -> bool:
        """Say whether its bound holds for less than the instance.

        So it is where an option fixes a part of the answer and the bound is for what is
        left. Such a bound is not held against other solvers' objectives.
        """
        return False

    @abc.abstractmethod
    def run(self, instance: InstanceT, run: Run) -> Outcome:
        """Solve ``instance``, reporting to ``run`` whatever is found or proven.

        Parameters
        ----------
        instance
            What to solve.
        run
            Clock, limits, random numbers, and where to report. Poll
            ``run.should_stop()`` at least every 50 ms.
        """
