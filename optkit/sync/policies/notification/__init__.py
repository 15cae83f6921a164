"""Notification policies (Sec. III-B), one per module."""
