"""Hindsight: what could have been done on a sample path that is known, and a bound.

Queues of different types share nothing, so each type is a problem of its own. Its parts
load numba: import them where needed.
"""
