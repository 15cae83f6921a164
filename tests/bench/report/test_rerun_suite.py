"""The suite of a report."""

from __future__ import annotations

from pathlib import Path

from optkit.bench.report.rerun_suite import rerun_suite
from optkit.bench.suite import load_suite
from tests.bench.conftest import SUITE


def test_the_suite_of_a_report_is_the_same(tmp_path: Path) -> None:
    """The suite on the page is read again as the same suite, whatever is in it."""
    path = tmp_path / "suite.toml"
    odd = """
description = "a \\"b\\"\\nc é"
[kill]
time_grace = 20
[[instances]]
files = ["x/*.json"]
[[solvers]]
solver = "ga"
label = "large"
options = { population = 8 }
limits = { evaluations = 7 }
"""
    head, tables = SUITE.split("[[instances]]", 1)
    path.write_text(f"{head}{odd}[[instances]]{tables}")
    suite = load_suite(path)
    path.write_text(rerun_suite(suite))
    assert load_suite(path) == suite
