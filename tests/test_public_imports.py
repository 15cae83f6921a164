"""Every import that the documentation has ever promised works in a fresh interpreter."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

import optkit
from optkit._moved import MOVED

TOP_LEVEL = [
    "Alternatives",
    "Capabilities",
    "Certificate",
    "ContradictionError",
    "Event",
    "FailedCheckError",
    "Family",
    "Instance",
    "InvalidFileError",
    "Kind",
    "Limits",
    "Network",
    "Options",
    "OptkitError",
    "Outcome",
    "Reason",
    "Result",
    "Run",
    "Solution",
    "Solver",
    "Status",
    "Trained",
    "UnavailableError",
    "UsageError",
    "Verification",
    "alternatives",
    "certify",
    "check",
    "check_document",
    "compare",
    "draw",
    "shipped_instance",
    "families",
    "generate",
    "import_file",
    "import_instance",
    "import_solution",
    "load",
    "load_solution",
    "register",
    "save",
    "save_instance",
    "solve",
    "solvers",
    "train",
    "versions",
]
"""Names of ``optkit`` itself: the README, the tutorials, ``docs/reference/library.md``."""

FACES = {
    "optkit.allocation": [
        "AllocationInstance",
        "AllocationSolution",
        "SinkTree",
        "TreeSolver",
        "carry_over",
        "rescale",
        "sink_tree",
        "store_and_forward",
    ],
    "optkit.bilevel": [
        "Bilevel",
        "BilevelInstance",
        "BilevelSolution",
        "BilevelSolver",
    ],
    "optkit.discovery": [
        "DiscoveryInstance",
        "DiscoverySolution",
        "DiscoverySolver",
        "instance_bilevel",
    ],
    "optkit.dispatch": [
        "DispatchInstance",
        "DispatchPolicy",
        "DispatchSolution",
        "Observation",
        "Policy",
        "PolicySolver",
        "ProblemData",
        "model_data",
        "parallel_env",
        "problem_data",
        "register_policy",
        "simulate",
    ],
}
"""The public face of each family but sync, whose names need extras; see its tests."""

PROMISED = [
    "from optkit.allocation import rescale, store_and_forward",
    "from optkit.allocation.base import TreeSolver",
    "from optkit.allocation.instance import AllocationInstance",
    "from optkit.allocation.solution import AllocationSolution",
    "from optkit.bench.record import Record",
    "from optkit.bench.statistics.aggregates import summary",
    "from optkit.bench.statistics.comparisons import pairs",
    "from optkit.bench.statistics.runs import run_table",
    "from optkit.bench.suite import Suite",
    "from optkit.bilevel import Bilevel",
    "from optkit.bilevel.files.writers import to_aux",
    "from optkit.core.family import Family",
    "from optkit.core.registry import families",
    "from optkit.core.reproduction import Reproduction",
    "from optkit.discovery.modelling import instance_bilevel",
    "from optkit.dispatch.environment import parallel_env",
    "from optkit.models.sync import notification_model",
    "from optkit.sync.exact import bound_for_reports",
    "from optkit.sync.exact.reconstruction import error_bound",
    "from optkit.testing import check_solver, parametrize_with_contract",
    "import optkit.dispatch.observation",
    "import optkit.dispatch.replay",
    "import optkit.dispatch.slots",
    "import optkit.models.allocation",
    "import optkit.models.discovery",
    "import optkit.search",
    "import optkit.sync.learning.parallel_env",
    "import optkit.sync.learning.rules",
]
"""What README, CONTRIBUTING, docs and examples promised before modules moved."""


FRESH = """
import json, os, sys
import numpy, pydantic  # every import of optkit takes these

for line in sys.stdin:
    child = os.fork()
    if not child:
        exec(json.loads(line))
        sys.stderr.flush()
        os._exit(0)
    print(os.waitpid(child, 0)[1], flush=True)
"""
"""Runs each piece of code in a copy of an interpreter that has not imported optkit."""


@pytest.fixture(scope="module")
def runs() -> Iterator[Callable[[str], None]]:
    """Return a function that runs code as a fresh interpreter would."""
    with subprocess.Popen(
        [sys.executable, "-c", FRESH],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None

        def run(code: str) -> None:
            print(json.dumps(code), file=process.stdin, flush=True)
            assert process.stdout.readline() == "0\n", code

        yield run


@pytest.mark.slow
@pytest.mark.parametrize("statement", PROMISED)
def test_promised_import_works(runs: Callable[[str], None], statement: str) -> None:
    """A statement that the documentation showed before modules moved still works."""
    runs(statement)


@pytest.mark.slow
@pytest.mark.parametrize("package", ["optkit", *FACES])
def test_face_is_importable_and_complete(
    runs: Callable[[str], None], package: str
) -> None:
    """A package offers exactly the public names that are listed here."""
    names = FACES.get(package, ["__version__", *TOP_LEVEL])
    runs(f"from {package} import {', '.join(names)}")
    module = __import__(package, fromlist=["__all__"])
    assert sorted(module.__all__) == sorted(names)
    assert set(names) <= set(dir(module))


def test_unknown_name_is_an_attribute_error() -> None:
    """A misspelt name fails as it does for any module."""
    with pytest.raises(
        AttributeError, match="module 'optkit' has no attribute 'sovle'"
    ):
        optkit.sovle  # type: ignore[attr-defined]


@pytest.mark.slow
@pytest.mark.parametrize("path", sorted(MOVED))
def test_old_path_gives_the_module_under_its_new_path(
    runs: Callable[[str], None], path: str
) -> None:
    """One module has one object, whichever path it is imported by, and keeps its spec."""
    new = MOVED[path]
    runs(
        f"import importlib; old = importlib.import_module({path!r})\n"
        f"new = importlib.import_module({new!r})\n"
        f"assert old is new and new.__spec__.name == {new!r}, (old, new.__spec__)"
    )


@pytest.mark.slow
def test_modules_inside_a_moved_package_are_not_loaded_twice(
    runs: Callable[[str], None],
) -> None:
    """A class imported by the old path is the class imported by the new one."""
    runs(
        "from optkit.bilevel.files.writers import to_aux as old\n"
        "from optkit.bilevel.data.formats.writers import to_aux as new\n"
        "assert old is new"
    )
