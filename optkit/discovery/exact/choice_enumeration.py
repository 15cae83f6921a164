"""All choices of single agents in one scope, most of them ruled out by sums over groups.

With a single agent per group and forced connections, the leader's choice is one candidate
per group, and says who connects. So everything that a bound needs is a sum over groups:
for multipliers λ, μ ≥ 0 of the rows and ν ≥ 0 of a limit e on the extra energy,

    Φ ≥ Σ select + Σ min(0, cost + ν extra − λ agent gain + μ self gain)
        + λ agent need − μ self room − ν e,

where the second sum is over the requests that connect. With ν = 0 it holds for all that
complete a partial choice, with the least of each group that is open. So groups are added
one after the other, and what cannot be better than the incumbent is dropped. For complete
choices there is a limit on the energy: what a threshold rule takes, if it keeps both rows
there, the follower does not exceed. Multipliers of some of the choices that are left rule
out others; the rest is evaluated exactly.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np

from optkit.core.arrays import Bools, Floats, Ints
from optkit.core.solving.run import Run
from optkit.discovery.exact.choice_kernels import raise_bounds, surviving_choices
from optkit.discovery.problem.evaluation import Choice, ChoiceEvaluator, Evaluation
from optkit.discovery.problem.follower.problem import FollowerProblem, follower_problem
from optkit.discovery.problem.follower.response import (
    LeastEnergy,
    highest_multipliers,
    least_energy,
    optimal_multipliers,
)
from optkit.discovery.problem.incumbent import Incumbent
from optkit.discovery.problem.problem_data import (
    FOLLOWER_TOLERANCE,
    LEAST_TOLERANCE,
    ROW_TOLERANCE,
    ProblemData,
)
from optkit.discovery.problem.separation import rows_may_bind

MAX_CHOICES = 1e9
"""Most choices of a scope that is enumerated."""

MAX_SURVIVORS = 1_000_000
"""Most choices that bounds may leave; the enumeration is given up above that."""

FEW = 500
"""Number of choices that are evaluated without better bounds."""

SAMPLE = 30
"""Choices, of those left, whose linear programs give more multipliers."""

WORTH = 4
"""Choices ruled out per choice of a sample, from which another sample is worth it."""

STRICTER = 1.1
"""Factor of multipliers whose threshold rule is more likely to keep both rows."""

BOUNDING = 24
"""Most multipliers that bound partial choices."""

LIMITING = 100
"""Most multipliers, and most threshold rules, for complete choices."""

STARTS = 16
"""Random choices that are improved candidate by candidate, for a good incumbent."""

NEIGHBOURS = 8
"""Choices near each good one whose linear programs give multipliers, too."""

ROUNDING = 1e-9
"""Share of the incumbent by which a dropped choice may be better, for rounding."""


def enumerates(problem: ProblemData) -> bool:
    """Say whether all choices are enumerated: those of one scope over the horizon."""
    reading = problem.reading
    return (
        problem.scopes == 1
        and reading.qan_rule == "single"
        and reading.connection == "forced"
        and reading.connection_cost == "agent-mode"
        and problem.time_weight > 0.0
        and problem.candidates > 0
        and problem.groups * math.log(problem.candidates) <= math.log(MAX_CHOICES)
        and rows_may_bind(problem, 0)
    )


@dataclass(frozen=True, eq=False)
class _Tables:
    """Sums per group and candidate, for several multipliers.

    Parameters
    ----------
    values
        Shape (multipliers, g, J); infinite where a candidate breaks a rule.
    constant
        Shape (multipliers,).
    energy_price
        ν of each, shape (multipliers,).
    """

    values: Floats
    constant: Floats
    energy_price: Floats


class ChoiceEnumeration:
    """The choices of one scope of n requests in g groups, with J candidates each.

    Parameters
    ----------
    problem, scope
        The instance, and the number of the scope.
    evaluator, incumbent, run
        For the choices that are evaluated, and the limits.
    """

    def __init__(
        self,
        problem: ProblemData,
        scope: int,
        evaluator: ChoiceEvaluator,
        incumbent: Incumbent,
        run: Run,
    ) -> None:
        self.problem, self.scope = problem, scope
        self.evaluator, self.incumbent, self.run = evaluator, incumbent, run
        requests, self.groups = problem.requests_in(scope), problem.groups_in(scope)
        self._group = problem.group[requests] - self.groups.start
        self._count = self.groups.stop - self.groups.start
        self._linked = np.asarray(problem.usable[requests], dtype=np.bool_)
        self._seconds = np.where(self._linked, problem.connect[requests], 0.0)
        self._extra = problem.extra_energy[requests]
        self._gains = problem.agent_gain[requests], problem.self_gain[requests]
        self._room = float(self._gains[1].sum()) - problem.self_need
        self._base = float(problem.energy_self[requests].sum())
        self._select = problem.time_weight * problem.select[self.groups]
        joined = self._sums(self._linked.astype(float))
        # C2: a candidate that nobody can use is no choice where others can be used.
        self._allowed: Bools = (joined > 0.0) | (joined.sum(axis=1) == 0.0)[:, None]

    def search(self) -> float | None:
        """Try all choices; return a lower bound on the scope, or None if given up.

        The incumbent is then the best choice, unless the bound is lower than its value.
        """
        rng = self.run.rng("enumeration", self.scope)
        good = self._improved(rng)
        near = [self._shaken(c, rng) for _ in range(NEIGHBOURS) for c in good]
        survivors = self._survivors(*self._multipliers([*good, *near]))
        if survivors is None:
            return None
        choices, lower = self._refined(*survivors, rng)
        least = math.inf
        for index in np.argsort(lower, kind="stable"):
            if lower[index] >= self._target():
                break
            if self.run.should_stop():
                least = min(least, float(lower[index]))
                break
            if not self._evaluate(choices[index]).proven:
                one = slice(index, index + 1)
                self._raise_by(choices[one], choices[one], lower[one])
                least = min(least, float(lower[index]))
        return min(least, self._target())

    def _target(self) -> float:
        """Return the value from which a choice is no better than the incumbent."""
        value = self.incumbent.value(self.scope)
        return value - ROUNDING * abs(value) if math.isfinite(value) else value

    # -- choices -------------------------------------------------------------------

    def _evaluate(self, candidates: Ints) -> Evaluation:
        """Evaluate a choice, offer it, and return its evaluation.

        Parameters
        ----------
        candidates
            The candidate of each group, shape (g,).
        """
        around = self.incumbent.choice
        opened = around.opened.copy()
        opened[self.groups] = False
        opened[np.arange(self.groups.start, self.groups.stop), candidates] = True
        choice = Choice(opened, around.asked)
        evaluation = self.evaluator.evaluate_scope(choice, self.scope)
        self.incumbent.offer(self.scope, choice, evaluation)
        return evaluation

    def _rank(self, candidates: Ints) -> tuple[float, float]:
        """Return the violation and the objective of a choice, which is offered."""
        evaluation = self._evaluate(candidates)
        return evaluation.violation, evaluation.objective

    def _improved(self, rng: np.random.Generator) -> list[Ints]:
        """Return choices that no change of one candidate improves."""
        good: list[Ints] = []
        for _ in range(STARTS):
            choice = rng.integers(0, self.problem.candidates, self._count)
            rank, improves = self._rank(choice), True
            while improves and not self.run.should_stop():
                improves = False
                for group, candidate in np.argwhere(self._allowed):
                    other = choice.copy()
                    other[group] = candidate
                    if (tried := self._rank(other)) < rank:
                        choice, rank, improves = other, tried, True
            good.append(choice)
        return good

    def _shaken(self, choice: Ints, rng: np.random.Generator) -> Ints:
        """Return a choice with other candidates in three groups."""
        other = choice.copy()
        changed = rng.integers(0, self._count, 3)
        other[changed] = rng.integers(0, self.problem.candidates, 3)
        return other

    # -- bounds --------------------------------------------------------------------

    def _sums(self, of_links: Floats) -> Floats:
        """Return sums over the requests of each group, shape (g, J)."""
        sums = np.zeros((self._count, of_links.shape[1]))
        np.add.at(sums, self._group, np.where(self._linked, of_links, 0.0))
        return sums

    def _multipliers(self, choices: list[Ints]) -> tuple[_Tables, _Tables, Floats]:
        """Return tables without and with a limit on the energy, and threshold rules.

        They are optimal for the linear programs of some choices, so they are good nearby.
        The rules are rows of λ and μ.
        """
        bounding, limiting, rules = [np.zeros(3)], [np.zeros(3)], [np.zeros(2)]
        for choice in choices:
            if self.run.should_stop():
                break
            seconds = self._seconds[np.arange(len(self._group)), choice[self._group]]
            connected = self._linked[np.arange(len(self._group)), choice[self._group]]
            follower = follower_problem(self.problem, self.scope, connected)
            least = least_energy(follower)
            if not connected.any():
                continue
            if least is None:
                ray = self._infeasible(follower)
                bounding.append(ray)
                limiting.append(ray)
                continue
            time = self.problem.time_weight * seconds[connected]
            cost = time + self.problem.energy_weight * follower.extra
            for limited, kept in ((False, bounding), (True, limiting)):
                optimal = _optimal_for(follower, cost, least if limited else None)
                if optimal is not None:
                    kept.append(optimal)
            highest = np.array(highest_multipliers(follower))
            rules += [highest, STRICTER * highest]
            if limiting[-1][2] > 0.0:
                rules.append(limiting[-1][:2] / limiting[-1][2])
        return (
            self._tables(_distinct(bounding, BOUNDING)),
            self._tables(_distinct(limiting, LIMITING)),
            _distinct(rules, LIMITING),
        )

    def _infeasible(self, follower: FollowerProblem) -> Floats:
        """Return multipliers whose bound is above the incumbent where no modes keep rows.

        Zeros where none are found, as where only whole modes cannot keep the rows.
        """
        agent, own = follower.agent_gain, follower.self_gain
        sides = np.array([-follower.agent_need, follower.self_room])
        size = 1.0 + float(np.abs([*agent, *own, *sides]).sum())
        # The last variable is the share of this size by which both rows are relaxed.
        cost = np.append(np.zeros(len(agent)), 1.0)
        rows = np.array([np.append(-agent, -size), np.append(own, -size)])
        found = optimal_multipliers(cost, rows, sides)
        if found is None:
            return np.zeros(3)
        slack = -float(found @ sides) + float(
            np.minimum(found @ rows[:, :-1], 0.0).sum()
        )
        value = self.incumbent.value(self.scope)
        if not (slack > 1e-12 and math.isfinite(value)):
            return np.zeros(3)
        weight = self.problem.energy_weight
        enough = value + weight * float(np.abs(follower.extra).sum())
        return np.append(2.0 * (1.0 + enough) / slack * found, 0.0)

    def _tables(self, multipliers: Floats) -> _Tables:
        """Return the sums for rows of λ, μ and ν, shape (multipliers, 3)."""
        problem = self.problem
        values, constants = [], []
        for agent_price, self_price, energy_price in multipliers:
            reduced = (
                (problem.energy_weight + energy_price) * self._extra
                - agent_price * self._gains[0]
                + self_price * self._gains[1]
            )
            cost = problem.time_weight * self._seconds + reduced[:, None]
            table = self._select + self._sums(np.minimum(cost, 0.0))
            values.append(np.where(self._allowed, table, np.inf))
            constants.append(
                problem.energy_weight * self._base
                + agent_price * (problem.agent_need - ROW_TOLERANCE)
                - self_price * (self._room + ROW_TOLERANCE)
            )
        return _Tables(np.array(values), np.array(constants), multipliers[:, 2].copy())

    def _survivors(
        self, bounding: _Tables, limiting: _Tables, rules: Floats
    ) -> tuple[Ints, Floats] | None:
        """Return the choices that may be better than the incumbent, and their bounds.

        Shapes (n, g) and (n,); None if there are too many, or the run has to stop.
        """
        least = bounding.values.min(axis=2)
        width = np.where(np.isfinite(bounding.values), bounding.values, -np.inf)
        # Groups whose candidates differ most come first.
        spread = (width.max(axis=2) - least).max(axis=0)
        order = np.argsort(-spread, kind="stable")
        least = least[:, order].T
        rest = np.vstack([np.cumsum(least[::-1], axis=0)[::-1], 0.0 * least[:1]])
        sums = [bounding.values, limiting.values, *self._rule_sums(rules)]
        table = np.concatenate(sums).transpose(1, 2, 0)[order]
        start = np.concatenate(
            [bounding.constant, limiting.constant, np.zeros(3 * len(rules))]
        )
        room = (
            np.zeros((MAX_SURVIVORS, self._count), dtype=np.int32),
            np.zeros(MAX_SURVIVORS),
        )
        found: list[tuple[Ints, Floats]] = []
        total = 0
        for prefix in self._prefixes(order):
            if self.run.should_stop():
                return None
            count = surviving_choices(
                np.ascontiguousarray(table),
                self._allowed[order],
                start,
                rest,
                limiting.energy_price,
                len(rules),
                *self._follower_limits(),
                prefix,
                self._target(),
                *room,
            )
            total += count
            if total > MAX_SURVIVORS:
                return None
            found.append((room[0][:count].copy(), room[1][:count].copy()))
        ordered = np.concatenate([part for part, _ in found])
        choices = np.empty_like(ordered)
        choices[:, order] = ordered
        return choices, np.concatenate([bounds for _, bounds in found])

    def _follower_limits(self) -> tuple[float, float, float, float, float]:
        """Return what the rows ask of a rule, the energy without it, and the tolerance."""
        problem = self.problem
        widened = 1.0 + ROUNDING
        return (
            problem.agent_need - 0.5 * ROW_TOLERANCE,
            self._room + 0.5 * ROW_TOLERANCE,
            self._base,
            FOLLOWER_TOLERANCE * widened,
            LEAST_TOLERANCE * widened * problem.largest_energy(self.scope),
        )

    def _refined(
        self, choices: Ints, lower: Floats, rng: np.random.Generator
    ) -> tuple[Ints, Floats]:
        """Return the choices that are left by the multipliers of some of them."""
        while len(choices) > FEW and not self.run.should_stop():
            sample = rng.choice(len(choices), SAMPLE, replace=False)
            self._raise_by(choices[sample], choices, lower)
            kept = lower < self._target()
            before = len(choices)
            choices, lower = choices[kept], lower[kept]
            if before - len(choices) < WORTH * SAMPLE:
                break
        return choices, lower

    def _raise_by(self, sample: Ints, choices: Ints, lower: Floats) -> None:
        """Raise the bounds of choices, shape (n,), by the multipliers of a sample."""
        _, limiting, rules = self._multipliers([*sample])
        table = np.concatenate([limiting.values, *self._rule_sums(rules)])
        raise_bounds(
            np.ascontiguousarray(table.transpose(1, 2, 0)),
            np.append(limiting.constant, np.zeros(3 * len(rules))),
            limiting.energy_price,
            len(rules),
            *self._follower_limits(),
            lower,
            choices,
        )

    def _prefixes(self, order: Ints) -> list[Ints]:
        """Return the candidates of the first groups, as far as calls are worth it."""
        first = order[: min(2, len(order) - 1)]
        candidates = [np.flatnonzero(self._allowed[group]) for group in first]
        return [np.array(p, dtype=np.int64) for p in itertools.product(*candidates)]

    def _rule_sums(self, rules: Floats) -> list[Floats]:
        """Return sums of both gains and of the extra energy, shapes (rules, g, J)."""
        sums: tuple[list[Floats], ...] = ([], [], [])
        for agent_price, self_price in rules:
            reduced = (
                self._extra - agent_price * self._gains[0] + self_price * self._gains[1]
            )
            agent = (reduced < 0.0)[:, None] & self._linked
            for kept, value in zip(sums, (*self._gains, self._extra), strict=True):
                kept.append(self._sums(agent * value[:, None]))
        return [np.array(kept) for kept in sums]


def _optimal_for(
    follower: FollowerProblem, cost: Floats, least: LeastEnergy | None
) -> Floats | None:
    """Return the multipliers of both rows and of the energy, shape (3,).

    None where no modes keep the rows.

    Parameters
    ----------
    follower
        The follower's problem for a choice.
    cost
        What agent mode costs the leader, shape (n,).
    least
        The follower's response, whose energy is a limit; None for no limit. The energy's
        multiplier is 0 then.
    """
    rows = [-follower.agent_gain, follower.self_gain]
    sides = [-follower.agent_need, follower.self_room]
    if least is not None:
        extra = float(follower.extra @ least.agent)
        rows.append(follower.extra)
        sides.append(extra + follower.slack(extra))
    found = optimal_multipliers(cost, np.array(rows), np.array(sides))
    return None if found is None else np.append(found, np.zeros(3 - len(rows)))


def _distinct(rows: list[Floats], most: int) -> Floats:
    """Return different rows, at most so many, in the order given."""
    array = np.array(rows)
    _, first = np.unique(np.round(array, 9), axis=0, return_index=True)
    kept: Floats = array[np.sort(first)[:most]]
    return kept
