"""What stands in place of a finish slot where a job has none."""

from __future__ import annotations

DROPPED = -1
"""In place of a finish slot: the job found its queue full."""

PENDING = -2
"""In place of a finish slot: the job has not left within the slots simulated."""
