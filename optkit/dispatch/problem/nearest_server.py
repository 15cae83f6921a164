"""The nearest server in time: where a policy starts that has seen nothing yet."""

from __future__ import annotations

import numpy as np

from optkit.core.arrays import Floats, Ints
from optkit.dispatch.problem.problem_data import World


def selfish_actions(world: World) -> Ints:
    """Return (K, J): the server of least mean upload plus mean service."""
    return np.asarray(np.argmin(mean_latency(world), axis=1), dtype=np.int64)


def mean_latency(world: World) -> Floats:
    """Return (K, M, J): mean upload plus mean service, in slots."""
    return np.asarray(world.mean_upload + world.service[None, :, :])
