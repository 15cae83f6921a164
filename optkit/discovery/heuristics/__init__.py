"""Heuristic methods."""
