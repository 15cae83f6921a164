"""Colours of the pictures of sync, of those that Okabe and Ito chose."""

from __future__ import annotations

LOAD, REDRAWN, REPORT = "#8C8C8C", "#0072B2", "#D55E00"
