"""Xpress and COPT, which run in a process of their own.

Neither package is imported here: Xpress' takes a second.
"""

from __future__ import annotations

from typing import ClassVar

from optkit.backends.adapters.isolation import IsolatedSession
from optkit.backends.adapters.session import Adapter
from optkit.backends.session import Monitor, Request, Session


class _Isolated(Adapter):
    label: ClassVar[str]
    inner: ClassVar[str]
    """The session that runs in the process, as ``module:class``."""

    def open(self, request: Request, monitor: Monitor) -> Session:
        """Prepare a solve."""
        return IsolatedSession(request, monitor, self.inner, self.label)


class Xpress(_Isolated):
    """Xpress; its package solves up to 5,000 columns and rows without a licence.

    While it works, Ctrl-C would end the whole process at once: it resets the handler of
    SIGINT.
    """

    name = "xpress"
    package = "xpress"
    label = "Xpress"
    inner = "optkit.backends.adapters.xpress:XpressSession"


class Copt(_Isolated):
    """COPT; its package solves models of some size without a licence. It has no seed.

    While it works, it lets no other thread run, so nobody could stop it.
    """

    name = "copt"
    package = "coptpy"
    label = "COPT"
    inner = "optkit.backends.adapters.copt:CoptSession"
