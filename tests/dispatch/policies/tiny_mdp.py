"""Exact values of tiny systems: every state, every joint action, no approximation.

States are boundaries: for each access point and age the server that a job of that age is
under way to, if any; the length of each queue; and the actions in force. The optimal value
V* (eq 12) is that of a decision maker who sees all of it. Lemma 2, V* ≤ W of the paper's
policy ≤ W of keeping one's actions, is tested with these numbers.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from functools import cache

import numpy as np

from optkit.core.arrays import Floats, Ints
from optkit.core.errors import UsageError
from optkit.dispatch.problem.closed_form_values import queue_costs, survival
from optkit.dispatch.problem.observation import Observation, Observer, Transit
from optkit.dispatch.problem.problem_data import ProblemData

MOST_STATES = 1500
"""States without the actions; matrices are dense."""

NONE = -1
"""In place of a server: nothing of that age is under way."""

Pipe = tuple[int, ...]
State = tuple[tuple[Pipe, ...], tuple[int, ...]]


class ExactSystem:
    """All states of a system of one job type, and how they follow one another.

    Parameters
    ----------
    data
        The model. Its signal slots are taken at each access point's law, which must be
        certain.

    Raises
    ------
    UsageError
        If there are several types, signal slots that vary, or too many states.
    """

    def __init__(self, data: ProblemData) -> None:
        if data.shape[2] != 1:
            raise UsageError(
                f"{data.shape[2]} job types: queues of different types share nothing;"
                " take one type at a time."
            )
        if not np.isclose(data.signal_law.max(axis=1), 1.0).all():
            raise UsageError("signal slots vary; give each access point one slot.")
        self.data = data
        self._signal = np.argmax(data.signal_law, axis=1)
        self._alive = survival(data.upload)[:, 0]
        self._mass = data.upload[:, 0]
        points = range(data.shape[0])
        reach = [np.flatnonzero(row).tolist() for row in data.candidate]
        pipes = [self._pipes(ap, reach[ap]) for ap in points]
        lengths = [range(data.queue_limit + 1)] * data.shape[1]
        count = int(np.prod([len(p) for p in pipes])) * len(lengths[0]) ** len(lengths)
        if count > MOST_STATES:
            raise UsageError(f"{count} states; {MOST_STATES} is the most.")
        self.states: list[State] = [
            (under_way, queues)
            for under_way in itertools.product(*pipes)
            for queues in itertools.product(*lengths)
        ]
        self._number = {state: n for n, state in enumerate(self.states)}
        self.actions: list[tuple[int, ...]] = list(itertools.product(*reach))
        stage = queue_costs(data.queue_limit, data.overflow_penalty)
        self.stage: Floats = np.array(
            [
                sum(m != NONE for pipe in under_way for m in pipe)
                + sum(stage[length] for length in queues)
                for under_way, queues in self.states
            ]
        )
        self._slot = cache(self._slot_kernel)
        self.interval = cache(self._interval)

    @property
    def empty(self) -> int:
        """Number of the state in which nothing is under way and nothing queued."""
        longest = self.data.longest_upload
        points, servers, _ = self.data.shape
        return self._number[((NONE,) * longest,) * points, (0,) * servers]

    def keep(self) -> Floats:
        """Return (actions, states): W if the actions in force are kept for ever."""
        discount = self.data.discount
        values = []
        for action in self.actions:
            kernel, drops = self.interval(action, action)
            right = self.stage + discount * drops
            identity = np.eye(len(self.states))
            values.append(np.linalg.solve(identity - discount * kernel, right))
        return np.array(values)

    def optimum(self, tolerance: float = 1e-10) -> Floats:
        """Return (actions, states): V*, to within ``tolerance`` of its size."""

        def improved(values: Floats) -> Floats:
            least: Floats = self._ahead(values).min(axis=1)
            return self.stage + self.data.discount * least

        return self._fixed_point(improved, self.keep(), tolerance)

    def improvement(self, groups: Sequence[Ints]) -> Ints:
        """Return the decisions of Algorithm 2 with exact values (the step of P2).

        Parameters
        ----------
        groups
            Access points that move in turn, one group an interval.

        Returns
        -------
        ndarray
            (groups, actions, states): number of the action that follows.
        """
        ahead = self._ahead(self.keep())
        chosen = np.empty((len(groups), *ahead.shape[::2]), dtype=np.int64)
        for phase, group in enumerate(groups):
            for a, old in enumerate(self.actions):
                allowed = [
                    b
                    for b, new in enumerate(self.actions)
                    if all(old[k] == new[k] for k in range(len(old)) if k not in group)
                ]
                best = np.argmin(ahead[a, allowed], axis=0)
                chosen[phase, a] = np.array(allowed)[best]
        return chosen

    def decisions(
        self, decide: Callable[[list[Observation]], Ints], phases: int
    ) -> Ints:
        """Return the decisions of an online policy in every state, by its own code.

        Parameters
        ----------
        decide
            From the observations of all access points to their actions, (K, 1).
        phases
            Intervals after which its choices repeat.
        """
        number = {action: n for n, action in enumerate(self.actions)}
        shape = (phases, len(self.actions), len(self.states))
        chosen = np.empty(shape, dtype=np.int64)
        for phase, a, s in np.ndindex(*shape):
            later = decide(self._observations(phase, self.actions[a], self.states[s]))
            chosen[phase, a, s] = number[tuple(int(m) for m in later[:, 0])]
        return chosen

    def value(self, chosen: Ints, tolerance: float = 1e-10) -> Floats:
        """Return (phases, actions, states): W of decisions, within ``tolerance``."""
        phases = len(chosen)

        def later(values: Floats) -> Floats:
            later_values = np.empty_like(values)
            for phase in range(phases):
                ahead = self._ahead(values[(phase + 1) % phases])
                picked = np.take_along_axis(ahead, chosen[phase][:, None, :], axis=1)
                later_values[phase] = self.stage + self.data.discount * picked[:, 0]
            return later_values

        first = np.repeat(self.keep()[None], phases, axis=0)
        return self._fixed_point(later, first, tolerance)

    # -- the way there ---------------------------------------------------------------

    def _fixed_point(
        self, move: Callable[[Floats], Floats], values: Floats, tolerance: float
    ) -> Floats:
        """Return the fixed point of a contraction by the discount."""
        factor = self.data.discount / (1.0 - self.data.discount)
        while True:
            following = move(values)
            change = float(np.abs(following - values).max())
            values = following
            if change * factor <= tolerance * float(np.abs(values).max()):
                return values

    def _ahead(self, values: Floats) -> Floats:
        """Return (old, new, states): drops and value expected at the next boundary."""
        return np.array(
            [
                [
                    drops + kernel @ values[b]
                    for b, new in enumerate(self.actions)
                    for kernel, drops in [self.interval(old, new)]
                ]
                for old in self.actions
            ]
        )

    def _pipes(self, ap: int, reach: list[int]) -> list[Pipe]:
        """Return what one access point may have under way, by age from 1 on."""
        ages = range(1, self.data.longest_upload + 1)
        possible = [
            [NONE, *(m for m in reach if self._alive[self.data.pair[ap, m], age] > 0)]
            for age in ages
        ]
        return list(itertools.product(*possible))

    def _interval(
        self, old: tuple[int, ...], new: tuple[int, ...]
    ) -> tuple[Floats, Floats]:
        """Return the kernel of an interval and its expected penalties for drops."""
        kernel = np.eye(len(self.states))
        drops = np.zeros(len(self.states))
        for slot in range(self.data.slots_per_interval):
            action = tuple(
                new[k] if slot >= self._signal[k] else old[k] for k in range(len(old))
            )
            matrix, lost = self._slot(action)
            drops = drops + kernel @ lost
            kernel = kernel @ matrix
        return kernel, drops

    def _slot_kernel(self, action: tuple[int, ...]) -> tuple[Floats, Floats]:
        data = self.data
        size = len(self.states)
        kernel, drops = np.zeros((size, size)), np.zeros(size)
        leaves = 1.0 / data.service[:, 0]
        sent = cache(self._sent)
        for s, (under_way, queues) in enumerate(self.states):
            parts = [sent(k, pipe, action[k]) for k, pipe in enumerate(under_way)]
            for outcome in itertools.product(*parts):
                chance = float(np.prod([share for share, _, _ in outcome]))
                pipes = tuple(pipe for _, pipe, _ in outcome)
                joined = np.array(queues) + sum(joins for _, _, joins in outcome)
                lost = np.maximum(joined - data.queue_limit, 0)
                drops[s] += chance * data.drop_penalty * float(lost.sum())
                joined -= lost
                for served in itertools.product((0, 1), repeat=len(queues)):
                    done = np.array(served)
                    if np.any(done > joined):
                        continue
                    ways = np.where(done, leaves, np.where(joined > 0, 1 - leaves, 1))
                    lengths = tuple(int(q) for q in joined - done)
                    kernel[s, self._number[pipes, lengths]] += chance * ways.prod()
        return kernel, drops

    def _sent(self, ap: int, pipe: Pipe, action: int) -> list[tuple[float, Pipe, Ints]]:
        """Return chance, later pipe and joins by server of one access point's slot."""
        rate = float(self.data.arrival[ap, 0])
        steps = []
        for arrived, chance in ((action, rate), (NONE, 1.0 - rate)):
            jobs = [arrived, *pipe]  # by age from 0 on
            moving = [age for age, m in enumerate(jobs) if m != NONE]
            for ends in itertools.product((False, True), repeat=len(moving)):
                share = chance
                joins = np.zeros(self.data.shape[1], dtype=np.int64)
                later = [NONE] * len(jobs)
                for age, end in zip(moving, ends, strict=True):
                    m = jobs[age]
                    pair = self.data.pair[ap, m]
                    hazard = self._mass[pair, age] / self._alive[pair, age]
                    share *= hazard if end else 1.0 - hazard
                    if end:
                        joins[m] += 1
                    else:
                        later[age] = m
                # A job of age x is one of age x + 1 at the next slot.
                if share > 1e-15:
                    steps.append((share, tuple(later[: len(pipe)]), joins))
        return steps

    def _observations(
        self, interval: int, action: tuple[int, ...], state: State
    ) -> list[Observation]:
        under_way, queues = state
        jobs = [
            (ap, m, age)
            for ap, pipe in enumerate(under_way)
            for age, m in enumerate(pipe, 1)
            if m != NONE
        ]
        ap, server, age = np.array(jobs, dtype=np.int64).reshape(-1, 3).T
        moving = Transit(ap, server, np.zeros(len(jobs), dtype=np.int64), age)
        now, lengths = np.array(action)[:, None], np.array(queues)[:, None]
        return Observer(self.data).observe(interval, now, lengths, moving)
