"""The dispatch solvers, one module each; importing a module registers its solver."""
