"""What one access point has learned of its candidate servers, as laws for its router.

It sees its own jobs, the queues of its candidates at every boundary, and the jobs under
way of those that share one of them. A job under way at one boundary and not at the next
has joined in between. Jobs of others that are sent and join between two boundaries stay
hidden: they, and the services, are inferred from the lengths of the queue (the EM
algorithm, one step per interval).
"""

from __future__ import annotations

import numpy as np

from optkit.core.arrays import Floats, Ints
from optkit.dispatch.policies.adaptive.learning_kernels import queue_statistics
from optkit.dispatch.policies.adaptive.rates import ChangingRates
from optkit.dispatch.policies.adaptive.tracked_jobs import TrackedJobs
from optkit.dispatch.policies.adaptive.upload_laws import UploadLaws
from optkit.dispatch.policies.rollout_kernels import (
    MAX_ARRIVALS,
    marginal_costs,
    split_arrivals,
)
from optkit.dispatch.problem.closed_form_values import queue_costs
from optkit.dispatch.problem.observation import Observation
from optkit.dispatch.problem.problem_data import ProblemData

FIRST_SERVICE = 4.0
"""Slots of a service before one was seen; it counts for one service."""

FIRST_RATE = 0.02
"""Jobs per interval before any was seen; they count for one interval."""

TOLERANCE = 0.03
"""Relative change of a rate up to which the costs of joining a queue are kept."""


