"""``rollout`` that is told no law, and learns arrivals, uploads and services.

Every access point learns for itself, from its own jobs and from what is broadcast to it.
It then decides as ``rollout`` does, as if its estimates were true (certainty equivalence).
"""
