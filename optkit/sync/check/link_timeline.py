"""The links of every slot, as the checker reads them from an instance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from optkit.core.arrays import Bools, Floats
from optkit.sync.instance import Link, SyncInstance


@dataclass(frozen=True, eq=False)
class LinkTimeline:
    """The pairs that ever have a link, and their links over time.

    Parameters
    ----------
    pairs
        Source and target of each, in order of first appearance.
    spans
        First slot, slot after the last, and the links in between.
    slots
        Number of slots.
    header_cost
        Added to every notification's payload.
    """

    pairs: Sequence[tuple[str, str]]
    spans: Sequence[tuple[int, int, Sequence[Link]]]
    slots: int
    header_cost: float

    def rows(self, part: slice) -> tuple[Bools | None, Floats, Floats]:
        """Return whether some pairs have a link, residence times, and costs.

        Without changes these are None and (B, 1) each; with changes (B, T) each.
        """
        if len(self.spans) == 1:
            links = self.spans[0][2][part]
            residence, fee = map(_column, self._values(links))
            return None, residence, fee
        number = {pair: row for row, pair in enumerate(self.pairs[part])}
        linked = np.zeros((len(number), self.slots), dtype=bool)
        residences, fees = np.zeros(linked.shape), np.zeros(linked.shape)
        for begin, end, links in self.spans:
            for link, time, cost in zip(links, *self._values(links), strict=True):
                row = number.get((link.source, link.target))
                if row is not None:
                    linked[row, begin:end] = True
                    residences[row, begin:end], fees[row, begin:end] = time, cost
        return linked, residences, fees

    def linked_slots(self) -> dict[tuple[str, str], list[tuple[int, int]]]:
        """Return the spans in which each pair has a link."""
        spans: dict[tuple[str, str], list[tuple[int, int]]] = {}
        for begin, end, links in self.spans:
            for link in links:
                spans.setdefault((link.source, link.target), []).append((begin, end))
        return spans

    def _values(self, links: Sequence[Link]) -> tuple[list[float], list[float]]:
        residence = [link.payload / link.rate for link in links]
        return residence, [k.hops * (self.header_cost + k.payload) for k in links]


def _column(values: Sequence[float]) -> Floats:
    return np.array(values, dtype=np.float64)[:, None]


def link_timeline(instance: SyncInstance) -> LinkTimeline:
    """Return the links of an instance over time."""
    spans = list(_spans(instance))
    names = [(x.source, x.target) for _, _, links in spans for x in links]
    return LinkTimeline(
        tuple(dict.fromkeys(names)), spans, instance.slots, instance.header_cost
    )


def _spans(instance: SyncInstance) -> Iterator[tuple[int, int, Sequence[Link]]]:
    begin, links = 0, instance.links
    for change in instance.changes or ():
        yield begin, change.slot, links
        begin, links = change.slot, change.links
    yield begin, instance.slots, links
