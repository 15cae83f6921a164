"""The public names of the family."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec

import pytest

import optkit.sync

NEED_PETTINGZOO = {"NotificationEnv", "notification_env"}


@pytest.mark.parametrize("name", optkit.sync.__all__)
def test_public_names_are_there(name: str) -> None:
    """Every public name can be imported from the family."""
    if name in NEED_PETTINGZOO and find_spec("pettingzoo") is None:
        pytest.skip("no pettingzoo here")
    assert getattr(optkit.sync, name).__name__ == name


def test_unknown_names_are_not() -> None:
    """Any other name is an error, as in every module."""
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = optkit.sync.no_such_name


def test_former_paths_keep_working() -> None:
    """Names that the documentation promised under other paths are found there."""
    code = (
        "import sys, optkit.sync; assert 'numpy' not in sys.modules;"
        "from optkit.sync.exact import bound_for_reports;"
        "assert bound_for_reports is optkit.sync.bound_for_reports;"
        "from optkit.sync.exact.reconstruction import error_bound;"
        "assert error_bound is optkit.sync.error_bound;"
        "from optkit.sync.learning.rules import reset, step"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
