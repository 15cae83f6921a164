"""Every reproduction of the dispatch paper runs."""

from __future__ import annotations

from operator import attrgetter
from pathlib import Path

import pytest

from optkit.core.solving.family import resolve
from optkit.reproduction.dispatch import (
    REPRODUCTIONS,
)
from optkit.reproduction.dispatch.figure import TRACE_NOTE
from optkit.reproduction.engine import (
    Reproduction,
    Verdict,
)
from tests.reproduction.complete import assert_complete, assert_drawable
from tests.reproduction.dispatch.cases import RECORDED, quick_context


@pytest.mark.slow
@pytest.mark.parametrize("reproduction", REPRODUCTIONS, ids=attrgetter("name"))
def test_quick_run(reproduction: Reproduction, trace: Path) -> None:
    """A quick run gives judged claims, finite tables and drawable pictures."""
    findings = resolve(reproduction.function)(quick_context())
    assert_complete(findings)
    assert all(claim.verdict is not Verdict.UNTESTED for claim in findings.claims)
    assert "a quick run" in findings.parameters["network"]
    # One of each kind: Fig. 2 ends with lines, Fig. 4 begins with distributions, the others
    # end with differences.
    assert_drawable(findings.pictures[0 if len(findings.pictures) == 3 else -1])
    assert (TRACE_NOTE in findings.notes) is (reproduction in RECORDED)
