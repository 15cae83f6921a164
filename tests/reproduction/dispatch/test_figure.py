"""Figures without a trace."""

from __future__ import annotations

from operator import attrgetter
from pathlib import Path

import pytest

from optkit.core.solving.family import resolve
from optkit.reproduction.dispatch import base_case, latency, load
from optkit.reproduction.engine import (
    Reproduction,
    Verdict,
    data_sets,
)
from tests.reproduction.dispatch.cases import RECORDED, quick_context


def test_untested_statements_say_why() -> None:
    """Statements without a study cannot be tested, and give the reason."""
    for figure in (base_case.FIGURE, latency.FIGURE, load.ARRIVALS, load.SERVICE):
        for statement in figure.statements:
            claim = statement.untested("no trace")
            assert claim.verdict is Verdict.UNTESTED
            assert claim.reason == "no trace"
            assert claim.statement == statement.words


@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize("reproduction", RECORDED, ids=attrgetter("name"))
def test_without_the_trace(
    reproduction: Reproduction,
    named: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without the trace, claims cannot be tested, and the reason says what to do."""
    monkeypatch.delenv(data_sets.VARIABLE, raising=False)
    if named:
        monkeypatch.setenv(data_sets.VARIABLE, str(tmp_path))
    found = resolve(reproduction.function)(quick_context())
    assert {claim.verdict for claim in found.claims} == {Verdict.UNTESTED}
    for claim in found.claims:
        assert data_sets.VARIABLE in claim.reason
        assert str(tmp_path) not in claim.reason
    assert not found.tables
    assert not found.pictures
