"""The machine that solvers run on: compiled loops, versions, optional packages."""
