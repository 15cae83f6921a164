"""Files of policies: written and read without loss, and refused where they are damaged."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest

import optkit
from optkit.sync.learning.checkpoint import Checkpoint, load, save
from tests.sync.learning.policies import untrained_policy


def test_a_policy_is_read_as_it_was_written(tmp_path: Path) -> None:
    """Arrays and metadata come back unchanged."""
    path = tmp_path / "policy.npz"
    policy = untrained_policy("router")
    save(policy, path)
    read = load(path)
    assert read.metadata == policy.metadata
    for written_layer, read_layer in zip(
        policy.actor.layers, read.actor.layers, strict=True
    ):
        for written, array in zip(written_layer, read_layer, strict=True):
            assert np.array_equal(written, array)


def test_other_files_are_refused(tmp_path: Path) -> None:
    """Pickles are never loaded, and damage is named."""
    path = tmp_path / "policy.npz"
    with pytest.raises(optkit.InvalidFileError, match="no such file"):
        load(path)
    path.write_bytes(b"no archive")
    with pytest.raises(optkit.InvalidFileError, match="not a file that training"):
        load(path)
    np.savez(path, metadata=np.array([{"schema": "optkit/sync-policy"}], dtype=object))
    with pytest.raises(optkit.InvalidFileError, match="not a file that training"):
        load(path)
    policy = untrained_policy()
    (weights, biases), *rest = policy.actor.layers
    broken = policy.actor._replace(layers=((weights[:-1], biases), *rest))
    save(Checkpoint(broken, policy.metadata), path)
    with pytest.raises(optkit.InvalidFileError, match="layer0_weights: shape"):
        load(path)
    broken = policy.actor._replace(skip=policy.actor.skip * np.nan)
    save(Checkpoint(broken, policy.metadata), path)
    with pytest.raises(optkit.InvalidFileError, match="not finite"):
        load(path)


def test_damaged_headers_are_refused(tmp_path: Path) -> None:
    """NumPy's reader raises errors of Python's tokenizer at some of them."""
    path = tmp_path / "policy.npz"
    header = b"{'descr': (\n"
    with zipfile.ZipFile(path, "w") as archive:
        length = len(header).to_bytes(2, "little")
        archive.writestr("metadata.npy", b"\x93NUMPY\x01\x00" + length + header)
    with pytest.raises(optkit.InvalidFileError, match="not a file that training"):
        load(path)
