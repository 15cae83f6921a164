"""The accuracy required in self-directed mode, where a network is too wide for it."""

from __future__ import annotations

import math
from typing import Any

from optkit.core.files.left_out import LeftOut
from optkit.discovery.data.options import GeneratorOptions


def required_within_reach(
    document: dict[str, Any], options: GeneratorOptions, said: LeftOut
) -> str | None:
    """Lower the accuracy required in self-directed mode to what all nodes can reach.

    In wide networks, answers are old when they arrive: where no node has a link to an
    agent, the nodes may not reach the default, and the follower would have no answer.

    Parameters
    ----------
    document
        The document, changed in place.
    options
        The options: a requirement that they name stays.
    said
        Told what was lowered.

    Returns
    -------
    str or None
        What strict options refuse; None for nothing.
    """
    required = document["required_accuracy"]["self"]
    reached = math.inf
    for demands, accuracies in zip(
        document["demand"], document["accuracy_self"], strict=True
    ):
        asked = [q for d, q in zip(demands, accuracies, strict=True) if d is not None]
        if asked:
            total = math.fsum(asked)
            mean = options.accuracy_form == "mean"
            reached = min(reached, total / len(asked) if mean else total)
    if reached >= required or "required_self" in options.model_fields_set:
        return None
    # Rounded down, so that the sum of rounded accuracies reaches it.
    lowered = math.floor(reached * 1e6) / 1e6
    sentence = (
        f"All nodes by themselves reach an accuracy of {reached:.3g} in self-directed mode:"
        f" the one required is lowered to it from {required:g}."
    )
    if options.strict:
        return f"{sentence} Strict refuses this; give --required-self."
    document["required_accuracy"]["self"] = lowered
    said.note(sentence)
    return None
