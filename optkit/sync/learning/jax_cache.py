"""JAX's cache of compiled programs on disk."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any


def keep_compiled() -> Path | None:
    """Let JAX keep compiled programs in the user's cache folder.

    Returns
    -------
    Path or None
        The folder; None where it cannot be written to, so that nothing is kept.
    """
    import jax

    config: Any = jax.config
    if config.jax_compilation_cache_dir:  # the user has chosen one
        return Path(config.jax_compilation_cache_dir)
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    try:
        folder = Path(base).expanduser() / "optkit" / "jax"
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except (OSError, RuntimeError):  # read-only, full, or no home folder
        return None
    config.update("jax_compilation_cache_dir", str(folder))
    config.update("jax_persistent_cache_min_compile_time_secs", 0.5)
    return folder
