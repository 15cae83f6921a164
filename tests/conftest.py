"""What every test relies on."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

# A shell that starts the tests in the background has Ctrl-C ignored, and every process
# below would inherit that; the tests of Ctrl-C need it to be heard.
signal.signal(signal.SIGINT, signal.default_int_handler)
# `nohup` has SIGHUP ignored, in the same way.
signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture(scope="session")
def public_data() -> Callable[..., Path]:
    """Return a function that finds the public data sets, which are not ours to ship.

    Called with the names that a test needs in it, it returns the folder ``OPTKIT_DATA``
    or a ``shared/data`` above the checkout, or skips the test.
    """
    named = os.environ.get("OPTKIT_DATA")
    folders = [Path(named)] if named else []
    folders += [p / "shared" / "data" for p in Path(__file__).resolve().parents]

    def find(*needed: str) -> Path:
        for folder in folders:
            if all((folder / name).exists() for name in needed):
                return folder
        pytest.skip(
            f"no {' and '.join(needed)} here; set OPTKIT_DATA to a folder that has it"
        )

    return find
