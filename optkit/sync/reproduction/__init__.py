"""Table I and Figure 2 of Huang et al., computed again on bursty and on recorded loads."""

from __future__ import annotations

from optkit.core.reproduction import Reproduction

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
        function="optkit.sync.reproduction.reporting:run",
        seconds=60,
        repetitions=20,
        quick_repetitions=2,
    ),
)
"""What ``optkit reproduce sync`` makes."""
