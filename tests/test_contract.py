"""Every registered solver keeps the contract that is shipped to users."""

from __future__ import annotations

from typing import Any

import pytest

from optkit.core.solving.registry import families, solver_class, solvers
from optkit.core.solving.solver import Solver
from optkit.testing import ContractCheck, parametrize_with_contract

pytestmark = pytest.mark.slow

VARIANTS: dict[tuple[str, str], list[dict[str, Any]]] = {
    ("allocation", "milp"): [{"backend": "highs"}, {"backend": "scip"}],
    ("allocation", "node-pruning"): [{"inner": "pmo"}, {"inner": "ga"}],
    ("allocation", "level-pruning"): [{"inner": "milp"}, {"inner": "cmo", "levels": 1}],
}


def _all() -> list[tuple[type[Solver[Any]], dict[str, Any]]]:
    return [
        (solver_class(info.family, info.name), options)
        for name in families()
        for info in solvers(name)
        if info.available
        for options in VARIANTS.get((name, info.name), [{}])
    ]


@parametrize_with_contract(_all())
def test_contract(check: ContractCheck) -> None:
    """Every solver keeps every promise of the contract."""
    check()
