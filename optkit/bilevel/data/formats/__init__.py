"""MibS files, read and written: MPS, aux in its three forms, and knapsack ``.ki``."""
