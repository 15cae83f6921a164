"""Cutting planes that strengthen the declarative model."""
