"""The documentation of the reproductions agrees with the recorded runs."""

from __future__ import annotations

import json
from collections import Counter
from operator import attrgetter
from pathlib import Path

import pytest

from optkit.reproduction.engine import Reproduction, Verdict
from optkit.reproduction.engine.catalogue import reproductions

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "benchmarks" / "results" / "reproduce"
PAGE = (ROOT / "docs" / "reproduction.md").read_text(encoding="utf-8")
ALL = list(reproductions().values())


def test_every_family_of_the_papers_is_reproduced() -> None:
    """The catalogue has the reproductions of all four papers."""
    families = {reproduction.name.partition("/")[0] for reproduction in ALL}
    assert families == {"allocation", "discovery", "dispatch", "sync"}


@pytest.mark.parametrize("reproduction", ALL, ids=attrgetter("name"))
def test_documented_verdicts(reproduction: Reproduction) -> None:
    """The page's table has the verdict counts of the recorded run, a full one."""
    folder = RESULTS / reproduction.name.replace("/", "-")
    record = json.loads((folder / "findings.json").read_text(encoding="utf-8"))
    assert record["request"]["repetitions"] == reproduction.repetitions
    assert not record["request"]["quick"]
    counts = Counter(claim["verdict"] for claim in record["claims"])
    cells = [str(counts[verdict] or "") for verdict in Verdict]
    row = f"| `{reproduction.name}` | {reproduction.title} | {' | '.join(cells)} |"
    assert row in PAGE
