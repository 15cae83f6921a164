"""The reproduction of Fig. 3, and what it says if nothing can be run."""

from __future__ import annotations

import pytest

from optkit.reproduction.engine import Claim, Context, Settings, Verdict
from optkit.reproduction.engine.data_sets import VARIABLE
from optkit.reproduction.sync import notification, notification_study


def nothing_run(found: tuple[Claim, ...], remedy: str) -> None:
    """Assert that no claim is judged, and that the reason names the remedy."""
    assert {claim.verdict for claim in found} == {Verdict.UNTESTED}
    assert sum(remedy in claim.reason for claim in found) == 8


def test_without_jax_nothing_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without JAX nothing fails, and the reason names the extra."""
    monkeypatch.setattr(notification_study, "find_spec", lambda name: None)
    context = Context("sync/fig-3", Settings(), repetitions=1)
    nothing_run(notification.run(context).claims, "optkit[rl]")


def test_without_the_trace_nothing_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without public data nothing fails, and the reason names the variable."""
    monkeypatch.delenv(VARIABLE, raising=False)
    context = Context("sync/fig-3-alibaba", Settings(quick=True), repetitions=1)
    nothing_run(notification.run_on_trace(context).claims, VARIABLE)


def test_quick_run_has_every_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A quick run tunes the rules and scores every policy, without JAX."""
    monkeypatch.setattr(notification_study, "SCORED_INSTANCES", 1)
    monkeypatch.setattr(notification_study, "find_spec", lambda name: None)
    context = Context("sync/fig-3", Settings(quick=True), repetitions=1)
    found = notification.run(context)
    assert len(found.claims) == 10
    rows = found.tables["fig-3"].rows
    assert [row[0] for row in rows] == [
        one.label for one in notification.LOOKS.values()
    ]
    gaps = {str(row[0]): float(str(row[-1])) for row in rows}
    assert gaps["clairvoyant"] == 0.0
    assert min(gaps.values()) >= 0.0
    assert all(picture.draw().axes for picture in found.pictures)
