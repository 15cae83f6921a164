"""Colours of the drawings of sync."""

from __future__ import annotations

from optkit.plotting.palette import BLUE, GREY, VERMILION

LOAD, REDRAWN, REPORT = GREY, BLUE, VERMILION
