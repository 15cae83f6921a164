"""Markers in place of the finish slot of a job that has none."""

from __future__ import annotations

DROPPED = -1
"""The job found its queue full."""

PENDING = -2
"""The job has not left within the slots simulated so far."""
