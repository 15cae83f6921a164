"""The condition under which contiguous blocks are proven optimal in a subtree.

No server but the first of the subtree pays more for relaying a Gbit than receiving it
takes of its time: w2 e_v/R_vc ≤ w1/R_parent,v for every child c. Then the order of
:mod:`optkit.allocation.block` is optimal (``docs/allocation-bounds.md``).
"""

from __future__ import annotations

import numpy as np

from optkit.allocation.branching.arrays import budget_steps
from optkit.allocation.tree import Subtree


def relay_condition(subtree: Subtree) -> bool:
    """Say whether ``subtree`` meets the condition; O(n) time."""
    kids = np.flatnonzero(subtree.parent > 0)
    return bool(
        np.all(subtree.relay[kids] <= budget_steps(subtree)[subtree.parent[kids]])
    )
