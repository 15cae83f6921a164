"""Tables and figures of papers, computed again: ours beside theirs, claim by claim.

A family lists its reproductions (:class:`Reproduction`) under ``Family.reproductions``.
Each has a function that is handed a :class:`Context` and returns :class:`Findings`: claims
with verdicts, tables, and pictures. Nothing here knows a family or a paper.
"""

from optkit.plotting.pictures import Picture
from optkit.reproduction.engine.catalogue import Reproduction, reproductions, select
from optkit.reproduction.engine.context import Context, Settings
from optkit.reproduction.engine.findings import (
    Claim,
    Findings,
    Verdict,
    combined,
)

__all__ = [
    "Claim",
    "Context",
    "Findings",
    "Picture",
    "Reproduction",
    "Settings",
    "Verdict",
    "combined",
    "reproductions",
    "select",
]
