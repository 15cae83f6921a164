"""Tabu search (Glover 1989): the best of a sample of neighbours, even if it is worse."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optkit.core.arrays import Ints
from optkit.search.columns import Bits
from optkit.search.evaluator import Control, CountedWalk, Evaluator, SearchResult
from optkit.search.moves import Neighbourhood
from optkit.search.parameters import EngineParameters, idle_limit, parameter
from optkit.search.problem import BinaryProblem, Flips, Score


@dataclass(frozen=True)
class TabuParameters(EngineParameters):
    """Parameters of the tabu search; an iteration is a step.

    At most a quarter of the bits are tabu at any time. Patience counts at most 10 steps
    plus one per bit.
    """

    neighbours: int = parameter(12, "neighbours tried per step", ge=1, le=10_000)
    tenure: int = parameter(
        7, "steps for which a flipped bit may not be flipped again", ge=0, le=10_000
    )
    patience: int = parameter(
        150, "steps without a better solution after which a search ends", ge=1
    )


def tabu_search(
    problem: BinaryProblem,
    rng: np.random.Generator,
    control: Control,
    parameters: TabuParameters | None = None,
    start: Bits | None = None,
) -> SearchResult:
    """Search from neighbour to neighbour, remembering which bits were flipped.

    A move is tabu while one of its bits is; a move that leads to the best solution so far
    is taken all the same. If every neighbour is tabu, the one whose bits become free
    soonest is taken.

    Parameters
    ----------
    problem
        The problem.
    rng
        The only source of randomness.
    control
        Limits and callbacks.
    parameters
        See :class:`TabuParameters`.
    start
        Where to begin; None for the problem's own start.

    References
    ----------
    F. Glover, "Tabu search, part I", ORSA Journal on Computing 1(3), 1989.
    """
    parameters = parameters or TabuParameters()

    def search(evaluator: Evaluator) -> None:
        walk = evaluator.walk(problem.start(rng) if start is None else start)
        moves = Neighbourhood(problem, rng)
        if moves.empty:
            return
        # A move flips two bits at most, so at most a quarter of the bits are tabu.
        tenure = min(parameters.tenure, max(1, moves.size // 8))
        # Step from which each bit may be flipped again.
        free_from = np.zeros(problem.columns.size, dtype=np.int64)
        limit = idle_limit(parameters.patience, moves.size)
        for step in evaluator.iterations(limit):
            sample = moves.sample(walk.bits, parameters.neighbours)
            flips, score = _best_move(evaluator, walk, sample, free_from, step)
            walk.apply(flips, score)
            free_from[list(flips)] = step + 1 + tenure

    return Evaluator(problem, control).run(search)


def _best_move(
    evaluator: Evaluator,
    walk: CountedWalk,
    sample: list[Flips],
    free_from: Ints,
    step: int,
) -> tuple[Flips, Score]:
    """Try the neighbours; return the best that is not tabu."""
    best: tuple[Flips, Score] | None = None
    soonest: tuple[int, Flips, Score] | None = None
    for flips in sample:
        before = evaluator.best
        score = walk.trial(flips)
        aspired = evaluator.best is not before
        held_until = max(int(free_from[bit]) for bit in flips)
        if aspired or held_until <= step:
            if best is None or score.better_than(best[1]):
                best = flips, score
        elif soonest is None or held_until < soonest[0]:
            soonest = held_until, flips, score
    if best is not None:
        return best
    assert soonest is not None, "a sample has at least one move"
    return soonest[1:]
