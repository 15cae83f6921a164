"""Certificates of bounds and optima, which fractions prove."""
