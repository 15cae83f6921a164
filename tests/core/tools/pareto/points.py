"""Points in the plane as a problem, and the stand-in for a solver of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from optkit.core.solving.result import Reason, Termination, Verification
from optkit.core.tools.pareto.aims import Aim, Aims


@dataclass(frozen=True)
class Choice:
    """A problem whose solutions are points in the plane, with weights."""

    points: Sequence[tuple[float, float]]
    weights: tuple[float, float] = (1.0, 1.0)


@dataclass(frozen=True)
class Answer:
    """A stand-in for a result: the point, and whether it passed its check."""

    point: tuple[float, float]
    feasible: bool = True
    bound: float | None = None
    solution: None = None

    @property
    def termination(self) -> Termination:
        return Termination(Reason.PROVED)

    @property
    def verification(self) -> Verification:
        return Verification(self.feasible, 0.0)

    @property
    def metrics(self) -> dict[str, Any]:
        return {"x": self.point[0], "y": self.point[1]}


AIMS = Aims(
    Aim("time", "s"),
    Aim("energy", "J"),
    lambda problem, first, second: Choice(problem.points, (first, second)),  # type: ignore[arg-type,return-value]
    lambda metrics: (metrics["x"], metrics["y"]),
)


def best(problem: Any) -> Any:
    """Return the point of least weighted sum."""
    w1, w2 = problem.weights
    point = min(problem.points, key=lambda p: w1 * p[0] + w2 * p[1])
    return Answer(point, bound=w1 * point[0] + w2 * point[1])
