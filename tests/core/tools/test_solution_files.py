"""Solution files: written, read back and checked, old ones too."""

from __future__ import annotations

import math
import time
from pathlib import Path

import pytest

import optkit
from optkit.core.files.text import write_json
from optkit.core.tools.instance_files import parse_instance
from tests.core.documents import (
    FROZEN,
    instance_document,
)


def test_frozen_solution_loads_and_passes() -> None:
    """Old solution files load and pass the check."""
    instance = optkit.load(FROZEN / "allocation-v1.json")
    document = optkit.load_solution(FROZEN / "solution-v1.json")
    verification = optkit.check_document(instance, document)
    assert verification.feasible, verification.violations
    assert verification.objective == pytest.approx(4.841155234657039, rel=1e-12)


@pytest.mark.parametrize("suffix", [".json", ".json.gz"])
def test_solution_round_trip(suffix: str, tmp_path: Path) -> None:
    """A solution written twice gives the same bytes, and reads back equal."""
    instance = parse_instance(instance_document())
    result = optkit.solve(instance, "pmo", limits=optkit.Limits(time=60.0))
    first, second = tmp_path / f"a{suffix}", tmp_path / f"b{suffix}"
    optkit.save(result, first)
    time.sleep(0.01)
    optkit.save(result, second)
    # The name inside a gzip header would differ; the content may not.
    assert first.read_bytes() == second.read_bytes()
    document = optkit.load_solution(first)
    write_json(second, document.document())
    assert optkit.load_solution(second) == document
    assert document.objective == result.objective
    assert document.instance.sha256 == instance.sha256
    assert document.status is result.status


def test_every_limit_can_be_saved(tmp_path: Path) -> None:
    """The result of a run with the largest limits that are accepted can be saved."""
    instance = parse_instance(instance_document())
    for name, value in (("time", 1e300), ("gap", 1e300), ("target", -1e300)):
        with pytest.raises(optkit.UsageError, match="makes no sense"):
            optkit.Limits(**{name: math.copysign(math.inf, value)})
        limits = optkit.Limits(**{name: value})
        optkit.save(optkit.solve(instance, "pmo", limits=limits), tmp_path / "x.json")
        assert optkit.load_solution(tmp_path / "x.json").limits == {name: value}


def test_an_instance_in_the_place_of_a_solution_is_named_as_such(
    tmp_path: Path,
) -> None:
    """One sentence instead of every key that a solution file would have."""
    path = tmp_path / "network.json"
    optkit.save_instance(optkit.generate("allocation", servers=3, seed=1), path)
    with pytest.raises(
        optkit.InvalidFileError, match="this is an instance of family allocation"
    ):
        optkit.load_solution(path)
