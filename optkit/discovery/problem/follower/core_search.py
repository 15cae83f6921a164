"""Search over changes of a threshold rule, each with a price: two lists that are matched.

Changes are binary. A set of changes is legal if its prices add up to no more than a budget
and a few rows hold. The budget leaves few changes to choose from. These are dealt out to
two lists, the sets within the budget are listed for each of them, and a set of one list is
combined only with those of the other that fill a row as tightly as the budget requires
(Horowitz and Sahni 1974, for knapsacks).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optkit.core.arrays import Bools, Floats, Ints
from optkit.discovery.problem.problem_data import ROW_TOLERANCE

MAX_SETS = 100_000
"""Most sets in a list; the search gives up where there are more."""

FEW_SETS = 3_000
"""Sets in a list up to which all changes are searched at once."""

MAX_BITS = 62
"""Most changes in a list; a set of them is a signed integer of 64 bits."""

MAX_PAIRS = 5_000_000
"""Most pairs of sets that are compared."""

CHUNK = 500_000
"""Pairs that are compared at a time."""

FIRST_CHANGES = (14, 20, 26, 32)
"""Numbers of cheapest changes that are searched first, where there are more."""

HOPELESS = 14
"""The search gives up where it finds no legal set of more changes than these."""

AIM = 9.0
"""Multiple of ``enough`` that a set may be from the bound which is looked for in the end,
where no search was complete."""

DRAWN, DRAWN_FROM, DRAWS = 32, (32, 40, 48, 56, 64), 5
"""Such a set is looked for among so many changes, drawn from so many of the cheapest, so
often for each number."""

CHEAPEST = 14
"""Number of cheapest changes of which all sets are combined with up to two others."""

OTHERS = 300
"""Number of these others, again the cheapest ones."""

ROUNDING = 1e-9
"""Share of a row and of the budget by which matching is more generous, for rounding."""


@dataclass(frozen=True, eq=False)
class CoreSearchResult:
    """The result of a core search.

    Parameters
    ----------
    flips
        The best legal set of changes found, shape (n,); None if none was found.
    complete
        Whether the search came to its end.
    exhausted
        Whether nothing better exists; otherwise the result may only be within ``enough``
        of the best.
    """

    flips: Bools | None
    complete: bool
    exhausted: bool


def search(
    *,
    prices: Floats,
    changes: Floats,
    slack: Floats,
    values: Floats,
    row_prices: Floats,
    budget: float,
    value_floor: float | None,
    enough: float,
) -> CoreSearchResult:
    """Return the legal set of changes with the least value.

    Parameters
    ----------
    prices
        Price of each change, not negative, shape (n,).
    changes
        What each change adds to the slack of each row, shape (rows, n).
    slack
        Slack of each row before any change; it has to end at or above 0, within
        ``ROW_TOLERANCE``, shape (rows,).
    values
        What each change adds to the objective, shape (n,).
    row_prices
        Price of a unit of slack that is left in the end, shape (rows,).
    budget
        Limit on the sum of prices. Sets that are beyond it only with the price of their
        slack may be left out.
    value_floor
        Where the objective is at least ``value_floor`` plus the prices paid, this number,
        so that every better set found shrinks the budget; None where it is not.
    enough
        With ``value_floor``: a set within this much of the bound ends the search.
    """
    matching = _Matching(
        np.vstack([prices, values, changes]),
        np.asarray(slack, dtype=float),
        np.asarray(row_prices, dtype=float),
        budget,
        value_floor,
        enough,
    )
    order = np.lexsort((*changes, values, prices))
    order = order[_possible(changes, matching.slack)[order]]
    # Good sets first: they rule most other changes out.
    first = [c for c in FIRST_CHANGES if c < len(order) and value_floor is not None]
    for count in (*first, len(order)):
        if first and count == first[-1]:
            matching.improve_by_two(order)
        complete = matching.improve(order[:count])
        if count == len(order) or matching.budget <= enough:
            break
        complete = False
        if count > HOPELESS and not matching.found:
            break
        if matching.improve(order, FEW_SETS):
            complete = True
            break
    if value_floor is not None and not complete:
        matching.aim(order, value_floor, AIM * enough)
    near = value_floor is not None and matching.best_value - value_floor <= enough
    flips: Bools | None = None
    if matching.found:
        flips = np.zeros(len(prices), dtype=bool)
        flips[matching.best] = True
    return CoreSearchResult(flips, complete or near, complete and not near)


@dataclass(frozen=True, eq=False)
class _Sets:
    """Sets of changes.

    Parameters
    ----------
    sums
        Price, value and what they add to each row, shape (2 + rows, sets).
    bits
        Which of ``changes`` are in each set, shape (sets,); None where each set has two.
    changes
        The changes, shape (m,), or those of each set, shape (sets, 2), -1 for none.
    """

    sums: Floats
    bits: Ints | None
    changes: Ints

    def members(self, number: int) -> Ints:
        """Return the changes of a set."""
        if self.bits is None:
            two: Ints = self.changes[number]
            return np.asarray(two[two >= 0])
        bits = int(self.bits[number])
        return np.asarray(self.changes[(bits >> np.arange(len(self.changes))) & 1 == 1])


class _Grid:
    """Sets sorted by two rows: by the first into bands, and in each band by the second.

    Parameters
    ----------
    sums
        What each set adds to both rows, shape (2, sets).
    rows
        The numbers of the rows.
    width
        The widest window in the first row that will be looked up.
    """

    def __init__(self, sums: Floats, rows: Ints, width: float) -> None:
        self.rows = rows
        self._least = sums.min(axis=1)
        self._spread = np.maximum(np.ptp(sums, axis=1), 1e-300)
        self._width = max(width * (1.0 + ROUNDING), 1e-6 * self._spread[0])
        keys = self._band(sums[0]) + self._within(sums[1])
        self.order = np.argsort(keys, kind="stable")
        self._keys = keys[self.order]

    def _band(self, sums: Floats) -> Floats:
        """Return the number of each sum's band, among those that there are."""
        offset = np.clip(sums - self._least[0], 0.0, self._spread[0])
        return np.asarray(np.floor(offset / self._width))

    def _within(self, sums: Floats) -> Floats:
        """Return the place of a sum in the second row within its band."""
        offset = np.clip(sums - self._least[1], 0.0, self._spread[1])
        return np.asarray(0.9 * offset / self._spread[1])

    def places(
        self, first: tuple[Floats, Floats], second: tuple[Floats, Floats]
    ) -> list[tuple[Ints, Ints]]:
        """Return where sets in both windows are in the order, in one band and the next.

        Parameters
        ----------
        first, second
            Ends of the windows in both rows, each of shape (m,).
        """
        low, high = (self._within(ends) for ends in second)
        bands = [self._band(ends) for ends in first]
        after = np.minimum(bands[0] + 1.0, bands[1])
        ends = []
        for band, used in ((bands[0], True), (after, after > bands[0])):
            begin = np.searchsorted(self._keys, band + low - ROUNDING, side="left")
            end = np.searchsorted(self._keys, band + high + ROUNDING, side="right")
            ends.append((begin, np.where(used, np.maximum(begin, end), begin)))
        return ends


