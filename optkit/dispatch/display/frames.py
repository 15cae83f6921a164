"""A dispatch solution as columns: its jobs, and its servers."""

from __future__ import annotations

import numpy as np

from optkit.core.display.frames import Frames, from_rows
from optkit.core.solving.result import Verification
from optkit.dispatch.check.replay import replay_all
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.solution import DispatchSolution


def frames(
    instance: DispatchInstance,
    solution: DispatchSolution,
    verification: Verification,
) -> Frames:
    """Return the jobs with their histories, and the servers with their loads.

    Parameters
    ----------
    instance
        The instance.
    solution
        A solution of it.
    verification
        The checker's verdict on the solution.

    Returns
    -------
    Frames
        ``jobs``, in the order of the instance: the slots in which each arrived, joined its
        queue and left, from 0 on, and whether it was dropped; ``left`` is missing then.
        ``servers``: the jobs that were sent to each, and those that it accepted.
    """
    histories, jobs = replay_all(instance, solution.target), instance.jobs
    left = histories.finish.astype(float)
    left[~histories.accepted] = np.nan
    servers = [server.id for server in instance.servers]
    loads = verification.metrics["servers"]
    return {
        "jobs": {
            "arrived_slot": list(jobs.slot),
            "access_point": [instance.aps[k] for k in jobs.ap],
            "type": [instance.job_types[j] for j in jobs.type],
            "server": [servers[m] for m in solution.target],
            "joined_slot": histories.join.tolist(),
            "left_slot": left.tolist(),
            "dropped": (~histories.accepted).tolist(),
        },
        "servers": from_rows(
            ("server", "kind", "beside", "sent", "accepted"),
            (
                (s.id, s.kind, s.ap, loads[s.id]["sent"], loads[s.id]["accepted"])
                for s in instance.servers
            ),
        ),
    }
