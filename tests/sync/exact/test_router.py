"""Source routers."""

from __future__ import annotations

from optkit.sync.exact.router import rarest_reports


def test_rarest_reports_are_the_fewest_that_keep_the_limit() -> None:
    """The rarest reports are the fewest that keep the limit."""
    for slots in range(1, 9):
        for transmit in range(3):
            for max_age in range(transmit, slots):
                ages = []
                for bits in range(2**slots):
                    sent = [s for s in range(slots) if bits >> s & 1]
                    born = [
                        max([s for s in sent if s + transmit <= t], default=0)
                        for t in range(slots)
                    ]
                    if all(t - b <= max_age for t, b in enumerate(born)):
                        ages.append(len(sent))
                rarest = rarest_reports(slots, transmit, max_age)
                assert len(rarest) == min(ages), (slots, transmit, max_age)
