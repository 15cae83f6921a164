"""Tables and figures of papers, computed again: ours next to theirs, claim by claim.

Packages list their reproductions (:class:`Reproduction`) under the entry-point group
``optkit.reproductions``. Each one has a function that takes a :class:`Context` and returns
:class:`Findings`: claims with verdicts, tables, and pictures. Nothing here depends on a
family or a paper.
"""

from optkit.plotting.pictures import Picture
from optkit.reproduction.engine.catalogue import Reproduction, reproductions, select
from optkit.reproduction.engine.context import Context, Settings
from optkit.reproduction.engine.findings import (
    Claim,
    Findings,
    Statement,
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
    "Statement",
    "Verdict",
    "combined",
    "reproductions",
    "select",
]
