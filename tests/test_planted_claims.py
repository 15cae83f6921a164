"""No wrong figure in a solution file passes the check, whatever the unit."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

import optkit
from optkit.core.solving import registry
from optkit.core.solving.family import resolve
from optkit.core.tools.check import check_document, unknown_claims
from optkit.core.tools.solution_files import SolutionDocument, json_document
from tests.rescaled import REWRITINGS, Rewriting, rewritten

SEED = 20260

Path = tuple[str | int, ...]


def figures(part: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the path of each number in a document."""
    if isinstance(part, dict):
        for key, value in part.items():
            yield from figures(value, (*path, key))
    elif isinstance(part, list):
        for index, value in enumerate(part):
            yield from figures(value, (*path, index))
    elif isinstance(part, int | float) and not isinstance(part, bool):
        yield path


def with_figure(document: Any, path: Path, value: float | None = None) -> Any:
    """Return a copy with another figure, or the figure itself if none is given."""
    changed = copy.deepcopy(document)
    part = changed
    for key in path[:-1]:
        part = part[key]
    if value is None:
        return part[path[-1]]
    part[path[-1]] = value
    return changed


def answer(family: str, rewriting: Rewriting, factor: float) -> Any:
    """Return an instance in a unit with the document of its answer; None if not allowed."""
    cases = resolve(str(registry.family(family).contract_cases)).random(SEED, 9)
    case = next(case for case in cases if case.optimum)
    other = rewritten(case.instance, rewriting, factor)
    if other is None:
        return None
    result = optkit.solve(other, limits=optkit.Limits(time=20))
    return other, json.loads(json.dumps(json_document(result)))


@pytest.mark.parametrize("factor", [1e-9, 1e9])
@pytest.mark.parametrize(
    ("family", "rewriting"),
    [
        pytest.param(family, rewriting, id=f"{family}-{rewriting.name}")
        for family, rewritings in REWRITINGS.items()
        for rewriting in rewritings
    ],
)
def test_no_wrong_figure_passes(
    family: str, rewriting: Rewriting, factor: float
) -> None:
    """A figure that is 3e-6 off, doubled or zero is noticed, however small its unit."""
    made = answer(family, rewriting, factor)
    if made is None:
        return  # the format takes no such numbers
    instance, document = made
    right = SolutionDocument.model_validate(document)
    verdict = check_document(instance, right)
    assert verdict.feasible
    assert not unknown_claims(right.metrics, verdict.metrics)
    claims = ("objective", "metrics", "verification")
    tried = 0
    for path in figures({key: document[key] for key in claims}):
        value = with_figure(document, path)
        if value == 0:
            continue
        wrong = [value + 1, 0] if isinstance(value, int) else [value * (1 + 3e-6), 0.0]
        for figure in (*wrong, 2 * value):
            planted = with_figure(document, path, figure)
            checked = check_document(instance, SolutionDocument.model_validate(planted))
            assert not checked.feasible, (path, value, figure)
            tried += 1
    assert tried


def changed(entry: list[Any], **parts: Any) -> list[Any]:
    """Return a trajectory's entry with another time, objective or bound."""
    names = ("seconds", "objective", "bound")
    return [parts.get(name, value) for name, value in zip(names, entry, strict=True)]


@pytest.mark.parametrize("factor", [1e-9, 1.0, 1e9])
def test_no_wrong_trajectory_passes(factor: float) -> None:
    """Its objectives are none better than the answer, and its bounds none past it."""
    instance, document = answer("bilevel", REWRITINGS["bilevel"][0], factor)
    last = document["trajectory"][-1]
    objective, size = document["objective"], abs(document["objective"])
    for first, said in (
        (changed(last, objective=objective - 1e-5 * size), "less than the answer's"),
        (changed(last, objective=None, bound=objective + 1e-5 * size), "bound is past"),
        (changed(last, seconds=last[0] + 1.0), "before the last entry"),
    ):
        planted = {**document, "trajectory": [first, last]}
        verdict = check_document(instance, SolutionDocument.model_validate(planted))
        assert any(said in violation.message for violation in verdict.violations), said
