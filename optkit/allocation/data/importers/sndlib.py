"""Networks of SNDlib as allocation instances."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from optkit.allocation.data.importers.instances import make_document
from optkit.allocation.data.importers.options import Options
from optkit.core.errors import UsageError
from optkit.network.importers.sndlib import read_network


def read(source: Path, options: Options, seed: int) -> dict[str, Any]:
    """Return the allocation document of an SNDlib network.

    Parameters
    ----------
    source
        The network file.
    options
        What to assume where the file states nothing.
    seed
        Main seed of what is drawn.

    Returns
    -------
    dict
        A document of schema ``optkit/allocation``, version 1.

    Raises
    ------
    InvalidFileError
        If the file cannot be read or is not such a network.
    UsageError
        If an option makes no sense for this file.
    """
    for option in ("rate_attribute", "ghz_attribute"):
        if getattr(options, option) is not None:
            raise UsageError(
                f"option {option} is for GML and GraphML files only; leave it out."
            )
    return make_document(read_network(source, options), options, seed)
