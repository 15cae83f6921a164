"""Every reproduction of the dispatch paper runs, on generated and on recorded arrivals."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from optkit.core.solving.family import resolve
from optkit.dispatch.problem.problem_data import problem_data
from optkit.plotting.style import render
from optkit.reproduction.dispatch import (
    REPRODUCTIONS,
    arrivals,
    latency,
    released,
    runs,
)
from optkit.reproduction.dispatch.arrivals import Setting
from optkit.reproduction.engine import (
    Context,
    Findings,
    Reproduction,
    Settings,
    Verdict,
)

RECORDED = [one for one in REPRODUCTIONS if one.name.endswith("-google")]


def context(seed: int = 0, repetitions: int = 1) -> Context:
    """Return the surroundings of a quick run."""
    return Context("test", Settings(seed=seed, quick=True), repetitions)


@pytest.fixture
def trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a trace of a day where the recorded arrivals are looked for."""
    path = tmp_path / arrivals.TRACE
    path.parent.mkdir(parents=True)
    header = "job_id,submit_us,schedule_us,end_us,end_event,scheduling_class\n"
    rng = np.random.default_rng(0)
    times = np.sort(rng.integers(1, 86_400 * 10**6, 3000))
    rows = [f"{n},{when},,,,{n % 4}\n" for n, when in enumerate(times)]
    path.write_text(header + "".join(rows))
    monkeypatch.setenv(arrivals.DATA, str(tmp_path))
    return path


def assert_complete(found: Findings) -> None:
    """Assert that claims are judged, tables finite and pictures drawable."""
    assert found.claims
    assert all(claim.measured and "nan" not in claim.measured for claim in found.claims)
    assert all(claim.verdict is not Verdict.UNTESTED for claim in found.claims)
    assert "a quick run" in found.parameters["network"]
    for table in (*found.tables.values(), *found.data.values()):
        assert table.rows
        for row in table.rows:
            assert len(row) == len(table.columns)
            assert all(np.isfinite(cell) for cell in row if isinstance(cell, float))
    assert all(len(picture.caption) > 40 for picture in found.pictures)
    # One of each kind: Fig. 2 ends with lines, Fig. 4 begins with distributions, the others
    # end with differences.
    one = found.pictures[0 if len(found.pictures) == 3 else -1]
    assert render(one)["png"].startswith(b"\x89PNG")


@pytest.mark.parametrize("reproduction", REPRODUCTIONS, ids=lambda one: one.name)
def test_quick_run(reproduction: Reproduction, trace: Path) -> None:
    """Each reproduction ends with judged claims, finite tables and drawable pictures."""
    found = resolve(reproduction.function)(context())
    assert_complete(found)
    recorded = any("Of the trace" in note for note in found.notes)
    assert recorded is (reproduction in RECORDED)


