"""Jobs under way that are recognised from one boundary to the next."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optkit.core.arrays import Bools, Ints


@dataclass(frozen=True, eq=False)
class TrackedJobs:
    """Jobs, one entry per job in every array.

    Parameters
    ----------
    ap, position, kind, slot
        Access point, position of the server among the observer's candidates, type, and
        slot of arrival.
    """

    ap: Ints
    position: Ints
    kind: Ints
    slot: Ints

    @classmethod
    def none(cls) -> TrackedJobs:
        """Return no jobs."""
        nothing = np.empty(0, dtype=np.int64)
        return cls(nothing, nothing, nothing, nothing)

    def only(self, keep: Bools) -> TrackedJobs:
        """Return the jobs of a mask."""
        return TrackedJobs(
            self.ap[keep], self.position[keep], self.kind[keep], self.slot[keep]
        )

    def with_more(self, other: TrackedJobs) -> TrackedJobs:
        """Return these jobs, and then others."""
        return TrackedJobs(
            np.concatenate([self.ap, other.ap]),
            np.concatenate([self.position, other.position]),
            np.concatenate([self.kind, other.kind]),
            np.concatenate([self.slot, other.slot]),
        )

    def among(self, other: TrackedJobs) -> Bools:
        """Return which of these jobs are among others.

        Jobs that are alike in everything are counted: of three here and two there, two
        are.
        """
        both = self.with_more(other)
        columns = np.stack([both.ap, both.position, both.kind, both.slot], axis=1)
        _, code = np.unique(columns, axis=0, return_inverse=True)
        code = code.reshape(-1)
        mine, others = code[: len(self.ap)], code[len(self.ap) :]
        available = np.bincount(others, minlength=len(code) + 1)
        return _number_among_equals(mine) < available[mine]


def _number_among_equals(code: Ints) -> Ints:
    """Return how many equal entries are before each entry."""
    order = np.argsort(code, kind="stable")
    ordered = code[order]
    begins = np.r_[True, ordered[1:] != ordered[:-1]] if len(code) else ordered == 0
    run = np.maximum.accumulate(np.where(begins, np.arange(len(code)), 0))
    number = np.empty(len(code), dtype=np.int64)
    number[order] = np.arange(len(code)) - run
    return number
