"""The independent checker, and brute force to test solvers against."""
