"""Traces in miniature, for the tests of importers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

SMALL: dict[str, Any] = {"aps": 3, "servers": 3, "slots": 5}


JOB_EVENTS = """\
0,,1,0,ann,3,n1,l1
1000000,,2,0,ann,1,n2,l2
1500000,,2,1,ann,1,n2,l2
3000000,,3,0,bob,2,n3,l3
3100000,,4,0,bob,0,n4,l2
9000000,,5,0,cy,3,n5,l5
9223372036854775807,,6,0,cy,3,n6,l6
"""


def written(folder: Path, text: str, name: str = "trace.csv") -> Path:
    """Return a file with ``text`` in it."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path
