"""Read solutions that other solvers found for an exported model."""
