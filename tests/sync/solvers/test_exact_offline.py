"""The clairvoyant solver."""

from __future__ import annotations

import json
from pathlib import Path

import optkit
from optkit.core.solving.result import Reason, Status
from optkit.sync.data.generate import GeneratorOptions, generate
from optkit.sync.instance import SyncInstance


def test_the_solver_proves_the_optimum_over_all_reports() -> None:
    """The solver proves an optimum that no other solver beats."""
    options = GeneratorOptions(slots=40, error="true", weight_report=0.2)
    instance = SyncInstance.parse(generate(options, 5))
    result = optkit.solve(instance, "exact-offline")
    assert result.status is Status.OPTIMAL
    assert result.termination.reason is Reason.PROVED
    assert "given reports" not in str(result.bound_source)
    for name in ("periodic", "rent-or-buy", "gradient+exact-offline"):
        other = optkit.solve(instance, name)
        assert other.objective is not None
        assert result.objective is not None
        assert other.objective >= result.objective - 1e-9, name


def test_reports_from_a_file_are_kept_and_the_bound_says_so(tmp_path: Path) -> None:
    """Reports from a file are kept, and the bound says that it is for them."""
    instance = SyncInstance.parse(generate(GeneratorOptions(slots=30), 2))
    sent = {device.id: list(range(0, 30, 5)) for device in instance.devices}
    path = tmp_path / "reports.json"
    path.write_text(json.dumps({"reports": sent}))
    result = optkit.solve(instance, "exact-offline", options={"reports": str(path)})
    assert result.status is Status.OPTIMAL
    assert "for the given reports" in str(result.bound_source)
    assert result.solution is not None
    kept = result.solution.reports
    assert {name: list(slots) for name, slots in kept.items()} == sent
    free = optkit.solve(instance, "exact-offline")
    assert free.objective is not None
    assert result.objective is not None
    assert free.objective <= result.objective + 1e-9
