"""Tables 3 to 6 and Figures 13 to 17 of Zhou et al., computed again.

The calibration and most pictures of the paper are lost or undefined: what can be tested is
what the text says of them, over many networks drawn like the paper's, and what the
printed tables say of themselves.
"""

from __future__ import annotations

from optkit.reproduction.engine import Reproduction

PAPER = (
    "C. Zhou, L. Zhang, G. Zeng, F. Lin, Dispersed Computing Resource Discovery Model and"
    " Algorithm for Polymorphic Migration Network Architecture"
)

_HERE = "optkit.reproduction.discovery"

REPRODUCTIONS = (
    Reproduction(
        name="discovery/table-3",
        title="Modes, energies and accuracies of the cycles",
        paper=PAPER,
        where="Sec. V, Figs. 13 to 15 and Table 3",
        function=f"{_HERE}.modes:run",
        seconds=20,
        repetitions=8,
        quick_repetitions=1,
    ),
    Reproduction(
        name="discovery/fig-16",
        title="Updates and hops against energy and accuracy",
        paper=PAPER,
        where="Sec. V, Fig. 16",
        function=f"{_HERE}.packets:run",
        seconds=15,
        repetitions=8,
        quick_repetitions=1,
    ),
    Reproduction(
        name="discovery/table-4",
        title="Energy against time",
        paper=PAPER,
        where="Sec. V, Fig. 17 and Table 4",
        function=f"{_HERE}.directions:run",
        seconds=30,
        repetitions=8,
        quick_repetitions=1,
    ),
    Reproduction(
        name="discovery/table-5",
        title="STRA and its rivals at equal evaluations",
        paper=PAPER,
        where="Sec. V, Table 5",
        function=f"{_HERE}.heuristics:run",
        seconds=35,
        repetitions=16,
        quick_repetitions=1,
    ),
    Reproduction(
        name="discovery/table-6",
        title="The range of the number of nodes",
        paper=PAPER,
        where="Sec. V, Table 6",
        function=f"{_HERE}.ranges:run",
        seconds=30,
        repetitions=12,
        quick_repetitions=1,
    ),
    Reproduction(
        name="discovery/thresholds",
        title="Sensitivity to the required accuracies",
        paper=PAPER,
        where="Sec. V, last paragraph",
        function=f"{_HERE}.thresholds:run",
        seconds=15,
        repetitions=8,
        quick_repetitions=1,
    ),
)
"""What ``optkit reproduce discovery`` makes, in the paper's order."""
