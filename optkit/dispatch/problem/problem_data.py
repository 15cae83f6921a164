"""A dispatch instance as arrays: its laws, and its sample path in order of arrival."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from optkit.core.arrays import Bools, Floats, Ints
from optkit.dispatch.instance import DispatchInstance


@dataclass(frozen=True, eq=False)
class Later:
    """A network that takes the place of another.

    Parameters
    ----------
    interval
        The first interval in which it is in force.
    data
        The instance as if it were in force all the time.
    """

    interval: int
    data: ProblemData


@dataclass(frozen=True, eq=False)
class ProblemData:
    """Everything about an instance, as arrays.

    There are K access points, M servers, J job types and N jobs; Ξ is the longest upload
    in slots. Jobs are in order of arrival, those of one slot in order of their index.

    Parameters
    ----------
    slots_per_interval, intervals, queue_limit
        t_B, T, L_max.
    discount, overflow_penalty, drop_penalty
        γ, β, and the penalty of a drop.
    candidate
        (K, M) bool.
    arrival
        (K, J), λ per slot.
    pair
        (K, M), number of each pair of an access point and a candidate; −1 for no pair.
    upload
        (pairs, J, Ξ + 1), probabilities of 0 … Ξ slots.
    service
        (M, J), mean slots.
    signal
        (T, K), slot at which the access point's observation arrives.
    signal_law
        (K, t_B + 1), the law from which that slot is drawn.
    job
        (N,), index of each job in the instance.
    slot, ap, kind
        (N,), of each job.
    upload_u, service_u
        (N,), quantiles.
    cloud
        (M,) bool.
    later
        The networks that take this one's place, in order; each with the same jobs.
    """

    slots_per_interval: int
    intervals: int
    queue_limit: int
    discount: float
    overflow_penalty: float
    drop_penalty: float
    candidate: Bools
    pair: Ints
    arrival: Floats
    upload: Floats
    service: Floats
    signal: Ints
    signal_law: Floats
    job: Ints
    slot: Ints
    ap: Ints
    kind: Ints
    upload_u: Floats
    service_u: Floats
    cloud: Bools
    later: tuple[Later, ...] = ()

    @property
    def shape(self) -> tuple[int, int, int]:
        """Access points, servers, job types: K, M, J."""
        points, servers = self.candidate.shape
        return points, servers, self.arrival.shape[1]

    @property
    def longest_upload(self) -> int:
        """Slots of the longest possible upload, Ξ."""
        return int(self.upload.shape[2]) - 1

    @property
    def load(self) -> float:
        """Share of the capacity of all servers that arrives, the largest of all types."""
        arriving = self.arrival.sum(axis=0)
        return float((arriving / (1.0 / self.service).sum(axis=0)).max())

    @cached_property
    def pair_ends(self) -> tuple[Ints, Ints]:
        """(pairs,) each: access point and server of each pair, by its number."""
        points, servers = np.nonzero(self.candidate)
        return points, servers

    @cached_property
    def reached(self) -> Floats:
        """(pairs, J, Ξ + 1): P(U ≤ x), summed from left to right.

        Infinite from the last slot with positive probability on, so that no quantile lies
        beyond it even where rounding makes the law add up to less than 1.
        """
        positive = np.flip(self.upload > 0.0, axis=-1)
        last = self.longest_upload - np.argmax(positive, axis=-1)
        ended = np.arange(self.longest_upload + 1) >= last[:, :, None]
        return np.where(ended, np.inf, np.cumsum(self.upload, axis=-1))

    @cached_property
    def upload_guide(self) -> npt.NDArray[np.int32]:
        """(pairs, J, G): the least upload that a quantile of i / G or more can stand for.

        A look-up starts here and goes on slot by slot (the guide table of Chen and Asau,
        1974). There are about as many entries as slots, so that few steps are left. G is
        a power of two, so that i / G is exact.
        """
        entries = 1 << self.longest_upload.bit_length()
        laws = self.reached.reshape(-1, self.reached.shape[2])
        first = np.minimum(np.ceil(laws * entries), entries).astype(np.int64)
        passed = np.zeros((len(laws), entries + 1), dtype=np.int64)
        np.add.at(passed, (np.arange(len(laws))[:, None], first), 1)
        least = np.cumsum(passed[:, :entries], axis=1, dtype=np.int32)
        return least.reshape(*self.reached.shape[:2], entries)

    @cached_property
    def log_stay(self) -> Floats:
        """(M, J): ln(1 − 1/c), the log-probability that a service goes on; −∞ for c = 1."""
        return np.array(
            [
                [math.log(1 - 1 / c) if c > 1 else -math.inf for c in row]
                for row in self.service.tolist()
            ]
        )

    @cached_property
    def mean_upload(self) -> Floats:
        """(K, M, J): true mean upload latency in slots; infinite if m is no candidate."""
        mean = np.full(self.shape, np.inf)
        mean[self.candidate] = self.mean_upload_of_pairs
        mean.flags.writeable = False
        return mean

    @cached_property
    def mean_upload_of_pairs(self) -> Floats:
        """(pairs, J): true mean upload latency in slots."""
        mean: Floats = self.upload @ np.arange(self.longest_upload + 1.0)
        mean.flags.writeable = False
        return mean

    @property
    def horizon(self) -> int:
        """Slots of the whole sample path."""
        return self.intervals * self.slots_per_interval

    def in_instance_order(self, target: Ints) -> tuple[int, ...]:
        """Return targets by order of arrival in the order of the instance's jobs."""
        ordered = np.empty(len(target), dtype=np.int64)
        ordered[self.job] = target
        return tuple(ordered.tolist())


