"""Traces the Pareto front between two aims of a problem, and bounds it.

A family whose objective weighs two aims (:class:`~optkit.core.tools.pareto.aims.Aims`) gets
its front from solves under other weights (``weights.py``) and, between the points that
weights find, from the family's own search (``between.py``). Where an option of a family's
solvers decides between two aims, that option is varied (``option.py``), and nothing is
proven. Bounds of all solves together bound the front (``front_bound.py``).
"""
