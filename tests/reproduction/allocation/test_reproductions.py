"""Every reproduction of the allocation paper runs."""

from __future__ import annotations

from operator import attrgetter

import pytest

from optkit.core.solving.family import resolve
from optkit.reproduction.allocation import (
    REPRODUCTIONS,
)
from optkit.reproduction.engine import (
    Reproduction,
)
from tests.reproduction.allocation.cases import quick_context
from tests.reproduction.complete import assert_complete, assert_drawable


@pytest.mark.slow
@pytest.mark.parametrize("reproduction", REPRODUCTIONS, ids=attrgetter("name"))
def test_quick_run(reproduction: Reproduction) -> None:
    """A quick run gives judged claims, finite tables and drawable pictures."""
    findings = resolve(reproduction.function)(quick_context(reproduction.name))
    assert_complete(findings)
    assert findings.parameters["networks"]
    for picture in findings.pictures[-1:]:
        assert_drawable(picture)