def problem_data(instance: DispatchInstance) -> ProblemData:
    """Return the arrays of ``instance``; built once per instance."""
    return instance.derived(_with_changes)


def _with_changes(instance: DispatchInstance) -> ProblemData:
    data = _problem_data(instance)
    if instance.changes is None:
        return data
    later, network = [], instance.model_copy(update={"changes": None})
    for change in instance.changes:
        new = {key: getattr(change, key) for key in type(change).model_fields}
        interval = new.pop("interval")
        network = network.model_copy(
            update={key: value for key, value in new.items() if value is not None}
        )
        later.append(Later(interval, _problem_data(network)))
    return replace(data, later=tuple(later))


def model_data(instance: DispatchInstance) -> ProblemData:
    """Return the arrays of the model, without the sample path, as online policies get it.

    There are no jobs in it and no signals: nothing in it tells what will happen.
    """
    return instance.derived(_model_data)


def _model_data(instance: DispatchInstance) -> ProblemData:
    return model_only(problem_data(instance))


def model_only(data: ProblemData) -> ProblemData:
    """Return the network that is in force, without its changes and the sample path."""
    none, nothing = np.empty(0, dtype=np.int64), np.empty(0)
    return replace(
        data,
        job=none,
        slot=none,
        ap=none,
        kind=none,
        upload_u=nothing,
        service_u=nothing,
        signal=np.empty((0, data.shape[0]), dtype=np.int64),
        later=(),
    )


def _problem_data(instance: DispatchInstance) -> ProblemData:
    points, servers = len(instance.aps), len(instance.servers)
    position = {server.id: index for index, server in enumerate(instance.servers)}
    candidate = np.zeros((points, servers), dtype=bool)
    for k, names in enumerate(instance.candidates):
        candidate[k, [position[name] for name in names]] = True
    pairs = np.argwhere(candidate)
    pair = np.full((points, servers), -1, dtype=np.int64)
    pair[candidate] = np.arange(len(pairs))
    per = instance.slots_per_interval
    signal_law = np.zeros((points, per + 1))
    for k, law in enumerate(instance.signal_latency_pmf):
        signal_law[k, : len(law)] = law
    signal_u = np.asarray(instance.signal_u, dtype=float)
    signal = np.stack(
        [quantile_of(signal_law[k], signal_u[:, k]) for k in range(points)], axis=1
    )
    jobs = instance.jobs
    slot = np.asarray(jobs.slot, dtype=np.int64)
    order = np.argsort(slot, kind="stable")

    def column(values: tuple[Any, ...], kind: Any) -> npt.NDArray[Any]:
        return np.asarray(values, dtype=kind)[order]

    return ProblemData(
        slots_per_interval=per,
        intervals=instance.intervals,
        queue_limit=instance.queue_limit,
        discount=instance.discount,
        overflow_penalty=instance.overflow_penalty,
        drop_penalty=instance.drop_penalty,
        candidate=candidate,
        pair=pair,
        arrival=np.asarray(instance.arrival_probability, dtype=float),
        upload=_uploads(instance, pairs),
        service=np.asarray(instance.mean_service_slots, dtype=float),
        signal=signal,
        signal_law=signal_law,
        job=order.astype(np.int64),
        slot=slot[order],
        ap=column(jobs.ap, np.int64),
        kind=column(jobs.type, np.int64),
        upload_u=column(jobs.upload_u, np.float64),
        service_u=column(jobs.service_u, np.float64),
        cloud=np.array([server.kind == "cloud" for server in instance.servers]),
    )


def _laws(instance: DispatchInstance, k: int, m: int) -> tuple[Any, ...]:
    laws = instance.upload_pmf[k][m]
    assert laws is not None  # validation of the instance has made sure
    return laws


def _uploads(instance: DispatchInstance, pairs: Ints) -> Floats:
    """Return (pairs, J, Ξ + 1), the laws of the upload latencies up to the longest."""
    laws = [law for k, m in pairs.tolist() for law in _laws(instance, k, m)]
    lengths = np.fromiter(map(len, laws), np.int64, len(laws))
    mass = np.fromiter(chain.from_iterable(laws), np.float64, lengths.sum())
    row = np.repeat(np.arange(len(laws)), lengths)
    slot = np.arange(len(mass)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    used = np.flatnonzero(mass)
    upload = np.zeros((len(laws), int(slot[used].max()) + 1))
    upload[row[used], slot[used]] = mass[used]
    return upload.reshape(len(pairs), len(instance.job_types), -1)


def quantile_of(law: Floats, quantile: Floats) -> Ints:
    """Return the quantiles of a law over 0, 1, 2, … slots.

    Parameters
    ----------
    law
        Probabilities, summed from left to right.
    quantile
        Any shape, in [0, 1).

    Returns
    -------
    ndarray
        The least number whose cumulative probability is above the quantile; if there is
        none, the last number with positive probability.
    """
    reached = np.searchsorted(np.cumsum(law), quantile, side="right")
    last = int(np.flatnonzero(law)[-1])
    return np.where(reached < len(law), reached, last).astype(np.int64)
