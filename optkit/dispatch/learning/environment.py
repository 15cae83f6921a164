"""The dispatch simulator as a PettingZoo environment: each access point is an agent.

:func:`parallel_env` needs the extra ``rl``; importing this module does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from optkit.core.arrays import Ints

if TYPE_CHECKING:
    from optkit.dispatch.instance import DispatchInstance
    from optkit.dispatch.learning.parallel_env import DispatchEnv


def parallel_env(
    instance: DispatchInstance,
    *,
    start: Ints | None = None,
    resample: bool = False,
) -> DispatchEnv:
    """Return the environment of an instance.

    Parameters
    ----------
    instance
        The network, and the sample path of every episode unless ``resample`` is set.
    start
        (K, J): server indices in force before anything was observed; by default those of
        the selfish policy, the paper's initial one.
    resample
        Whether every episode has a new sample path, drawn from the instance's laws, with
        as many intervals as its own.

    Raises
    ------
    UnavailableError
        If PettingZoo is not installed.
    UsageError
        If ``start`` is of another shape or names a server that is no candidate.
    """
    from optkit.core.runtime.extras import needs

    with needs("rl", "The dispatch environment", "pettingzoo", "gymnasium"):
        from optkit.dispatch.learning.parallel_env import DispatchEnv

    return DispatchEnv(instance, start, resample)
