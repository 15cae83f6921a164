"""Read and write MibS files: MPS, aux in its three forms, and knapsack ``.ki``."""
