"""Many floats at once have the texts of single ones."""

from __future__ import annotations

import json

import numpy as np
import pytest
import rfc8785

from optkit.core.arrays import Floats
from optkit.core.files.float_texts import canonical_texts, json_texts

RNG = np.random.default_rng(1)
BITS = RNG.integers(-(2**63), 2**63 - 1, 1000, dtype=np.int64).view(np.float64)
SIZES = 10.0 ** RNG.uniform(-12.0, 18.0, 3000) * RNG.choice([-1.0, 1.0], 3000)

CASES = {
    "any bits": BITS[np.isfinite(BITS)],
    "many sizes": SIZES,
    "few digits": np.array([float(f"{size:.3g}") for size in SIZES.tolist()]),
    "whole": np.trunc(SIZES),
    "small": 10.0 ** RNG.uniform(-9.0, -3.0, 1000),
    "edges": np.array(
        [
            0.0,
            -0.0,
            1e-4,
            1e-5,
            1e-6,
            1e-7,
            1e-9,
            1e-10,
            1e15,
            1e16,
            1e21,
            5e-324,
            1.7e308,
        ]
        + [
            np.nextafter(edge, to)
            for edge in (1e-4, 1e-5, 1e15, 1e21)
            for to in (0, 1e99)
        ]
    ),
    "equal": np.full(3, 1e-5),
    "equal but for the sign": np.array([0.0, -0.0]),
    "one": np.array([-0.0]),
    "none": np.zeros(0),
}


@pytest.mark.parametrize("case", CASES)
def test_texts_are_those_of_single_floats(case: str) -> None:
    """They are what ``json`` and RFC 8785 write, digit by digit."""
    values: Floats = CASES[case]
    assert json_texts(values) == [json.dumps(value) for value in values.tolist()]
    canonical = [rfc8785.dumps(value).decode() for value in values.tolist()]
    assert canonical_texts(values) == canonical
