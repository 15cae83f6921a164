"""Tables 3 to 6 and Figures 13 to 17 of Zhou et al., computed again.

The calibration and most pictures of the paper are lost or undefined. What can be tested is
what the text says about them, on many networks drawn like the paper's, and whether the
printed tables are consistent in themselves.
"""

from __future__ import annotations

from functools import partial

from optkit.reproduction.engine import Reproduction

PAPER = (
    "C. Zhou, L. Zhang, G. Zeng, F. Lin, Dispersed Computing Resource Discovery Model and"
    " Algorithm for Polymorphic Migration Network Architecture"
)

_PACKAGE = "optkit.reproduction.discovery"

_of_the_paper = partial(Reproduction, paper=PAPER, quick_repetitions=1)

REPRODUCTIONS = (
    _of_the_paper(
        name="discovery/table-3",
        title="Modes, energies and accuracies of the cycles",
        where="Sec. V, Figs. 13 to 15 and Table 3",
        function=f"{_PACKAGE}.modes:run",
        seconds=20,
        repetitions=8,
    ),
    _of_the_paper(
        name="discovery/fig-16",
        title="Updates and hops against energy and accuracy",
        where="Sec. V, Fig. 16",
        function=f"{_PACKAGE}.packets:run",
        seconds=15,
        repetitions=8,
    ),
    _of_the_paper(
        name="discovery/table-4",
        title="Energy against time",
        where="Sec. V, Fig. 17 and Table 4",
        function=f"{_PACKAGE}.directions:run",
        seconds=30,
        repetitions=8,
    ),
    _of_the_paper(
        name="discovery/table-5",
        title="STRA and its rivals at equal evaluations",
        where="Sec. V, Table 5",
        function=f"{_PACKAGE}.heuristics:run",
        seconds=35,
        repetitions=16,
    ),
    _of_the_paper(
        name="discovery/table-6",
        title="The range of the number of nodes",
        where="Sec. V, Table 6",
        function=f"{_PACKAGE}.ranges:run",
        seconds=30,
        repetitions=12,
    ),
    _of_the_paper(
        name="discovery/thresholds",
        title="Sensitivity to the required accuracies",
        where="Sec. V, last paragraph",
        function=f"{_PACKAGE}.thresholds:run",
        seconds=15,
        repetitions=8,
    ),
)
"""The reproductions of this paper, in its order."""
