"""Solvers of discovery instances; each module registers one."""
