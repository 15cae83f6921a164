"""Figures 5 to 12 and Table I of Ma and Xie, computed again.

The paper's pictures are lost in the source that is at hand, and with them the networks'
speeds and rates: what can be tested is what the text says about each picture, over many
networks drawn from the ranges it gives.
"""

from __future__ import annotations

from optkit.reproduction.engine import Reproduction

PAPER = (
    "K. Ma, J. Xie, A Multi-Layered Distributed Computing Framework for Enhanced Edge"
    " Computing"
)

_HERE = "optkit.reproduction.allocation"

REPRODUCTIONS = (
    Reproduction(
        name="allocation/fig-5",
        title="Total cost against the usual schemes",
        paper=PAPER,
        where="Sec. VII-B, Fig. 5",
        function=f"{_HERE}.schemes:costs",
        seconds=20,
        repetitions=60,
    ),
    Reproduction(
        name="allocation/fig-6",
        title="Completion time and energy against the usual schemes",
        paper=PAPER,
        where="Sec. VII-B, Fig. 6",
        function=f"{_HERE}.schemes:time_and_energy",
        seconds=10,
        repetitions=60,
    ),
    Reproduction(
        name="allocation/fig-7",
        title="Cost and execution time on four small networks",
        paper=PAPER,
        where="Sec. VII-C1, Fig. 7",
        function=f"{_HERE}.small_networks:run",
        seconds=10,
        repetitions=60,
    ),
    Reproduction(
        name="allocation/fig-8",
        title="Growing by subtrees of two servers",
        paper=PAPER,
        where="Sec. VII-C1, Fig. 8",
        function=f"{_HERE}.subtrees:run",
        seconds=25,
        repetitions=12,
    ),
    Reproduction(
        name="allocation/fig-9",
        title="Heuristics on networks of 10 to 50 servers",
        paper=PAPER,
        where="Sec. VII-C2, Fig. 9",
        function=f"{_HERE}.large_networks:run",
        seconds=75,
        repetitions=12,
    ),
    Reproduction(
        name="allocation/fig-10",
        title="The threshold of node pruning",
        paper=PAPER,
        where="Sec. VII-D1, Fig. 10",
        function=f"{_HERE}.thresholds:node_pruning",
        seconds=45,
        repetitions=12,
    ),
    Reproduction(
        name="allocation/fig-11",
        title="The number of levels that level pruning keeps",
        paper=PAPER,
        where="Sec. VII-D2, Fig. 11",
        function=f"{_HERE}.thresholds:level_pruning",
        seconds=45,
        repetitions=12,
    ),
    Reproduction(
        name="allocation/fig-12",
        title="Who gets work as a link or a processor gets faster",
        paper=PAPER,
        where="Sec. VII-E, Fig. 12",
        function=f"{_HERE}.characteristics:run",
        seconds=20,
        repetitions=20,
    ),
    Reproduction(
        name="allocation/table-1",
        title="Loads and cost in proportion to the task",
        paper=PAPER,
        where="Sec. VII-E, Table I",
        function=f"{_HERE}.task_size:run",
        seconds=3,
        repetitions=60,
    ),
)
"""What ``optkit reproduce allocation`` makes, in the paper's order."""
