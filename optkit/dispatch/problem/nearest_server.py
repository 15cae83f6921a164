"""The server of least mean latency: where jobs go before anything was observed."""

from __future__ import annotations

import numpy as np

from optkit.core.arrays import Floats, Ints
from optkit.dispatch.problem.problem_data import ProblemData


def selfish_actions(data: ProblemData) -> Ints:
    """Return (K, J): the server of least mean upload plus mean service."""
    return np.asarray(np.argmin(mean_latency(data), axis=1), dtype=np.int64)


def mean_latency(data: ProblemData) -> Floats:
    """Return (K, M, J): mean upload plus mean service, in slots."""
    return np.asarray(data.mean_upload + data.service[None, :, :])
