"""The program that is attacked, and what it is given."""

from __future__ import annotations

import sys
from pathlib import Path

OPTKIT = [sys.executable, "-m", "optkit"]

DOCUMENTED = {0, 2, 3, 10, 11, 12, 13, 129, 130, 143}
"""Exit statuses of the README, but 1, an internal error."""

LONGEST = 120.0
"""Seconds after which a process counts as hanging."""

ROOT = Path(__file__).parents[2] / "instances"

INSTANCES = sorted(
    path for path in ROOT.glob("*/*.json") if not path.name.endswith(".sol.json")
)

TINY = ROOT / "bilevel" / "moore-bard.json"
SYNC = ROOT / "sync" / "bursts.json"

SUITE = """schema = "optkit/suite"
schema_version = 1
name = "hostile"

[limits]
time = "1s"

[[instances]]
generate = "allocation"
seeds = [1, 2, 3, 4, 5, 6]
options = { servers = 12 }

[[solvers]]
solver = "block"

[[solvers]]
solver = "ga"
options = { generations = 100000 }
"""

SMALL_SUITE = """schema = "optkit/suite"
schema_version = 1
name = "small"

[[instances]]
generate = "allocation"
seeds = [1, 2]

[[solvers]]
solver = "block"
"""
