"""Ranges of parameters, and the options derived from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import pytest

from optkit.search import (
    AnnealingParameters,
    ColonyParameters,
    GeneticParameters,
    SwarmParameters,
    TabuParameters,
    TrustRegionParameters,
    options_from,
)


def test_senseless_parameters_are_refused_all_at_once() -> None:
    """Parameters out of range are refused, all in one message."""
    with pytest.raises(ValueError, match=r"batch: 0.*\n.*penalty: 1.5"):
        TrustRegionParameters(batch=0, penalty=1.5)
    with pytest.raises(ValueError, match="population: 1"):
        GeneticParameters(population=1)
    with pytest.raises(ValueError, match="acceptance: 1"):
        AnnealingParameters(acceptance=1.0)


@pytest.mark.parametrize(
    "parameters",
    [
        AnnealingParameters,
        ColonyParameters,
        GeneticParameters,
        SwarmParameters,
        TabuParameters,
        TrustRegionParameters,
    ],
)
def test_options_have_the_defaults_and_ranges_of_the_parameters(
    parameters: type[Any],
) -> None:
    """Derived options accept the defaults, and refuse what the dataclass refuses."""
    options = options_from(parameters)
    defaults = options().model_dump()
    assert parameters(**defaults) == parameters()
    for name in defaults:
        for value in (-1, -1e-9, 0, 1, 2, 1e-3, 1e5, 1e9):
            if isinstance(defaults[name], bool) or (
                isinstance(defaults[name], int) and value != int(value)
            ):
                continue
            changed = {**defaults, name: type(defaults[name])(value)}
            assert _accepts(options, changed) == _accepts(parameters, changed), changed


def _accepts(kind: Callable[..., object], values: dict[str, Any]) -> bool:
    try:
        kind(**values)
    except ValueError:
        return False
    return True


def test_options_may_have_other_defaults() -> None:
    """A solver can change a default of the engine."""
    options = options_from(TabuParameters, tenure=3)
    assert options().model_dump() == {**asdict(TabuParameters()), "tenure": 3}
