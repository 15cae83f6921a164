"""A walk by groups, where every connection takes time whatever the modes are.

A move changes one or a few groups, so only their connections are computed anew. The
follower's response depends on who connects, not on where: its energy stays as long as the
same requests are connected.
"""

from __future__ import annotations

import math

from optkit.discovery.heuristics.encoding import ScopeEncoding
from optkit.discovery.problem.evaluation import ChoiceEvaluator, GroupConnections
from optkit.search import Bits, Flips, Score
from optkit.search.problem import flip

Changes = dict[int, GroupConnections]
"""The connections of the groups that a move changes, by group."""


class GroupWalk:
    """A walk for the search engines that computes anew only the groups that change.

    Parameters
    ----------
    encoding
        The leader's choices in the scope, as bits; every connection takes time there.
    evaluator
        Computes the follower's response.
    bits
        The first solution; copied.
    """

    def __init__(
        self, encoding: ScopeEncoding, evaluator: ChoiceEvaluator, bits: Bits
    ) -> None:
        assert encoding.problem.reading.connection_cost == "connected"
        self._encoding, self._evaluator = encoding, evaluator
        self.bits = bits.copy()
        self._groups = [self._connections(g) for g in range(encoding.group_count)]
        self._seconds = [_seconds(group) for group in self._groups]
        self._breaches = [group.breaches for group in self._groups]
        self._energy, self._missed = self._respond(self._groups)
        self._tried: tuple[Flips, Changes, float, float] = (
            (),
            {},
            self._energy,
            self._missed,
        )
        self.score = self._score({}, self._energy, self._missed)

    def trial(self, flips: Flips) -> Score:
        """Return the score of a neighbour; the walk stays where it is."""
        flip(self.bits, flips)
        changes = {g: self._connections(g) for g in self._encoding.groups_of(flips)}
        flip(self.bits, flips)
        energy, missed = self._energy, self._missed
        if any(
            not _connect_alike(group, self._groups[g]) for g, group in changes.items()
        ):
            groups = [changes.get(g, group) for g, group in enumerate(self._groups)]
            energy, missed = self._respond(groups)
        self._tried = flips, changes, energy, missed
        return self._score(changes, energy, missed)

    def apply(self, flips: Flips, score: Score) -> None:
        """Go to the neighbour."""
        if self._tried[0] != flips:
            self.trial(flips)
        _, changes, self._energy, self._missed = self._tried
        for g, group in changes.items():
            self._groups[g] = group
            self._seconds[g], self._breaches[g] = _seconds(group), group.breaches
        flip(self.bits, flips)
        self.score = score

    def _connections(self, group: int) -> GroupConnections:
        opened = self._encoding.opened_in(group, self.bits)
        return self._encoding.connections(group, opened, self.bits)

    def _respond(self, groups: list[GroupConnections]) -> tuple[float, float]:
        """Return the follower's energy, and by how much it misses its rows."""
        evaluation = self._evaluator.respond(self._encoding.scope, groups)
        breaches = sum(group.breaches for group in groups)
        return evaluation.energy, evaluation.violation - breaches

    def _score(self, changes: Changes, energy: float, missed: float) -> Score:
        seconds, breaches = self._seconds, self._breaches
        if changes:
            seconds, breaches = seconds.copy(), breaches.copy()
            for g, group in changes.items():
                seconds[g], breaches[g] = _seconds(group), group.breaches
        time, problem = math.fsum(seconds), self._encoding.problem
        value = problem.time_weight * time + problem.energy_weight * energy
        return Score(missed + sum(breaches), value, (time, energy))


def _seconds(group: GroupConnections) -> float:
    """Return the seconds to open a group's agents and to connect to them."""
    return group.selecting + float(group.seconds.sum())


def _connect_alike(one: GroupConnections, other: GroupConnections) -> bool:
    """Say whether the same requests are connected, wherever to."""
    return (one.target < 0).tobytes() == (other.target < 0).tobytes()
