"""How large a network may be."""

from __future__ import annotations

MAX_NODES = 2_000_000
MAX_LINKS = 10_000_000
