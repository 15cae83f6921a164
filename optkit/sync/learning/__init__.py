"""Learned notification policies: environment, networks, training, and frozen policies.

A frozen policy (:mod:`~optkit.sync.learning.policy` and what it imports) needs NumPy only;
training imports JAX and Optax.
"""
