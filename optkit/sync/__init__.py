"""Sync: keeping what a network knows of its devices' load fresh, and at what cost.

Source: Y. Huang et al., see ``docs/sync.md``. Equation and section numbers in this package
are that paper's; how its lost or contradictory places are read stands there too.
"""
