"""The networks of the discovery paper, drawn anew from seeds."""

from __future__ import annotations

from typing import Any

from optkit.discovery.data.generate import GeneratorOptions, generate
from optkit.discovery.instance import DiscoveryInstance
from optkit.reproduction.engine import Context

PARAMETERS = {
    "network": "Table 2: 50 nodes within 10 %, cycles of 2 s observed every 0.1 s",
    "calibration": "what Table 2 leaves out: defaults of `optkit generate discovery`",
    "reading": "cover, forced, connected, mean by window, unless another is named",
}
"""Parameters of the networks in every reproduction of this paper."""

UNIT_NOTE = (
    "The paper does not give the unit of its energies, the request rate of the nodes,"
    " the cost of a packet or how far nodes move. Heights of curves cannot be"
    " compared; signs, orders and shares can. The request rate determines how many"
    " nodes ask an agent, so studies of the cycles show two rates."
)

FOLLOWER_NOTE = (
    "In the reading that the tables need (every linked node connects, every connection"
    " takes time) the follower's choice of modes does not depend on the leader: the"
    " energy is the same whichever agents are opened."
)


def network(context: Context, *axes: str | int, **options: Any) -> DiscoveryInstance:
    """Draw a network.

    Parameters
    ----------
    context
        The context of the study.
    axes
        Name of the draw; the same name draws the same network.
    options
        Options of the generator.
    """
    seed = context.seed("discovery", *axes)
    return DiscoveryInstance.parse(
        generate(GeneratorOptions.model_validate(options), seed)
    )
