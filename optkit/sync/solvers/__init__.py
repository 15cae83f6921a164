"""The registered solvers; importing a module registers what it holds."""
