"""Solvers of discovery instances; every module here registers its own."""
