"""Falsify certificates of tiny bilevel programs at random; none may prove what is false.

    python -m tests.fuzzing.certificate_run [--programs 200] [--changes 200] [--seed 1]
                                            [--part WORD]

Each certificate claims more than the optimum, and is changed in a few places. It is a fault
if the checker accepts one, or if a certificate of ours fails to prove the optimum that
enumeration finds. The exit status is then 1.
"""

from __future__ import annotations

import argparse
import copy
import json
import sys
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

import optkit
from optkit.bilevel.check.certificate import check, number
from optkit.bilevel.exact.certificate.certify import certify
from optkit.core.solving import seeds
from optkit.core.solving.deadline import Deadline
from tests.fuzzing.bilevel_programs import Program, programs

Certificate = dict[str, Any]


def certified(program: Program) -> tuple[Any, Certificate]:
    """Return a program and its certificate as the checker reads them."""
    solution = optkit.solve(program.instance).solution
    document = certify(program.instance, solution, Deadline())
    text = json.dumps([program.instance.document(), document])
    data, certificate = json.loads(text, parse_float=number)
    return data, certificate


def proves_the_optimum(program: Program, data: Any, certificate: Certificate) -> bool:
    """Return whether a certificate proves the optimum that enumeration finds."""
    bound, value = check(data, certificate)
    if program.optimum is None:
        return bool(bound == value == float("inf"))
    return bool(bound == value) and abs(float(value) - program.optimum) < 1e-6


def falsified(certificate: Certificate, rng: np.random.Generator) -> Certificate:
    """Return a certificate that claims more than it proves, changed in some places."""
    changed = copy.deepcopy(certificate)
    if changed["bound"] is not None:
        more = Fraction(int(rng.integers(1, 9)), int(rng.choice([1, 4, 1000])))
        never = rng.random() < 0.2
        changed["bound"] = None if never else str(Fraction(changed["bound"]) + more)
    for _ in range(int(rng.integers(0, 4))):
        if changed["tree"]:
            _CHANGES[int(rng.integers(len(_CHANGES)))](changed["tree"], rng)
    return changed


def accepted(data: Any, certificate: Certificate) -> bool:
    """Return whether the checker accepts a certificate."""
    try:
        check(data, certificate)
    except (ValueError, LookupError, TypeError, ZeroDivisionError, OverflowError):
        return False
    return True


def _drop(tree: list[Any], rng: np.random.Generator) -> None:
    del tree[int(rng.integers(len(tree)))]


def _repeat(tree: list[Any], rng: np.random.Generator) -> None:
    place = int(rng.integers(len(tree)))
    tree.insert(place, copy.deepcopy(tree[int(rng.integers(len(tree)))]))


def _swap(tree: list[Any], rng: np.random.Generator) -> None:
    first, second = rng.integers(len(tree), size=2).tolist()
    tree[first], tree[second] = tree[second], tree[first]


def _change_number(tree: list[Any], rng: np.random.Generator) -> None:
    """Change a weight, the row that it is for, a split, or a rule."""
    node = tree[int(rng.integers(len(tree)))]
    by = int(rng.choice([-2, -1, 1, 2, 1000]))
    if node[0] == "leaf" and node[1]:
        pair = node[1][int(rng.integers(len(node[1])))]
        pair[int(rng.integers(2))] += by
    elif node[0] == "split":
        node[2] += by
    elif node[0] == "response":
        names = list(node[1])
        rule = node[1][names[int(rng.integers(len(names)))]]
        other = names[int(rng.integers(len(names)))]
        if rng.random() < 0.5:
            rule[0] = str(Fraction(rule[0]) + Fraction(by, int(rng.integers(1, 3))))
        else:
            rule[1][other] = str(Fraction(rule[1].get(other, 0)) + by)


_CHANGES: tuple[Callable[[list[Any], np.random.Generator], None], ...] = (
    *(_drop, _repeat, _swap),
    *(_change_number,) * 3,
)


def run(count: int, changes: int, seed: int, part: str = "") -> list[str]:
    """Return the faults of as many programs, each certificate falsified so many times."""
    faults = []
    for index, program in enumerate(programs(seed, count, part, disguised=False)):
        data, certificate = certified(program)
        if not proves_the_optimum(program, data, certificate):
            faults.append(f"{program.label}: the optimum is not proven")
        if program.optimum is None:
            continue
        rng = seeds.generator(seed, "falsify", index)
        for number_ in range(changes):
            false = falsified(certificate, rng)
            if accepted(data, false):
                faults.append(f"{program.label}: change {number_} proves {false}")
    return faults


def main() -> int:
    """Run by the command line; return 1 if there is a fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=int, default=200)
    parser.add_argument("--changes", type=int, default=200, help="per program")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--part", default="", help="only kinds whose name has this")
    arguments = parser.parse_args()
    faults = run(arguments.programs, arguments.changes, arguments.seed, arguments.part)
    print(*faults, sep="\n")
    print(
        f"{arguments.programs} programs of seed {arguments.seed}, each certificate"
        f" falsified {arguments.changes} times: {len(faults)} faults"
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
