"""Where the follower's multipliers may lie, and what that implies for its response.

For given connections let z(κ) minimise energy over modes in [0, 1], with the row of the
self-directed mode tightened by κ ≥ 0. It can be chosen continuous in κ, in finitely many
linear pieces, and always a vertex, of which two modes at most are fractional. Round each
to the side that does not harm the row of the agent mode; that takes at most h_f from the
other row and at most c_f joules. The first κ at which the rounded modes keep the rows as
they are lies on a piece, or at an end of one, whose multipliers q = (t, λ, μ), scaled
arbitrarily, leave the fractional requests F of that piece a reduced cost of 0. Rounding
failed just before, so κ ≤ Σ h over F; and the follower's response y takes no more energy
than the rounded modes and the tolerance. Weak duality at q then gives, with r the reduced
costs,

    Σ |r_i| [y_i differs from the threshold rule] + λ slack_a(y) + μ slack_s(y)
        ≤ Σ_F (μ h_f + t c_f) + t · tolerance.

If rounding fails for every κ for which z exists, a Farkas ray (t = 0) at the largest of
these κ gives the same, with F fractional in z there. The optimum z at the κ of q keeps both
rows, meets the row of the agent mode with equality where λ > 0, and leaves only κ of the
room of the other row where μ > 0. Both z and y are over connected nodes.

Any q is a multiple of a point of a simplex, which is cut into triangles. In a triangle
reduced costs are linear: where the corners agree on a sign, z and the threshold rule are
known, and F is among the other requests. The right-hand side is convex in q, and corners
are scaled so that it is 1 at each; so it is at most 1 between them. Each triangle gives a
bound on the leader's cost; the least of them is a bound for the instance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optkit.core.arrays import Bools, Floats, Ints
from optkit.discovery.bounds.triangle_bound import FollowerTerms, Links
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
        The most that rounding a link's mode takes from the row of the self-directed mode,
        and the joules that it may cost, shape (n,).
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

    def opened(self, options: Ints) -> Bools:
        """Return X, shape (groups, J), of one option per group."""
        opened = np.zeros((len(self.links.group_start) - 1, self.candidates), bool)
        opened[self.option_group[options], self.option_candidate[options]] = True
        return opened


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


def follower_terms(scope: SingleAgentScope, triangle: Floats) -> FollowerTerms:
    """Return what is known of the follower with multipliers in a triangle.

    Parameters
    ----------
    scope
        The scope.
    triangle
        Corners (t, λ, μ), shape (3, 3).
    """
    relaxed_mode = _relaxed_modes(scope, triangle)
    free = relaxed_mode == 0
    # At most two modes are fractional; they have reduced cost 0 and different requests.
    distinct = np.unique(scope.request[free], return_index=True)[1]
    loss = scope.rounding_loss[free][distinct]
    energy = scope.rounding_energy[free][distinct]
    each = np.sort(
        np.outer(triangle[:, 2], loss) + np.outer(triangle[:, 0], energy), axis=1
    )
    unused_room = float(np.sort(loss)[-2:].sum())
    # Each corner is a ray: at this length, it grants the follower 1.
    granted = each[:, -2:].sum(axis=1) + triangle[:, 0] * scope.tolerance
    granted += ROUNDING * (triangle @ scope.magnitudes)
    rays = triangle / granted[:, None]
    regret = np.abs(rays @ scope.coefficients).min(axis=0) * (1.0 - ROUNDING)
    prices = rays.min(axis=0)
    return FollowerTerms(
        relaxed_mode,
        np.where(free, 0.0, regret),
        float(prices[1]),
        float(prices[2]),
        unused_room,
    )


def _relaxed_modes(scope: SingleAgentScope, triangle: Floats) -> Ints:
    """Return the modes of the relaxation that hold all over a triangle.

    1 stands for agent mode, -1 for self-directed mode, 0 for undecided. Reduced costs are
    linear in (t, λ, μ), so the corners decide their signs.
    """
    reduced = triangle @ scope.coefficients
    margin = ROUNDING * (np.abs(triangle) @ np.abs(scope.coefficients)).max(axis=0)
    agent = reduced.max(axis=0) < -margin
    self_directed = reduced.min(axis=0) > margin
    modes: Ints = np.where(agent, 1, np.where(self_directed, -1, 0)).astype(np.int64)
    return modes
