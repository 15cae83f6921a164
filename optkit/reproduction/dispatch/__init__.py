"""Figures 2 to 6 of Hong et al., computed again, on generated and on recorded arrivals.

The pictures and most numbers of the paper are lost. What can be tested is what its text
says about them, on many networks and sample paths drawn like the paper's.
"""

from __future__ import annotations

from optkit.reproduction.engine import Reproduction

PAPER = (
    "Y. Hong, B. Lv, R. Wang, H. Tan, Z. Han, H. Zhou, F. C. M. Lau, Online Distributed Job"
    " Dispatching with Outdated and Partially-Observable Information (arXiv:2012.13756)"
)

_PACKAGE = "optkit.reproduction.dispatch"

PATHS = 20
"""Sample paths of each setting."""


def _both(
    name: str, title: str, where: str, figure: str, seconds: float
) -> tuple[Reproduction, Reproduction]:
    """Return the two reproductions of a figure: generated and recorded arrivals."""
    drawn, recorded = (
        Reproduction(
            name=f"dispatch/{name}{suffix}",
            title=f"{title}{words}",
            paper=PAPER,
            where=where,
            function=f"{_PACKAGE}.{figure}.{source}",
            seconds=seconds,
            repetitions=PATHS,
            quick_repetitions=1,
        )
        for suffix, words, source in (
            ("", ", generated arrivals", "generated"),
            ("-google", ", Google's arrivals", "recorded"),
        )
    )
    return drawn, recorded


REPRODUCTIONS = (
    *_both(
        "fig-2",
        "All policies in the paper's setting",
        "Sec. VI-B, Figs. 2 and 3",
        "base_case:FIGURE",
        50,
    ),
    *_both(
        "fig-4",
        "Jobs in the system by signalling latency",
        "Sec. VI-C, Fig. 4",
        "latency:FIGURE",
        110,
    ),
    *_both(
        "fig-5",
        "Cost by arrival interval",
        "Sec. VI-C, Fig. 5",
        "load:ARRIVALS",
        270,
    ),
    *_both(
        "fig-6",
        "Cost by mean service",
        "Sec. VI-C, Fig. 6",
        "load:SERVICE",
        170,
    ),
)
"""The reproductions of this paper, in its order."""
