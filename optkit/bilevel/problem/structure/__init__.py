"""Recognition of special structures: interdiction and knapsack interdiction."""
