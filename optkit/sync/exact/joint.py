"""All devices and links of a router together: the exact optimum over all reports.

The state in slot t holds, for every device, the slot r of the report that the router
holds, and for every class of links and every device the slot r' of the report that was
told. Arrivals and notifications are decided one after another, so that each is a minimum
along an axis of the table of states. Ages are limited, so slots are kept modulo the limits.

The table has Π (max_device_age + 1) · Π (max_pair_age + 1) entries, the first product over
devices, the second over classes and devices: right for a few of them, at any number of
slots; :func:`states` says how many there are.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from optkit.core.arrays import Floats, Ints
from optkit.core.runtime.compiled import compiled
from optkit.sync.exact.router import LinkClass, Router, RouterPlan

Origins = npt.NDArray[np.int32]


def states(router: Router) -> int:
    """Return the size of the table of states."""
    devices = len(router.devices)
    told = math.prod(
        (router.oldest_copy(group.residence) + 2) ** devices for group in router.classes
    )
    return int((router.max_age + 2) ** devices * told)


def joint_optimum(
    router: Router, should_stop: Callable[[], bool] = lambda: False
) -> RouterPlan | None:
    """Return the optimum of a router over all reports and notifications.

    Parameters
    ----------
    router
        The router.
    should_stop
        Asked in every slot; true ends the search.

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
    """The cost of every state, and where each came from.

    Axes: the device table's states first, flattened, then one axis a class, its states
    flattened too.
    """

    def __init__(self, router: Router) -> None:
        self.router = router
        devices = len(router.devices)
        # One more than may be kept: what is too old in a slot may be replaced in it.
        self.held_shape = (router.max_age + 2,) * devices
        self.told_shapes = [
            (router.oldest_copy(group.residence) + 2,) * devices
            for group in router.classes
        ]
        self.shape = (
            math.prod(self.held_shape),
            *(math.prod(shape) for shape in self.told_shapes),
        )
        self.cost = np.full(self.shape, np.inf)
        self.cost[(0,) * len(self.shape)] = 0.0
        self.arrived: list[list[Origins | None]] = []
        self.notified: list[list[Origins]] = []

    def advance(self, t: int) -> None:
        """Take the decisions of slot t and add what it costs."""
        router = self.router
        self._expire(t)
        self.arrived.append([self._arrive(t, n) for n in range(len(router.devices))])
        held = _slots_of(t, self.held_shape)
        self.notified.append(
            [self._notify(t, k, held) for k in range(len(router.classes))]
        )
        self.cost[((t - held) > router.max_age).any(axis=0)] = np.inf
        for k, group in enumerate(router.classes):
            told = _slots_of(t, self.told_shapes[k])
            spent = self._class_cost(t, group, held, told)
            shape = [spent.shape[0]] + [1] * len(router.classes)
            shape[1 + k] = spent.shape[1]
            self.cost += spent.reshape(shape)

    def _expire(self, t: int) -> None:
        """Forget the states whose slots pass the limits in slot t."""
        rest = self.shape[1:]
        grid = self.cost.reshape(*self.held_shape, *rest)
        for axis, ages in enumerate(self.held_shape):
            if t >= ages:
                _along(grid, axis)[t % ages] = np.inf
        for k, shape in enumerate(self.told_shapes):
            before, after = self.shape[: 1 + k], self.shape[2 + k :]
            grid = self.cost.reshape(*before, *shape, *after)
            for n, ages in enumerate(shape):
                if t >= ages:
                    _along(grid, 1 + k + n)[t % ages] = np.inf

    def _arrive(self, t: int, n: int) -> Origins | None:
        """Let a report of device n arrive; return which held slot it replaces."""
        sent = t - int(self.router.transmit[n])
        if sent < 1:
            return None
        before = math.prod(self.held_shape[:n])
        place = np.full(before, sent % self.held_shape[n])
        grid = self.cost.reshape(before, self.held_shape[n], -1)
        return self._move(grid, place, self.router.report)

    def _notify(self, t: int, k: int, held: Ints) -> Origins:
        """Let class k be notified; return from what was told before, −1 for it was not."""
        shape = self.told_shapes[k]
        ages = np.array(shape)[:, None]
        possible = ((held >= 0) & (t - held < ages)).all(axis=0)
        place = np.where(possible, np.ravel_multi_index(tuple(held % ages), shape), -1)
        others = math.prod(self.shape[1 : 1 + k])
        grid = self.cost.reshape(len(place) * others, self.shape[1 + k], -1)
        return self._move(grid, np.repeat(place, others), self.router.classes[k].fee)

    def _move(self, grid: Floats, place: Ints, price: float) -> Origins:
        origin = np.full((grid.shape[0], grid.shape[2]), -1, dtype=np.int32)
        compiled(_move_cheapest)(grid, place, price, origin)
        return origin

    def _class_cost(self, t: int, group: LinkClass, held: Ints, told: Ints) -> Floats:
        """Return what a class costs in slot t: (1 or held states, told states)."""
        router, size = self.router, len(group.links)
        age = (t - told).mean(axis=0)
        age = np.where((told == 0).all(axis=0), age, age + group.residence)
        allowed = (told >= 0).all(axis=0) & (age <= router.pair_limit)
        spent = np.where(allowed, size * router.age * age, np.inf)[None, :]
        copies = np.maximum(told, 0)
        if router.true_error:
            for load, copy in zip(router.loads, copies, strict=True):
                spent = spent + size * router.error * np.abs(load[t] - load[copy])
            return spent
        mine = np.maximum(held, 0)
        for load, own, copy in zip(router.loads, mine, copies, strict=True):
            gap = np.abs(load[own][:, None] - load[copy][None, :])
            spent = spent + size * router.error * gap
        return spent

    def optimum(self) -> RouterPlan:
        """Follow the cheapest state at the end back to the start."""
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
                shape = self.told_shapes[k]
                ages = np.array(shape)
                if ((t - slots) >= ages).any():
                    continue
                if state[1 + k] != np.ravel_multi_index(tuple(slots % ages), shape):
                    continue
                before = _flat(state[: 1 + k], self.shape[: 1 + k])
                after = _flat(state[2 + k :], self.shape[2 + k :])
                origin = int(self.notified[t][k][before, after])
                if origin >= 0:
                    notifications[k].append(t)
                    state[1 + k] = origin
            for n in range(devices - 1, -1, -1):
                origins = self.arrived[t][n]
                if origins is None or slots[n] != t - router.transmit[n]:
                    continue
                reports[n].append(int(slots[n]))
                before = _flat(held[:n], self.held_shape[:n])
                after = _flat(
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
    """Return (axes, states): the slots that a table's places stand for in slot t."""
    places = np.indices(shape).reshape(len(shape), -1)
    ages = np.array(shape)[:, None]
    slots: Ints = t - (t - places) % ages
    return slots


def _along(grid: Floats, axis: int) -> Floats:
    """Return a view with one axis in front."""
    return np.moveaxis(grid, axis, 0)


def _flat(places: Sequence[int] | Ints, shape: tuple[int, ...]) -> int:
    """Return the position of some places in a table; 0 where there are no axes."""
    return int(np.ravel_multi_index(tuple(places), shape)) if len(shape) else 0


