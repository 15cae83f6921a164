"""Heuristics: the leader's problem for search engines, and decomposition by prices."""
