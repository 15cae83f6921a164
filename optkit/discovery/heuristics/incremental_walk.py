"""A walk by increments, where one pair of accuracy rows couples many windows.

A move changes the connections of one or a few groups; everything else stays. So the
follower's bound for given multipliers, its threshold response, and the slack of both rows
are kept as sums, and updated by what the move changes. The exact response differs from the
threshold rule by a few of the changes of mode with the lowest prices: these are enumerated.
A response counts if it is within half the follower's tolerance of the bound. If none is,
the multipliers are renewed; if that does not help, the follower's problem is solved in
full.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from optkit.core.arrays import Bools, Floats, Ints
from optkit.discovery.heuristics.encoding import ScopeEncoding
from optkit.discovery.problem.follower.problem import follower_problem
from optkit.discovery.problem.follower.response import multipliers, respond
from optkit.discovery.problem.problem_data import ROW_TOLERANCE, follower_tolerance
from optkit.search import Bits, Flips, Score
from optkit.search.problem import flip

CORE = 12
"""Number of changes of mode whose subsets are enumerated."""

CACHE_SIZE = 256
"""Number of the follower's responses that are cached."""

_SUBSETS = ((np.arange(2**CORE)[:, None] >> np.arange(CORE)) & 1).astype(np.float64)


@dataclass(frozen=True, eq=False)
class _Position:
    """The connections that a choice of the leader leads to, before the follower responds.

    Parameters
    ----------
    connected
        Which requests connect, shape (n,).
    seconds
        Seconds that each connection takes, 0 without one, shape (n,).
    sums
        Over connected requests with a reduced cost below 0: reduced costs, gains in both
        rows, extra energy, and seconds, shape (5,).
    selecting, connecting
        Seconds to open the agents, and of all connections.
    breaches
        Number of rules that each group breaks, shape (g,).
    """

    connected: Bools
    seconds: Floats
    sums: Floats
    selecting: float
    connecting: float
    breaches: Ints


