"""What every test relies on."""

from __future__ import annotations

import signal

# A shell that starts the tests in the background has Ctrl-C ignored, and every process
# below would inherit that; the tests of Ctrl-C need it to be heard.
signal.signal(signal.SIGINT, signal.default_int_handler)