class _Matching:
    """The best set so far, and the budget that it leaves for better ones."""

    def __init__(
        self,
        columns: Floats,
        slack: Floats,
        row_prices: Floats,
        budget: float,
        value_floor: float | None,
        enough: float,
    ) -> None:
        self._columns, self.slack, self._row_prices = columns, slack, row_prices
        self._floor, self._enough = value_floor, enough
        self.budget = float(budget)
        self.best_value = np.inf
        self.best: Ints = np.zeros(0, dtype=np.int64)

    @property
    def found(self) -> bool:
        """Whether there is a legal set."""
        return self.best_value < np.inf

    def improve(self, chosen: Ints, most: int = MAX_SETS) -> bool:
        """Search over some changes, equal ones side by side; return if exhaustively.

        Lists of more than ``most`` sets are not searched.
        """
        chosen = chosen[self._columns[0, chosen] <= self.budget]
        columns = self._columns[:, chosen]
        repeats = np.zeros(len(chosen), dtype=bool)
        repeats[1:] = np.all(columns[:, 1:] == columns[:, :-1], axis=0)
        # Equal changes go to the same list, where only their number counts.
        in_second = np.cumsum(~repeats) % 2 == 0
        sets = []
        for half in (np.flatnonzero(~in_second), np.flatnonzero(in_second)):
            listed = _subsets(
                columns[:, half], repeats[half], self.budget, chosen[half], most
            )
            if listed is None:
                return False
            sets.append(listed)
        return self._match(*sets)

    def improve_by_two(self, order: Ints) -> None:
        """Try all sets of the cheapest changes with up to two others.

        ``order`` has all changes by their price.
        """
        prices = self._columns[0]
        cheap, others = order[:CHEAPEST], order[CHEAPEST:][:OTHERS]
        others = np.append(others[prices[others] <= self.budget], -1)
        columns = self._columns[:, cheap]
        alike = np.zeros(len(cheap), dtype=bool)
        every = _subsets(columns, alike, self.budget, cheap, MAX_SETS)
        if every is None:
            return
        one, two = np.triu_indices(len(others), 1)
        pairs = np.vstack([np.stack([others[one], others[two]], axis=1), [[-1, -1]]])
        padded = np.hstack([self._columns, np.zeros((len(self._columns), 1))])
        sums = padded[:, pairs[:, 0]] + padded[:, pairs[:, 1]]
        kept = sums[0] <= self.budget
        self._match(_Sets(sums[:, kept], None, pairs[kept]), every)

    def aim(self, order: Ints, floor: float, budget: float) -> None:
        """Look for a set within a budget that is small, which leaves few pairs to compare.

        ``order`` has all changes by their price.
        """
        if self.budget <= budget:
            return
        known, self.budget = self.budget, budget
        rng = np.random.default_rng(0)
        for count in DRAWN_FROM:
            cheapest = order[:count]
            for _ in range(DRAWS if len(cheapest) > DRAWN else 1):
                drawn = np.arange(len(cheapest))
                if len(drawn) > DRAWN:
                    drawn = np.sort(rng.choice(drawn, DRAWN, replace=False))
                self.improve(cheapest[drawn])
                if self.found and self.best_value - floor <= budget:
                    return
            if len(cheapest) == len(order):
                break
        self.budget = known

    def _match(self, first: _Sets, second: _Sets) -> bool:
        """Combine sets of both lists; return whether all that may be better were seen."""
        pairs_left = MAX_PAIRS
        rest = np.argsort(first.sums[0], kind="stable")
        grid = self._grid(first, second)
        while len(rest):
            ends = grid.places(*self._windows(first, rest, grid))
            counts = np.cumsum(sum(high - low for low, high in ends))
            taken = max(1, int(np.searchsorted(counts, CHUNK, side="right")))
            pairs_left -= int(counts[taken - 1])
            if pairs_left < 0:
                return False
            for low, high in ends:
                self._compare(
                    first,
                    second,
                    np.repeat(rest[:taken], (high - low)[:taken]),
                    grid.order[_ranges(low[:taken], high[:taken])],
                )
            if self._floor is not None and self.budget <= self._enough:
                return True
            rest = rest[taken:]
        return True

    def _grid(self, first: _Sets, second: _Sets) -> _Grid:
        """Sort the second list by the two rows that exclude most of its pairs."""
        spread = np.ptp(second.sums[2:], axis=1)
        narrow = np.divide(
            self.budget,
            self._row_prices * spread,
            out=np.full(len(spread), np.inf),
            where=self._row_prices * spread > 0.0,
        )
        rows = np.argsort(narrow, kind="stable")[:2]
        every = np.arange(first.sums.shape[1])
        least, most = self._window(first, every, int(rows[0]))
        return _Grid(second.sums[2 + rows], rows, float((most - least).max()))

    def _windows(
        self, first: _Sets, chosen: Ints, grid: _Grid
    ) -> list[tuple[Floats, Floats]]:
        return [self._window(first, chosen, int(row)) for row in grid.rows]

    def _window(self, first: _Sets, chosen: Ints, row: int) -> tuple[Floats, Floats]:
        """Return the least and the most that may be added to each set in a row."""
        least = -self.slack[row] - first.sums[2 + row, chosen]
        margin = ROW_TOLERANCE + ROUNDING * np.abs(least)
        price = self._row_prices[row]
        if price <= 0.0 or not np.isfinite(self.budget):
            return least - margin, np.full(len(least), np.inf)
        room = np.maximum(0.0, self.budget - first.sums[0, chosen])
        room += ROUNDING * self.budget
        return least - margin, least + margin + room / price

    def _compare(self, first: _Sets, second: _Sets, one: Ints, two: Ints) -> None:
        """Keep the best legal pair of sets with these numbers."""
        value = first.sums[1, one] + second.sums[1, two]
        better = value < self.best_value
        better &= first.sums[0, one] + second.sums[0, two] <= self.budget
        one, two, value = one[better], two[better], value[better]
        legal = np.ones(len(one), dtype=bool)
        for row, slack in enumerate(self.slack):
            left = slack + first.sums[2 + row, one] + second.sums[2 + row, two]
            legal &= left >= -ROW_TOLERANCE
        if not legal.any():
            return
        best = int(np.argmin(np.where(legal, value, np.inf)))
        self.best_value = float(value[best])
        if self._floor is not None:
            self.budget = min(self.budget, self.best_value - self._floor)
        self.best = np.append(
            first.members(int(one[best])), second.members(int(two[best]))
        )