class LocalLaws:
    """The laws that one access point has learned so far.

    Parameters
    ----------
    network
        The network, without laws.
    ap
        The access point.
    discount
        Per interval, of the costs that a choice causes.
    memory
        Factor per interval of what was seen before.
    """

    def __init__(
        self, network: ProblemData, ap: int, discount: float, memory: float
    ) -> None:
        kinds, per = network.shape[2], network.slots_per_interval
        self.discount, self.slots_per_interval = discount, per
        self.network, self._ap = network, ap
        self.servers = np.flatnonzero(network.candidate[ap])
        places = len(self.servers)
        near = network.candidate[:, self.servers]
        # Pairs of an access point and one of these servers, as numbers that ascend.
        self._all_servers = network.shape[1]
        peer, place = np.nonzero(near)
        self._pair_codes = peer * self._all_servers + self.servers[place]
        pairs = len(self._pair_codes)
        # Laws: of every pair; of this one's uploads, by server and type; of servers.
        self._own = pairs + np.arange(places * kinds).reshape(places, kinds)
        self._of_server = pairs + places * kinds + np.arange(places)
        self._own_pairs = self.pairs(np.full(places, ap), self.servers)
        group = self._of_server[place]
        group[self._own_pairs] = -1
        group = np.concatenate(
            [group, np.repeat(self._own_pairs, kinds), np.full(places, -1)]
        )
        self.upload_laws = UploadLaws(group, per, memory)
        shape = (places, kinds)
        self.ends = ChangingRates(shape, 1.0, FIRST_SERVICE, memory)
        self.sent, self.seen, self.hidden = (
            ChangingRates(shape, FIRST_RATE, per, memory) for _ in range(3)
        )
        self._position = np.full(self._all_servers, -1, dtype=np.int64)
        self._position[self.servers] = np.arange(places)
        self._stage = queue_costs(network.queue_limit, network.overflow_penalty)
        self._marginal = np.zeros((kinds, places, per, network.queue_limit + 1))
        self._costed = np.full((kinds, places, 2), np.nan)
        self._before: tuple[int, TrackedJobs, Ints] | None = None
        self._uploads: dict[int, tuple[Floats, Floats]] = {}

    @property
    def slots_ahead(self) -> int:
        """Slots from a boundary to the last join of jobs sent before the next view acts."""
        longest = int(self.upload_laws.mass.shape[1])
        return 2 * self.slots_per_interval + longest

    def uploads(self, kind: int) -> tuple[Floats, Floats]:
        """Return P(U = x) and P(U ≥ x) of a type's uploads, each (pairs, Ξ + 1)."""
        if kind not in self._uploads:
            laws, pairs = self.upload_laws, len(self._pair_codes)
            mass, alive = laws.mass[:pairs].copy(), laws.alive[:pairs].copy()
            mass[self._own_pairs] = laws.mass[self._own[:, kind]]
            alive[self._own_pairs] = laws.alive[self._own[:, kind]]
            self._uploads[kind] = mass, alive
        return self._uploads[kind]

    def pairs(self, ap: Ints, server: Ints) -> Ints:
        """Return the rows of access points and servers in :meth:`uploads`."""
        code = ap * self._all_servers + server
        return np.searchsorted(self._pair_codes, code)

    def service_rates(self, servers: Ints) -> Floats:
        """Return (J, servers): probability that a service ends in a slot."""
        return np.ascontiguousarray(np.minimum(self.ends.mean, 1.0).T)

    def marginal_from(self, kind: int, servers: Ints, boundary: int) -> Floats:
        """Return (servers, t_B, L + 1): cost of joining in a slot from ``boundary`` on.

        Queues are taken to be joined as they were so far, by anybody.
        """
        joins = (self.sent.mean + self.seen.mean + self.hidden.mean)[:, kind]
        ends = np.minimum(self.ends.mean[:, kind], 1.0)
        now = np.stack([np.minimum(joins, 1.0), ends], axis=1)
        kept = np.abs(now - self._costed[kind]) <= TOLERANCE * now
        for place in np.flatnonzero(~kept.all(axis=1)):
            chance, rate = now[place].tolist()
            self._marginal[kind, place] = marginal_costs(
                np.array([1.0 - chance, chance]),
                rate,
                self.slots_per_interval,
                self.discount,
                self._stage,
                self.network.drop_penalty,
            )
            self._costed[kind, place] = now[place]
        costs: Floats = self._marginal[kind]
        return costs

    def from_others(self, ap: int, kind: int, servers: Ints) -> Floats:
        """Return (servers, slots, A + 1): laws of the joins of jobs that others send."""
        laws = np.zeros((len(self.servers), self.slots_ahead, MAX_ARRIVALS + 1))
        laws[:, :, 0] = 1.0
        reached = self.upload_laws.reached[self._of_server]
        reached = np.concatenate([reached, np.ones((1, reached.shape[1]))])
        at_once = len(self.servers)
        for place, law in enumerate(laws):
            rates = [self.seen.mean[place, kind], self.hidden.mean[place, kind]]
            split_arrivals(law, np.array([place, at_once]), np.array(rates), reached)
        return laws

    def learn(self, view: Observation, own: TrackedJobs) -> None:
        """Learn from an observation.

        Parameters
        ----------
        view
            The observation.
        own
            Jobs that this access point has sent between the last boundary and this one.
        """
        boundary = view.interval * self.slots_per_interval
        moving, position = view.transit, self._position[view.transit.server]
        under_way = TrackedJobs(
            moving.ap, position, moving.kind, boundary - moving.age
        ).only(position >= 0)
        if self._before is not None and self._before[0] < boundary:
            self._compare(boundary, under_way, view.queues, own)
        self._before = boundary, under_way, view.queues
        self._uploads.clear()

    def _compare(
        self, boundary: int, under_way: TrackedJobs, queues: Ints, own: TrackedJobs
    ) -> None:
        """Learn from the state at a boundary and at the one before."""
        assert self._before is not None
        since, followed, lengths = self._before
        per, shape = boundary - since, lengths.shape
        jobs = followed.with_more(own)
        joined = ~jobs.among(under_way)
        upload = self.upload_laws.update(
            self._rows(jobs),
            np.maximum(since - jobs.slot, 0),
            boundary - jobs.slot - 1,
            joined,
        )
        slot = (jobs.slot + upload - since)[joined]
        known = np.zeros((*shape, per), dtype=np.int64)
        np.add.at(known, (jobs.position[joined], jobs.kind[joined], slot), 1)
        done = np.empty((lengths.size, 3))
        queue_statistics(
            lengths.ravel(),
            queues.ravel(),
            known.reshape(-1, per),
            self.hidden.mean.ravel(),
            np.minimum(self.ends.mean, 1.0).ravel(),
            self.network.queue_limit,
            done,
        )
        ended, served, hidden = np.moveaxis(done.reshape(*shape, 3), 2, 0)
        self.ends.update(ended, served)
        self.hidden.update(hidden, per)
        new = under_way.only((under_way.slot >= since) & (under_way.ap != self._ap))
        self.seen.update(_count(new, shape), per)
        self.sent.update(_count(own, shape), per)

    def _rows(self, jobs: TrackedJobs) -> Ints:
        """Return (jobs, 2): the law of each job, and that of its group."""
        pair = self.pairs(jobs.ap, self.servers[jobs.position])
        own = jobs.ap == self._ap
        law = np.where(own, self._own[jobs.position, jobs.kind], pair)
        group = np.where(own, pair, self._of_server[jobs.position])
        return np.stack([law, group], axis=1)

    def carry_over(self, other: LocalLaws) -> None:
        """Take what was learned on a network that this one takes the place of."""
        _, mine, theirs = np.intersect1d(
            self.servers, other.servers, assume_unique=True, return_indices=True
        )
        _, pairs, old = np.intersect1d(
            self._pair_codes, other._pair_codes, assume_unique=True, return_indices=True
        )
        self.upload_laws.carry_over(
            other.upload_laws,
            np.r_[pairs, self._own[mine].ravel(), self._of_server[mine]],
            np.r_[old, other._own[theirs].ravel(), other._of_server[theirs]],
        )
        for name in ("ends", "sent", "seen", "hidden"):
            getattr(self, name).carry_over(getattr(other, name), mine, theirs)


def _count(jobs: TrackedJobs, shape: tuple[int, ...]) -> Floats:
    """Return the number of jobs by position and type."""
    count = np.zeros(shape)
    np.add.at(count, (jobs.position, jobs.kind), 1.0)
    return count
