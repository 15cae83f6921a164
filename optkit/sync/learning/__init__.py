"""Learned notification policies: environment, networks, training, frozen policies.

What a frozen policy needs (``features``, ``network``, ``checkpoint``, ``frozen``) stands
on NumPy alone; JAX and Optax are imported by what trains.
"""
