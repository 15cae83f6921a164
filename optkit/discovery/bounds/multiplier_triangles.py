"""Where the follower's multipliers may lie, and what that says of its answer.

For given connections let z(κ) minimise energy over modes in [0, 1], with the row of the
self-directed mode tightened by κ ≥ 0. It can be chosen continuous in κ, in finitely many
linear pieces, and always a vertex, of which two modes at most are fractional. Round each
to the side that does not harm the row of the agent mode; that takes at most h_f from the
other row and at most c_f joules. The first κ at which the rounded modes keep the rows as
they are lies on a piece, or at an end of one, whose multipliers q = (t, λ, μ), scaled at
will, leave the fractional requests F of that piece a reduced cost of 0. Rounding failed
before, so κ ≤ Σ h over F; and the follower's answer y takes no more energy than the
rounded modes and the tolerance. Weak duality at q then says, with r the reduced costs,

    Σ |r_i| [y_i differs from the threshold rule] + λ slack_a(y) + μ slack_s(y)
        ≤ Σ_F (μ h_f + t c_f) + t · tolerance.

If rounding fails for every κ that leaves any z, a Farkas ray (t = 0) at the largest of
these says the same, with F fractional in z there. The optimum z at the κ of q keeps both
rows, meets the row of the agent mode where λ > 0, and takes all room of the other but κ
where μ > 0. Both z and y are of connected nodes.

Any q is a multiple of a point of a simplex, which is cut into triangles. In one, reduced
costs are linear: where the corners agree on a sign, z and the threshold rule are settled,
and F is among the other requests. The right-hand side is convex in q, and corners are
scaled so that it is 1 at each; then it is 1 at most between them. Each triangle gives a
bound on what the leader pays; the least of them is a bound for the instance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optkit.core.arrays import Bools, Floats, Ints
from optkit.discovery.bounds.triangle_bound import Links, Terms
from optkit.discovery.problem.problem_data import (
    FOLLOWER_TOLERANCE,
    ROW_TOLERANCE,
    ProblemData,
)

ROUNDING = 1e-9
"""Share by which signs, rows and tolerances are widened, for rounding."""


@dataclass(frozen=True, eq=False)
class Scope:
    """A scope with one agent a group, as links and options.

    Parameters
    ----------
    links
        What connecting leads to.
    option_group, option_candidate
        Group within the scope, and candidate, of each option, shape (options,).
    candidates
        Candidates of the instance.
    base
        Cost of the scope with nobody in agent mode and no agents.
    ceiling
        More than any solution of the scope costs.
    tolerance
        Joules above the least energy that count as optimal, at most.
    request
        Request of each link, shape (n,).
    harm, rounding
        By how much rounding a link's mode may harm the row of the self-directed mode at
        most, and the joules that it may cost, shape (n,).
    figures
        What each link's reduced cost is made of, at (t, λ, μ), shape (3, n).
    unit
        What corners of the simplex are measured by, shape (3,).
    """

    links: Links
    option_group: Ints
    option_candidate: Ints
    candidates: int
    base: float
    ceiling: float
    tolerance: float
    request: Ints
    harm: Floats
    rounding: Floats
    figures: Floats
    unit: Floats

    def opened(self, chosen: Ints) -> Bools:
        """Return X, shape (groups, J), of an option a group."""
        opened = np.zeros((len(self.links.group_start) - 1, self.candidates), bool)
        opened[self.option_group[chosen], self.option_candidate[chosen]] = True
        return opened


def single_agent_scope(problem: ProblemData, index: int) -> Scope:
    """Return a scope of a problem whose rule on agents is ``single``."""
    part = problem.scope(index)
    first, last = map(int, problem.scope_groups[index : index + 2])
    usable = problem.usable[part]
    group = problem.group[part] - first
    useful = np.zeros((last - first, problem.candidates), dtype=bool)
    np.logical_or.at(useful, group, usable)
    useful[~useful.any(axis=1)] = True  # nobody can use any, and one has to be there
    number = np.cumsum(useful).reshape(useful.shape) - 1
    request, candidate = np.nonzero(usable)
    option = number[group[request], candidate]
    order = np.argsort(option, kind="stable")
    request, candidate, option = request[order], candidate[order], option[order]
    extra = problem.extra_energy[part]
    taken = problem.self_gain[part]
    cost = (
        problem.time_weight * problem.connect[part][request, candidate]
        + problem.energy_weight * extra[request]
    )
    option_group, option_candidate = np.nonzero(useful)
    option_cost = problem.time_weight * problem.select[first:last][useful]
    options = len(option_cost)
    starts = np.searchsorted(option_group, np.arange(last - first + 1))
    base = problem.energy_weight * float(problem.energy_self[part].sum())
    dearest = option_cost + np.bincount(option, np.maximum(cost, 0.0), options)
    most = np.maximum.reduceat(dearest, starts[:-1]).sum() if options else 0.0
    energy = np.maximum(problem.energy_agent[part], problem.energy_self[part]).sum()
    links = Links(
        cost=cost,
        extra=extra[request],
        agent_gain=problem.agent_gain[part][request],
        self_gain=taken[request],
        option_start=np.searchsorted(option, np.arange(options + 1)),
        option_cost=option_cost,
        group_start=starts,
        agent_need=problem.agent_need - ROW_TOLERANCE,
        self_room=float(taken.sum()) - problem.self_need + ROW_TOLERANCE,
        forced=problem.reading.connection == "forced",
    )
    # Rounded to this side, a mode does not harm the row of the agent mode.
    up = (links.agent_gain > 0.0) | (links.agent_gain == 0.0) & (links.self_gain <= 0.0)
    return Scope(
        links,
        option_group,
        option_candidate,
        problem.candidates,
        base,
        (base + float(most)) * (1.0 + 1e-6) + 1e-6,
        FOLLOWER_TOLERANCE * max(1.0, float(energy)) * (1.0 + ROUNDING) + ROUNDING,
        request,
        np.maximum(np.where(up, links.self_gain, -links.self_gain), 0.0),
        np.maximum(np.where(up, links.extra, -links.extra), 0.0),
        np.stack([links.extra, -links.agent_gain, links.self_gain]),
        np.array([_mean(links.extra), _mean(links.agent_gain), _mean(links.self_gain)]),
    )


def _mean(values: Floats) -> float:
    """Return the mean size of some figures; 1 where that is 0."""
    mean = float(np.abs(values).mean()) if len(values) else 0.0
    return mean if mean > 0.0 else 1.0


def simplex(scope: Scope) -> Floats:
    """Return the triangle of all multipliers, corners in rows (t, λ, μ).

    At its corners energies, and the gains in either row, weigh the same.
    """
    return np.diag(1.0 / scope.unit)


def halves(scope: Scope, cell: Floats) -> tuple[Floats, Floats]:
    """Return a triangle cut in two at the middle of a side.

    It is the side between whose ends the dearest modes change, or else the longest.
    """
    reduced = cell @ scope.figures
    worth = 1e-9 + np.abs(scope.links.cost)

    def length(side: tuple[int, int]) -> tuple[float, float]:
        first, second = side
        differs = reduced[first] * reduced[second] < 0.0
        distance = np.linalg.norm((cell[first] - cell[second]) * scope.unit)
        return float(worth[differs].sum()), float(distance)

    first, second = max(((0, 1), (0, 2), (1, 2)), key=length)
    middle = 0.5 * (cell[first] + cell[second])
    one, other = cell.copy(), cell.copy()
    one[first], other[second] = middle, middle
    return one, other


def follower_terms(scope: Scope, cell: Floats) -> Terms:
    """Return what is known of the follower with multipliers in a cell.

    Parameters
    ----------
    scope
        The scope.
    cell
        Corners (t, λ, μ) of a triangle, shape (3, 3).
    """
    sure = _settled(scope, cell)
    free = sure == 0
    # Fractional modes are among those of reduced cost 0, one a request, and are two.
    alike = np.unique(scope.request[free], return_index=True)[1]
    harm, cost = scope.harm[free][alike], scope.rounding[free][alike]
    each = np.sort(np.outer(cell[:, 2], harm) + np.outer(cell[:, 0], cost), axis=1)
    self_more = float(np.sort(harm)[-2:].sum())
    # Each corner is a ray: at this length, what it grants the follower is 1.
    granted = each[:, -2:].sum(axis=1) + cell[:, 0] * scope.tolerance
    granted += ROUNDING * (cell @ scope.unit)
    rays = cell / granted[:, None]
    regret = np.abs(rays @ scope.figures).min(axis=0) * (1.0 - ROUNDING)
    prices = rays.min(axis=0)
    return Terms(
        sure,
        np.where(free, 0.0, regret),
        float(prices[1]),
        float(prices[2]),
        self_more,
    )


def _settled(scope: Scope, cell: Floats) -> Ints:
    """Return whose modes are settled in a cell: 1 agent mode, -1 the other, else 0.

    Reduced costs are linear in (t, λ, μ), so the corners decide their signs.
    """
    reduced = cell @ scope.figures
    margin = ROUNDING * (np.abs(cell) @ np.abs(scope.figures)).max(axis=0)
    on = reduced.max(axis=0) < -margin
    off = reduced.min(axis=0) > margin
    sure: Ints = np.where(on, 1, np.where(off, -1, 0)).astype(np.int64)
    return sure
