"""The tests of the checker notice every altered formula and every dropped rule."""

from __future__ import annotations

import ast
import copy
import inspect
import sys
import types
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from optkit.allocation.check import (
    checker,
    metrics,
    rules,
    sink,
    tree_arrays,
    waiting,
)
from optkit.allocation.solution import AllocationSolution
from tests.allocation.check.definition import is_the_definition, shuffled
from tests.allocation.check.hand_cases import DETOUR, HAND, agrees
from tests.allocation.check.planted import PLANTED, solved, spoilt

FORMULAS = {
    "objects": ("check", "recompute", "time", "_metrics", "waiting_time", "send"),
    "columns": ("_check_arrays", "recompute_arrays", "waiting_times", "between"),
}
"""Functions that compute, server by server or by columns; every operator matters."""

CLASSES = {"objects": "SentLoads", "columns": "_Blocks"}
"""Classes of which the beginning and the loops compute, too."""

FEWEST = {"objects": 1000, "columns": 0}
"""Servers from which on the altered checker works by columns."""

HARMLESS = ("below[", "added =", "ordered -=", "error", "low", "total += low")
"""What begins so only decides how quickly or how exactly the figures are found."""

RULES = ("_check_tree", "_check_loads", "_check_order")
"""Functions that judge; every condition that leads to a violation matters."""

PARTS = (sink, rules, tree_arrays, waiting, metrics, checker)
"""The checker's modules, each after those that it imports."""


def _whole() -> ast.Module:
    """Return the checker as one module, so that an altered part is used by the rest."""
    body = [node for part in PARTS for node in ast.parse(inspect.getsource(part)).body]
    names = {part.__name__ for part in PARTS} | {"__future__"}
    return ast.Module(
        [n for n in body if not (isinstance(n, ast.ImportFrom) and n.module in names)],
        type_ignores=[],
    )


def _functions(tree: ast.AST, names: tuple[str, ...]) -> list[ast.FunctionDef]:
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name in names
    ]


OTHER_OPERATOR: dict[type[ast.operator], ast.operator] = {
    ast.Add: ast.Sub(),
    ast.Sub: ast.Add(),
    ast.Mult: ast.Div(),
    ast.Div: ast.Mult(),
    ast.Pow: ast.Mult(),
}


def _alternatives(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Yield what may stand instead of a node, each with a name."""
    if isinstance(node, ast.BinOp) and type(node.op) in OTHER_OPERATOR:
        yield "left side only", node.left
        yield "right side only", node.right
        swapped = copy.copy(node)
        swapped.op = OTHER_OPERATOR[type(node.op)]
        yield "other operator", swapped
    if isinstance(node, ast.AugAssign) and not isinstance(node.value, ast.Call):
        yield "dropped", ast.Pass()
        target = copy.deepcopy(node.target)
        yield "overwritten", ast.Assign([target], node.value)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        for other in {"max": ("min", "sum"), "sum": ("max",)}.get(node.func.id, ()):
            called = copy.copy(node)
            called.func = ast.Name(other, ast.Load())
            yield other, called


def _places(parent: ast.AST) -> Iterator[tuple[ast.AST, Callable[[ast.AST], None]]]:
    """Yield all nodes below one, each with a function that puts another in its place."""
    for field, value in ast.iter_fields(parent):
        children: list[tuple[Any, Callable[[Any], None]]] = (
            [(child, partial(value.__setitem__, k)) for k, child in enumerate(value)]
            if isinstance(value, list)
            else [(value, partial(setattr, parent, field))]
        )
        for child, put in children:
            is_statement = isinstance(child, ast.stmt)
            if is_statement and ast.unparse(child).startswith(HARMLESS):
                continue
            if isinstance(child, ast.AST):
                yield child, put
                yield from _places(child)


def _module(
    tree: ast.Module, name: str, before: types.CodeType | None = None
) -> types.ModuleType:
    """Return a module that runs ``tree``, after other code if there is any."""
    module = types.ModuleType(name)
    sys.modules[name] = module  # dataclasses look their module up
    try:
        if before is not None:
            exec(before, module.__dict__)
        exec(compile(ast.fix_missing_locations(tree), name, "exec"), module.__dict__)
    finally:
        del sys.modules[name]
    return module


def _altered_formulas(way: str) -> Iterator[tuple[str, types.ModuleType]]:
    """Yield the checker with one place altered; the rest is not compiled again."""
    tree = _whole()
    whole = compile(tree, "altered", "exec")
    for part in tree.body:
        if not isinstance(part, ast.FunctionDef | ast.ClassDef):
            continue
        is_class = isinstance(part, ast.ClassDef) and part.name == CLASSES[way]
        names = (*FORMULAS[way], *(("__init__",) if is_class else ()))
        for function in _functions(part, names):
            for node, put in _places(function):
                for name, other in _alternatives(node):
                    put(ast.copy_location(other, node))
                    yield (
                        f"line {getattr(node, 'lineno', 0)}: {name}",
                        _module(ast.Module([part], type_ignores=[]), "altered", whole),
                    )
                    put(node)


def _noticed(module: types.ModuleType, way: str) -> bool:
    vars(module)["FEWEST_SERVERS"] = FEWEST[way]
    for instance, plain, expected in HAND.values():
        try:
            if not agrees(
                module.check(instance, AllocationSolution(**plain)), expected
            ):
                return True
        except Exception:
            return True
    return not all(
        is_the_definition(module, shuffled(shape, 30, 1))
        for shape in ("binary", "chain")
    )


@pytest.mark.slow
@pytest.mark.parametrize("way", FORMULAS)
def test_every_altered_formula_is_noticed(way: str) -> None:
    """No term of eqs 1 to 8 can be altered without a test noticing."""
    assert not _noticed(_module(_whole(), "unaltered"), way)
    altered = list(_altered_formulas(way))
    assert len(altered) >= 40
    assert [what for what, module in altered if not _noticed(module, way)] == []


def _altered_rules() -> Iterator[tuple[str, types.ModuleType]]:
    """Yield the checker with each condition that leads to a violation never true."""
    total = sum(
        isinstance(node, ast.If)
        for function in _functions(_whole(), RULES)
        for node in ast.walk(function)
    )
    for wanted in range(total):
        tree = _whole()
        conditions = [
            node
            for function in _functions(tree, RULES)
            for node in ast.walk(function)
            if isinstance(node, ast.If)
        ]
        node = conditions[wanted]
        if "Violation" not in "".join(map(ast.dump, node.body)):
            continue
        what = f"line {node.lineno}: {ast.unparse(node.test)}"
        node.test = ast.Constant(False)
        yield what, _module(tree, f"lenient_{wanted}")


def _lenient(module: types.ModuleType) -> bool:
    """Say whether a planted violation is no longer found under its name."""
    for name, (_, kind) in PLANTED.items():
        for _, instance, plain in solved()[:2] + solved()[8:10]:
            try:
                solution = spoilt(instance, plain, name)
            except pytest.skip.Exception:
                continue
            try:
                found = module.check(instance, solution).violations
            except Exception:
                return True
            expected = checker.check(instance, solution).violations
            if kind not in {v.kind for v in found} or found != expected:
                return True
    plain = {"parent": {"a": "m"}, "load_gbit": {"m": 2.0}, "order": {"a": ["a"]}}
    return bool(module.check(DETOUR, AllocationSolution(**plain)).feasible)


@pytest.mark.slow
def test_every_dropped_rule_is_noticed() -> None:
    """No rule can be dropped without a test noticing."""
    altered = list(_altered_rules())
    assert len(altered) >= 8
    assert [what for what, module in altered if not _lenient(module)] == []
