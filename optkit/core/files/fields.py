"""Types of the fields in documents: strict about what is a number, a name or a text."""

from __future__ import annotations

import math
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise PydanticCustomError("finite_number", "Input should be a finite number")
    return value


NonNegative = Annotated[float, Field(strict=True, ge=0), AfterValidator(_finite)]
"""A finite number, zero or above; numbers in quotes and booleans are refused."""

LARGEST_WHOLE = 2**53 - 1
"""Largest whole number that every reader of JSON takes exactly (RFC 8785)."""

LARGEST = 1e15
SMALLEST = 1e-15

Quantity = Annotated[
    float, Field(strict=True, ge=SMALLEST, le=LARGEST), AfterValidator(_finite)
]
"""A positive physical quantity, between 1e-15 and 1e15 of its unit."""


def _zero_or_sane(value: float) -> float:
    if 0.0 < value < SMALLEST:
        raise PydanticCustomError(
            "too_small",
            "Input should be zero, or at least {least}",
            {"least": SMALLEST},
        )
    return value


QuantityOrZero = Annotated[
    float,
    Field(strict=True, ge=0, le=LARGEST),
    AfterValidator(_finite),
    AfterValidator(_zero_or_sane),
]
"""A physical quantity: zero, or between 1e-15 and 1e15 of its unit."""

Truth = Annotated[bool, Field(strict=True)]
"""True or false; numbers and text are refused."""

Number = Annotated[float, Field(strict=True), AfterValidator(_finite)]
"""Any finite number."""

Identifier = Annotated[
    str,
    Field(strict=True, min_length=1, max_length=200, pattern=r"^\P{Cc}+$"),
]
"""A name: 1 to 200 characters, none of them a control character."""

Text = Annotated[str, Field(strict=True, max_length=20_000)]
"""Free text for the reader."""
