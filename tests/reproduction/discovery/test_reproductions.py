"""Every reproduction of the discovery paper runs."""

from __future__ import annotations

from operator import attrgetter

import pytest

from optkit.core.solving.family import resolve
from optkit.reproduction.discovery import (
    REPRODUCTIONS,
)
from optkit.reproduction.engine import Reproduction
from tests.reproduction.complete import assert_complete, assert_drawable
from tests.reproduction.discovery.cases import quick_context


@pytest.mark.slow
@pytest.mark.parametrize("reproduction", REPRODUCTIONS, ids=attrgetter("name"))
def test_quick_run(reproduction: Reproduction) -> None:
    """A quick run gives judged claims, finite tables and drawable pictures."""
    findings = resolve(reproduction.function)(quick_context(reproduction.name))
    assert_complete(findings)
    assert findings.parameters["networks"]
    assert_drawable(findings.pictures[-1])
