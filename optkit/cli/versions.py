"""``optkit versions``."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from optkit.cli.terminal import Terminal


def versions(
    *, json: bool = False, terminal: Annotated[Terminal, Parameter(parse=False)]
) -> int:
    """Show the versions of optkit and of the packages that it computes with.

    For example:

      optkit versions
      optkit versions --json

    Parameters
    ----------
    json
        Print one JSON object.
    """
    import optkit
    from optkit.cli.tables import render_pairs

    package_versions = optkit.versions()
    if json:
        terminal.document(package_versions)
    else:
        terminal.show(render_pairs(package_versions.items()))
    return 0
