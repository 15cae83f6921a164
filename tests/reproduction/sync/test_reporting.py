"""Claims on Table I, and its reproduction."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from optkit.reproduction.engine import Context, Settings, Verdict
from optkit.reproduction.engine.data_sets import VARIABLE
from optkit.reproduction.engine.measurements import Measurement, Measurements
from optkit.reproduction.sync import reporting

HOLDS, IN_PART, FAILS = Verdict.HOLDS, Verdict.IN_PART, Verdict.FAILS


def data(errors: Mapping[str, Mapping[str, float]]) -> Measurements:
    """Return runs with about these errors, by setting and strategy."""
    return Measurements(
        Measurement(setting, label, k, {"reports": 60.0, "mse": error * (1 + 0.01 * k)})
        for setting, row in errors.items()
        for label, error in row.items()
        for k in range(5)
    )


def row(gradient: float, threshold: float, index: float) -> dict[str, float]:
    """Return errors of strategies, with 10 for periodic reports."""
    names = ("periodic", "gradient", "threshold", "budgeted-index")
    return dict(zip(names, (10.0, gradient, threshold, index), strict=True))


def verdicts(errors: Mapping[str, Mapping[str, float]]) -> list[Verdict]:
    """Return the verdicts of claims."""
    return [claim.verdict for claim in reporting.claims(data(errors), "")]


def test_verdicts_follow_the_measured_errors() -> None:
    """Each claim holds, or does not, depending on the errors."""
    assert verdicts({"a": row(6, 9, 9)}) == [HOLDS, HOLDS, HOLDS]
    # Less error, but by far less than is claimed.
    assert verdicts({"a": row(9.5, 9.8, 12)}) == [FAILS, HOLDS, FAILS]
    assert verdicts({"a": row(6, 9, 9), "b": row(12, 11, 9)}) == [
        IN_PART,
        IN_PART,
        HOLDS,
    ]


def test_missing_strategy_is_not_judged() -> None:
    """A strategy without options within the budget is not judged."""
    assert verdicts({"a": {"periodic": 10.0, "budgeted-index": 9.0}}) == [
        Verdict.UNTESTED,
        Verdict.UNTESTED,
        HOLDS,
    ]


@pytest.mark.slow
def test_it_runs_without_the_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without public data the drawn half runs, and the reason mentions the rest."""
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setattr(reporting, "QUICK_TRAINING", 2)
    monkeypatch.setattr(reporting, "SLOTS", 60)
    context = Context("sync/table-1", Settings(quick=True), repetitions=2)
    found = reporting.run(context)
    assert len(found.claims) == 3
    assert "OPTKIT_DATA" in found.claims[0].reason
    settings = {cells[0] for cells in found.tables["table-1"].rows}
    assert settings == {"bursty, drawn; pchip", "bursty, drawn; cubic"}
    figure = found.pictures[0].draw()
    assert len(figure.axes) >= 2
