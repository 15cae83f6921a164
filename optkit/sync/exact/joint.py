"""All devices and links of a router together: the exact optimum over all reports.

The state in slot t consists of the slot r of the report that the router holds, for every
device, and of the slot r' of the report that the neighbours have a copy of, for every class
of links and every device. Arrivals and notifications are decided one after another, so that
each decision is a minimum along one axis of the table of states. Ages are limited, so slots
are stored modulo the limits.

The table has Π (max_device_age + 1) · Π (max_pair_age + 1) entries, the first product over
devices, the second over classes and devices. That suits a few of them and any number of
slots; :func:`states` returns the size.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from optkit.core.arrays import Floats, Ints
from optkit.sync.exact.kernels import move_cheapest
from optkit.sync.exact.router import LinkClass, Router, RouterPlan

Origins = npt.NDArray[np.int32]


def states(router: Router) -> int:
    """Return the size of the table of states."""
    devices = len(router.devices)
    copied = math.prod(
        (router.max_copy_age(group.residence) + 2) ** devices
        for group in router.classes
    )
    return int((router.max_age + 2) ** devices * copied)


def joint_optimum(
    router: Router, should_stop: Callable[[], bool] = lambda: False
) -> RouterPlan | None:
    """Return the optimum of a router over all reports and notifications.

    Parameters
    ----------
    router
        The router.
    should_stop
        Asked in every slot; True ends the search.

    Returns
    -------
    RouterPlan or None
        None if it was stopped.
    """
    table = _Table(router)
    for slot in range(router.slots):
        if should_stop():
            return None
        table.advance(slot)
    return table.optimum()


class _Table:
    """The cost of every state, and the decisions that led to it.

    The first axis holds the states of the devices, flattened; then there is one axis per
    class, its states flattened as well.
    """

    def __init__(self, router: Router) -> None:
        self.router = router
        devices = len(router.devices)
        # One age more than allowed: a value that is too old may be replaced in this slot.
        self.held_shape = (router.max_age + 2,) * devices
        self.copy_shapes = [
            (router.max_copy_age(group.residence) + 2,) * devices
            for group in router.classes
        ]
        self.shape = (
            math.prod(self.held_shape),
            *(math.prod(shape) for shape in self.copy_shapes),
        )
        self.cost = np.full(self.shape, np.inf)
        self.cost[(0,) * len(self.shape)] = 0.0
        self.arrived: list[list[Origins | None]] = []
        self.notified: list[list[Origins]] = []

    def advance(self, t: int) -> None:
        """Take the decisions of slot t and add its cost."""
        router = self.router
        self._expire(t)
        self.arrived.append([self._arrive(t, n) for n in range(len(router.devices))])
        held = _slots_of(t, self.held_shape)
        self.notified.append(
            [self._notify(t, k, held) for k in range(len(router.classes))]
        )
        self.cost[((t - held) > router.max_age).any(axis=0)] = np.inf
        for k, group in enumerate(router.classes):
            copied = _slots_of(t, self.copy_shapes[k])
            costs = self._class_cost(t, group, held, copied)
            shape = [costs.shape[0]] + [1] * len(router.classes)
            shape[1 + k] = costs.shape[1]
            self.cost += costs.reshape(shape)

    def _expire(self, t: int) -> None:
        """Drop the states whose ages pass the limits in slot t."""
        rest = self.shape[1:]
        grid = self.cost.reshape(*self.held_shape, *rest)
        for axis, ages in enumerate(self.held_shape):
            if t >= ages:
                _axis_first(grid, axis)[t % ages] = np.inf
        for k, shape in enumerate(self.copy_shapes):
            before, after = self.shape[: 1 + k], self.shape[2 + k :]
            grid = self.cost.reshape(*before, *shape, *after)
            for n, ages in enumerate(shape):
                if t >= ages:
                    _axis_first(grid, 1 + k + n)[t % ages] = np.inf

    def _arrive(self, t: int, n: int) -> Origins | None:
        """Let a report of device n arrive; return which held slots it replaces."""
        sent = t - int(self.router.transmit[n])
        if sent < 1:
            return None
        before = math.prod(self.held_shape[:n])
        targets = np.full(before, sent % self.held_shape[n])
        grid = self.cost.reshape(before, self.held_shape[n], -1)
        return self._move(grid, targets, self.router.report)

    def _notify(self, t: int, k: int, held: Ints) -> Origins:
        """Let class k be notified; return which copies this replaces, -1 for none."""
        shape = self.copy_shapes[k]
        ages = np.array(shape)[:, None]
        possible = ((held >= 0) & (t - held < ages)).all(axis=0)
        targets = np.where(
            possible, np.ravel_multi_index(tuple(held % ages), shape), -1
        )
        others = math.prod(self.shape[1 : 1 + k])
        grid = self.cost.reshape(len(targets) * others, self.shape[1 + k], -1)
        return self._move(grid, np.repeat(targets, others), self.router.classes[k].fee)

    def _move(self, grid: Floats, targets: Ints, price: float) -> Origins:
        origin = np.full((grid.shape[0], grid.shape[2]), -1, dtype=np.int32)
        move_cheapest(grid, targets, price, origin)
        return origin

    def _class_cost(self, t: int, group: LinkClass, held: Ints, copied: Ints) -> Floats:
        """Return the cost of a class in slot t, (1 or held states, copy states)."""
        router, size = self.router, len(group.links)
        age = (t - copied).mean(axis=0)
        age = np.where((copied == 0).all(axis=0), age, age + group.residence)
        allowed = (copied >= 0).all(axis=0) & (age <= router.pair_limit)
        costs = np.where(allowed, size * router.age * age, np.inf)[None, :]
        copies = np.maximum(copied, 0)
        if router.true_error:
            for load, copy in zip(router.loads, copies, strict=True):
                costs = costs + size * router.error * np.abs(load[t] - load[copy])
            return costs
        own_slots = np.maximum(held, 0)
        for load, own, copy in zip(router.loads, own_slots, copies, strict=True):
            gap = np.abs(load[own][:, None] - load[copy][None, :])
            costs = costs + size * router.error * gap
        return costs

    def optimum(self) -> RouterPlan:
        """Trace the cheapest final state back to the start."""
        router = self.router
        devices, classes = len(router.devices), len(router.classes)
        reports: list[list[int]] = [[] for _ in range(devices)]
        notifications: list[list[int]] = [[] for _ in range(classes)]
        cost = float(self.cost.min())
        if math.isinf(cost):
            none = np.empty(0, dtype=np.int64)
            return RouterPlan(cost, (none,) * devices, (none,) * classes)
        state = list(map(int, np.unravel_index(self.cost.argmin(), self.shape)))
        for t in range(router.slots - 1, -1, -1):
            held = np.array(np.unravel_index(state[0], self.held_shape))
            slots = t - (t - held) % np.array(self.held_shape)
            for k in range(classes - 1, -1, -1):
                shape = self.copy_shapes[k]
                ages = np.array(shape)
                if ((t - slots) >= ages).any():
                    continue
                if state[1 + k] != np.ravel_multi_index(tuple(slots % ages), shape):
                    continue
                before = _flat_index(state[: 1 + k], self.shape[: 1 + k])
                after = _flat_index(state[2 + k :], self.shape[2 + k :])
                origin = int(self.notified[t][k][before, after])
                if origin >= 0:
                    notifications[k].append(t)
                    state[1 + k] = origin
            for n in range(devices - 1, -1, -1):
                origins = self.arrived[t][n]
                if origins is None or slots[n] != t - router.transmit[n]:
                    continue
                reports[n].append(int(slots[n]))
                before = _flat_index(held[:n], self.held_shape[:n])
                after = _flat_index(
                    [*held[n + 1 :], *state[1:]],
                    self.held_shape[n + 1 :] + self.shape[1:],
                )
                held[n] = origins[before, after]
                state[0] = int(np.ravel_multi_index(tuple(held), self.held_shape))
        return RouterPlan(
            cost,
            tuple(np.array(slots[::-1], dtype=np.int64) for slots in reports),
            tuple(np.array(slots[::-1], dtype=np.int64) for slots in notifications),
        )


def _slots_of(t: int, shape: tuple[int, ...]) -> Ints:
    """Return (axes, states): the slots that the indices of a table stand for in slot t."""
    indices = np.indices(shape).reshape(len(shape), -1)
    ages = np.array(shape)[:, None]
    slots: Ints = t - (t - indices) % ages
    return slots


def _axis_first(grid: Floats, axis: int) -> Floats:
    """Return a view with one axis moved to the front."""
    return np.moveaxis(grid, axis, 0)


def _flat_index(indices: Sequence[int] | Ints, shape: tuple[int, ...]) -> int:
    """Return the flat index of an entry of a table; 0 where there are no axes."""
    return int(np.ravel_multi_index(tuple(indices), shape)) if len(shape) else 0