@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize("reproduction", RECORDED, ids=lambda one: one.name)
def test_without_the_trace(
    reproduction: Reproduction,
    named: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where there is no trace, claims on it cannot be tested, and the remedy is named."""
    monkeypatch.delenv(arrivals.DATA, raising=False)
    if named:
        monkeypatch.setenv(arrivals.DATA, str(tmp_path))
    found = resolve(reproduction.function)(context())
    assert {claim.verdict for claim in found.claims} == {Verdict.UNTESTED}
    for claim in found.claims:
        assert arrivals.DATA in claim.reason
        assert str(tmp_path) not in claim.reason
    assert not found.tables
    assert not found.pictures


def test_settings_share_network_and_path() -> None:
    """In every setting a repetition has its own network, and latencies its own jobs too."""
    one, late, slow, other = (
        arrivals.generated(context(), repetition, setting)
        for repetition, setting in (
            (0, Setting(latency=1)),
            (0, Setting(latency=24)),
            (0, Setting(service=2.0)),
            (1, Setting(latency=1)),
        )
    )
    assert one.jobs == late.jobs != other.jobs
    assert one.upload_pmf == slow.upload_pmf != other.upload_pmf
    assert one.signal_latency_pmf != late.signal_latency_pmf
    assert one.drop_penalty == 0.0
    assert np.mean(slow.mean_service_slots) > 1.5 * np.mean(one.mean_service_slots)


def test_recorded_arrivals_are_stretched(trace: Path) -> None:
    """A longer arrival interval thins the same trace out; repetitions begin elsewhere."""
    source = arrivals.recorded()
    assert not isinstance(source, str)
    dense, thin = (
        len(source(context(), 0, Setting(stretch=k)).jobs.slot) for k in (1.0, 4.0)
    )
    assert dense == pytest.approx(4 * thin, rel=0.25)
    pair = context(repetitions=2)
    first, second = (source(pair, k, Setting()).provenance for k in (0, 1))
    assert '"begin_seconds":9000.0' in second
    assert "begin_seconds" not in first


def test_public_trace(
    public_data: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The day of the real trace is long enough for every path of the densest setting."""
    monkeypatch.setenv(arrivals.DATA, str(public_data(str(arrivals.TRACE))))
    source = arrivals.recorded()
    assert not isinstance(source, str)
    full = Context("test", Settings(), 20)
    drawn = source(full, 19, Setting(stretch=1.0))
    assert drawn.intervals == arrivals.INTERVALS
    assert len(drawn.jobs.slot) > 5000


def test_hazard_sums() -> None:
    """The released weights are those of a loop over hazards, absurd next door."""
    laws = np.array(
        [
            [0.0, 1.0, 0.0, 0.0, 0.0],
            [0.0, 0.5, 0.5, 0.0, 0.0],
            [0.0, 0.1, 0.2, 0.3, 0.4],
        ]
    )
    expected = []
    for law in laws:
        total = 0.0
        for age in range(5):
            left = law[age + 1 :].sum()
            total += age * (law[age + 1] / left if left > 0.0 else 1.0)
        expected.append(total)
    assert released.hazard_sums(laws) == pytest.approx(expected)
    assert expected[0] == 10.0  # 1 + 2 + 3 + 4, for an upload of one slot


def test_released_queue_aware_stays_away_from_next_door() -> None:
    """With hazards for means nobody uses the server next door where another is near."""
    drawn = arrivals.generated(context(), 0)
    verified = released.queue_aware(drawn)
    assert verified.feasible
    honest = context().solve(drawn, "queue-aware")
    assert honest.objective is not None
    assert verified.objective is not None
    assert verified.objective > honest.objective
    next_door = problem_data(drawn).mean_upload == 1.0
    weighed = released.hazard_sums(problem_data(drawn).upload)
    assert next_door.any()
    assert weighed.max() == 75 * 76 / 2


def test_what_is_blind_to_signals_runs_once() -> None:
    """Across latencies Random, Selfish and the clairvoyant are one run, others are not."""
    figure = latency.FIGURE
    settings = {place: figure.settings[place] for place in figure.quick}
    asked = []
    surroundings = context()
    solve = surroundings.solve

    def noted(instance: object, solver: str, **others: object) -> object:
        asked.append(solver)
        return solve(instance, solver, **others)  # type: ignore[arg-type]

    surroundings.solve = noted  # type: ignore[method-assign, assignment]
    found = runs.study(surroundings, arrivals.generated, settings, signals_only=True)
    assert [asked.count(name) for name in runs.BLIND] == [1, 1, 1]
    assert asked.count("mdp") == len(settings)
    for place in settings:
        for name in runs.LOOKS:
            bound = found.data.of("cost", place, runs.BOUND)
            assert np.all(found.data.of("cost", place, name) >= bound)
        best = min(found.data.of("cost", place, name)[0] for name in runs.LOOKS)
        first = next(iter(settings))
        if place == first:
            assert found.data.of("cost", place, runs.CLAIRVOYANT)[0] <= best
