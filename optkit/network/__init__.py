"""Networks: computers and the links between them, from which families make instances.

A network file holds what is known of a network and nothing else. What is not in it is
unknown, never zero; a family that needs it fills it by a rule that the user names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from optkit.core.lazy import lazy_names

if TYPE_CHECKING:
    from optkit.network.network import Link as Link
    from optkit.network.network import Network as Network
    from optkit.network.network import Node as Node

_HOMES = {"Link": "network", "Network": "network", "Node": "network"}

__all__ = [*_HOMES]

__getattr__, __dir__ = lazy_names(__name__, _HOMES)
