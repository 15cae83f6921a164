"""Rules of the follower that are cuts: one inequality, and no other case."""

from __future__ import annotations

import numpy as np

from optkit.bilevel.exact.certificate.exact_program import ExactProgram, Rule
from optkit.core.arrays import Floats

MOST = 500
"""Most cuts that are remembered."""

VIOLATED = 1e-7
"""A point that breaks a cut by less than this, relative to its terms, does not count."""


class RememberedCuts:
    """The cuts of one program, for parts of the tree that do not have them yet.

    Parameters
    ----------
    program
        The program.
    """

    def __init__(self, program: ExactProgram) -> None:
        self._program = program
        self._rules: list[Rule] = []
        self._rows = np.zeros((0, len(program.names)))
        self._sides = np.zeros(0)

    def remember(self, rule: Rule) -> None:
        """Remember a rule, if it is a cut."""
        cases = self._program.cases(rule)
        if len(cases) == 1 and len(cases[0]) == 1 and len(self._rules) < MOST:
            (row,) = cases[0]
            dense = np.zeros(len(self._program.names))
            for j, a in row.form.items():
                dense[j] = float(a)
            self._rules.append(rule)
            self._rows = np.vstack([self._rows, dense])
            self._sides = np.append(self._sides, float(row.least))

    def violated(self, point: Floats) -> Rule | None:
        """Return the cut that a point violates most; None if there is none.

        Parameters
        ----------
        point
            Shape (columns,).
        """
        if not self._rules:
            return None
        size = np.maximum(1.0, np.abs(self._rows) @ np.abs(point))
        slack = (self._rows @ point - self._sides) / size
        worst = int(np.argmin(slack))
        return self._rules[worst] if slack[worst] <= -VIOLATED else None
