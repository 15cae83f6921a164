"""Problems with known optima, and a wrapper that checks what an engine does."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from optkit.search import (
    AnnealingParameters,
    BinaryProblem,
    Bits,
    Columns,
    Control,
    Flips,
    Score,
    SearchResult,
    Walk,
    anneal,
    colony_search,
    genetic_search,
    swarm_search,
    tabu_search,
    trust_region_search,
)

Engine = Callable[..., SearchResult]

ENGINES: dict[str, Engine] = {
    "tabu": tabu_search,
    "genetic": genetic_search,
    "annealing": anneal,
    "swarm": swarm_search,
    "colony": colony_search,
    "trust_region": trust_region_search,
}

SHORT = {"annealing": AnnealingParameters(effort=60)}
"""Parameters under which a search without limits ends soon."""


class OneMax(BinaryProblem):
    """Find a hidden solution; the value is the number of bits that differ from it."""

    def __init__(self, columns: Columns, hidden: Bits) -> None:
        assert columns.legal(hidden)
        self.columns, self.hidden = columns, hidden

    def evaluate(self, bits: Bits) -> Score:
        return Score(0.0, float(np.count_nonzero(bits != self.hidden)))


class SetCover(BinaryProblem):
    """Cover all elements with the cheapest sets; uncovered elements are a violation."""

    def __init__(self, covers: np.ndarray, cost: np.ndarray) -> None:
        self.columns = Columns.of([len(cost)])
        self.covers, self.cost = covers, cost

    def evaluate(self, bits: Bits) -> Score:
        uncovered = np.count_nonzero(~self.covers[bits].any(axis=0))
        return Score(float(uncovered), float(self.cost[bits].sum()))


class Quadratic(BinaryProblem):
    """Minimise bᵀQb, with a walk by increments."""

    def __init__(self, matrix: np.ndarray, columns: Columns) -> None:
        self.columns, self.matrix = columns, matrix

    def evaluate(self, bits: Bits) -> Score:
        return Score(0.0, float(bits @ self.matrix @ bits))

    def walk(self, bits: Bits) -> Walk:
        return _QuadraticWalk(self, bits)


class _QuadraticWalk:
    def __init__(self, problem: Quadratic, bits: Bits) -> None:
        self.matrix = problem.matrix + problem.matrix.T
        self.own = np.diag(problem.matrix)
        self.bits = bits.copy()
        self.score = problem.evaluate(bits)

    def _change(self, flips: Flips) -> float:
        step = np.zeros(len(self.bits))
        step[list(flips)] = 1.0 - 2.0 * self.bits[list(flips)]
        # (b + d)ᵀ(Q + Qᵀ)(b + d)/2 − bᵀ(Q + Qᵀ)b/2
        return float(step @ self.matrix @ self.bits + step @ self.matrix @ step / 2.0)

    def trial(self, flips: Flips) -> Score:
        return Score(0.0, self.score.value + self._change(flips))

    def apply(self, flips: Flips, score: Score) -> None:
        self.bits[list(flips)] ^= True
        self.score = score


@cache
def tiny_with_optimum(seed: int) -> tuple[BinaryProblem, Score]:
    """Return a tiny problem and its optimum; three kinds take turns."""
    kind = seed % 3
    problem: BinaryProblem
    if kind == 0:
        problem = one_max(seed, (3, 3, 2), 1, 2)
    elif kind == 1:
        problem = set_cover(seed)
    else:
        problem = quadratic(seed, (3, 3, 2), 0, 2)
    return problem, brute_force(problem)


def brute_force(problem: BinaryProblem) -> Score:
    """Return the best score over all legal solutions."""
    best: Score | None = None
    for choice in itertools.product((False, True), repeat=problem.columns.size):
        bits = np.array(choice, dtype=np.bool_)
        if problem.columns.legal(bits):
            score = problem.evaluate(bits)
            if best is None or score.better_than(best):
                best = score
    assert best is not None
    return best


def one_max(seed: int, sizes: tuple[int, ...], least: int, most: int) -> OneMax:
    """Return a random one-max in columns."""
    columns = Columns.of(sizes, least, most)
    return OneMax(columns, columns.random(np.random.default_rng(seed)))


def set_cover(seed: int, elements: int = 8, sets: int = 8) -> SetCover:
    """Return a random feasible set cover."""
    rng = np.random.default_rng(seed)
    covers = rng.random((sets, elements)) < 0.3
    covers[rng.integers(0, sets, size=elements), np.arange(elements)] = True
    return SetCover(covers, rng.uniform(1.0, 3.0, size=sets))


def quadratic(seed: int, sizes: tuple[int, ...], least: int, most: int) -> Quadratic:
    """Return a random quadratic problem in columns."""
    rng = np.random.default_rng(seed)
    columns = Columns.of(sizes, least, most)
    return Quadratic(rng.normal(size=(columns.size, columns.size)), columns)


@dataclass
class Audit(BinaryProblem):
    """A problem that counts evaluations and checks that the engine keeps the contract.

    Parameters
    ----------
    inner
        The problem.
    """

    inner: BinaryProblem
    counted: int = 0
    scores: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.columns = self.inner.columns

    def note(self, bits: Bits, score: Score) -> None:
        """Count an evaluation, and compare its score with a whole evaluation."""
        assert self.columns.legal(bits), "an illegal solution was evaluated"
        again = self.inner.evaluate(bits.copy())
        assert score.violation == again.violation
        assert abs(score.value - again.value) <= 1e-9 * max(1.0, abs(again.value))
        self.counted += 1
        self.scores.append(score.value)

    def evaluate(self, bits: Bits) -> Score:
        score = self.inner.evaluate(bits)
        self.note(bits, score)
        return score

    def walk(self, bits: Bits) -> Walk:
        return _AuditedWalk(self, self.inner.walk(bits))


class _AuditedWalk:
    def __init__(self, audit: Audit, walk: Walk) -> None:
        self.audit, self.walk = audit, walk
        self.tried: dict[Flips, Score] = {}
        audit.note(walk.bits, walk.score)

    @property
    def bits(self) -> Bits:
        shown = self.walk.bits.view()
        shown.flags.writeable = False
        return shown

    @property
    def score(self) -> Score:
        return self.walk.score

    def trial(self, flips: Flips) -> Score:
        assert flips, "a move that flips nothing was tried"
        assert list(flips) == sorted(set(flips)), f"{flips} is not a valid move"
        score = self.walk.trial(flips)
        neighbour = self.walk.bits.copy()
        neighbour[list(flips)] ^= True
        self.audit.note(neighbour, score)
        self.tried[flips] = score
        return score

    def apply(self, flips: Flips, score: Score) -> None:
        assert self.tried[flips] is score, "a move was applied that was not tried"
        self.walk.apply(flips, score)
        self.tried = {}


def audited(
    engine: str,
    problem: BinaryProblem,
    seed: int,
    evaluations: int | None = None,
    **settings: object,
) -> tuple[SearchResult, Audit, list[tuple[Score, Bits]]]:
    """Run an engine on an audited problem; return also the incumbents it reported."""
    audit = Audit(problem)
    reported: list[tuple[Score, Bits]] = []
    control = Control(
        evaluations=evaluations,
        on_incumbent=lambda score, bits: reported.append((score, bits)),
        **settings,  # type: ignore[arg-type]
    )
    result = ENGINES[engine](
        audit, np.random.default_rng(seed), control, parameters=SHORT.get(engine)
    )
    return result, audit, reported


@cache
def quadratic_with_random_search(
    seed: int, evaluations: int
) -> tuple[BinaryProblem, float]:
    """Return a problem, and the best value of that many random solutions."""
    problem = quadratic(seed, (6,) * 5, 1, 3)
    rng = np.random.default_rng(seed + 1000)
    return problem, min(
        problem.evaluate(problem.sample(rng)).value for _ in range(evaluations)
    )
