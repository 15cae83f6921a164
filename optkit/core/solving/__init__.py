"""Solvers, the harness that runs them, and what a run returns."""
