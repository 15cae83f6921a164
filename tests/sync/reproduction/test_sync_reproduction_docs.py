"""What the documentation says of the sync reproductions is what a run found."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from optkit.core.reproduction import Reproduction, Verdict
from optkit.sync.reproduction import REPRODUCTIONS

ROOT = Path(__file__).resolve().parents[3]
RESULTS = ROOT / "benchmarks" / "results" / "reproduce-sync"


@pytest.mark.parametrize("reproduction", REPRODUCTIONS, ids=lambda one: one.name)
def test_documented_verdicts(reproduction: Reproduction) -> None:
    """The table of verdicts has the counts of the recorded run, which was a full one."""
    folder = RESULTS / reproduction.name.replace("/", "-")
    record = json.loads((folder / "findings.json").read_text(encoding="utf-8"))
    assert record["request"]["repetitions"] == reproduction.repetitions
    assert not record["request"]["quick"]
    counts = Counter(claim["verdict"] for claim in record["claims"])
    cells = [str(counts[verdict] or "") for verdict in Verdict]
    row = f"| `{reproduction.name}` | {reproduction.title} | {' | '.join(cells)} |"
    page = (ROOT / "docs" / "reproduction.md").read_text(encoding="utf-8")
    assert row in page
