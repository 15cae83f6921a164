"""Made-up measurements: what a claim is judged by, without solving anything."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from optkit.reproduction.engine.measurements import Measurement, Measurements, Setting

DRAWS = 20

Value = float | Callable[[Setting, int], float]
"""A number, or one for each setting and draw."""


def study(
    settings: Iterable[Setting], methods: Mapping[str, Mapping[str, Value]]
) -> Measurements:
    """Return runs of every method on every draw.

    Parameters
    ----------
    settings
        The settings.
    methods
        By method: its quantities; the bound is 1 unless it is given.
    """

    def number(value: Value, setting: Setting, draw: int) -> float:
        return float(value(setting, draw) if callable(value) else value)

    return Measurements(
        Measurement(
            setting,
            method,
            draw,
            {
                name: number(value, setting, draw)
                for name, value in {"bound": 1.0, **quantities}.items()
            },
        )
        for setting in settings
        for draw in range(DRAWS)
        for method, quantities in methods.items()
    )
