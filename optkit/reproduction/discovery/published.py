"""Tables 3 to 6 as printed: energies TEC and times TTC, in units that are not defined."""

from __future__ import annotations

from dataclasses import dataclass

HALF_DIGIT = 0.005
"""Largest rounding error of a number printed with two decimals."""


@dataclass(frozen=True)
class Split:
    """One row of Table 4 or 6.

    Parameters
    ----------
    energy, energy_agent, energy_self
        Energy, and its parts in agent mode and in self-directed mode.
    time, time_agent, time_self
        The same for the time.
    nodes
        Number of nodes.
    """

    energy: float
    energy_agent: float
    energy_self: float
    time: float
    time_agent: float
    time_self: float
    nodes: int

    @property
    def columns(self) -> tuple[float, ...]:
        """The six energies and times, in the order of the columns."""
        return (
            self.energy,
            self.energy_agent,
            self.energy_self,
            self.time,
            self.time_agent,
            self.time_self,
        )


@dataclass(frozen=True)
class Mode:
    """One row of Table 3.

    Parameters
    ----------
    cycles
        Number of cycles with that label.
    most, least, mean
        Their energies.
    accuracy_most, accuracy_least, accuracy_mean
        Their expected accuracies.
    """

    cycles: int
    most: float
    least: float
    mean: float
    accuracy_most: float
    accuracy_least: float
    accuracy_mean: float


@dataclass(frozen=True)
class Effort:
    """One row of Table 5.

    Parameters
    ----------
    energy, time
        Energy and time of the solution.
    iterations
        Iterations until convergence.
    seconds, seconds_first
        Computing time in total, and until the initial solution.
    """

    energy: float
    time: float
    iterations: int
    seconds: float
    seconds_first: float


TABLE_3 = {
    "AM": Mode(46, 495.95, 107.83, 296.76, 0.93, 0.24, 0.59),
    "SM": Mode(54, 497.48, 117.78, 305.51, 0.75, 0.04, 0.34),
}

TABLE_4 = {
    "min TEC": Split(107.83, 79.04, 28.79, 85.25, 32.91, 52.34, 51),
    "optimal": Split(298.07, 208.49, 89.58, 53.68, 27.24, 26.44, 54),
    "median": Split(305.77, 234.13, 71.64, 53.63, 21.22, 32.41, 49),
    "min TTC": Split(497.48, 344.65, 152.83, 14.41, 8.24, 6.17, 53),
}

TABLE_5 = {
    "stra": Effort(298.07, 53.68, 424, 3955.0, 408.55),
    "tabu": Effort(314.82, 61.44, 562, 5049.0, 396.85),
    "ga": Effort(327.45, 70.29, 403, 3764.0, 412.37),
    "sa": Effort(341.26, 73.02, 411, 3850.0, 427.19),
    "pso": Effort(329.93, 76.63, 428, 4014.0, 422.52),
    "aco": Effort(345.78, 80.39, 433, 4195.0, 410.20),
}

TABLE_6 = {
    10: Split(298.07, 208.49, 89.58, 53.68, 27.24, 26.44, 54),
    20: Split(335.09, 234.38, 100.71, 60.35, 30.63, 29.72, 58),
    30: Split(250.22, 175.01, 75.20, 45.06, 22.89, 22.19, 40),
    40: Split(368.63, 257.84, 110.79, 66.39, 33.69, 32.70, 66),
    50: Split(267.98, 187.44, 80.54, 48.26, 24.49, 23.77, 45),
    60: Split(236.98, 165.76, 71.22, 42.68, 21.66, 21.02, 37),
    70: Split(354.56, 247.99, 106.57, 63.85, 32.41, 31.45, 63),
    80: Split(313.96, 219.60, 94.36, 56.54, 28.70, 27.85, 56),
    90: Split(404.72, 283.08, 121.64, 72.89, 36.99, 35.90, 78),
}
"""By range: 50 nodes plus or minus so many percent."""
