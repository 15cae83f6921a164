"""Files of trained policies: arrays and a JSON text in one ``.npz``, nothing executable."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from optkit.core.errors import InvalidFileError
from optkit.core.files.text import write_bytes
from optkit.sync.learning.agents import Agents, make_agents
from optkit.sync.learning.networks import Actor
from optkit.sync.learning.observations import LINK_FEATURES, PAPER_FEATURES
from optkit.sync.problem.problem_data import ProblemData

SCHEMA = "optkit/sync-policy"
VERSION = 1

MAX_BYTES = 1 << 26
"""Largest unpacked size of a file that is read: 64 MiB."""

METADATA = "metadata"


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A trained policy.

    Parameters
    ----------
    actor
        θ, as NumPy arrays.
    metadata
        Its origin: ``layout`` and ``link`` (the agents), ``method``, ``options``,
        ``seed``, ``versions``, ``instances``, ``loads`` (digests of the series that it
        was trained on), ``curve``.
    """

    actor: Actor
    metadata: dict[str, Any]

    def agents(self, data: ProblemData) -> Agents:
        """Return its agents in an instance."""
        return make_agents(self.metadata["layout"], data.source, data.routers)

    def misfit(self, data: ProblemData) -> str:
        """Return why it cannot be run on an instance; empty where it can."""
        if set(load_digests(data)) & set(self.metadata["loads"]):
            return (
                "this policy was trained on a load series of this very instance; train"
                " one on other series, or set another checkpoint"
            )
        if self.metadata["layout"] == "shared":
            return ""
        if self.agents(data).link.tolist() != self.metadata["link"]:
            return (
                "this policy has an actor for each router of the network that it was"
                " trained on, and this is another; train one here, or with"
                " actors=shared"
            )
        return ""


def load_digests(data: ProblemData) -> list[str]:
    """Return a digest of each device's load series."""
    return [
        hashlib.sha256(np.ascontiguousarray(series, "<f8").tobytes()).hexdigest()[:16]
        for series in data.loads
    ]


def save(checkpoint: Checkpoint, path: Path) -> None:
    """Write a policy, completely or not at all."""
    arrays = {
        f"layer{depth}_{kind}": np.asarray(array)
        for depth, layer in enumerate(checkpoint.actor.layers)
        for kind, array in zip(("weights", "biases"), layer, strict=True)
    }
    arrays["skip"] = np.asarray(checkpoint.actor.skip)
    metadata = {"schema": SCHEMA, "schema_version": VERSION, **checkpoint.metadata}
    save_arrays(path, arrays, metadata)


def load(path: Path) -> Checkpoint:
    """Read a policy.

    Raises
    ------
    InvalidFileError
        If the file cannot be read or is not a policy; nothing in it is executed.
    """
    arrays, metadata = load_arrays(path)
    source = str(path)
    if metadata.pop("schema", None) != SCHEMA:
        raise InvalidFileError(source, [f"not a trained policy ({SCHEMA})"])
    version = metadata.pop("schema_version", None)
    if version != VERSION:
        raise InvalidFileError(
            source, [f"schema_version: {version!r} is not known; train the policy anew"]
        )
    missing = [
        key for key in ("layout", "link", "loads", "method") if key not in metadata
    ]
    if missing:
        raise InvalidFileError(
            source, [f"metadata: {key} is missing" for key in missing]
        )
    try:
        count = sum(name.endswith("_weights") for name in arrays)
        layers = tuple(
            (arrays[f"layer{depth}_weights"], arrays[f"layer{depth}_biases"])
            for depth in range(count)
        )
        actor = Actor(layers, arrays["skip"])
    except KeyError as error:
        raise InvalidFileError(source, [f"array {error} is missing"]) from None
    issues = _shapes(actor, metadata)
    if issues:
        raise InvalidFileError(source, issues)
    return Checkpoint(actor, metadata)


def _shapes(actor: Actor, metadata: dict[str, Any]) -> list[str]:
    """Return the errors in the shapes and values of a policy's arrays."""
    shared = metadata["layout"] == "shared"
    outputs = 1 if shared else max((len(row) for row in metadata["link"]), default=0)
    width = LINK_FEATURES if shared else PAPER_FEATURES * outputs
    lead: tuple[int, ...] = () if shared else (len(metadata["link"]),)
    issues = []
    arrays = [*(array for layer in actor.layers for array in layer), actor.skip]
    if any(not np.isfinite(array).all() for array in arrays):
        issues.append("an array has entries that are not finite")
    if actor.skip.shape != (*lead, width, outputs):
        issues.append(
            f"skip: shape {actor.skip.shape} is not {(*lead, width, outputs)}"
        )
    for depth, (weights, biases) in enumerate(actor.layers):
        if weights.ndim != len(lead) + 2 or weights.shape[:-1] != (*lead, width):
            issues.append(
                f"layer{depth}_weights: shape {weights.shape} does not begin with"
                f" {(*lead, width)}"
            )
            return issues
        width = weights.shape[-1]
        if biases.shape != (*lead, width):
            issues.append(
                f"layer{depth}_biases: shape {biases.shape} is not {(*lead, width)}"
            )
    if width != outputs:
        issues.append(f"the last layer has {width} outputs, not {outputs}")
    return issues


def save_arrays(path: Path, arrays: dict[str, Any], metadata: dict[str, Any]) -> None:
    """Write arrays and a JSON text to one file, completely or not at all."""
    text = json.dumps(metadata, sort_keys=True, allow_nan=False).encode()
    buffer = io.BytesIO()
    stored = {**arrays, METADATA: np.frombuffer(text, dtype=np.uint8)}
    np.savez_compressed(buffer, **stored)
    write_bytes(path, buffer.getvalue())


def load_arrays(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Read a file that :func:`save_arrays` has written.

    Raises
    ------
    InvalidFileError
        If the file cannot be read, is too large, or holds anything but plain arrays.
    """
    source = str(path)
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
        if size > MAX_BYTES:
            raise InvalidFileError(
                source, [f"{size} bytes unpacked; at most {MAX_BYTES} are read"]
            )
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        metadata = json.loads(arrays.pop(METADATA).tobytes())
        if not isinstance(metadata, dict):
            raise ValueError("its metadata is no object")
    except FileNotFoundError:
        raise InvalidFileError(
            source, ["no such file; check the name and the folder"]
        ) from None
    except InvalidFileError:
        raise
    # zipfile, NumPy and json raise a dozen kinds of errors at damaged files, among them
    # tokenize.TokenError at the header of an array.
    except Exception as error:
        raise InvalidFileError(
            source,
            [
                "not a file that training has written, or damaged:"
                f" {error or type(error).__name__}"
            ],
        ) from None
    return arrays, metadata
