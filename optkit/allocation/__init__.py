"""Allocation: splitting one task over servers several hops away, and in which order.

Source: K. Ma and J. Xie, "A Multi-Layered Distributed Computing Framework for Enhanced
Edge Computing". Equation and section numbers in this package are that paper's; how its
lost or contradictory places are read stands in ``docs/allocation.md``.
"""
