"""The tolerances of the backends, each in one place."""

from __future__ import annotations

FEASIBILITY = 1e-9
"""How far a solver may break a row, a bound or integrality, where nothing else is asked."""

TIGHTEST = 1e-10
"""The tightest feasibility tolerance that HiGHS takes."""

LOOSEST = 1e-3
"""The loosest feasibility tolerance that makes sense."""

ACCEPTED_BREACH = 1e-6
"""A point that breaks nothing by more than this, relative, counts as a solution."""

INTEGRALITY = 1e-5
"""Nearer than this to an integer, a solver's value of an integer variable is rounded."""

ON_AN_INTEGER = 1e-9
"""A bound of an integer variable that is nearer than this to an integer is on it."""

INFINITE = 1e20
"""HiGHS and SCIP take a bound of this magnitude for infinite."""
