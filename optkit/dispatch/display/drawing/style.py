"""Colours of the drawings of dispatch."""

from __future__ import annotations

from optkit.plotting.palette import BLUE, GREEN, ORANGE, SKY, VERMILION

QUEUED, TRANSIT, FULL = BLUE, ORANGE, VERMILION
EDGE, CLOUD = SKY, GREEN
