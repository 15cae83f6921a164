"""Optional dependencies of optkit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from optkit.core.errors import UnavailableError


@contextmanager
def needs(extra: str, what: str, *packages: str) -> Iterator[None]:
    """Name the missing extra if an import inside the ``with`` block fails without it.

    Parameters
    ----------
    extra
        Name of the extra.
    what
        What needs it, as the start of a sentence.
    packages
        The packages that the extra installs.

    Raises
    ------
    UnavailableError
        If one of them is not installed.
    """
    try:
        yield
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in packages:
            raise
        raise UnavailableError(
            f"{what} needs the extra {extra}: pip install 'optkit[{extra}]'."
        ) from None
