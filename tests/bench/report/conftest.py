"""A study with a failure and an exclusion, for the tests of its report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from optkit.bench.report.content import Content, gather_content
from optkit.bench.study import Study
from tests.bench.conftest import copy_study


@pytest.fixture(scope="session")
def reported_study(
    study_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Return a finished study in which one run crashed and one never started."""
    study = copy_study(study_folder, tmp_path_factory.mktemp("reported").resolve())
    journal = study / "journal.jsonl"
    records = [json.loads(line) for line in journal.read_text().splitlines()]
    missing = dict.fromkeys(
        ("status", "reason", "objective", "bound", "gap", "verified")
    )
    records[-1] |= {
        "outcome": "crash",
        "detail": "<script>alert(1)</script>",
        **missing,
    }
    records[-2] |= {"outcome": "unsupported", "detail": "too small", **missing}
    journal.write_text("".join(json.dumps(record) + "\n" for record in records))
    return study


@pytest.fixture(scope="session")
def content(reported_study: Path) -> Content:
    """Return the content of the study's report without drawings; do not change it."""
    return gather_content(Study(reported_study), drawings=False)
