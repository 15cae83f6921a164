"""Where the follower's multipliers may lie, and what that implies for its response.

For given connections let z minimise energy over modes in [0, 1], with the row of the
self-directed mode tightened by some κ ≥ 0. If κ is chosen well, some rounding of its basic
modes F, at most two, keeps the rows as they are. So the follower's response y takes not
much more energy than z. At multipliers q = (t, λ, μ) of this basis, weak duality gives,
with r the reduced costs,

    Σ |r_i| [y_i differs from the threshold rule] + λ slack_a(y) + μ slack_s(y)
        ≤ granted(F).

The proof, with what is granted, is in docs/discovery.md (cells of multipliers). z keeps
both rows, meets the row of the agent mode with equality where λ > 0, and leaves only κ of
the room of the other row where μ > 0. Both z and y are over connected nodes.

Any q is a multiple of a point of a simplex, which is cut into triangles. In a triangle
reduced costs are linear: where the corners agree on a sign, z and the threshold rule are
known, and F is among the other requests. What is granted is convex in q, and corners are
scaled so that it is 1 at each; so it is at most 1 between them. Each triangle gives a bound
on the leader's cost; the least of them is a bound for the instance.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from optkit.core.arrays import Bools, Floats, Ints
from optkit.discovery.bounds.triangle_bound import Links
from optkit.discovery.problem.problem_data import (
    ROW_TOLERANCE,
    ProblemData,
    follower_tolerance,
)

ROUNDING = 1e-9
"""Share by which signs, rows and tolerances are widened, for rounding."""


@dataclass(frozen=True, eq=False)
class SingleAgentScope:
    """A scope with a single agent per group, as links and options.

    Parameters
    ----------
    links
        The usable links, and the options that they belong to.
    option_group, option_candidate
        Group within the scope, and candidate, of each option, shape (options,).
    candidates
        Number of candidates of the instance.
    base
        Cost of the scope with no node in agent mode and no agents.
    ceiling
        More than any solution of the scope costs.
    tolerance
        Upper bound on the joules above the least energy that count as optimal.
    request
        Request of each link, shape (n,).
    rounding_loss, rounding_energy
        The most that rounding a link's mode, to the side that does not harm the row of the
        agent mode, takes from the other row, and the joules that it may cost, shape (n,).
    coefficients
        Coefficients of each link's reduced cost at (t, λ, μ), shape (3, n).
    magnitudes
        Mean absolute value of each row of coefficients, shape (3,).
    """

    links: Links
    option_group: Ints
    option_candidate: Ints
    candidates: int
    base: float
    ceiling: float
    tolerance: float
    request: Ints
    rounding_loss: Floats
    rounding_energy: Floats
    coefficients: Floats
    magnitudes: Floats

    @property
    def option(self) -> Ints:
        """The option of each link, shape (n,)."""
        start = self.links.option_start
        return np.repeat(np.arange(len(start) - 1), np.diff(start))

    def opened(self, options: Ints) -> Bools:
        """Return X, shape (groups, J), of one option per group."""
        opened = np.zeros((len(self.links.group_start) - 1, self.candidates), bool)
        opened[self.option_group[options], self.option_candidate[options]] = True
        return opened

    def restricted(self, options: Bools) -> SingleAgentScope:
        """Return the scope with some of its options only.

        Parameters
        ----------
        options
            Which options are kept, at least one per group, shape (options,).
        """
        links = self.links
        sizes = np.diff(links.option_start)
        kept = np.repeat(options, sizes)
        counts = np.append(0, np.cumsum(options))
        return replace(
            self,
            links=replace(
                links,
                cost=links.cost[kept],
                extra=links.extra[kept],
                agent_gain=links.agent_gain[kept],
                self_gain=links.self_gain[kept],
                option_start=np.append(0, np.cumsum(sizes[options])),
                option_cost=links.option_cost[options],
                group_start=counts[links.group_start],
            ),
            option_group=self.option_group[options],
            option_candidate=self.option_candidate[options],
            request=self.request[kept],
            rounding_loss=self.rounding_loss[kept],
            rounding_energy=self.rounding_energy[kept],
            coefficients=self.coefficients[:, kept],
        )


def single_agent_scope(problem: ProblemData, scope: int) -> SingleAgentScope:
    """Return a scope of a problem whose rule on agents is ``single``."""
    requests, groups = problem.requests_in(scope), problem.groups_in(scope)
    count = groups.stop - groups.start
    usable = problem.usable[requests]
    group = problem.group[requests] - groups.start
    useful = np.zeros((count, problem.candidates), dtype=bool)
    np.logical_or.at(useful, group, usable)
    # Where no node can use any candidate, one has to be open all the same.
    useful[~useful.any(axis=1)] = True
    number = np.cumsum(useful).reshape(useful.shape) - 1
    request, candidate = np.nonzero(usable)
    option = number[group[request], candidate]
    order = np.argsort(option, kind="stable")
    request, candidate, option = request[order], candidate[order], option[order]
    extra = problem.extra_energy[requests]
    self_gain = problem.self_gain[requests]
    cost = (
        problem.time_weight * problem.connect[requests][request, candidate]
        + problem.energy_weight * extra[request]
    )
    option_group, option_candidate = np.nonzero(useful)
    option_cost = problem.time_weight * problem.select[groups][useful]
    options = len(option_cost)
    starts = np.searchsorted(option_group, np.arange(count + 1))
    base = problem.energy_weight * float(problem.energy_self[requests].sum())
    dearest = option_cost + np.bincount(option, np.maximum(cost, 0.0), options)
    most = np.maximum.reduceat(dearest, starts[:-1]).sum() if options else 0.0
    energy = np.maximum(
        problem.energy_agent[requests], problem.energy_self[requests]
    ).sum()
    links = Links(
        cost=cost,
        extra=extra[request],
        agent_gain=problem.agent_gain[requests][request],
        self_gain=self_gain[request],
        option_start=np.searchsorted(option, np.arange(options + 1)),
        option_cost=option_cost,
        group_start=starts,
        agent_need=problem.agent_need - ROW_TOLERANCE,
        self_room=float(self_gain.sum()) - problem.self_need + ROW_TOLERANCE,
        forced=problem.reading.connection == "forced",
    )
    # Rounded to this side, a mode does not harm the row of the agent mode.
    up = (links.agent_gain > 0.0) | (links.agent_gain == 0.0) & (links.self_gain <= 0.0)
    coefficients = np.stack([links.extra, -links.agent_gain, links.self_gain])
    return SingleAgentScope(
        links=links,
        option_group=option_group,
        option_candidate=option_candidate,
        candidates=problem.candidates,
        base=base,
        ceiling=(base + float(most)) * (1.0 + 1e-6) + 1e-6,
        tolerance=follower_tolerance(float(energy), problem.largest_energy(scope))
        * (1.0 + ROUNDING)
        + ROUNDING,
        request=request,
        rounding_loss=np.maximum(np.where(up, links.self_gain, -links.self_gain), 0.0),
        rounding_energy=np.maximum(np.where(up, links.extra, -links.extra), 0.0),
        coefficients=coefficients,
        magnitudes=np.array([_mean_magnitude(row) for row in coefficients]),
    )


def _mean_magnitude(values: Floats) -> float:
    """Return the mean absolute value of some numbers; 1 where that is 0."""
    mean = float(np.abs(values).mean()) if len(values) else 0.0
    return mean if mean > 0.0 else 1.0


def simplex(scope: SingleAgentScope) -> Floats:
    """Return the triangle of all multipliers, corners in rows (t, λ, μ).

    At its corners energies, and the gains in either row, have the same weight.
    """
    return np.diag(1.0 / scope.magnitudes)


def halves(scope: SingleAgentScope, triangle: Floats) -> tuple[Floats, Floats]:
    """Return a triangle cut in two at the middle of a side.

    It is the side between whose ends the most expensive modes change, or else the longest.
    """
    reduced = triangle @ scope.coefficients
    weights = 1e-9 + np.abs(scope.links.cost)

    def length(side: tuple[int, int]) -> tuple[float, float]:
        first, second = side
        differs = reduced[first] * reduced[second] < 0.0
        distance = np.linalg.norm(
            (triangle[first] - triangle[second]) * scope.magnitudes
        )
        return float(weights[differs].sum()), float(distance)

    first, second = max(((0, 1), (0, 2), (1, 2)), key=length)
    middle = 0.5 * (triangle[first] + triangle[second])
    left, right = triangle.copy(), triangle.copy()
    left[first], right[second] = middle, middle
    return left, right
