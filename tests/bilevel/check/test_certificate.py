"""Certificates: proven, checked by the hundred lines alone, and refused if changed."""

from __future__ import annotations

import ast
import copy
import io
import json
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import optkit
from optkit.bilevel.check import certificate as checker
from optkit.bilevel.exact.certificate.certify import certify
from optkit.bilevel.instance import BilevelInstance
from optkit.core.solving.deadline import Deadline
from tests.bilevel.examples import column, instance, moore_bard

Certificate = dict[str, Any]


def exact(document: Any) -> Any:
    """Return a document as the checker reads it from a file."""
    text = json.dumps(document)
    number = checker.number
    return json.loads(text, parse_float=number, parse_constant=number)


def proven(program: BilevelInstance, certificate: Certificate) -> tuple[Any, Any]:
    """Return what the checker says of a certificate."""
    bound, value = checker.check(exact(program.document()), exact(certificate))
    return bound, value


def certified(program: BilevelInstance) -> Certificate:
    """Return a certificate of the optimum, or of infeasibility."""
    return certify(program, optkit.solve(program).solution, Deadline())


def refuses(program: BilevelInstance, certificate: Certificate) -> bool:
    """Return whether the checker accepts no part of a certificate."""
    try:
        proven(program, certificate)
    except (ValueError, LookupError, TypeError):
        return True
    return False


def knapsack() -> BilevelInstance:
    """Return a knapsack that a leader interdicts.

    Profits 5, 4, 3, weights 4, 3, 2, capacity 6, and the leader forbids one. Without the
    first 7 is left, without the second 8, without the third 5: that is the optimum.
    """
    profits, weights = (5, 4, 3), (4, 3, 2)
    ones = {f"x{k}": 1.0 for k in range(3)}
    rows: list[dict[str, Any]] = [
        {"id": "budget", "level": "upper", "upper": 1.0, "coefficients": ones},
        {
            "id": "capacity",
            "level": "lower",
            "upper": 6.0,
            "coefficients": {f"y{k}": float(w) for k, w in enumerate(weights)},
        },
    ]
    rows += [
        {
            "id": f"forbidden{k}",
            "level": "lower",
            "upper": 1.0,
            "coefficients": {f"x{k}": 1.0, f"y{k}": 1.0},
        }
        for k in range(3)
    ]
    gain = {f"y{k}": float(p) for k, p in enumerate(profits)}
    return instance(
        columns=[
            *(column(f"x{k}", "upper", 1.0) for k in range(3)),
            *(column(f"y{k}", "lower", 1.0) for k in range(3)),
        ],
        rows=rows,
        upper_objective={"coefficients": gain},
        lower_objective={"sense": "max", "coefficients": gain},
    )


