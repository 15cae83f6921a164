"""What Table I's claims are judged by, and what the strategies are tuned and scored on."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from optkit.core.arrays import Floats
from optkit.reproduction.engine import Context, Settings, Verdict
from optkit.reproduction.engine.measurements import Measurement, Measurements
from optkit.reproduction.sync import reporting
from optkit.reproduction.sync.series import DATA, windows
from optkit.reproduction.sync.tuning import outcome, reports, tuned
from optkit.sync.data.importers.grid import Series
from optkit.sync.data.load_series import plateau_burst

HOLDS, IN_PART, FAILS = Verdict.HOLDS, Verdict.IN_PART, Verdict.FAILS


def data(errors: Mapping[str, Mapping[str, float]]) -> Measurements:
    """Return runs whose errors are about those given, by setting and strategy."""
    return Measurements(
        Measurement(setting, label, k, {"reports": 60.0, "mse": error * (1 + 0.01 * k)})
        for setting, row in errors.items()
        for label, error in row.items()
        for k in range(5)
    )


def row(gradient: float, threshold: float, index: float) -> dict[str, float]:
    """Return errors beside a periodic one of 10."""
    names = ("periodic", "gradient", "threshold", "budgeted-index")
    return dict(zip(names, (10.0, gradient, threshold, index), strict=True))


def verdicts(errors: Mapping[str, Mapping[str, float]]) -> list[Verdict]:
    """Return the verdicts alone."""
    return [claim.verdict for claim in reporting.claims(data(errors), "")]


def test_verdicts_follow_the_measured_errors() -> None:
    """Protects the verdicts: other data, other verdicts, in every direction."""
    assert verdicts({"a": row(6, 9, 9)}) == [HOLDS, HOLDS, HOLDS]
    # Less error, but by far less than is claimed.
    assert verdicts({"a": row(9.5, 9.8, 12)}) == [FAILS, HOLDS, FAILS]
    assert verdicts({"a": row(6, 9, 9), "b": row(12, 11, 9)}) == [
        IN_PART,
        IN_PART,
        HOLDS,
    ]


def test_missing_strategy_is_not_judged() -> None:
    """Protects from verdicts on nothing: no options kept the budget, no verdict."""
    assert verdicts({"a": {"periodic": 10.0, "budgeted-index": 9.0}}) == [
        Verdict.UNTESTED,
        Verdict.UNTESTED,
        HOLDS,
    ]


@pytest.mark.parametrize("name", ["gradient", "threshold"])
def test_tuned_options_keep_the_budget_and_nearly_use_it(name: str) -> None:
    """Protects the comparison: baselines get the reports that they are allowed."""
    parts: list[Floats] = [
        plateau_burst(150, 0.02, np.random.default_rng(seed)) for seed in range(6)
    ]
    given = tuned(name, parts, 30.0, 12, "pchip")
    assert given is not None
    sent, errors = outcome(parts, lambda part: reports(name, given, part, 12), "pchip")
    assert 27.0 <= sent.mean() <= 30.0
    assert (errors > 0.0).all()
    # Reports in every twelfth slot are more than this.
    assert tuned(name, parts, 5.0, 12, "pchip") is None


def test_windows_meet_no_long_gap_and_no_flat_line() -> None:
    """Protects the recorded loads: nothing is invented, nothing empty is scored."""
    seconds = np.concatenate([np.arange(0, 1500, 60.0), 1e5 + np.arange(0, 900, 60.0)])
    load = np.random.default_rng(1).uniform(0, 100, len(seconds))
    found = list(windows(Series("m", seconds, load), 60.0, 10))
    assert [window.tolist() for window in found] == [
        load[0:10].tolist(),
        load[10:20].tolist(),
        load[25:35].tolist(),
    ]
    flat = np.full(len(seconds), 5.0)
    assert not list(windows(Series("m", seconds, flat), 60.0, 10))


def test_it_runs_without_the_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Protects users without public data: the drawn half runs, and the rest is said."""
    monkeypatch.delenv(DATA, raising=False)
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
