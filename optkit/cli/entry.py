"""The first code of the command: a signal that comes while Python still imports ends it.

It ends as it would later, with the documented exit status and no traceback. Nothing is
imported here but what Python has loaded anyway.
"""

from __future__ import annotations

import os
import signal
from types import FrameType


def _end(number: int, _: FrameType | None) -> None:
    os._exit(128 + number)


def main() -> int:
    """Run the command line and return its exit status."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        # Those that are ignored, as by nohup, stay so.
        if number is not None and signal.getsignal(number) not in (
            signal.SIG_IGN,
            None,
        ):
            signal.signal(number, _end)
    from optkit.cli.app import main as run

    return run()
