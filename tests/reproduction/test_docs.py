"""What the documentation says of the reproductions is what the recorded runs found."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from optkit.reproduction.engine import Reproduction, Verdict
from optkit.reproduction.engine.catalogue import reproductions

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "benchmarks" / "results" / "reproduce"
PAGE = (ROOT / "docs" / "reproduction.md").read_text(encoding="utf-8")
ALL = list(reproductions().values())


def test_every_family_of_the_papers_is_reproduced() -> None:
    """Protects the tests below against a catalogue that lost a family."""
    families = {one.name.partition("/")[0] for one in ALL}
    assert families == {"allocation", "discovery", "dispatch", "sync"}


@pytest.mark.parametrize("reproduction", ALL, ids=lambda one: one.name)
def test_documented_verdicts(reproduction: Reproduction) -> None:
    """The table of verdicts has the counts of the recorded run, which was a full one."""
    folder = RESULTS / reproduction.name.replace("/", "-")
    record = json.loads((folder / "findings.json").read_text(encoding="utf-8"))
    assert record["request"]["repetitions"] == reproduction.repetitions
    assert not record["request"]["quick"]
    counts = Counter(claim["verdict"] for claim in record["claims"])
    cells = [str(counts[verdict] or "") for verdict in Verdict]
    row = f"| `{reproduction.name}` | {reproduction.title} | {' | '.join(cells)} |"
    assert row in PAGE
