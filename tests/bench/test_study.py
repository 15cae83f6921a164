"""The folder of a study: damaged files in it are reported or replaced."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import optkit
from optkit.bench.plan import Plan
from optkit.bench.study import Study
from optkit.bench.suite import load_suite
from optkit.core.errors import InvalidFileError


def test_a_damaged_plan_is_an_error_with_a_remedy(
    open_study: tuple[Study, Plan],
) -> None:
    """A plan that was cut off or edited is an invalid file, whatever is wrong in it."""
    path = open_study[0].folder / "plan.json"
    content = path.read_text()
    document = json.loads(content)
    del document["runs"][0]["variant"]
    for text in (
        content[:100],
        json.dumps(document),
        "[]",
        '{"schema": "optkit/plan"}',
    ):
        path.write_text(text)
        with pytest.raises(InvalidFileError, match="writes it again"):
            open_study[0].runs()


def test_a_damaged_copy_of_an_instance_is_replaced(
    open_study: tuple[Study, Plan], tmp_path: Path
) -> None:
    """A restarted study replaces instance files that are damaged, missing or wrong."""
    study, plan = open_study
    (sha256,) = plan.instances
    path = study.instance_file(sha256)
    content = path.read_bytes()
    suite = load_suite(tmp_path / "suite.toml")
    other = optkit.generate("allocation", servers=5, seed=1)
    for damage in (lambda: path.write_bytes(content[:50]), path.unlink):
        damage()
        study.create(suite, plan)
        assert path.read_bytes() == content
    optkit.save_instance(other, path)
    study.create(suite, plan)
    assert study.instance(sha256).sha256 == sha256
