"""Heuristics that look for incumbents: decisions of the leader worth evaluating."""
