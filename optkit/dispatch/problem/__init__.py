"""The instance as arrays, its simulation and evaluation, and the declarative model."""