EXAMPLES = {
    "integer": (moore_bard(), -22),
    "continuous": (moore_bard(integer=False), -18),
    "knapsack": (knapsack(), 5),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_optimum_is_proven_exactly(name: str) -> None:
    """The bound meets the value, in fractions."""
    program, optimum = EXAMPLES[name]
    assert proven(program, certified(program)) == (optimum, optimum)


def test_bounds_of_binary_columns_may_be_fractions() -> None:
    """An x of at most 1.5 is at most 1, and rules are integer all the same."""
    document = knapsack().document()
    for one in document["columns"]:
        one["upper"] = 1.5
    program = BilevelInstance.parse(document)
    assert proven(program, certified(program)) == (5, 5)
    for row in document["rows"]:
        if row["id"].startswith("forbidden"):  # y <= x: the leader opens, not forbids
            (x, _), row["upper"] = row["coefficients"], 0.0
            row["coefficients"][x] = -1.0
    document["rows"][0] = {**document["rows"][0], "lower": 2.0, "upper": 2.0}
    program = BilevelInstance.parse(document)
    optimum = optkit.solve(program).objective
    assert proven(program, certified(program)) == (optimum, optimum)


def test_no_solution_is_proven() -> None:
    """The leader's row demands more than the follower ever takes."""
    program = instance(
        columns=[column("x", "upper", 3.0), column("y", "lower", 3.0)],
        rows=[
            {"id": "r", "level": "upper", "lower": 1.0, "coefficients": {"y": 1.0}},
            {
                "id": "s",
                "level": "lower",
                "upper": 4.0,
                "coefficients": {"x": 1.0, "y": 1.0},
            },
        ],
        lower_objective={"coefficients": {"y": 1.0}},
    )
    certificate = certified(program)
    assert certificate["bound"] is None
    assert proven(program, certificate) == (float("inf"), float("inf"))


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_false_claim_is_refused(name: str) -> None:
    """No tree proves a bound above the optimum, nor that there is no solution."""
    program, optimum = EXAMPLES[name]
    certificate = certified(program)
    for bound in (optimum + 1, None):
        assert refuses(program, {**certificate, "bound": bound})
    tiny = {**certificate, "bound": str(optimum + Fraction(1, 10**9))}
    # A leader of integers cannot get -22 + 1e-9, so the bound -22 proves it for her.
    assert refuses(program, tiny)


def _changed(certificate: Certificate, tree: str) -> Iterator[Certificate]:
    """Yield certificates with one thing changed in a tree."""
    nodes = certificate[tree]
    for index, (kind, *content) in enumerate(nodes):
        changed = [
            nodes[:index] + nodes[index + 1 :],
            [*nodes[:index], ["proven"], *nodes[index + 1 :]],
        ]
        if kind == "leaf":
            (weights,) = content
            changed.append(nodes[: index + 1] + nodes[index:])
            for k, (row, weight) in enumerate(weights):
                for other in (-weight, 0):
                    pair = [row, other]
                    leaf = ["leaf", [*weights[:k], pair, *weights[k + 1 :]]]
                    changed.append([*nodes[:index], leaf, *nodes[index + 1 :]])
        for new in changed:
            yield {**certificate, tree: new}


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("tree", ["tree", "response"])
def test_every_node_is_needed(name: str, tree: str) -> None:
    """Without a node, with a leaf twice, or with a weight that is not positive: refused."""
    program, _ = EXAMPLES[name]
    certificate = certified(program)
    changed = list(_changed(certificate, tree))
    assert changed or not certificate[tree]
    for other in changed:
        assert refuses(program, other), other[tree]


def test_a_changed_multiplier_is_refused() -> None:
    """The multipliers of Moore and Bard's first leaf are all needed as they are."""
    program, _ = EXAMPLES["continuous"]
    certificate = certified(program)
    leaves = [i for i, node in enumerate(certificate["tree"]) if node[0] == "leaf"]
    accepted = 0
    for leaf in leaves:
        for k in range(len(certificate["tree"][leaf][1])):
            other = copy.deepcopy(certificate)
            other["tree"][leaf][1][k][1] *= 1000
            accepted += not refuses(program, other)
    total = sum(len(certificate["tree"][leaf][1]) for leaf in leaves)
    assert accepted < total


def _with_rule(certificate: Certificate, constant: Any, terms: Any) -> Certificate:
    other = copy.deepcopy(certificate)
    node = next(node for node in other["tree"] if node[0] == "response")
    name = next(iter(node[1]))
    node[1][name] = [constant, terms]
    return other


def test_false_responses_are_refused() -> None:
    """A response has to be the follower's, and integer where its columns are."""
    program, _ = EXAMPLES["integer"]
    certificate = certified(program)
    for constant, terms in (("3/2", {}), (0, {"x": "1/2"}), (5, {}), (0, {"z": 1})):
        assert refuses(program, _with_rule(certificate, constant, terms))
    other = copy.deepcopy(certificate)
    node = next(node for node in other["tree"] if node[0] == "response")
    node[1]["x"] = [2, {}]
    assert refuses(program, other)


def test_a_follower_s_tree_has_no_responses() -> None:
    """The proof of the follower's optimality may not suppose it."""
    program, _ = EXAMPLES["integer"]
    certificate = certified(program)
    rule = next(node for node in certificate["tree"] if node[0] == "response")
    assert refuses(program, {**certificate, "response": [rule]})


def test_a_point_that_is_not_the_follower_s_is_refused() -> None:
    """At x = 2 the follower takes 2, though 4 is feasible and better for the leader."""
    program, _ = EXAMPLES["integer"]
    certificate = certified(program)
    for point in ({"x": 2, "y": 4}, {"x": 2, "y": "5/2"}, {"x": 9, "y": 0}, {"x": 2}):
        assert refuses(program, {**certificate, "point": point})


def test_infinite_numbers_are_refused(tmp_path: Path) -> None:
    """JSON's Infinity is no weight."""
    program, _ = EXAMPLES["integer"]
    certificate = certified(program)
    leaf = next(node for node in certificate["tree"] if node[0] == "leaf")
    leaf[1][0][1] = float("inf")
    with pytest.raises(ValueError, match="Infinity"):
        proven(program, certificate)


def test_a_bound_of_a_pessimistic_program_is_proven_and_a_solution_refused() -> None:
    """The optimistic optimum bounds the pessimistic one."""
    document = {**moore_bard().document(), "ties": "pessimistic"}
    program = BilevelInstance.parse(document)
    certificate = certify(program, None, Deadline())
    assert proven(program, certificate) == (-22, float("inf"))
    optimistic = certified(moore_bard())
    with pytest.raises(ValueError, match="pessimistic"):
        proven(program, optimistic)
    with pytest.raises(optkit.UnavailableError, match="pessimistic"):
        certify(program, optkit.solve(program).solution, Deadline())


def test_the_checker_stands_alone_in_a_hundred_lines(tmp_path: Path) -> None:
    """It imports the standard library alone, and runs as a file of its own."""
    source = Path(checker.__file__).read_text(encoding="utf-8")
    tree = ast.parse(source)
    imported = {
        name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [])
        + [alias.name for alias in node.names if isinstance(node, ast.Import)]
    }
    assert imported <= set(sys.stdlib_module_names)
    assert len(_lines_of_code(source, tree)) <= 100
    copied = tmp_path / "check.py"
    copied.write_text(source, encoding="utf-8")
    files = {"instance.json": moore_bard().document()}
    files["certificate.json"] = certified(moore_bard())
    for name, document in files.items():
        (tmp_path / name).write_text(json.dumps(document), encoding="utf-8")
    command = [sys.executable, "-I", str(copied), *files]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "bound -22, value -22\n"), done.stderr


def _lines_of_code(source: str, tree: ast.Module) -> set[int]:
    """Return the lines that are not blank, nor comments or docstrings alone."""
    described = (ast.Module, ast.ClassDef, ast.FunctionDef)
    text: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, described) and ast.get_docstring(node):
            first = node.body[0]
            text |= set(range(first.lineno, (first.end_lineno or 0) + 1))
    silent = {
        *(tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT),
        *(tokenize.DEDENT, tokenize.ENDMARKER),
    }
    return {
        line
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type not in silent
        for line in range(token.start[0], token.end[0] + 1)
    } - text
