"""The study behind Fig. 3."""

from __future__ import annotations

import pytest

from optkit.reproduction.engine import Context, Settings
from optkit.reproduction.sync import notification, notification_study


def test_policies_are_trained_and_then_scored(monkeypatch: pytest.MonkeyPatch) -> None:
    """A full run scores the policies that it has trained."""
    given: dict[str, str] = {}

    def scored(_: object, __: object, name: str, options: dict[str, str]) -> object:
        if name in notification_study.LEARNED:
            given[name] = options["checkpoint"]
        return dict.fromkeys(notification.QUANTITIES, -1.0)

    def trained(*told: object) -> list[tuple[int, float]]:
        method, repetition = told[2], told[4]
        return [(5, -300.0), (10, -200.0 - len(str(method)) - int(str(repetition)))]

    monkeypatch.setattr(notification_study, "_scored", scored)
    monkeypatch.setattr(notification_study, "_trained", trained)
    context = Context("sync/fig-3", Settings(), repetitions=2)
    found = notification_study.study(
        context, notification_study.drawn(context, notification_study.QUICK), "a"
    )
    assert set(given) == {"mappo", "maa2c"}
    assert all(path.endswith(f"{name}/checkpoint.npz") for name, path in given.items())
    assert found.curves["maa2c"].tolist() == [[-300.0, -205.0], [-300.0, -206.0]]
    assert found.updates == [5, 10]
