"""A walk through choices that one pair of accuracy rows couples over many windows.

A move changes one group or few, and who of them is connected; all else stays. So the
follower's bound for known multipliers, its threshold answer, and what both rows have left
are kept as sums and changed by what the move changes. The exact answer differs from the
threshold rule by a few of the changes of mode that the multipliers price lowest: these are
enumerated. An answer counts if it is within half the follower's tolerance of the bound;
where none is, the follower is asked in full, after the multipliers were renewed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from optkit.core.arrays import Bools, Floats, Ints
from optkit.discovery.problem.follower.problem import follower_problem
from optkit.discovery.problem.follower.response import multipliers, respond
from optkit.discovery.problem.problem_data import FOLLOWER_TOLERANCE, ROW_TOLERANCE
from optkit.search import Bits, Flips, Score
from optkit.search.problem import flip

if TYPE_CHECKING:
    from optkit.discovery.heuristics.leader_problem import LeaderProblem

CORE = 12
"""Changes of mode whose subsets are enumerated."""

REMEMBERED = 256
"""Answers of the follower that are kept."""

_SUBSETS = ((np.arange(2**CORE)[:, None] >> np.arange(CORE)) & 1).astype(np.float64)


@dataclass(frozen=True, eq=False)
class _Place:
    """Where a choice of the leader leads, before the follower answers.

    Parameters
    ----------
    connected
        Which requests connect, shape (n,).
    seconds
        Seconds that each connection takes, 0 without one, shape (n,).
    sums
        Over connected requests: reduced costs below 0; then of those with one, their
        gains in both rows, extra energy, and seconds.
    selecting, connecting
        Seconds to open the agents, and of all connections.
    breaches
        Rules that each group breaks, shape (g,).
    """

    connected: Bools
    seconds: Floats
    sums: Floats
    selecting: float
    connecting: float
    breaches: np.ndarray


class IncrementalWalk:
    """A walk for the search engines, by increments.

    Parameters
    ----------
    leader
        The leader's problem in the scope.
    bits
        Where it stands; copied.
    """

    def __init__(self, leader: LeaderProblem, bits: Bits) -> None:
        self._leader = leader
        problem, part = leader.problem, leader.part
        self._problem = problem
        self._extra = problem.extra_energy[part]
        self._agent_gain = problem.agent_gain[part]
        self._self_gain = problem.self_gain[part]
        self._base = float(problem.energy_self[part].sum())
        self._room = float(self._self_gain.sum()) - problem.self_need
        self._by_mode = problem.reading.connection_cost == "agent-mode"
        self.bits = bits.copy()
        self._tried: tuple[Flips, _Place]
        # The agent-mode requests, or how far the rows are from an answer.
        self._known: dict[bytes, Ints | float] = {}
        self._renew(self._settle())
        self.score = self._scored(self._place)

    # -- what the engines ask for --------------------------------------------------

    def trial(self, flips: Flips) -> Score:
        """Return what the neighbour is worth; stay."""
        self._tried = flips, self._moved(flips)
        score = self._answered(self._tried[1])
        if score is None and self._moves:
            self._renew(self._place)
            self._tried = flips, self._moved(flips)
            score = self._answered(self._tried[1])
        return self._scored(self._tried[1]) if score is None else score

    def apply(self, flips: Flips, score: Score) -> None:
        """Go to the neighbour."""
        tried, place = self._tried
        self._place = place if tried == flips else self._moved(flips)
        flip(self.bits, flips)
        self.score = score
        self._moves += 1

    # -- where choices lead --------------------------------------------------------

    def _settle(self) -> _Place:
        """Return where the walk stands, computed group by group."""
        leader = self._leader
        opened = leader.opened(self.bits)
        groups = range(len(opened))
        parts = [leader.connections(g, opened[g], self.bits) for g in groups]
        seconds = np.concatenate([part[1] for part in parts])
        return _Place(
            np.concatenate([part[0] for part in parts]),
            seconds,
            np.zeros(5),
            float(leader.select[opened].sum()),
            float(seconds.sum()),
            np.array([part[2] for part in parts], dtype=np.int64),
        )

    def _renew(self, place: _Place) -> None:
        """Stand at ``place``, with the multipliers that suit it and all sums anew."""
        task = follower_problem(self._problem, self._leader.index, place.connected)
        self._prices = agent_price, self_price = multipliers(task)
        reduced = (
            self._extra - agent_price * self._agent_gain + self_price * self._self_gain
        )
        self._by_price = np.argsort(np.abs(reduced), kind="stable")
        self._threshold = reduced < 0.0
        self._weights = np.column_stack(
            [reduced, self._agent_gain, self._self_gain, self._extra]
        )
        self._weights[~self._threshold] = 0.0
        sums = self._sums(slice(None), place.connected, place.seconds)
        self._place = replace(place, sums=sums, connecting=float(place.seconds.sum()))
        self._moves = 0
        self._tried = (), self._place

    def _sums(self, members: slice, connected: Bools, seconds: Floats) -> Floats:
        """Return the sums of :class:`_Place` over some requests."""
        charged = float(seconds[self._threshold[members] & connected].sum())
        return np.append(connected @ self._weights[members], charged)

    def _moved(self, flips: Flips) -> _Place:
        """Return where a move leads from where the walk stands."""
        leader, here = self._leader, self._place
        before = leader.opened(self.bits)
        flip(self.bits, flips)
        after = leader.opened(self.bits)
        connected, seconds = here.connected.copy(), here.seconds.copy()
        sums, breaches = here.sums.copy(), here.breaches.copy()
        selecting, connecting = here.selecting, here.connecting
        for g in leader.groups_of(flips):
            members = leader.members(g)
            sums -= self._sums(members, connected[members], seconds[members])
            connecting -= float(seconds[members].sum())
            selecting += float(leader.select[g] @ after[g])
            selecting -= float(leader.select[g] @ before[g])
            joins, takes, breaches[g] = leader.connections(g, after[g], self.bits)
            connected[members], seconds[members] = joins, takes
            sums += self._sums(members, joins, takes)
            connecting += float(takes.sum())
        flip(self.bits, flips)
        return _Place(connected, seconds, sums, selecting, connecting, breaches)

    # -- what the follower answers -------------------------------------------------

    def _answered(self, place: _Place) -> Score | None:
        """Return the score with an answer near the bound; None if none is found.

        Where the leader breaks a rule, the threshold's answer will do for a figure.
        """
        if place.breaches.any():
            return self._score(place, float(place.sums[3]), float(place.sums[4]))
        agent_price, self_price = self._prices
        below, agent_sum, self_sum, extra, charged = place.sums.tolist()
        agent_slack = agent_sum - self._problem.agent_need
        self_slack = self._room - self_sum
        bound = (
            below
            + agent_price * (self._problem.agent_need - ROW_TOLERANCE)
            - self_price * (self._room + ROW_TOLERANCE)
        )
        most = bound + 0.5 * FOLLOWER_TOLERANCE * max(1.0, abs(self._base + bound))
        if (
            agent_slack >= -0.5 * ROW_TOLERANCE
            and self_slack >= -0.5 * ROW_TOLERANCE
            and extra <= most
        ):
            return self._score(place, extra, charged)
        core = self._by_price[place.connected[self._by_price]][:CORE]
        sign = np.where(self._threshold[core], -1.0, 1.0)
        changes = sign[:, None] * np.column_stack(
            [
                self._agent_gain[core],
                -self._self_gain[core],
                self._extra[core],
                place.seconds[core],
            ]
        )
        reached = _SUBSETS[: 2 ** len(core), : len(core)] @ changes
        reached += (agent_slack, self_slack, extra, charged)
        good = np.flatnonzero(
            (reached[:, 0] >= -0.5 * ROW_TOLERANCE)
            & (reached[:, 1] >= -0.5 * ROW_TOLERANCE)
            & (reached[:, 2] <= most)
        )
        if len(good) == 0:
            return None
        extras, seconds = reached[good, 2], reached[good, 3]
        values = self._problem.energy_weight * extras
        if self._by_mode:
            values = values + self._problem.time_weight * seconds
        best = int(np.argmin(values))
        return self._score(place, float(extras[best]), float(seconds[best]))

    def _scored(self, place: _Place) -> Score:
        """Return the score with the answer that the follower gives when asked in full."""
        key = place.connected.tobytes()
        if key not in self._known:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            task = follower_problem(self._problem, self._leader.index, place.connected)
            answer = respond(task)
            self._known[key] = (
                1.0 + task.shortfall
                if answer is None
                else np.flatnonzero(place.connected)[answer.agent]
            )
        agent = self._known[key]
        if isinstance(agent, float):
            score = self._score(place, 0.0, 0.0)
            return Score(score.violation + agent, score.value, score.levels)
        return self._score(
            place, float(self._extra[agent].sum()), float(place.seconds[agent].sum())
        )

    def _score(self, place: _Place, extra: float, charged: float) -> Score:
        time = place.selecting + (charged if self._by_mode else place.connecting)
        energy = self._base + extra
        problem = self._problem
        value = problem.time_weight * time + problem.energy_weight * energy
        assert math.isfinite(value), "times and energies of connections are finite"
        return Score(float(place.breaches.sum()), value, (time, energy))
