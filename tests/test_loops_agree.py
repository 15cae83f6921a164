"""Loops give the same answers as plain Python and as machine code, bit for bit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import optkit
from optkit.core.runtime import loops
from optkit.core.solving import registry
from optkit.core.solving.family import resolve

FAMILIES = ("allocation", "bilevel", "discovery", "dispatch", "sync")

LIMITS = ({"iterations": 20}, {"evaluations": 100}, {})


def answers(family: str) -> Iterator[tuple[Any, ...]]:
    """Yield what every solver of a family answers on some tiny instances."""
    cases = registry.family(family).contract_cases
    assert cases is not None
    for case in resolve(cases).random(7, 4):
        for info in optkit.solvers(family):
            for limits in LIMITS:
                try:
                    result = optkit.solve(
                        case.instance,
                        info.name,
                        limits=optkit.Limits(time=60, **limits),
                    )
                except optkit.OptkitError:
                    continue  # not for this instance, or not with this kind of limit
                yield case.label, info.name, result.objective, result.solution
                break


@pytest.mark.slow
@pytest.mark.parametrize(
    "family", ["allocation", "bilevel", "discovery", "dispatch", "sync"]
)
def test_plain_and_compiled_loops_agree(
    family: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every solver finds the same solution of the same objective either way."""
    never = 10**15
    for name in ("NOT_LOADED", "NOT_REQUESTED", "NOT_COMPILED"):
        monkeypatch.setattr(loops, name, never)
    monkeypatch.setattr(loops, "_steps_taken", 0)
    plain = list(answers(family))
    with loops.always_compiled():
        compiled = list(answers(family))
    assert plain == compiled
    assert plain
