"""Makes certificates: proofs that can be checked without a solver."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from optkit.core.errors import UnavailableError, UsageError
from optkit.core.instance import Instance, Solution
from optkit.core.solving.deadline import Deadline
from optkit.core.solving.family import resolve
from optkit.core.solving.registry import family_of_schema

TIME_LIMIT = 60.0
"""Seconds that are spent on a certificate if nothing else is asked for."""


@dataclass(frozen=True)
class Certificate:
    """A certificate, and what the family's checker of certificates says of it.

    Parameters
    ----------
    document
        Its JSON document.
    bound
        The lower bound that it proves on the objective; infinite if it proves that there is
        no solution.
    value
        The objective of the solution that it proves feasible; infinite if it has none.
    """

    document: Mapping[str, Any]
    bound: Fraction | float
    value: Fraction | float

    def text(self) -> str:
        """Return the file's content: a node per line."""
        lines = []
        for key, value in self.document.items():
            if isinstance(value, list):
                nodes = ",\n  ".join(map(json.dumps, value))
                lines.append(f" {json.dumps(key)}: [\n  {nodes}\n ]")
            else:
                lines.append(f" {json.dumps(key)}: {json.dumps(value)}")
        return "{\n" + ",\n".join(lines) + "\n}\n"

    @property
    def proves_optimality(self) -> bool:
        """Whether the bound meets the value, or there is no solution."""
        return self.bound == self.value

    @property
    def gap(self) -> float | None:
        """The relative gap that is left; None without a solution."""
        if math.isinf(self.value):
            return None
        difference = float(self.value - self.bound)
        return difference / max(abs(float(self.value)), 1e-9) if difference else 0.0


def certify(
    instance: Instance,
    solution: Solution | None = None,
    time_limit: float = TIME_LIMIT,
) -> Certificate:
    """Prove in fractions that a solution is optimal, as far as the time allows.

    Parameters
    ----------
    instance
        An instance of a family that has certificates: bilevel.
    solution
        A solution of it. None to prove a bound, or that there is none.
    time_limit
        Seconds. What is proven then is a smaller bound.

    Returns
    -------
    Certificate
        It has been checked by the program that anyone can run on it.

    Raises
    ------
    UsageError
        If something is not what it has to be.
    UnavailableError
        If the family has no certificates, or the instance is of a kind that has none.
    FailedCheckError
        If the solution is feasible within tolerances alone, or not within the time proven
        to be feasible.

    Examples
    --------
    >>> import optkit
    >>> program = optkit.shipped_instance("moore-bard")
    >>> certificate = optkit.certify(program, optkit.solve(program).solution)
    >>> certificate.bound, certificate.value
    (-22, -22)
    """
    if not isinstance(instance, Instance):
        raise UsageError(
            f"certify: {type(instance).__name__} is not an instance; optkit.load reads one."
        )
    if not time_limit > 0.0:
        raise UsageError(f"certify: the time limit {time_limit!r} has to be positive.")
    family = family_of_schema(instance.SCHEMA)
    assert family is not None, "an instance exists, so its family is registered"
    if family.certifier is None or family.certificate_checker is None:
        raise UnavailableError(
            f"family {family.name!r} has no certificates; bilevel has."
        )
    if solution is not None and not isinstance(solution, family.solution_type):
        raise UsageError(
            f"certify: {type(solution).__name__} is not a solution of family"
            f" {family.name}; pass result.solution."
        )
    document = resolve(family.certifier)(instance, solution, Deadline(time_limit))
    data = json.loads(json.dumps(instance.document()), parse_float=Fraction)
    certificate = json.loads(json.dumps(document), parse_float=Fraction)
    bound, value = resolve(family.certificate_checker)(data, certificate)
    return Certificate(document, bound, value)
