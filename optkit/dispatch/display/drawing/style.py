"""Colours of the pictures of dispatch, of those that Okabe and Ito chose."""

from __future__ import annotations

QUEUED, TRANSIT, FULL = "#0072B2", "#E69F00", "#D55E00"
EDGE, CLOUD = "#56B4E9", "#009E73"
