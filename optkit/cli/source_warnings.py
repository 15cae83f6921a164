"""Print what importers leave out as warnings of the command line."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from optkit.cli.terminal import Terminal
from optkit.core.files.left_out import SourceWarning


@contextmanager
def source_warnings(terminal: Terminal) -> Iterator[None]:
    """Print every :class:`SourceWarning` of the block; other warnings stay as they are."""
    with warnings.catch_warnings():
        warnings.simplefilter("always", SourceWarning)
        show = warnings.showwarning

        def print_or_show(
            message: Warning | str, category: type[Warning], *where: object
        ) -> None:
            if issubclass(category, SourceWarning):
                terminal.warn(str(message))
            else:
                show(message, category, *where)  # type: ignore[arg-type]

        warnings.showwarning = print_or_show  # type: ignore[assignment]
        yield
