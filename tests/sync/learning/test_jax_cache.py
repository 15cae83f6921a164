"""The cache of compiled programs."""

from __future__ import annotations

from pathlib import Path

import pytest

from optkit.sync.learning.jax_cache import keep_compiled

jax = pytest.importorskip("jax", reason="the extra rl is not installed")


def test_compiled_programs_are_kept_where_possible(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Training also works where the cache folder cannot be written to."""
    before = jax.config.jax_compilation_cache_dir
    try:
        jax.config.update("jax_compilation_cache_dir", None)
        blocked = tmp_path / "file"
        blocked.write_text("no folder")
        monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
        assert keep_compiled() is None
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
        assert keep_compiled() == tmp_path / "optkit" / "jax"
        assert keep_compiled() == tmp_path / "optkit" / "jax"
    finally:
        jax.config.update("jax_compilation_cache_dir", before)
