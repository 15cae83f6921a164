"""Table I and Figures 2 and 3 of Huang et al., on drawn bursts and on recorded loads."""

from __future__ import annotations

from optkit.reproduction.engine import Reproduction

PAPER = (
    "S. Huang et al., Resource Synchronization Mechanism Design in Computing Power"
    " Networks: An Adaptive Multi-Agent Reinforcement Learning Framework"
)

REPRODUCTIONS = (
    Reproduction(
        name="sync/table-1",
        title="Samples and reconstruction errors of reporting strategies",
        paper=PAPER,
        where="Sec. IV, Table I and Fig. 2",
        function="optkit.reproduction.sync.reporting:run",
        seconds=60,
        repetitions=20,
        quick_repetitions=2,
    ),
    *(
        Reproduction(
            name=f"sync/fig-3{suffix}",
            title=f"Notification policies, learned and fixed, {words}",
            paper=PAPER,
            where="Sec. IV, Fig. 3",
            function=f"optkit.reproduction.sync.notification:run{end}",
            seconds=240,
            repetitions=10,
            quick_repetitions=1,
        )
        for suffix, words, end in (
            ("", "drawn bursts", ""),
            ("-alibaba", "Alibaba's machines", "_on_trace"),
        )
    ),
)
"""The reproductions of this paper, in its order."""
