"""Fixtures of the tests of learning."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture
def quick_compilation(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let JAX optimise little, also in processes that the test starts."""
    jax = pytest.importorskip("jax", reason="the extra rl is not installed")
    monkeypatch.setenv("JAX_DISABLE_MOST_OPTIMIZATIONS", "1")
    jax.config.update("jax_disable_most_optimizations", True)
    yield
    jax.config.update("jax_disable_most_optimizations", False)
