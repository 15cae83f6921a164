"""Tables and figures of papers, computed again: ours beside theirs, claim by claim.

A family lists its reproductions (:class:`Reproduction`) under ``Family.reproductions``.
Each has a function that is handed a :class:`Context` and returns :class:`Findings`: claims
with verdicts, tables, and pictures. Nothing here knows a family or a paper.
"""

from optkit.core.reproduction.catalogue import Reproduction, reproductions, select
from optkit.core.reproduction.context import Context, Settings
from optkit.core.reproduction.findings import (
    Claim,
    Findings,
    Picture,
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
