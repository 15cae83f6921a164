"""Tools around solving: files, checks, generators, training, Pareto fronts."""
