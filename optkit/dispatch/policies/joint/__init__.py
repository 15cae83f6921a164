"""All access points at once: what a queue costs depends on the set of those who send.

Its parts load numba: import them where needed.
"""
