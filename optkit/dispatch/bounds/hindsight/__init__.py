"""Bounds on every policy, from what could be achieved with the sample path known.

Queues of different types share nothing, so each type is a problem of its own.
"""
