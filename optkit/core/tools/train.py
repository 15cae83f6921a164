"""Trains policies on instances of a family."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from optkit.core.errors import UnavailableError, UsageError
from optkit.core.instance import Instance
from optkit.core.options import make_options
from optkit.core.solving import registry
from optkit.core.solving.family import resolve
from optkit.core.solving.seeds import check_seed

Tell = Callable[[int, int, str], None]
"""Function that is told of progress: steps done, steps in total, a short explanation."""


@dataclass(frozen=True)
class Trained:
    """A trained policy.

    Parameters
    ----------
    path
        The policy's file; a solver takes it as an option.
    summary
        How good the policy is, in one line.
    """

    path: Path
    summary: str


def train(
    family: str,
    instances: Sequence[Instance],
    folder: str | Path,
    seed: int = 0,
    tell: Tell = lambda *_: None,
    **options: Any,
) -> Trained:
    """Train a policy of a family, or continue a training that was stopped.

    Parameters
    ----------
    family
        The family's name.
    instances
        The training instances; evaluate the policy on others.
    folder
        Where everything is written; the same call again continues from there.
    seed
        The same seed, options and instances give the same policy.
    tell
        Told of progress.
    options
        The trainer's options; ``optkit train FAMILY --help`` lists them.

    Raises
    ------
    UsageError
        If the family or an option is unknown, a value is not allowed, or the instances
        are of another family.
    UnavailableError
        If the family has nothing to train, or an extra is missing.
    """
    check_seed(seed)
    described = registry.family(family)
    tool = described.trainer
    if tool is None:
        raise UnavailableError(f"family {family!r} has no policy to train.")
    for instance in instances:
        if not isinstance(instance, described.instance_type):
            raise UsageError(
                f"training: {instance.name or 'an instance'} is of {instance.SCHEMA}, not"
                f" of {described.instance_type.SCHEMA}; leave it out."
            )
    settings = make_options(tool.options_type(), options, f"trainer {family}")
    trained: Trained = resolve(tool.function)(
        instances, settings, seed, Path(folder), tell
    )
    return trained
