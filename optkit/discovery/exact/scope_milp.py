"""The bilevel program of one scope as a mixed-integer program with value-function cuts.

The high-point relaxation lets the leader choose the follower's answer too. Where only the
connections of nodes in agent mode cost time, that is a bound and no more; each answer
Ŷ that the follower could give to other connections C then cuts off the modes that take
more energy than Ŷ ∧ C would: Z2(Y) ≤ Z2(Ŷ ∧ C) as long as Ŷ ∧ C keeps the accuracy rows.
Whether it does is decided by a binary a row, which may be set only where the row fails
(value-function cuts with disjunctions: Mitsos 2010; Lozano and Smith 2017); a row that
fails for no C needs none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optkit.backends.builder import ModelBuilder
from optkit.core.arrays import Bools, Floats, Ints
from optkit.discovery.problem.evaluation import Evaluation
from optkit.discovery.problem.follower.fixed_modes import fixed_modes
from optkit.discovery.problem.problem_data import (
    FOLLOWER_TOLERANCE,
    ROW_TOLERANCE,
    ProblemData,
)

NEARLY = 1e-7
"""A cut's binary may be set where a row is missed, or nearly: well outside a solver's
tolerances, so that it can be trusted to be 0 elsewhere."""

ROUNDING = 1e-9
"""Share by which the follower's tolerance is widened in cuts, for rounding."""


@dataclass(frozen=True, eq=False)
class Affine:
    """Σ factor · column + constant, once a request.

    Parameters
    ----------
    columns, factors
        Of each request.
    constant
        Of each request, shape (n,).
    """

    columns: list[Ints]
    factors: list[Floats]
    constant: Floats

    def weighted(self, weights: Floats) -> tuple[Ints, Floats, float]:
        """Return columns, factors and constant of the sum with these weights."""
        empty = np.zeros(0)
        columns = np.concatenate([empty.astype(np.int64), *self.columns])
        factors = np.concatenate(
            [empty, *(w * f for w, f in zip(weights, self.factors, strict=True))]
        )
        return columns, factors, float(weights @ self.constant)


