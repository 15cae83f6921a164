"""Brute force, compared with an optimum by hand and with easier readings."""

from __future__ import annotations

import pytest

from optkit.discovery.check.brute_force import brute_force
from optkit.discovery.testing import random_instances
from tests.discovery.cases import (
    OBJECTIVE,
    instance,
)


def test_the_answer_by_hand_is_the_optimum() -> None:
    """Brute force finds the optimum of the instance that was solved by hand."""
    assert brute_force(instance()) == pytest.approx(OBJECTIVE)


def test_brute_force_is_never_beaten_by_a_spoilt_reading() -> None:
    """Brute force: more freedom for the leader never costs more."""
    compared = 0
    for _, strict in random_instances(91, 96):
        if strict.reading.qan_rule != "exact":
            continue
        relaxed = strict.model_copy(
            update={"reading": strict.reading.model_copy(update={"qan_rule": "cover"})}
        )
        if strict.reading.connection_cost == "connected":
            hard, easy = brute_force(strict), brute_force(relaxed)
            if hard is not None:
                assert easy is not None
                assert easy <= hard + 1e-9
                compared += 1
    assert compared > 3
