"""The instance as arrays, its evaluation, and the adapter to the declarative model."""
