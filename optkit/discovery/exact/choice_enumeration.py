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
there, the follower does not exceed. What is left is evaluated exactly.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from optkit.core.arrays import Bools, Floats, Ints
from optkit.core.solving.run import Run
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

MAX_PARTIAL = 200_000
"""Most partial choices that are kept; the enumeration is given up above that."""

BOUNDING = 24
"""Most multipliers that bound partial choices."""

LIMITING = 80
"""Most multipliers, and most threshold rules, for complete choices."""

STARTS = 8
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

    def of(self, choices: Ints) -> Floats:
        """Return the sums of complete choices, shape (n, multipliers)."""
        groups = np.arange(choices.shape[1])
        sums: Floats = self.values[:, groups, choices].sum(axis=2).T + self.constant
        return sums


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
        bounding, limiting, rules = self._multipliers([*good, *near])
        choices = self._complete(bounding)
        if choices is None:
            return None
        lower = self._bounds(choices, bounding, limiting, rules)
        least = math.inf
        for index in np.argsort(lower, kind="stable"):
            if lower[index] >= self._target():
                break
            if self.run.should_stop():
                least = min(least, float(lower[index]))
                break
            if not self._evaluate(choices[index]).proven:
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
            if least is None or not connected.any():
                continue
            time = self.problem.time_weight * seconds[connected]
            cost = time + self.problem.energy_weight * follower.extra
            for limited, kept in ((False, bounding), (True, limiting)):
                optimal = _optimal_for(follower, cost, least if limited else None)
                if optimal is not None:
                    kept.append(optimal)
            rules.append(np.array(highest_multipliers(follower)))
            if limiting[-1][2] > 0.0:
                rules.append(limiting[-1][:2] / limiting[-1][2])
        return (
            self._tables(_distinct(bounding, BOUNDING)),
            self._tables(_distinct(limiting, LIMITING)),
            _distinct(rules, LIMITING),
        )

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
        return _Tables(np.array(values), np.array(constants), multipliers[:, 2])

    def _complete(self, tables: _Tables) -> Ints | None:
        """Return the choices that may be better than the incumbent, shape (n, g).

        None if there are too many, or the run has to stop.
        """
        width = np.where(np.isfinite(tables.values), tables.values, -np.inf).max(axis=2)
        spread = (width - tables.values.min(axis=2)).max(axis=0)
        order = np.argsort(-spread, kind="stable")
        least = tables.values.min(axis=2)[:, order]
        rest = np.cumsum(least[:, ::-1], axis=1)[:, ::-1]
        rest = np.hstack([rest, np.zeros((len(rest), 1))]) + tables.constant[:, None]
        partial = np.zeros((1, 0), dtype=np.int64)
        sums = np.zeros((1, len(least)))
        for level, group in enumerate(order):
            candidates = np.flatnonzero(self._allowed[group])
            if len(partial) > MAX_PARTIAL or self.run.should_stop():
                return None
            step = tables.values[:, group, candidates].T
            sums = (sums[:, None] + step[None]).reshape(-1, sums.shape[1])
            last = np.tile(candidates, len(partial))[:, None]
            partial = np.hstack([np.repeat(partial, len(candidates), axis=0), last])
            kept = (sums + rest[:, level + 1]).max(axis=1) < self._target()
            sums, partial = sums[kept], partial[kept]
        choices = np.empty_like(partial)
        choices[:, order] = partial
        return choices

    def _bounds(
        self, choices: Ints, bounding: _Tables, limiting: _Tables, rules: Floats
    ) -> Floats:
        """Return a lower bound on each choice, where the follower's energy is limited."""
        most = self._most_extra(choices, rules)
        energy = self._base + most
        tolerance = np.maximum(
            FOLLOWER_TOLERANCE * np.abs(energy),
            LEAST_TOLERANCE * self.problem.largest_energy(self.scope),
        )
        lower: Floats = bounding.of(choices).max(axis=1)
        limited = np.isfinite(most)
        with_limit = (
            limiting.of(choices[limited])
            - limiting.energy_price
            * ((most + tolerance * (1.0 + ROUNDING))[limited, None])
        )
        lower[limited] = np.maximum(lower[limited], with_limit.max(axis=1))
        return lower

    def _most_extra(self, choices: Ints, rules: Floats) -> Floats:
        """Return the least extra energy of the rules that keep both rows, per choice.

        Infinite where none does.
        """
        groups = np.arange(choices.shape[1])
        most = np.full(len(choices), np.inf)
        for agent_price, self_price in rules:
            reduced = (
                self._extra - agent_price * self._gains[0] + self_price * self._gains[1]
            )
            agent = (reduced < 0.0)[:, None] & self._linked
            agents, selves, extra = (
                self._sums(agent * value[:, None])[groups, choices].sum(axis=1)
                for value in (*self._gains, self._extra)
            )
            keeps = (agents >= self.problem.agent_need - 0.5 * ROW_TOLERANCE) & (
                selves <= self._room + 0.5 * ROW_TOLERANCE
            )
            most = np.where(keeps, np.minimum(most, extra), most)
        return most


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