def _possible(changes: Floats, slack: Floats) -> Bools:
    """Return which changes are in some set that keeps all rows, each row on its own.

    Parameters
    ----------
    changes
        What each change adds to the slack of each row, shape (rows, n).
    slack
        Slack of each row, shape (rows,).
    """
    most = slack + np.maximum(changes, 0.0).sum(axis=1)
    margin = ROW_TOLERANCE + ROUNDING * (np.abs(slack) + np.abs(changes).sum(axis=1))
    return np.asarray(
        (most[:, None] + np.minimum(changes, 0.0) >= -margin[:, None]).all(axis=0)
    )


def _ranges(low: Ints, high: Ints) -> Ints:
    """Return all numbers from each ``low`` up to, and without, its ``high``."""
    counts = high - low
    ends = np.cumsum(counts)
    within = np.arange(int(counts.sum())) - np.repeat(ends - counts, counts)
    return np.asarray(np.repeat(low, counts) + within)


def _subsets(
    columns: Floats, repeats: Bools, budget: float, changes: Ints, most: int
) -> _Sets | None:
    """Return the sets of changes within the budget; None where there are too many.

    Parameters
    ----------
    columns
        Price, value and what each change adds to each row, shape (2 + rows, m).
    repeats
        Marks changes equal to the one before, which are in a set only if that one is,
        shape (m,).
    budget
        Limit on the sum of prices.
    changes
        The numbers of the changes, shape (m,).
    most
        Most sets.
    """
    count = columns.shape[1]
    if count > MAX_BITS:
        return None
    sums = np.zeros((len(columns), 1))
    bits: Ints = np.zeros(1, dtype=np.int64)
    for change in range(count):
        allowed = sums[0] + columns[0, change] <= budget
        if repeats[change]:
            allowed &= (bits >> (change - 1)) & 1 == 1
        sums = np.hstack([sums, sums[:, allowed] + columns[:, change : change + 1]])
        bits = np.append(bits, bits[allowed] | (1 << change))
        if len(bits) > most:
            return None
    return _Sets(sums, bits, changes)
