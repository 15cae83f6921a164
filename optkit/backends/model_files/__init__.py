"""Write linear models as MPS and LP files that other solvers read."""
