"""Public data sets on this computer."""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "OPTKIT_DATA"
"""Environment variable that names the folder with public data sets."""


def data_file(path: Path) -> Path | str:
    """Return where a data set's file is, or why it cannot be used.

    Parameters
    ----------
    path
        Its path inside the folder of the data sets.
    """
    folder = os.environ.get(VARIABLE)
    if not folder:
        return (
            f"The trace is not here: set {VARIABLE} to a folder that has"
            f" {path.as_posix()}, and run with --force."
        )
    file = Path(folder) / path
    if not file.is_file():
        return (
            f"{VARIABLE} names a folder without {path.as_posix()}; put it there, and run"
            " with --force."
        )
    return file
