"""Figures 5 to 12 and Table I of Ma and Xie, computed again.

The paper's pictures are lost in the source at hand, and so are the speeds and rates of its
networks. What can be tested is what the text says about each picture, on many networks
drawn from the ranges that it gives.
"""

from __future__ import annotations

from functools import partial

from optkit.reproduction.engine import Reproduction

PAPER = (
    "K. Ma, J. Xie, A Multi-Layered Distributed Computing Framework for Enhanced Edge"
    " Computing"
)

_PACKAGE = "optkit.reproduction.allocation"

_of_the_paper = partial(Reproduction, paper=PAPER)

REPRODUCTIONS = (
    _of_the_paper(
        name="allocation/fig-5",
        title="Total cost against the usual schemes",
        where="Sec. VII-B, Fig. 5",
        function=f"{_PACKAGE}.schemes:costs",
        seconds=20,
        repetitions=60,
    ),
    _of_the_paper(
        name="allocation/fig-6",
        title="Completion time and energy against the usual schemes",
        where="Sec. VII-B, Fig. 6",
        function=f"{_PACKAGE}.schemes:time_and_energy",
        seconds=10,
        repetitions=60,
    ),
    _of_the_paper(
        name="allocation/fig-7",
        title="Cost and execution time on four small networks",
        where="Sec. VII-C1, Fig. 7",
        function=f"{_PACKAGE}.small_networks:run",
        seconds=10,
        repetitions=60,
    ),
    _of_the_paper(
        name="allocation/fig-8",
        title="Growing by subtrees of two servers",
        where="Sec. VII-C1, Fig. 8",
        function=f"{_PACKAGE}.subtrees:run",
        seconds=25,
        repetitions=12,
    ),
    _of_the_paper(
        name="allocation/fig-9",
        title="Heuristics on networks of 10 to 50 servers",
        where="Sec. VII-C2, Fig. 9",
        function=f"{_PACKAGE}.large_networks:run",
        seconds=75,
        repetitions=12,
    ),
    _of_the_paper(
        name="allocation/fig-10",
        title="The threshold of node pruning",
        where="Sec. VII-D1, Fig. 10",
        function=f"{_PACKAGE}.thresholds:node_pruning",
        seconds=45,
        repetitions=12,
    ),
    _of_the_paper(
        name="allocation/fig-11",
        title="The number of levels that level pruning keeps",
        where="Sec. VII-D2, Fig. 11",
        function=f"{_PACKAGE}.thresholds:level_pruning",
        seconds=45,
        repetitions=12,
    ),
    _of_the_paper(
        name="allocation/fig-12",
        title="Who gets work as a link or a processor gets faster",
        where="Sec. VII-E, Fig. 12",
        function=f"{_PACKAGE}.characteristics:run",
        seconds=20,
        repetitions=20,
    ),
    _of_the_paper(
        name="allocation/table-1",
        title="Loads and cost in proportion to the task",
        where="Sec. VII-E, Table I",
        function=f"{_PACKAGE}.task_size:run",
        seconds=3,
        repetitions=60,
    ),
)
"""The reproductions of this paper, in its order."""
