"""Policies, which decide online."""
