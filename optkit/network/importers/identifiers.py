"""Ids of nodes and other text, made fit for a document."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Literal

_CONTROL = re.compile(r"[\x00-\x20\x7f-\xa0\ud800-\udfff]+")
_LONGEST = 90  # two of them and more fit in the 200 that a document allows
_MEANINGLESS = ("", "?", "None")  # the Topology Zoo writes all three


def clean_text(text: str, longest: int = _LONGEST) -> str:
    """Return ``text`` on one line, without control characters, cut to ``longest``."""
    flat = _CONTROL.sub(" ", text[: 4 * longest]).strip()
    return flat if len(flat) <= longest else flat[: longest - 1] + "…"


def node_ids(
    nodes: Sequence[tuple[str, str]], names: Literal["label", "id"]
) -> list[str]:
    """Return one id per node, all different, none empty.

    Parameters
    ----------
    nodes
        Key and label of every node; keys are unique, labels need not be.
    names
        ``label``: the label if only one node has it and it says something, otherwise
        ``label#key``, or the key of a node without a label. ``id``: the key.
    """
    keys = [clean_text(key) or "#" for key, _ in nodes]
    labels = [clean_text(label) for _, label in nodes]
    count = Counter(labels)
    used: set[str] = set()
    tails: Counter[str] = Counter()
    ids = []
    for key, label in zip(keys, labels, strict=True):
        plain = label not in _MEANINGLESS and count[label] == 1
        named = names == "label" and label
        name = (label if plain else f"{label}#{key}") if named else key
        # Only contrived files need this: keys cut to one length, labels with a "#".
        if name in used or (not plain and names == "label" and name in count):
            stem = name
            while name in used or name in count:
                tails[stem] += 1
                name = f"{stem}#{tails[stem]}"
        used.add(name)
        ids.append(name)
    return ids
