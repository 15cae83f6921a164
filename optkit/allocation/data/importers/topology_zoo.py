"""Networks of the Internet Topology Zoo as allocation instances."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from optkit.allocation.data.importers.instances import make_document
from optkit.allocation.data.importers.options import Options
from optkit.core.errors import UsageError
from optkit.network.importers.topology_zoo import read_network


def read(source: Path, options: Options, seed: int) -> dict[str, Any]:
    """Return the allocation document of a Topology Zoo network.

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
    if options.capacity_unit_gbps is not None:
        raise UsageError(
            "option capacity_unit_gbps is for sndlib files only; leave it out."
        )
    if options.direction is not None:
        raise UsageError(
            "option direction is for sndlib files only: GML and GraphML say it."
        )
    return make_document(read_network(source, options), options, seed)
