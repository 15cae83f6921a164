"""Strong duality of the follower's linear program, its products made linear exactly."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from optkit.backends.incremental import State
from optkit.bilevel.bounds.multiplier_bounds import multiplier_bounds
from optkit.bilevel.exact.high_point import Relaxation
from optkit.bilevel.problem.evaluation import Evaluator
from optkit.bilevel.problem.follower import Response
from optkit.bilevel.problem.kkt_conditions import Side, sides
from optkit.bilevel.problem.problem_data import Problem
from optkit.bilevel.solvers.base import BilevelSolver, continuous_linking, rounds
from optkit.core.arrays import Floats
from optkit.core.solving.registry import register
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Availability, Outcome


@register
class StrongDuality(BilevelSolver):
    """Add the follower's dual and the equality of both objectives, as one program."""

    name: ClassVar[str] = "strong-duality"
    reference: ClassVar[str] = (
        "Kleinert, Labbé, Ljubić and Schmidt, EURO J. Comput. Optim. 9 (2021)"
    )

    def takes(self, problem: Problem) -> Availability:
        """Take linear followers whose multipliers have proven bounds."""
        linking = continuous_linking(problem)
        if not linking.available:
            return linking
        if not problem.follower_is_linear:
            return Availability(
                False, "the follower has integer columns, so it has no strong dual"
            )
        bounds = multiplier_bounds(problem)
        return (
            Availability(False, bounds) if isinstance(bounds, str) else Availability()
        )

    def solve_problem(
        self, problem: Problem, evaluator: Evaluator, run: Run
    ) -> Outcome:
        """Solve the one program; what rounding leaves open is cut and solved again."""
        relaxation = Relaxation(problem, run.should_stop)
        if not relaxation.infeasible:
            _add_dual(problem, relaxation)
        run.model_built()

        def cut(decision: Floats, response: Response) -> None:
            if response.state is State.OPTIMAL and response.values is not None:
                relaxation.cut(response.values, response.value)
            else:
                relaxation.exclude(decision)

        return rounds(evaluator, relaxation, cut, "strong duality of the follower")


def _add_dual(problem: Problem, relaxation: Relaxation) -> None:
    """Add multipliers, dual feasibility and ``d y <= sum m (a x - r)`` to a relaxation."""
    most = multiplier_bounds(problem)
    assert not isinstance(most, str), "the harness asks takes() first"
    place_of = {row: i for i, row in enumerate(problem.lower_rows.tolist())}
    program = relaxation.program
    lower = problem.lower
    stationarity: list[tuple[list[int], list[float]]] = [([], []) for _ in lower]
    equality: dict[int, float] = {
        int(j): float(problem.follower_cost[j]) for j in lower
    }
    for side in sides(problem):
        high = np.inf if side.row < 0 else float(most[place_of[side.row]])
        low = -high if side.sign == 0 else 0.0
        column = program.add_column(low, high, False)
        for place, value in zip(side.lower.tolist(), side.b.tolist(), strict=True):
            stationarity[place][0].append(column)
            stationarity[place][1].append(value)
        equality[column] = side.right
        for j, a in zip(side.upper.tolist(), side.a.tolist(), strict=True):
            _subtract_product(relaxation, equality, column, side, high, j, a)
    for place, (columns, values) in enumerate(stationarity):
        right = -float(problem.follower_cost[lower[place]])
        program.add_row(
            right, right, np.array(columns, dtype=np.int64), np.array(values)
        )
    # Rounding would otherwise exclude every point: the two sides are equal at best.
    slack = 1e-9 * max(1.0, max(map(abs, equality.values()), default=1.0))
    program.add_row(
        -np.inf, slack, np.array(list(equality), dtype=np.int64),
        np.array(list(equality.values())),
    )  # fmt: skip


def _subtract_product(
    relaxation: Relaxation,
    equality: dict[int, float],
    column: int,
    side: Side,
    most: float,
    j: int,
    a: float,
) -> None:
    """Subtract ``a m x_j`` from the equality, ``m`` being a multiplier.

    x_j is its lower bound and a sum of binary digits; each product of a multiplier in a
    bounded interval and a digit has its exact linear description.
    """
    low = float(relaxation.low[j])
    equality[column] -= a * low
    least = -most if side.sign == 0 else 0.0
    for weight, digit in relaxation.digits(j):
        program = relaxation.program
        product = program.add_column(min(least, 0.0), most, False)
        equality[product] = -a * weight
        both = np.array([product, digit])
        three = np.array([product, column, digit])
        program.add_row(-np.inf, 0.0, both, np.array([1.0, -most]))
        program.add_row(0.0, np.inf, both, np.array([1.0, -least]))
        program.add_row(-np.inf, -least, three, np.array([1.0, -1.0, -least]))
        program.add_row(-most, np.inf, three, np.array([1.0, -1.0, -most]))
