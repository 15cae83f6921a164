"""Reporting policies (Sec. III-A), one per module."""
