"""Online policies: they decide from observations alone. Most of the modules load numba."""
