"""The model without its laws: what a policy may be told that has to learn them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optkit.dispatch.problem.problem_data import ProblemData


def without_laws(data: ProblemData) -> ProblemData:
    """Return a model whose laws of arrival, upload, service and signals are NaN.

    Uploads keep one slot per law, so that not even the longest upload is told. What
    remains are the access points, servers, types and candidates, the length of an
    interval, the queue limit and the costs.
    """
    return replace(
        data,
        arrival=np.full_like(data.arrival, np.nan),
        upload=np.full((*data.upload.shape[:2], 1), np.nan),
        service=np.full_like(data.service, np.nan),
        signal_law=np.full_like(data.signal_law, np.nan),
    )
