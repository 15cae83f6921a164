"""Upload laws learned from jobs that are seen under way at boundaries.

The hazard of every slot is the posterior mean of a beta process: joins over jobs at risk,
where some jobs count as seen with the hazards of a wider group (Hjort, 1990).
"""

from __future__ import annotations

import numpy as np

from optkit.core.arrays import Bools, Floats, Ints
from optkit.dispatch.policies.adaptive.learning_kernels import follow_jobs
from optkit.dispatch.policies.adaptive.rates import RECENT, SURPRISE, surprise

GUESS_WEIGHT = 0.1
"""Jobs that the first guess counts for: uploads of one interval on average, geometric."""

GROUP_WEIGHT = 2.0
"""Jobs that the law of the group counts for."""

KEPT = 0.1
"""Share of what was seen that is kept when a law changes."""

GOLDEN = 0.6180339887498949
"""Reciprocal of the golden ratio: its multiples, modulo 1, are spread evenly."""


class UploadLaws:
    """Hazards of uploads of several laws, each of which belongs to a group.

    Parameters
    ----------
    group
        (laws,): number of the group of each law; a group's own is −1.
    per
        t_B.
    memory
        Factor per interval of what was seen before.
    """

    def __init__(self, group: Ints, per: int, memory: float) -> None:
        self._group, self._per, self._memory = group, per, memory
        laws = len(group)
        self.ended = np.zeros((laws, 4 * per))
        self.at_risk = np.zeros((laws, 4 * per))
        self._recent = np.zeros((2, laws))
        self._count = 0
        self._refresh()

    def _refresh(self) -> None:
        own = self._group >= 0
        weight = np.where(own, GROUP_WEIGHT, GUESS_WEIGHT)[:, None]
        prior = np.full_like(self.ended, 1.0 / self._per)
        hazard = (self.ended + weight * prior) / (self.at_risk + weight)
        prior[own] = hazard[self._group[own]]
        hazard = (self.ended + weight * prior) / (self.at_risk + weight)
        hazard[:, -1] = 1.0
        self.hazard = hazard
        stays = np.cumprod(1.0 - hazard[:, :-1], axis=1)
        self.alive: Floats = np.concatenate([np.ones((len(hazard), 1)), stays], axis=1)
        self.mass: Floats = self.alive * hazard
        self.reached: Floats = np.minimum(np.cumsum(self.mass, axis=1), 1.0)

    def update(self, rows: Ints, first: Ints, last: Ints, joined: Bools) -> Ints:
        """Learn from jobs followed over an interval; return uploads of those that joined.

        Parameters
        ----------
        rows
            (jobs, 2): law and group of each job.
        first, last
            (jobs,): slots since arrival that the interval covers.
        joined
            (jobs,): whether the job has joined in these.

        Returns
        -------
        ndarray
            (jobs,): a slot of joining since arrival, drawn by the law; 0 for others. The
            draws are multiples of the golden ratio, so that they are spread evenly and
            nothing is random.
        """
        longest = int(last.max(initial=0)) + 1
        if longest + self._per > self.ended.shape[1]:
            more = ((0, 0), (0, longest + 2 * self._per - self.ended.shape[1]))
            self.ended = np.pad(self.ended, more)
            self.at_risk = np.pad(self.at_risk, more)
            self._refresh()
        self.ended *= self._memory
        self.at_risk *= self._memory
        count = self._count + np.arange(len(rows))
        self._count += len(rows)
        upload = np.zeros(len(rows), dtype=np.int64)
        tally = np.zeros_like(self._recent)
        follow_jobs(
            rows,
            first,
            last,
            joined,
            (count * GOLDEN) % 1.0,
            self.hazard,
            self.ended,
            self.at_risk,
            tally,
            upload,
        )
        self._recent = RECENT * self._recent + tally
        changed = surprise(self._recent[0], self._recent[1]) > SURPRISE
        self.ended[changed] *= KEPT
        self.at_risk[changed] *= KEPT
        self._recent[:, changed] = 0.0
        self._refresh()
        return upload

    def carry_over(self, other: UploadLaws, rows: Ints, old: Ints) -> None:
        """Take laws of another, those that are numbered ``old`` there."""
        more = other.ended.shape[1] - self.ended.shape[1]
        if more > 0:
            self.ended = np.pad(self.ended, ((0, 0), (0, more)))
            self.at_risk = np.pad(self.at_risk, ((0, 0), (0, more)))
        length = other.ended.shape[1]
        self.ended[rows, :length] = other.ended[old]
        self.at_risk[rows, :length] = other.at_risk[old]
        self._recent[:, rows] = other._recent[:, old]
        self._refresh()
