"""Parts of optkit that are installed on demand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from optkit.core.errors import UnavailableError


@contextmanager
def needs(extra: str, what: str, *packages: str) -> Iterator[None]:
    """Say which extra is missing where an import fails for want of it.

    Parameters
    ----------
    extra
        The extra of optkit.
    what
        What needs it, at the start of a sentence.
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
