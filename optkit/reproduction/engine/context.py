"""What a reproduction is handed: its settings, and a way to solve that is watched.

Every solve goes through :func:`optkit.solve`, so every answer is checked; and what the
solvers of one study say about one instance is held together: a verified solution below
what another solver has proven stops the study.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from optkit.core.consistency import BestClaims
from optkit.core.errors import ContradictionError, FailedCheckError
from optkit.core.instance import Instance, Solution
from optkit.core.solving import seeds
from optkit.core.solving.limits import Limits
from optkit.core.solving.result import Reason, Result
from optkit.core.solving.solve import solve


@dataclass(frozen=True)
class Settings:
    """What the user may say about a run; the same settings give the same findings.

    Parameters
    ----------
    seed
        Main seed.
    repetitions
        How often each random setting is drawn; None for the reproduction's own number.
    time_limit
        Seconds that each solve may take; None for no limit.
    quick
        A small run that tries everything and shows little, for tests.
    """

    seed: int = 0
    repetitions: int | None = None
    time_limit: float | None = None
    quick: bool = False


def _silent(detail: str, fraction: float | None) -> None:
    """Tell nobody."""


@dataclass
class Context:
    """The surroundings of one reproduction.

    Parameters
    ----------
    name
        The reproduction's name; part of every random stream's name.
    settings
        What the user said.
    repetitions
        How often each random setting is drawn.
    progress
        Told how far the work is, in words and as a share of 1.
    """

    name: str
    settings: Settings
    repetitions: int
    progress: Callable[[str, float | None], None] = _silent
    _claims: dict[tuple[str, str], BestClaims] = field(default_factory=dict, repr=False)

    @property
    def quick(self) -> bool:
        """Whether this is a small run for tests."""
        return self.settings.quick

    def seed(self, *axes: str | int) -> int:
        """Return the seed of one named stream; the names tell streams apart."""
        return int(seeds.sequence(self.settings.seed, *axes).generate_state(1)[0])

    def rng(self, *axes: str | int) -> np.random.Generator:
        """Return the random generator of one named stream."""
        return seeds.generator(self.settings.seed, "reproduction", *axes)

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
        """Solve, check, and hold the answer against all others on the instance.

        Parameters
        ----------
        instance, solver, options, limits, seed, initial
            As in :func:`optkit.solve`; without limits of its own a solve has the user's
            time limit.
        problem
            Tells apart problems on one instance whose bounds do not bound each other,
            such as free and fixed routing.

        Raises
        ------
        FailedCheckError
            If the answer does not pass the check, or there is none.
        ContradictionError
            If a verified objective lies below a proven bound.
        KeyboardInterrupt
            If Ctrl-C ended the solve: half a study is none.
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
            found = (
                [] if result.verification is None else result.verification.violations
            )
            raise FailedCheckError(
                f"{self.name}: {solver} on {instance.name!r} has no verified solution"
                f" ({result.termination.reason}); {'; '.join(map(str, found))}"
            )
        self.book(result, problem)
        return result

    def book(self, result: Result, problem: str = "") -> None:
        """Hold a result against everything known about its instance.

        Raises
        ------
        ContradictionError
            If a verified objective lies below a proven bound.
        """
        key = (result.instance.sha256, problem)
        claims = self._claims.setdefault(key, BestClaims())
        claims.add(result.solver.name, objective=result.objective, bound=result.bound)
        contradiction = claims.contradiction()
        if contradiction is not None:
            raise ContradictionError(
                f"{result.instance.name!r}: {contradiction}; one of the two is wrong."
            )
