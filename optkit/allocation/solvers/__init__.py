"""The solvers, one module for each or for a few alike; importing one registers them."""
