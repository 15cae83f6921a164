"""Tabu search (Glover 1989): the best of a sample of neighbours, even if it is worse."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from optkit.search.columns import Bits, Ints
from optkit.search.evaluator import Control, CountedWalk, Evaluator, Found
from optkit.search.moves import Neighbourhood
from optkit.search.parameters import patience, require
from optkit.search.problem import BinaryProblem, Flips, Score


@dataclass(frozen=True)
class TabuParameters:
    """Parameters of the tabu search; an iteration is a step.

    Parameters
    ----------
    neighbours
        Neighbours tried at each step.
    tenure
        Steps for which a flipped bit stays as it is; at most a quarter of the bits are
        ever held.
    patience
        Steps without a better solution after which the search ends; at most 10 and one
        a bit.
    """

    neighbours: int = 12
    tenure: int = 7
    patience: int = 150

    def __post_init__(self) -> None:
        require(
            self,
            neighbours=(1, math.inf),
            tenure=(0, math.inf),
            patience=(1, math.inf),
        )


def tabu_search(
    problem: BinaryProblem,
    rng: np.random.Generator,
    control: Control,
    parameters: TabuParameters | None = None,
    start: Bits | None = None,
) -> Found:
    """Search from neighbour to neighbour, with a memory of what was flipped.

    A move is tabu while it flips a bit that is held; one that leads to the best solution
    so far is taken all the same. If every neighbour is tabu, the one is taken whose bits
    are held for the shortest time from now.

    Parameters
    ----------
    problem
        The problem.
    rng
        The one source of randomness.
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
        # A move flips two bits at most, so this holds no more than a quarter of them.
        tenure = min(parameters.tenure, max(1, moves.size // 8))
        # Step from which each bit may be flipped again.
        free_from = np.zeros(problem.columns.size, dtype=np.int64)
        most_idle = patience(parameters.patience, moves.size)
        idle = step = 0
        while idle < most_idle:
            evaluator.iterate()
            before = evaluator.best
            sample = moves.sample(walk.bits, parameters.neighbours)
            flips, score = _choose(evaluator, walk, sample, free_from, step)
            walk.apply(flips, score)
            step += 1
            free_from[list(flips)] = step + tenure
            idle = 0 if evaluator.best is not before else idle + 1

    return Evaluator(problem, control).conduct(search)


def _choose(
    evaluator: Evaluator,
    walk: CountedWalk,
    sample: list[Flips],
    free_from: Ints,
    step: int,
) -> tuple[Flips, Score]:
    """Try the neighbours; return the best that is not tabu."""
    chosen: tuple[Flips, Score] | None = None
    soonest: tuple[int, Flips, Score] | None = None
    for flips in sample:
        before = evaluator.best
        score = walk.trial(flips)
        aspired = evaluator.best is not before
        held = max(int(free_from[e]) for e in flips)
        if aspired or held <= step:
            if chosen is None or score.better_than(chosen[1]):
                chosen = flips, score
        elif soonest is None or held < soonest[0]:
            soonest = held, flips, score
    if chosen is not None:
        return chosen
    assert soonest is not None, "a sample has at least one move"
    return soonest[1:]
