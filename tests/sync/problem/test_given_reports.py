"""Reports from a file."""

from __future__ import annotations

import json
from typing import Any

import pytest

import optkit
from optkit.core.errors import InvalidFileError
from optkit.sync.solution import SyncSolution
from tests.sync.solving import number


def test_reports_from_a_file(tmp_path: Any) -> None:
    """Reports from a file are kept, and the bound is for them."""
    instance = optkit.generate("sync", seed=1, slots=60, error="true")
    first = optkit.solve(instance, "gradient+on-arrival")
    optkit.save(first, tmp_path / "answer.json")
    result = optkit.solve(
        instance, "threshold", options={"reports": str(tmp_path / "answer.json")}
    )
    assert isinstance(result.solution, SyncSolution)
    assert isinstance(first.solution, SyncSolution)
    assert result.solution.reports == first.solution.reports
    assert "for the given reports" in str(result.bound_source)
    assert number(result) <= number(first, "objective") + 1e-9


WRONG_REPORTS: dict[str, tuple[Any, str]] = {
    "no object": ([1, 2], "an object of slots by device"),
    "unknown device": ({"reports": {"dd0": [1]}}, "did you mean 'd0'"),
    "not whole": ({"reports": {"d0": [1.5]}}, "whole numbers"),
    "not increasing": ({"reports": {"d0": [3, 2]}}, "strictly increasing"),
    "no slot": ({"reports": {"d0": [60]}}, "within 0 and 59"),
    "too rare": ({"reports": {"d0": [0]}}, "over max_device_age 12"),
}


@pytest.mark.parametrize("fault", WRONG_REPORTS, ids=str)
def test_wrong_reports_in_a_file_are_explained(fault: str, tmp_path: Any) -> None:
    """Reports that are malformed, or with which limits cannot be kept, are refused."""
    content, words = WRONG_REPORTS[fault]
    path = tmp_path / "reports.json"
    path.write_text(json.dumps(content))
    instance = optkit.generate("sync", seed=1, slots=60)
    with pytest.raises(InvalidFileError, match=words):
        optkit.solve(instance, "threshold", options={"reports": str(path)})
