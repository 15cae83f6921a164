"""Discovery: a bilevel program for finding resources in a migrating network.

Source: C. Zhou, L. Zhang, G. Zeng and F. Lin, "Dispersed Computing Resource Discovery
Model and Algorithm for Polymorphic Migration Network Architecture", Chinese Journal of
Electronics 32(4), 2023. Equation, table and section numbers in this package are that
paper's; ``docs/discovery.md`` says how its lost or contradictory passages are read.

The names below are the public face of the family; everything else may change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from optkit.core.lazy import lazy_names

if TYPE_CHECKING:
    from optkit.discovery.instance import DiscoveryInstance as DiscoveryInstance
    from optkit.discovery.problem.pyomo_adapter import (
        instance_bilevel as instance_bilevel,
    )
    from optkit.discovery.solution import DiscoverySolution as DiscoverySolution
    from optkit.discovery.solvers.base import DiscoverySolver as DiscoverySolver

_HOMES = {
    "DiscoveryInstance": "instance",
    "DiscoverySolution": "solution",
    "DiscoverySolver": "solvers.base",
    "instance_bilevel": "problem.pyomo_adapter",
}

__all__ = [*_HOMES]

__getattr__, __dir__ = lazy_names(__name__, _HOMES)
