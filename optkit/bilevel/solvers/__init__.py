"""The bilevel solvers, one module per solver."""
