"""Square systems of linear equations in fractions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from optkit.bilevel.exact.certificate.exact_program import Exact


def solve(
    equations: Sequence[tuple[Mapping[int, Exact], Exact]],
) -> dict[int, Fraction] | None:
    """Return the solution of sparse equations by elimination.

    Parameters
    ----------
    equations
        Coefficients by unknown, and the right-hand side.

    Returns
    -------
    dict or None
        Values by unknown, those that no equation determines 0; None if the equations
        contradict each other.
    """
    # Short equations first: they keep the others short.
    left = sorted(equations, key=lambda equation: len(equation[0]))
    done: list[tuple[int, dict[int, Fraction], Fraction]] = []
    for terms, side in left:
        row, right = {k: Fraction(a) for k, a in terms.items()}, Fraction(side)
        for pivot, other, value in done:
            factor = row.pop(pivot, None)
            if factor:
                right -= factor * value
                for k, a in other.items():
                    row[k] = row.get(k, Fraction(0)) - factor * a
        row = {k: a for k, a in row.items() if a}
        if not row:
            if right:
                return None
            continue
        pivot = min(row, key=lambda k: row[k].denominator + abs(row[k].numerator))
        factor = row.pop(pivot)
        done.append((pivot, {k: a / factor for k, a in row.items()}, right / factor))
    values: dict[int, Fraction] = {}
    for pivot, row, right in reversed(done):
        values[pivot] = right - sum(
            (a * values.get(k, Fraction(0)) for k, a in row.items()), Fraction(0)
        )
    return values
