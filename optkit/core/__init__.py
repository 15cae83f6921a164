"""Everything that the problem families share: solvers, files, tools, the runtime."""
