"""The context of a reproduction: settings, random streams, and checked solves.

Every solve goes through :func:`optkit.solve`, so every answer is checked. All results of
one study on one instance are compared as well: a verified objective below a bound that
another solver has proven stops the study.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

from optkit.core.consistency import BestClaims
from optkit.core.errors import ContradictionError, FailedCheckError
from optkit.core.instance import Instance, Solution
from optkit.core.solving import seeds
from optkit.core.solving.limits import Limits
from optkit.core.solving.result import Reason, Result
from optkit.core.solving.solve import solve

Setting = TypeVar("Setting")


@dataclass(frozen=True)
class Settings:
    """Settings of a run; the same settings give the same findings.

    Parameters
    ----------
    seed
        Main seed.
    repetitions
        How often each random setting is drawn; None for the reproduction's own number.
    time_limit
        Seconds that each solve may take; None for no limit.
    quick
        A small run for tests, which tries everything and shows little.
    """

    seed: int = 0
    repetitions: int | None = None
    time_limit: float | None = None
    quick: bool = False


def _silent(detail: str, fraction: float | None) -> None:
    """Ignore progress."""


@dataclass
class Context:
    """Everything that the function of a reproduction works with.

    Parameters
    ----------
    name
        The reproduction's name, for error messages.
    settings
        Settings of the run.
    repetitions
        How often each random setting is drawn.
    progress
        Called with the state of the work, in words and as a share of 1.
    """

    name: str
    settings: Settings
    repetitions: int
    progress: Callable[[str, float | None], None] = _silent
    _best_claims: dict[tuple[str, str], BestClaims] = field(
        default_factory=dict, repr=False
    )

    @property
    def quick(self) -> bool:
        """Whether this is a small run for tests."""
        return self.settings.quick

    def seed(self, *axes: str | int) -> int:
        """Return the seed of the random stream with this name."""
        return int(seeds.sequence(self.settings.seed, *axes).generate_state(1)[0])

    def rng(self, *axes: str | int) -> np.random.Generator:
        """Return the generator of the random stream with this name."""
        return seeds.generator(self.settings.seed, "reproduction", *axes)

    def draws(self, what: str) -> Iterator[int]:
        """Yield the number of each repetition, and report progress.

        Parameters
        ----------
        what
            What is drawn, for the reader: ``network``.
        """
        for repetition in range(self.repetitions):
            done = repetition / self.repetitions
            self.progress(f"{what} {repetition + 1} of {self.repetitions}", done)
            yield repetition

    def draws_in(
        self, settings: Collection[Setting], what: str
    ) -> Iterator[tuple[int, Setting]]:
        """Yield every setting in every repetition, and report progress.

        Parameters
        ----------
        settings
            The settings; all of them in one repetition come before the next repetition.
        what
            What is drawn, for the reader: ``network``.
        """
        for repetition in range(self.repetitions):
            for index, setting in enumerate(settings):
                name = f"{setting:g}" if isinstance(setting, float) else str(setting)
                self.progress(
                    f"{what} {repetition + 1} of {self.repetitions}, {name}",
                    (repetition + index / len(settings)) / self.repetitions,
                )
                yield repetition, setting

    def solve(
        self,
        instance: Instance,
        solver: str,
        *,
        options: Mapping[str, Any] | None = None,
        limits: Limits | None = None,
        seed: int = 0,
        initial: Solution | None = None,
        problem: str = "",
    ) -> Result:
        """Solve, check, and compare the result with all others on the instance.

        Parameters
        ----------
        instance, solver, options, limits, seed, initial
            As in :func:`optkit.solve`; the default limit is the user's time limit.
        problem
            Name of the problem, if there are several on one instance whose bounds do not
            apply to each other, such as free and fixed routing.

        Raises
        ------
        FailedCheckError
            If there is no solution, or it fails its check.
        ContradictionError
            If a verified objective lies below a proven bound.
        KeyboardInterrupt
            If Ctrl-C ended the solve; half a study is of no use.
        """
        result = solve(
            instance,
            solver,
            options=options,
            limits=limits or Limits(time=self.settings.time_limit),
            seed=seed,
            initial=initial,
        )
        if result.termination.reason is Reason.INTERRUPTED:
            raise KeyboardInterrupt
        if result.verification is None or not result.verification.feasible:
            violations = (
                [] if result.verification is None else result.verification.violations
            )
            raise FailedCheckError(
                f"{self.name}: {solver} on {instance.name!r} has no verified solution"
                f" ({result.termination.reason}); {'; '.join(map(str, violations))}"
            )
        self.cross_check(result, problem)
        return result

    def cross_check(self, result: Result, problem: str = "") -> None:
        """Compare a result with all earlier ones on its instance.

        Raises
        ------
        ContradictionError
            If a verified objective lies below a proven bound.
        """
        key = (result.instance.sha256, problem)
        claims = self._best_claims.setdefault(key, BestClaims())
        claims.add(result.solver.name, objective=result.objective, bound=result.bound)
        contradiction = claims.contradiction()
        if contradiction is not None:
            raise ContradictionError(
                f"{result.instance.name!r}: {contradiction}; one of the two is wrong."
            )
