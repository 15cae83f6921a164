"""Tests of the generator."""

from __future__ import annotations

from optkit.bilevel.data.generate import GeneratorOptions, generate


def test_same_options_and_seed_generate_the_same() -> None:
    """The same options and seed give the same instance; another seed another one."""
    options = GeneratorOptions()
    assert generate(options, 5) == generate(options, 5)
    assert generate(options, 5) != generate(options, 6)
