"""The bilevel solvers, a module each."""
