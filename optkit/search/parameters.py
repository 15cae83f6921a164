"""What the parameters of all engines have in common: a check, and patience."""

from __future__ import annotations

import math


def require(owner: object, **ranges: tuple[float, float]) -> None:
    """Check that parameters lie in their ranges, both ends included.

    Parameters
    ----------
    owner
        The parameters.
    ranges
        Least and greatest value of each, by name.

    Raises
    ------
    ValueError
        With every parameter that does not.
    """
    problems = []
    for name, (least, most) in ranges.items():
        value = getattr(owner, name)
        if math.isnan(value) or not least <= value <= most:
            upto = "" if math.isinf(most) else f" and at most {most:g}"
            problems.append(
                f"{type(owner).__name__}.{name}: {value!r} is not allowed; it must be at"
                f" least {least:g}{upto}."
            )
    if problems:
        raise ValueError("\n".join(problems))


def patience(most: int, bits: int) -> int:
    """Return how many iterations without improvement a search bears.

    A problem of few bits is soon searched through, so it needs no more than 10 and one a
    bit.

    Parameters
    ----------
    most
        The parameter of that name.
    bits
        Bits that some move flips.
    """
    return min(most, 10 + bits)
