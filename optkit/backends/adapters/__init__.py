"""Solvers that users bring: one module per solver, and Pyomo's interface for any other."""
