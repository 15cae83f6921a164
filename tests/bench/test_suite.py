"""Suite files: all errors are reported together, each with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from optkit.core.errors import InvalidFileError
from tests.bench.suites import GENERATED, suite


def test_all_errors_of_a_suite_are_reported_together(tmp_path: Path) -> None:
    """A misspelt key, a bad limit and a section without a source are all reported."""
    text = (
        'sedes = [1]\n[limits]\ntime = "soon"\n[[instances]]\n'
        '[[solvers]]\nsolver = "block"\n'
    )
    with pytest.raises(InvalidFileError) as caught:
        suite(text, tmp_path)
    message = str(caught.value)
    assert "did you mean 'seeds'" in message
    assert "limits.time" in message
    assert "either files or generate" in message


@pytest.mark.parametrize(
    ("text", "seconds"), [("10", 10), ('"10s"', 10), ('"2m"', 120)]
)
def test_time_limits_have_units(tmp_path: Path, text: str, seconds: float) -> None:
    """A time limit is a number of seconds, or a number with a unit."""
    content = suite(
        f'[limits]\ntime = {text}\n{GENERATED}[[solvers]]\nsolver = "block"\n', tmp_path
    )
    assert content.limits.limits().time == seconds


@pytest.mark.parametrize(
    ("text", "path", "message"),
    [
        (
            "[limits]\niterations = 100_000_000_000_000_000_000",
            "limits.iter",
            "less than",
        ),
        ("seeds = [1, 1]", "seeds", "1 appears twice"),
        ("seeds = []", "seeds", "at least one"),
        (GENERATED + "seeds = [2, 2]", "instances[0].seeds", "2 appears twice"),
        (GENERATED.replace("servers", "seed"), "instances[0]", "use seeds"),
        (
            '[[solvers]]\nsolver = "auto"\noptions = { x = nan }',
            "solvers[0].options",
            "must be finite",
        ),
        (
            '[[solvers]]\nsolver = "auto"\noptions = { x = [1979-05-27] }',
            "solvers[0].options",
            "must not be a date",
        ),
    ],
)
def test_invalid_values_are_refused(
    tmp_path: Path, text: str, path: str, message: str
) -> None:
    """A value that TOML allows but no run can have is refused once, with its place."""
    document = f"{text}\n"
    document += GENERATED if "instances" not in text else ""
    document += '[[solvers]]\nsolver = "block"\n' if "solvers" not in text else ""
    with pytest.raises(InvalidFileError) as caught:
        suite(document, tmp_path)
    (issue,) = caught.value.issues
    assert issue.path.startswith(path)
    assert message in issue.message