class IncrementalWalk:
    """A walk for the search engines that updates sums instead of evaluating anew.

    Parameters
    ----------
    encoding
        The leader's choices in the scope, as bits.
    bits
        The first solution; copied.
    """

    def __init__(self, encoding: ScopeEncoding, bits: Bits) -> None:
        self._encoding = encoding
        problem, requests = encoding.problem, encoding.requests
        self._problem = problem
        self._extra = problem.extra_energy[requests]
        self._agent_gain = problem.agent_gain[requests]
        self._self_gain = problem.self_gain[requests]
        self._base = float(problem.energy_self[requests].sum())
        self._largest = problem.largest_energy(encoding.scope)
        self._room = float(self._self_gain.sum()) - problem.self_need
        self._by_mode = problem.reading.connection_cost == "agent-mode"
        self.bits = bits.copy()
        self._tried: tuple[Flips, _Position]
        # The agent-mode requests, or how far the rows are from a feasible response.
        self._responses: dict[bytes, Ints | float] = {}
        self._renew(self._whole_position())
        self.score = self._full_score(self._position)

    # -- what the engines call -----------------------------------------------------

    def trial(self, flips: Flips) -> Score:
        """Return the score of a neighbour; the walk stays where it is."""
        self._tried = flips, self._after(flips)
        score = self._quick_score(self._tried[1])
        if score is None and self._moves:
            self._renew(self._position)
            self._tried = flips, self._after(flips)
            score = self._quick_score(self._tried[1])
        return self._full_score(self._tried[1]) if score is None else score

    def apply(self, flips: Flips, score: Score) -> None:
        """Go to the neighbour."""
        tried, position = self._tried
        self._position = position if tried == flips else self._after(flips)
        flip(self.bits, flips)
        self.score = score
        self._moves += 1

    # -- where choices lead --------------------------------------------------------

    def _whole_position(self) -> _Position:
        """Return the current position, computed group by group, without its sums."""
        encoding = self._encoding
        opened = encoding.opened(self.bits)
        groups = [
            encoding.connections(g, opened[g], self.bits) for g in range(len(opened))
        ]
        seconds = np.concatenate([group.seconds for group in groups])
        return _Position(
            np.concatenate([group.target >= 0 for group in groups]),
            seconds,
            np.zeros(5),
            float(encoding.select[opened].sum()),
            float(seconds.sum()),
            np.array([group.breaches for group in groups], dtype=np.int64),
        )

    def _renew(self, position: _Position) -> None:
        """Take a position, with the multipliers that suit it and all sums anew."""
        scope = self._encoding.scope
        follower = follower_problem(self._problem, scope, position.connected)
        self._prices = multipliers(follower)
        reduced = self._problem.reduced_costs(scope, *self._prices)
        self._by_price = np.argsort(np.abs(reduced), kind="stable")
        self._threshold = reduced < 0.0
        self._weights = np.column_stack(
            [reduced, self._agent_gain, self._self_gain, self._extra]
        )
        self._weights[~self._threshold] = 0.0
        sums = self._sums(slice(None), position.connected, position.seconds)
        connecting = float(position.seconds.sum())
        self._position = replace(position, sums=sums, connecting=connecting)
        self._moves = 0
        self._tried = (), self._position

    def _sums(self, members: slice, connected: Bools, seconds: Floats) -> Floats:
        """Return the sums of :class:`_Position` over some requests."""
        charged = float(seconds[self._threshold[members] & connected].sum())
        return np.append(connected @ self._weights[members], charged)

    def _after(self, flips: Flips) -> _Position:
        """Return the position after a move from the current one."""
        encoding, current = self._encoding, self._position
        before = encoding.opened(self.bits)
        flip(self.bits, flips)
        after = encoding.opened(self.bits)
        connected, seconds = current.connected.copy(), current.seconds.copy()
        sums, breaches = current.sums.copy(), current.breaches.copy()
        selecting, connecting = current.selecting, current.connecting
        for g in encoding.groups_of(flips):
            members = encoding.members(g)
            sums -= self._sums(members, connected[members], seconds[members])
            connecting -= float(seconds[members].sum())
            selecting += float(encoding.select[g] @ after[g])
            selecting -= float(encoding.select[g] @ before[g])
            group = encoding.connections(g, after[g], self.bits)
            connected[members] = group.target >= 0
            seconds[members], breaches[g] = group.seconds, group.breaches
            sums += self._sums(members, connected[members], group.seconds)
            connecting += float(group.seconds.sum())
        flip(self.bits, flips)
        return _Position(connected, seconds, sums, selecting, connecting, breaches)

    # -- the follower's response ---------------------------------------------------

    def _quick_score(self, position: _Position) -> Score | None:
        """Return the score with a response near the bound; None if none is found.

        Where the leader breaks a rule, the score of the threshold response is good enough.
        """
        if position.breaches.any():
            return self._score(
                position, float(position.sums[3]), float(position.sums[4])
            )
        agent_price, self_price = self._prices
        lower, agent_sum, self_sum, extra, charged = position.sums.tolist()
        agent_slack = agent_sum - self._problem.agent_need
        self_slack = self._room - self_sum
        bound = (
            lower
            + agent_price * (self._problem.agent_need - ROW_TOLERANCE)
            - self_price * (self._room + ROW_TOLERANCE)
        )
        most = bound + 0.5 * follower_tolerance(self._base + bound, self._largest)
        if (
            agent_slack >= -0.5 * ROW_TOLERANCE
            and self_slack >= -0.5 * ROW_TOLERANCE
            and extra <= most
        ):
            return self._score(position, extra, charged)
        core = self._by_price[position.connected[self._by_price]][:CORE]
        sign = np.where(self._threshold[core], -1.0, 1.0)
        changes = sign[:, None] * np.column_stack(
            [
                self._agent_gain[core],
                -self._self_gain[core],
                self._extra[core],
                position.seconds[core],
            ]
        )
        totals = _SUBSETS[: 2 ** len(core), : len(core)] @ changes
        totals += (agent_slack, self_slack, extra, charged)
        good = np.flatnonzero(
            (totals[:, 0] >= -0.5 * ROW_TOLERANCE)
            & (totals[:, 1] >= -0.5 * ROW_TOLERANCE)
            & (totals[:, 2] <= most)
        )
        if len(good) == 0:
            return None
        extras, seconds = totals[good, 2], totals[good, 3]
        values = self._problem.energy_weight * extras
        if self._by_mode:
            values = values + self._problem.time_weight * seconds
        best = int(np.argmin(values))
        return self._score(position, float(extras[best]), float(seconds[best]))

    def _full_score(self, position: _Position) -> Score:
        """Return the score with the response of the follower, solved in full."""
        key = position.connected.tobytes()
        if key not in self._responses:
            if len(self._responses) >= CACHE_SIZE:
                self._responses.clear()
            follower = follower_problem(
                self._problem, self._encoding.scope, position.connected
            )
            response = respond(follower)
            self._responses[key] = (
                1.0 + follower.shortfall
                if response is None
                else np.flatnonzero(position.connected)[response.agent]
            )
        agent = self._responses[key]
        if isinstance(agent, float):
            score = self._score(position, 0.0, 0.0)
            return Score(score.violation + agent, score.value, score.levels)
        extra = float(self._extra[agent].sum())
        return self._score(position, extra, float(position.seconds[agent].sum()))

    def _score(self, position: _Position, extra: float, charged: float) -> Score:
        time = position.selecting + (charged if self._by_mode else position.connecting)
        energy = self._base + extra
        problem = self._problem
        value = problem.time_weight * time + problem.energy_weight * energy
        assert math.isfinite(value), "times and energies of connections are finite"
        return Score(float(position.breaches.sum()), value, (time, energy))
