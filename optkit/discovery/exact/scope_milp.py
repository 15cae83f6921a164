"""The bilevel program of one scope as a mixed-integer program with value-function cuts.

The high-point relaxation lets the leader choose the follower's response too. Where only the
connections of nodes in agent mode take time, that is only a bound. Then each response Ŷ
that the follower could give to other connections C cuts off the modes that take more energy
than Ŷ ∧ C would: Z2(Y) ≤ Z2(Ŷ ∧ C) as long as Ŷ ∧ C keeps the accuracy rows. Whether it
does is decided by one binary per row, which may be set only where the row fails
(value-function cuts with disjunctions: Mitsos 2010; Lozano and Smith 2017). A row that
fails for no C needs no binary.
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
    follower_tolerance,
)

NEARLY_MISSED = 1e-7
"""A cut's binary may be set where a row holds by less than this: far more than a solver's
tolerances, so that it can be trusted to be 0 elsewhere."""

ROUNDING = 1e-9
"""Share by which the follower's tolerance is widened in cuts, for rounding."""


@dataclass(frozen=True, eq=False)
class Affine:
    """One expression Σ factor · column + constant per request.

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


class ScopeMilp:
    """The program of one scope of n requests.

    Parameters
    ----------
    problem
        The instance.
    scope
        The scope.
    """

    def __init__(self, problem: ProblemData, scope: int) -> None:
        self.problem, self.scope = problem, scope
        self.requests = problem.requests_in(scope)
        self.groups = problem.groups_in(scope)
        self.reading = problem.reading
        self.extra = problem.extra_energy[self.requests]
        self.agent_gain = problem.agent_gain[self.requests]
        self.self_gain = problem.self_gain[self.requests]
        self.agent_need = problem.agent_need
        self.self_room = float(self.self_gain.sum()) - problem.self_need
        self.base = float(problem.energy_self[self.requests].sum())
        self.largest = problem.largest_energy(scope)
        self.links = [
            np.flatnonzero(row) for row in problem.usable[self.requests].astype(bool)
        ]
        self.linked = np.array([len(links) > 0 for links in self.links], dtype=bool)
        self.group = problem.group[self.requests] - self.groups.start
        self.by_mode = self.reading.connection_cost == "agent-mode"
        self.all_connect = self.reading.connection == "forced" and (
            self.reading.qan_rule != "single"
        )
        self.builder = ModelBuilder("discovery", problem.energy_weight * self.base)
        self._switches: list[tuple[int, Floats, float]] = []
        self._build()

    @property
    def interacts(self) -> bool:
        """Whether the leader can gain by modes that the follower would not choose."""
        return self.by_mode and self.problem.time_weight > 0.0

    # -- the high-point relaxation -------------------------------------------------

    def _build(self) -> None:
        problem, builder = self.problem, self.builder
        select = problem.select[self.groups]
        self.opened = builder.add_columns(problem.time_weight * select, integer=True)
        self._add_agent_rules()
        upper = self.linked.astype(float)
        self.agent = builder.add_columns(
            problem.energy_weight * self.extra, upper=upper, integer=True
        )
        self.connected = self._add_connections()
        self._add_service()
        for p in np.flatnonzero(self.linked):
            # Y ≤ C
            self._row_at_least(int(p), self.connected, np.array([self.agent[p]]))
        builder.add_row(
            self.agent, self.agent_gain, lower=self.agent_need - ROW_TOLERANCE
        )
        builder.add_row(
            self.agent, self.self_gain, upper=self.self_room + ROW_TOLERANCE
        )

    def _row_at_least(self, p: int, affine: Affine, below: Ints) -> None:
        """Add the row affine_p ≥ Σ below."""
        self.builder.add_row(
            np.concatenate([affine.columns[p], below]),
            np.concatenate([affine.factors[p], -np.ones(len(below))]),
            lower=-float(affine.constant[p]),
        )

    def _add_agent_rules(self) -> None:
        """Add C1, and the part of C2 that makes connections possible."""
        rule = self.reading.qan_rule
        for g in range(len(self.opened)):
            most = 1.0 if rule == "single" else np.inf
            self.builder.add_row(self.opened[g], 1.0, lower=1.0, upper=most)
            members = np.flatnonzero(self.group == g)
            linked = [self.links[p] for p in members if self.linked[p]]
            if linked:
                reached = np.unique(np.concatenate(linked))
                self.builder.add_row(self.opened[g][reached], 1.0, lower=1.0)
            if rule != "single":
                most = 1.0 if rule == "exact" else np.inf
                for links in linked:
                    self.builder.add_row(
                        self.opened[g][links], 1.0, lower=1.0, upper=most
                    )

    def _add_connections(self) -> Affine:
        """Return C, which follows from X where connecting is forced."""
        self.joined: Ints | None = None
        count = len(self.extra)
        none, empty = np.zeros(0, dtype=np.int64), np.zeros(0)
        if self.all_connect:
            return Affine([none] * count, [empty] * count, self.linked.astype(float))
        usable = [
            self.opened[g][links]
            for g, links in zip(self.group, self.links, strict=True)
        ]
        if self.reading.connection == "forced":
            # With a single agent per group, the sum over usable agents is 0 or 1.
            return Affine(usable, [np.ones(len(u)) for u in usable], np.zeros(count))
        joined = self.joined = self.builder.add_columns(
            np.zeros(count), upper=self.linked.astype(float), integer=True
        )
        for p in np.flatnonzero(self.linked):
            self.builder.add_row(
                np.append(usable[p], joined[p]),
                np.append(np.ones(len(usable[p])), -1.0),
                lower=0.0,
            )
        for g in range(len(self.opened)):
            members = np.flatnonzero((self.group == g) & self.linked)
            if len(members):
                self.builder.add_row(joined[members], 1.0, lower=1.0)
        return Affine(
            [joined[p : p + 1] for p in range(count)],
            [np.ones(1)] * count,
            np.zeros(count),
        )

    def _add_service(self) -> None:
        """Say which agent serves each node in agent mode, or each connected node."""
        problem, builder = self.problem, self.builder
        request, candidate = np.nonzero(problem.usable[self.requests])
        seconds = problem.connect[self.requests][request, candidate]
        columns = builder.add_columns(problem.time_weight * seconds, integer=False)
        # Only open agents serve.
        agents = self.opened[self.group[request], candidate]
        builder.add_rows(np.stack([columns, agents], axis=1), [1.0, -1.0], upper=0.0)
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
            builder.add_row(
                np.concatenate([served, counted]),
                np.concatenate([np.ones(len(served)), -factors]),
                lower=constant,
                upper=constant,
            )

    def point(self, opened: Bools, evaluation: Evaluation) -> Floats:
        """Return the program's point that stands for a choice and its evaluation.

        Parameters
        ----------
        opened
            X of the scope's groups, shape (groups, J).
        evaluation
            The evaluation of the choice in this scope.
        """
        values = np.zeros(self.builder.columns)
        connected = evaluation.target >= 0
        values[self.opened] = opened
        values[self.agent] = evaluation.agent
        if self.joined is not None:
            values[self.joined] = connected
        counted = evaluation.agent if self.by_mode else connected
        for p, columns in enumerate(self.served):
            if counted[p]:
                link = np.searchsorted(self.links[p], evaluation.target[p])
                values[columns[link]] = 1.0
        for switch, gains, need in self._switches:
            values[switch] = float(gains @ connected) <= need
        return values

    # -- value-function cuts -------------------------------------------------------

    def add_fixed_modes(self) -> None:
        """Fix the modes that all responses of the follower share."""
        fixed = fixed_modes(self.problem, self.scope)
        for p in np.flatnonzero(fixed.agent):
            columns, factors = self.connected.columns[p], self.connected.factors[p]
            self.builder.add_row(
                np.append(columns, self.agent[p]),
                np.append(-factors, 1.0),
                lower=float(self.connected.constant[p]),
            )
        for p in np.flatnonzero(fixed.self_directed & self.linked):
            self.builder.add_row([self.agent[p]], 1.0, upper=0.0)

    def add_cut(self, response: Bools, connected: Bools) -> None:
        """Cut off modes that take more energy than a response of the follower.

        Parameters
        ----------
        response
            The response as a rule for any connections: agent mode where it is true and the
            node is connected, shape (n,).
        connected
            Connections for which that rule keeps both rows, shape (n,).
        """
        first = len(self._switches)
        self._add_rule_cut(response)
        if any(float(g @ connected) <= need for _, g, need in self._switches[first:]):
            # It keeps a row by so little that the binaries disable the cut at the very
            # connections that it was made for.
            self._add_point_cut(response & connected)

    def _add_point_cut(self, response: Bools) -> None:
        """Cut off modes that take more energy than ``response``, if all of it connects."""
        extra = float(self.extra[response].sum())
        top = float(np.maximum(self.extra[self.linked], 0.0).sum())
        lift = max(0.0, top - extra)
        columns, factors, constant = self.connected.weighted(
            np.where(response, lift, 0.0)
        )
        self.builder.add_row(
            np.concatenate([self.agent, columns]),
            np.concatenate([self.extra, factors]),
            upper=extra + self._slack(extra) + lift * float(response.sum()) - constant,
        )

    def _slack(self, extra: float) -> float:
        """Return the joules above the least energy that the follower tolerates."""
        energy = self.base + extra
        tolerance = follower_tolerance(energy, self.largest)
        return tolerance * (1.0 + ROUNDING) + ROUNDING

    def _add_rule_cut(self, response: Bools) -> None:
        """Cut off modes that take more energy than ``response`` ∧ C, if it is feasible."""
        extra = np.where(response, self.extra, 0.0)
        slack = self._slack(float(extra.sum()))
        # The tolerance grows with the least energy, so with every saving that is lost.
        drop = np.where(extra < 0.0, extra * (1.0 + FOLLOWER_TOLERANCE), extra)
        columns, factors, constant = self.connected.weighted(-drop)
        top = float(np.maximum(self.extra[self.linked], 0.0).sum())
        escape = top - float(extra.sum()) + float(np.maximum(drop, 0.0).sum())
        switches = [
            *self._add_switch(response, self.agent_gain, self.agent_need),
            *self._add_switch(response, -self.self_gain, -self.self_room),
        ]
        self.builder.add_row(
            np.concatenate([self.agent, columns, np.array(switches, dtype=np.int64)]),
            np.concatenate(
                [self.extra, factors, np.full(len(switches), -max(0.0, escape))]
            ),
            upper=float(extra.sum()) - float(drop.sum()) + slack - constant,
        )

    def _add_switch(self, response: Bools, gain: Floats, need: float) -> list[int]:
        """Add a binary that may be 1 only where ``response`` ∧ C misses a row.

        The row is Σ gain over the connected nodes of the response ≥ need. Nothing is added
        or returned where no connections make it fail.
        """
        gains = np.where(response, gain, 0.0)
        constant_part = ~self.linked | (self.all_connect & self.linked)
        certain = gains[constant_part].sum()
        least = float(np.minimum(gains, 0.0)[~constant_part].sum() + certain)
        if least >= need - 0.5 * ROW_TOLERANCE:
            return []
        most = float(np.maximum(gains, 0.0)[~constant_part].sum() + certain)
        (switch,) = self.builder.add_columns(np.zeros(1), integer=True)
        need += NEARLY_MISSED  # b = 1 requires Σ gain C below this
        self._switches.append((int(switch), gains, need))
        columns, factors, constant = self.connected.weighted(gains)
        room = max(0.0, most - need)
        self.builder.add_row(
            np.append(columns, switch),
            np.append(factors, room),
            upper=need - constant + room,
        )
        return [int(switch)]
