"""The instances that come with optkit, in a wheel as well as in the repository."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import optkit
from optkit.core.errors import UsageError
from optkit.core.suggest import unknown
from optkit.core.tools.instance_files import load

SOLUTION = ".sol.json"
"""Ending of the best-known solution beside an instance."""


@cache
def shipped_files() -> dict[str, Path]:
    """Return the files of the shipped instances by name, such as ``allocation/cernet``."""
    package = Path(optkit.__file__).parent
    # A wheel has them inside the package, a copy of the repository beside it.
    folders = [package / "instances", package.parent / "instances"]
    folder = next((path for path in folders if path.is_dir()), None)
    if folder is None:
        return {}
    return {
        f"{file.parent.name}/{file.stem}": file
        for file in sorted(folder.glob("*/*.json"))
        if not file.name.endswith(SOLUTION)
    }


def shipped_file(name: str) -> Path:
    """Return the file of a shipped instance.

    Parameters
    ----------
    name
        ``FAMILY/NAME``, or ``NAME`` alone where only one family has it.

    Raises
    ------
    UsageError
        If there is none of that name.
    """
    files = shipped_files()
    found = [known for known in files if name in (known, known.partition("/")[2])]
    if len(found) != 1:
        known = files if "/" in name else [full.partition("/")[2] for full in files]
        raise UsageError(unknown("shipped instance", name, found or known))
    return files[found[0]]


def shipped_instance(name: str) -> Any:
    """Return one of the instances that come with optkit.

    Parameters
    ----------
    name
        Its name, such as ``"geant2009"`` or ``"allocation/geant2009"``; ``optkit
        instances`` lists them all.

    Returns
    -------
    Instance
        The instance, of its family's own type.

    Raises
    ------
    UsageError
        If there is none of that name; the message suggests the nearest.

    Examples
    --------
    >>> import optkit
    >>> optkit.shipped_instance("geant2009")
    <AllocationInstance 'Geant2009', 34 servers, 104 links>
    """
    return load(shipped_file(name))
