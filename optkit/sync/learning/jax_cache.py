"""Compiled programs that outlive the process."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any


def keep_compiled() -> Path | None:
    """Have JAX keep what it compiles in the user's cache folder.

    Returns
    -------
    Path or None
        The folder; None where it cannot be written to, and everything is compiled anew.
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
    except (OSError, RuntimeError):  # read-only, full, or nobody's home
        return None
    config.update("jax_compilation_cache_dir", str(folder))
    config.update("jax_persistent_cache_min_compile_time_secs", 0.5)
    return folder