class Unit:
    """The program of one scope.

    Parameters
    ----------
    problem
        The instance.
    scope
        Which scope.
    """

    def __init__(self, problem: ProblemData, scope: int) -> None:
        self.problem, self.scope = problem, scope
        self.part = problem.scope(scope)
        self.groups = range(*map(int, problem.scope_groups[scope : scope + 2]))
        self.reading = problem.reading
        self.extra = problem.extra_energy[self.part]
        self.agent_gain = problem.agent_gain[self.part]
        self.self_gain = problem.self_gain[self.part]
        self.agent_need = problem.agent_need
        self.self_room = float(self.self_gain.sum()) - problem.self_need
        self.base = float(problem.energy_self[self.part].sum())
        self.links = [
            np.flatnonzero(row) for row in problem.usable[self.part].astype(bool)
        ]
        self.linked = np.array([len(links) > 0 for links in self.links], dtype=bool)
        self.group = problem.group[self.part] - self.groups.start
        self.by_mode = self.reading.connection_cost == "agent-mode"
        self.fixed = self.reading.connection == "forced" and (
            self.reading.qan_rule != "single"
        )
        self.program = ModelBuilder("discovery", problem.energy_weight * self.base)
        self._switches: list[tuple[int, Floats, float]] = []
        self._build()

    @property
    def interacts(self) -> bool:
        """Whether the leader can gain by what the follower would not choose."""
        return self.by_mode and self.problem.time_weight > 0.0

    # -- the high-point relaxation -------------------------------------------------

    def _build(self) -> None:
        problem, program = self.problem, self.program
        select = problem.select[self.groups.start : self.groups.stop]
        self.opened = program.add_columns(problem.time_weight * select, integer=True)
        self._agents_rule()
        upper = self.linked.astype(float)
        self.agent = program.add_columns(
            problem.energy_weight * self.extra, upper=upper, integer=True
        )
        self.connected = self._connections()
        self._served()
        for p in np.flatnonzero(self.linked):
            # Y ≤ C
            self._row_at_least(int(p), self.connected, np.array([self.agent[p]]))
        program.add_row(
            self.agent, self.agent_gain, lower=self.agent_need - ROW_TOLERANCE
        )
        program.add_row(
            self.agent, self.self_gain, upper=self.self_room + ROW_TOLERANCE
        )

    def _row_at_least(self, p: int, affine: Affine, below: Ints) -> None:
        """Add the row affine_p ≥ Σ below."""
        self.program.add_row(
            np.concatenate([affine.columns[p], below]),
            np.concatenate([affine.factors[p], -np.ones(len(below))]),
            lower=-float(affine.constant[p]),
        )

    def _agents_rule(self) -> None:
        """C1, and C2 as far as it is about agents that nobody can use."""
        rule = self.reading.qan_rule
        for g in range(len(self.groups)):
            most = 1.0 if rule == "single" else np.inf
            self.program.add_row(self.opened[g], 1.0, lower=1.0, upper=most)
            members = np.flatnonzero(self.group == g)
            linked = [self.links[p] for p in members if self.linked[p]]
            if linked:
                reached = np.unique(np.concatenate(linked))
                self.program.add_row(self.opened[g][reached], 1.0, lower=1.0)
            if rule != "single":
                most = 1.0 if rule == "exact" else np.inf
                for links in linked:
                    self.program.add_row(
                        self.opened[g][links], 1.0, lower=1.0, upper=most
                    )

    def _connections(self) -> Affine:
        """Return C, which follows from X where connecting is forced."""
        self.joined: Ints | None = None
        count = len(self.extra)
        none, empty = np.zeros(0, dtype=np.int64), np.zeros(0)
        if self.fixed:
            return Affine([none] * count, [empty] * count, self.linked.astype(float))
        within = [
            self.opened[g][links]
            for g, links in zip(self.group, self.links, strict=True)
        ]
        if (
            self.reading.connection == "forced"
        ):  # with a single agent: the sum is 0 or 1
            return Affine(within, [np.ones(len(w)) for w in within], np.zeros(count))
        joined = self.joined = self.program.add_columns(
            np.zeros(count), upper=self.linked.astype(float), integer=True
        )
        for p in np.flatnonzero(self.linked):
            self.program.add_row(
                np.append(within[p], joined[p]),
                np.append(np.ones(len(within[p])), -1.0),
                lower=0.0,
            )
        for g in range(len(self.groups)):
            members = np.flatnonzero((self.group == g) & self.linked)
            if len(members):
                self.program.add_row(joined[members], 1.0, lower=1.0)
        return Affine(
            [joined[p : p + 1] for p in range(count)],
            [np.ones(1)] * count,
            np.zeros(count),
        )

    def _served(self) -> None:
        """Who is served by which agent: every agent-mode node, or every connected one."""
        problem, program = self.problem, self.program
        request, candidate = np.nonzero(problem.usable[self.part])
        seconds = problem.connect[self.part][request, candidate]
        columns = program.add_columns(problem.time_weight * seconds, integer=False)
        # No more than X of each agent.
        open_ones = self.opened[self.group[request], candidate]
        program.add_rows(np.stack([columns, open_ones], axis=1), [1.0, -1.0], upper=0.0)
        ends = np.searchsorted(request, np.arange(len(self.links) + 1))
        self.served = [columns[ends[p] : ends[p + 1]] for p in range(len(self.links))]
        for p in np.flatnonzero(self.linked):
            served = self.served[p]
            if self.by_mode:
                counted, factors, constant = self.agent[p : p + 1], np.ones(1), 0.0
            else:
                counted = self.connected.columns[p]
                factors = self.connected.factors[p]
                constant = float(self.connected.constant[p])
            program.add_row(
                np.concatenate([served, counted]),
                np.concatenate([np.ones(len(served)), -factors]),
                lower=constant,
                upper=constant,
            )

    def point(self, opened: Bools, evaluation: Evaluation) -> Floats:
        """Return the program's point that stands for a choice and what follows from it.

        Parameters
        ----------
        opened
            X of the scope's groups, shape (groups, J).
        evaluation
            What the choice leads to in this scope.
        """
        values = np.zeros(self.program.columns)
        connected = evaluation.target >= 0
        values[self.opened] = opened
        values[self.agent] = evaluation.agent
        if self.joined is not None:
            values[self.joined] = connected
        counted = evaluation.agent if self.by_mode else connected
        for p, columns in enumerate(self.served):
            if counted[p]:
                place = np.searchsorted(self.links[p], evaluation.target[p])
                values[columns[place]] = 1.0
        for switch, gains, need in self._switches:
            values[switch] = float(gains @ connected) <= need
        return values

    # -- value-function cuts -------------------------------------------------------

    def add_settled_modes(self) -> None:
        """Settle the modes that every answer of the follower has in common."""
        settled = fixed_modes(self.problem, self.scope)
        for p in np.flatnonzero(settled.on):
            columns, factors = self.connected.columns[p], self.connected.factors[p]
            self.program.add_row(
                np.append(columns, self.agent[p]),
                np.append(-factors, 1.0),
                lower=float(self.connected.constant[p]),
            )
        for p in np.flatnonzero(settled.off & self.linked):
            self.program.add_row([self.agent[p]], 1.0, upper=0.0)

    def add_cut(self, answer: Bools, connected: Bools) -> None:
        """Cut off modes that take more energy than an answer of the follower.

        Parameters
        ----------
        answer
            The answer as a rule for any connections: agent mode where it says so and the
            node is connected, shape (n,).
        connected
            Connections for which that rule keeps both rows, shape (n,).
        """
        first = len(self._switches)
        self._add_rule(answer)
        if any(float(g @ connected) <= need for _, g, need in self._switches[first:]):
            # It keeps a row by so little that the binaries open the cut just here.
            self._add_point(answer & connected)

    def _add_point(self, answer: Bools) -> None:
        """Cut off modes that take more energy than ``answer``, where it is possible."""
        extra = float(self.extra[answer].sum())
        top = float(np.maximum(self.extra[self.linked], 0.0).sum())
        lift = max(0.0, top - extra)
        columns, factors, constant = self.connected.weighted(
            np.where(answer, lift, 0.0)
        )
        self.program.add_row(
            np.concatenate([self.agent, columns]),
            np.concatenate([self.extra, factors]),
            upper=extra + self._slack(extra) + lift * float(answer.sum()) - constant,
        )

    def _slack(self, extra: float) -> float:
        """Return the joules that the follower's answers may take beyond the least."""
        energy = self.base + extra
        return FOLLOWER_TOLERANCE * max(1.0, energy) * (1.0 + ROUNDING) + ROUNDING

    def _add_rule(self, answer: Bools) -> None:
        """Cut off modes that take more energy than ``answer`` ∧ C, where it is possible."""
        extra = np.where(answer, self.extra, 0.0)
        slack = self._slack(float(extra.sum()))
        # The tolerance grows with the least energy, so with every saving that is lost.
        drop = np.where(extra < 0.0, extra * (1.0 + FOLLOWER_TOLERANCE), extra)
        columns, factors, constant = self.connected.weighted(-drop)
        top = float(np.maximum(self.extra[self.linked], 0.0).sum())
        escape = top - float(extra.sum()) + float(np.maximum(drop, 0.0).sum())
        switches = [
            *self._failing(answer, self.agent_gain, self.agent_need),
            *self._failing(answer, -self.self_gain, -self.self_room),
        ]
        self.program.add_row(
            np.concatenate([self.agent, columns, np.array(switches, dtype=np.int64)]),
            np.concatenate(
                [self.extra, factors, np.full(len(switches), -max(0.0, escape))]
            ),
            upper=float(extra.sum()) - float(drop.sum()) + slack - constant,
        )

    def _failing(self, answer: Bools, gain: Floats, need: float) -> list[int]:
        """Return a binary that may be 1 only where ``answer`` ∧ C misses a row.

        The row is Σ gain over the answer's connected nodes ≥ need; no binary is returned
        where no connections make it fail.
        """
        gains = np.where(answer, gain, 0.0)
        surely = ~self.linked | (self.fixed & self.linked)
        least = float(np.minimum(gains, 0.0)[~surely].sum() + gains[surely].sum())
        if least >= need - 0.5 * ROW_TOLERANCE:
            return []
        most = float(np.maximum(gains, 0.0)[~surely].sum() + gains[surely].sum())
        (switch,) = self.program.add_columns(np.zeros(1), integer=True)
        need += NEARLY  # b = 1 demands Σ gain C below this
        self._switches.append((int(switch), gains, need))
        columns, factors, constant = self.connected.weighted(gains)
        room = max(0.0, most - need)
        self.program.add_row(
            np.append(columns, switch),
            np.append(factors, room),
            upper=need - constant + room,
        )
        return [int(switch)]
